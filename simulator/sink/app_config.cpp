// APP_CONFIG_DATA_WRITE and READ, in both generations of ids (spec/dual-mcu-api.md, 3.2.5 to 3.2.7, 5.8).
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

constexpr std::uint16_t api_with_own_sequence = 16;
constexpr unsigned sequences = 255; // 0 to 254

namespace write_result {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t not_a_sink = 1;
constexpr std::uint8_t invalid_interval = 2;
constexpr std::uint8_t invalid_sequence = 3;
constexpr std::uint8_t access_denied = 4;
} // namespace write_result
namespace read_result {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t none_set = 1;
constexpr std::uint8_t access_denied = 2;
} // namespace read_result

constexpr std::array<std::uint16_t, 7> intervals = {0, 30, 60, 120, 300, 600, 1800};

/// On the circle of 8-bit numbers (5.8).
bool is_newer(std::uint8_t sequence, std::uint8_t than)
{
    return sequence != than && ((sequence - than) & 0x80) == 0;
}

std::uint8_t write_config(SinkState& state, dual_mcu::AppConfig config, Now now)
{
    if (state.locked(feature::app_config_write))
        return write_result::access_denied;
    if (!state.is_sink())
        return write_result::not_a_sink;
    if (!is_diagnostics_interval(config.diagnostics_interval))
        return write_result::invalid_interval;
    const auto& stored = state.persistent.app_config;
    if (state.profile.api_version < api_with_own_sequence &&
        (config.sequence >= sequences || (stored && !is_newer(config.sequence, stored->sequence))))
        return write_result::invalid_sequence;
    store_app_config(state, std::move(config), now);
    return write_result::success;
}

/// The ids of the other generation, and any other size, get no answer.
template<typename Request, bool Legacy>
MaybeReply write_handler(SinkState& state, const Request& request, Now now)
{
    if (state.legacy_app_config() != Legacy || request.config.octets.size() != state.app_config_octets())
        return std::nullopt;
    return reply_with(typename Request::Confirm{write_config(state, request.config, now)});
}

template<typename Request, bool Legacy>
MaybeReply read_handler(SinkState& state, const Request& /*request*/, Now /*now*/)
{
    if (state.legacy_app_config() != Legacy)
        return std::nullopt;
    typename Request::Confirm confirm;
    const gateway::Bytes blank(state.app_config_octets(), 0);
    confirm.config.octets.assign(blank);
    if (state.locked(feature::app_config_read)) {
        confirm.result = read_result::access_denied;
    } else if (!state.persistent.app_config) {
        confirm.result = read_result::none_set;
    } else {
        confirm.result = read_result::success;
        confirm.config = *state.persistent.app_config;
    }
    return reply_with(confirm);
}

constexpr std::array routes = {
    route<dual_mcu::AppConfigWrite, write_handler<dual_mcu::AppConfigWrite, false>>(),
    route<dual_mcu::AppConfigRead, read_handler<dual_mcu::AppConfigRead, false>>(),
    route<dual_mcu::LegacyAppConfigWrite, write_handler<dual_mcu::LegacyAppConfigWrite, true>>(),
    route<dual_mcu::LegacyAppConfigRead, read_handler<dual_mcu::LegacyAppConfigRead, true>>(),
};

} // namespace

bool is_diagnostics_interval(std::uint16_t seconds)
{
    return std::ranges::find(intervals, seconds) != intervals.end();
}

void store_app_config(SinkState& state, dual_mcu::AppConfig config, Now now)
{
    auto& stored = state.persistent.app_config;
    const bool new_octets = !stored || stored->octets != config.octets;
    const bool new_interval = !stored || stored->diagnostics_interval != config.diagnostics_interval;
    const bool own_sequence = state.profile.api_version >= api_with_own_sequence;
    if (own_sequence) {
        if (!new_octets && !new_interval)
            return;
        config.sequence = static_cast<std::uint8_t>(stored ? (stored->sequence + 1U) % sequences : 1U);
    }
    stored = config;
    give_to_mesh(state, AppConfigDistributed{config});
    if (state.legacy_app_config())
        state.live.indications.push_collapsed(dual_mcu::LegacyAppConfigRx{false, config}, now);
    else
        state.live.indications.push_collapsed(dual_mcu::AppConfigRx{false, config}, now);
    if (new_interval)
        indicate_item(state, FixedItem::diagnostics_interval, now);
    if (new_octets)
        indicate_item(state, FixedItem::app_config, now);
}

std::span<const Route> app_config_routes()
{
    return routes;
}

} // namespace simulator
