#include "gateway/address.hpp"
#include "transport/requests/set_config.hpp"

#include <algorithm>
#include <array>

namespace transport::set_config {
namespace {

constexpr std::size_t key_octets = 16;
constexpr std::uint32_t default_app_config_size = 80;
constexpr std::array<std::uint32_t, 7> diagnostics_intervals = {0, 30, 60, 120, 300, 600, 1800};

template<typename Keys>
bool has_both_keys(const Keys& keys)
{
    return keys.has_cipher() && keys.has_authentication();
}

template<typename Keys>
bool are_keys(const Keys& keys)
{
    return keys.cipher().size() == key_octets && keys.authentication().size() == key_octets;
}

api::ErrorCode check_channel(std::uint32_t channel, const api::SinkReadConfig& known)
{
    const bool outside = known.has_channel_limits() && (channel < known.channel_limits().min_channel() ||
                                                        channel > known.channel_limits().max_channel());
    return channel > 255 || outside ? api::INVALID_NETWORK_CHANNEL : api::OK;
}

api::ErrorCode check_app_config(const api::AppConfigData& app_config, const api::SinkReadConfig& known)
{
    if (app_config.seq() > 255)
        return api::INVALID_PARAM;
    if (std::ranges::find(diagnostics_intervals, app_config.diag_interval_s()) == diagnostics_intervals.end())
        return api::INVALID_DIAG_INTERVAL;
    const std::size_t room =
        known.has_app_config_max_size() ? known.app_config_max_size() : default_app_config_size;
    return app_config.app_config_data().size() > room ? api::INVALID_APP_CONFIG : api::OK;
}

bool is_access_cycle_range(const api::AccessCycleRange& range, const api::SinkReadConfig& known)
{
    if (range.min_ms() > range.max_ms() || range.max_ms() > 65535)
        return false;
    return !known.has_ac_limits() ||
           (range.min_ms() >= known.ac_limits().min_ms() && range.max_ms() <= known.ac_limits().max_ms());
}

} // namespace

api::ErrorCode check_complete(const api::SetConfigReq& request)
{
    const api::SinkNewConfig& config = request.config();
    if (!request.has_config() || !config.has_sink_id())
        return api::INVALID_PARAM;
    if (config.has_node_role() && !config.node_role().has_role())
        return api::INVALID_ROLE;
    if ((config.has_keys() && !has_both_keys(config.keys())) ||
        (config.has_network_keys() && !has_both_keys(config.network_keys())) ||
        (config.has_management_keys() && !has_both_keys(config.management_keys())))
        return api::INVALID_NETWORK_KEYS;
    if ((config.has_network_keys() && !config.network_keys().has_sequence()) ||
        (config.has_management_keys() && !config.management_keys().has_sequence()))
        return api::INVALID_PARAM;
    if (config.has_app_config() && !config.app_config().IsInitialized())
        return api::INVALID_PARAM;
    if (config.has_current_ac_range() && !config.current_ac_range().IsInitialized())
        return api::INVALID_AC_RANGE;
    return api::OK;
}

api::ErrorCode check_values(const api::SinkNewConfig& config, const api::SinkReadConfig& known)
{
    if (config.has_node_address() && !gateway::is_unicast(config.node_address()))
        return api::INVALID_PARAM;
    if (config.has_network_address() && !gateway::is_network_address(config.network_address()))
        return api::INVALID_NETWORK_ADDRESS;
    if (config.has_network_channel())
        if (const api::ErrorCode code = check_channel(config.network_channel(), known); code != api::OK)
            return code;
    if ((config.has_keys() && !are_keys(config.keys())) ||
        (config.has_network_keys() && !are_keys(config.network_keys())) ||
        (config.has_management_keys() && !are_keys(config.management_keys())))
        return api::INVALID_NETWORK_KEYS;
    if (config.network_keys().sequence() > 255 || config.management_keys().sequence() > 255)
        return api::INVALID_PARAM;
    if (config.has_app_config())
        if (const api::ErrorCode code = check_app_config(config.app_config(), known); code != api::OK)
            return code;
    if (config.has_current_ac_range() && !is_access_cycle_range(config.current_ac_range(), known))
        return api::INVALID_AC_RANGE;
    return api::OK;
}

} // namespace transport::set_config
