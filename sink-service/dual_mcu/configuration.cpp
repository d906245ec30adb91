/// Configuration of a sink (spec/sink-dbus-api.md, 3; spec/dual-mcu-api.md, 5.8, 7.2).
#include "gateway/address.hpp"
#include "sink-service/dual_mcu/attribute_access.hpp"
#include "sink-service/dual_mcu/sink.hpp"

#include <fmt/format.h>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

constexpr std::uint8_t max_sink_cost = 254;
constexpr std::uint16_t first_version_with_config_data = 20;
constexpr std::array<std::uint16_t, 2> last_legacy_firmware = {3, 1}; ///< major, minor

template<typename Confirm>
Result<> checked(const Result<Confirm>& confirm, ResultRow row, std::string_view what)
{
    if (!confirm)
        return fail(confirm.error());
    return check_result(confirm->result, row, what);
}

} // namespace

gateway::Task<Result<>> Sink::write_attribute(
    AccessPoint access_point, std::uint16_t id, AttributeValue value)
{
    const Result<> written =
        co_await dual_mcu::write_attribute(link_, access_point, id, value, Turn::control);
    // Read back also after a failure: the outcome of a lost confirm is unknown.
    co_await reader_.read_one(access_point, id, Turn::control);
    co_await reader_.read_stack_status(Turn::control);
    publish();
    co_return written;
}

gateway::Task<Result<>> Sink::write_key_pair(std::uint16_t id, AttributeValue key_pair)
{
    return dual_mcu::write_attribute(
        link_, AccessPoint::csap, id, key_pair, Turn::control, results::key_pair_write);
}

gateway::Task<Result<>> Sink::write_sink_cost(std::uint8_t cost)
{
    if (cost > max_sink_cost)
        co_return fail(ApplicationCode::invalid_value, fmt::format("sink cost {} is above 254", cost));
    const SinkCostWrite request{cost};
    const auto confirm = co_await link_.call(request, Turn::control);
    const Result<> written = checked(confirm, results::sink_cost, "writing the sink cost");
    co_await reader_.read_sink_cost(Turn::control);
    if (written || state_.live.sink_cost.value_or(cost + 1U) == cost)
        wanted_cost_ = cost;
    publish();
    co_return written;
}

bool Sink::has_legacy_app_config() const
{
    const auto& version = state_.fixed.firmware_version;
    return std::pair(version[0], version[1]) <= std::pair(last_legacy_firmware[0], last_legacy_firmware[1]);
}

gateway::Task<Result<>> Sink::write_app_config(
    std::uint8_t sequence, std::uint16_t interval, gateway::Bytes octets)
{
    if (!state_.fixed.app_config_size)
        co_return fail(
            state_.fixed.app_config_size.error(), "the size of the application configuration is unknown");
    const std::size_t size = *state_.fixed.app_config_size;
    if (octets.size() > size || size > app_config_size)
        co_return fail(
            ApplicationCode::invalid_value,
            fmt::format(
                "{} octets of application configuration are too many: the sink takes {}", octets.size(),
                size));
    octets.resize(size, 0);
    AppConfig config{sequence, interval, {}};
    config.octets.assign(octets);

    const std::string_view what = "writing the application configuration";
    if (has_legacy_app_config()) {
        const LegacyAppConfigWrite request{config};
        const auto confirm = co_await link_.call(request, Turn::control);
        co_return checked(confirm, results::app_config_write, what);
    }
    const AppConfigWrite request{config};
    const auto confirm = co_await link_.call(request, Turn::control);
    const Result<> written = checked(confirm, results::app_config_write, what);
    co_await reader_.read_stack_status(Turn::control);
    publish();
    co_return written;
}

gateway::Task<Result<AppConfig>> Sink::read_app_config()
{
    if (!state_.fixed.app_config_size)
        co_return fail(
            state_.fixed.app_config_size.error(), "the size of the application configuration is unknown");
    const std::string_view what = "reading the application configuration";
    AppConfig config;
    Result<> read;
    if (has_legacy_app_config()) {
        const auto confirm = co_await link_.call(LegacyAppConfigRead{}, Turn::control);
        read = checked(confirm, results::app_config_read, what);
        if (read)
            config = confirm->config;
    } else {
        const auto confirm = co_await link_.call(AppConfigRead{}, Turn::control);
        read = checked(confirm, results::app_config_read, what);
        if (read)
            config = confirm->config;
    }
    if (!read)
        co_return fail(read.error());
    co_return config;
}

gateway::Task<Result<>> Sink::set_config_data_item(std::uint16_t endpoint, gateway::Bytes value)
{
    const auto octets = ConfigDataItem::from(value);
    if (!octets)
        co_return fail(
            ApplicationCode::invalid_value,
            fmt::format(
                "{} octets are too many for a configuration data item (at most {})", value.size(),
                max_config_data_item));
    if (state_.fixed.mesh_api_version < first_version_with_config_data)
        co_return fail(
            ApplicationCode::not_supported, "the sink's firmware knows no configuration data items");
    const ConfigDataItemSet request{endpoint, *octets};
    const auto confirm = co_await link_.call(request, Turn::control);
    co_return checked(confirm, results::config_data_item_set, "setting a configuration data item");
}

gateway::Task<Result<gateway::Bytes>> Sink::get_config_data_item(std::uint16_t endpoint)
{
    if (state_.fixed.mesh_api_version < first_version_with_config_data)
        co_return fail(
            ApplicationCode::not_supported, "the sink's firmware knows no configuration data items");
    const ConfigDataItemGet request{endpoint};
    const auto confirm = co_await link_.call(request, Turn::control);
    const Result<> read =
        checked(confirm, results::config_data_item_get, "reading a configuration data item");
    if (!read)
        co_return fail(read.error());
    const ByteView octets = confirm->value;
    co_return gateway::Bytes(octets.begin(), octets.end());
}

gateway::Task<Result<std::vector<std::pair<std::uint16_t, gateway::Bytes>>>> Sink::get_config_data_content()
{
    std::vector<std::pair<std::uint16_t, gateway::Bytes>> items;
    if (state_.fixed.mesh_api_version < first_version_with_config_data)
        co_return items;
    const auto list = co_await link_.call(ConfigDataItemList{}, Turn::control);
    const Result<> listed =
        checked(list, results::config_data_item_list, "listing the configuration data items");
    if (!listed && listed.error().code == ApplicationCode::not_supported)
        co_return items;
    if (!listed)
        co_return fail(listed.error());
    for (std::size_t i = 0; i < list->count; ++i) {
        auto value = co_await get_config_data_item(list->endpoints[i]);
        if (value)
            items.emplace_back(list->endpoints[i], std::move(*value));
        else if (value.error().code != ApplicationCode::invalid_value) // vanished in between: left out
            co_return fail(value.error());
    }
    co_return items;
}

} // namespace dual_mcu
