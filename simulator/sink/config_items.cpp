// CONFIG_DATA_ITEM_SET, GET and LIST, from API 20 on (spec/dual-mcu-api.md, 3.2.22 to 3.2.25).
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

using dual_mcu::ConfigDataItem;

constexpr std::uint16_t first_api = 20;
constexpr std::uint16_t no_endpoint = 0; // the one value taken for invalid: the specification names none
constexpr std::size_t target_octets = 5;

namespace set_result {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t not_a_sink = 1;
constexpr std::uint8_t invalid_endpoint = 2;
constexpr std::uint8_t too_many_items = 3;
constexpr std::uint8_t invalid_content = 4;
} // namespace set_result
constexpr std::uint8_t no_such_item = 1;

struct FixedEndpoints {
    FixedItem item;
    std::uint16_t endpoint; ///< 2.4 GHz profiles
    std::uint16_t endpoint_dect_nr;
};

constexpr std::array fixed_endpoints = {
    FixedEndpoints{FixedItem::diagnostics_interval, 0xF7FF, 0xA029},
    FixedEndpoints{FixedItem::app_config, 0xF9FF, 0x4004},
    FixedEndpoints{FixedItem::target, 0xFAFA, 0x4002},
};

struct IntervalCode {
    std::uint8_t code;
    std::uint16_t seconds;
};

/// The codes that are known.
constexpr std::array interval_codes = {IntervalCode{10, 120}, IntervalCode{12, 600}};

std::uint16_t endpoint_of(const SinkState& state, const FixedEndpoints& fixed)
{
    return state.profile.dect_nr() ? fixed.endpoint_dect_nr : fixed.endpoint;
}

std::optional<FixedItem> fixed_item_at(const SinkState& state, std::uint16_t endpoint)
{
    for (const FixedEndpoints& fixed : fixed_endpoints)
        if (endpoint_of(state, fixed) == endpoint)
            return fixed.item;
    return std::nullopt;
}

std::optional<ConfigDataItem> value_of(const SinkState& state, FixedItem item)
{
    const auto& config = state.persistent.app_config;
    ConfigDataItem value;
    switch (item) {
    case FixedItem::diagnostics_interval: {
        if (!config)
            return std::nullopt;
        const auto found =
            std::ranges::find(interval_codes, config->diagnostics_interval, &IntervalCode::seconds);
        if (found == interval_codes.end())
            return std::nullopt;
        value.push_back(found->code);
        return value;
    }
    case FixedItem::app_config:
        if (!config)
            return std::nullopt;
        value.assign(config->octets);
        return value;
    case FixedItem::target: {
        gateway::Writer writer(value);
        const dual_mcu::ScratchpadTarget& target = state.persistent.target;
        writer.u8(target.sequence);
        writer.u16(target.crc);
        writer.u8(target.action);
        writer.u8(target.parameter);
        return value;
    }
    }
    return std::nullopt;
}

std::uint8_t set_fixed(SinkState& state, FixedItem item, const ConfigDataItem& value, Now now)
{
    dual_mcu::AppConfig config = state.persistent.app_config.value_or(dual_mcu::AppConfig{});
    if (config.octets.empty())
        config.octets.assign(gateway::Bytes(state.app_config_octets(), 0));
    dual_mcu::Reader reader(value);
    switch (item) {
    case FixedItem::diagnostics_interval: {
        const auto found = std::ranges::find(interval_codes, reader.u8(), &IntervalCode::code);
        if (!reader.finished() || found == interval_codes.end())
            return set_result::invalid_content;
        config.diagnostics_interval = found->seconds;
        store_app_config(state, config, now);
        return set_result::success;
    }
    case FixedItem::app_config:
        if (value.size() != state.app_config_octets())
            return set_result::invalid_content;
        config.octets.assign(value);
        store_app_config(state, config, now);
        return set_result::success;
    case FixedItem::target: {
        if (value.size() != target_octets)
            return set_result::invalid_content;
        dual_mcu::ScratchpadTarget target;
        target.sequence = reader.u8();
        target.crc = reader.u16();
        target.action = reader.u8();
        target.parameter = reader.u8();
        return store_target(state, target, now) == 0 ? set_result::success : set_result::invalid_content;
    }
    }
    return set_result::invalid_content;
}

std::uint8_t set_optional(SinkState& state, std::uint16_t endpoint, const ConfigDataItem& value, Now now)
{
    auto& items = state.persistent.optional_items;
    const auto found = items.find(endpoint);
    if (value.empty()) {
        if (found == items.end())
            return set_result::success;
        items.erase(found);
    } else if (found != items.end()) {
        if (found->second == value)
            return set_result::success;
        found->second = value;
    } else {
        if (items.size() == dual_mcu::max_optional_items)
            return set_result::too_many_items;
        items.emplace(endpoint, value);
    }
    state.live.indications.push(dual_mcu::ConfigDataItemRx{false, endpoint, value}, now);
    return set_result::success;
}

dual_mcu::ConfigDataItemSet::Confirm set(
    SinkState& state, const dual_mcu::ConfigDataItemSet& request, Now now)
{
    if (!state.is_sink())
        return {set_result::not_a_sink};
    if (request.endpoint == no_endpoint)
        return {set_result::invalid_endpoint};
    if (const auto item = fixed_item_at(state, request.endpoint))
        return {set_fixed(state, *item, request.value, now)};
    return {set_optional(state, request.endpoint, request.value, now)};
}

dual_mcu::ConfigDataItemGet::Confirm get(
    SinkState& state, const dual_mcu::ConfigDataItemGet& request, Now /*now*/)
{
    if (const auto item = fixed_item_at(state, request.endpoint)) {
        const auto value = value_of(state, *item);
        if (!value)
            return {no_such_item, {}};
        return {0, *value};
    }
    const auto found = state.persistent.optional_items.find(request.endpoint);
    if (found == state.persistent.optional_items.end())
        return {no_such_item, {}};
    return {0, found->second};
}

dual_mcu::ConfigDataItemList::Confirm list(
    SinkState& state, const dual_mcu::ConfigDataItemList& /*request*/, Now /*now*/)
{
    dual_mcu::ConfigDataItemList::Confirm confirm;
    for (const auto& [endpoint, value] : state.persistent.optional_items)
        confirm.endpoints.at(confirm.count++) = endpoint;
    return confirm;
}

constexpr std::array routes = {
    route<dual_mcu::ConfigDataItemSet, set>(first_api),
    route<dual_mcu::ConfigDataItemGet, get>(first_api),
    route<dual_mcu::ConfigDataItemList, list>(first_api),
};

} // namespace

void indicate_item(SinkState& state, FixedItem item, Now now)
{
    if (state.profile.api_version < first_api)
        return;
    const auto value = value_of(state, item);
    if (!value)
        return;
    const auto fixed = std::ranges::find(fixed_endpoints, item, &FixedEndpoints::item);
    state.live.indications.push(dual_mcu::ConfigDataItemRx{false, endpoint_of(state, *fixed), *value}, now);
}

std::span<const Route> config_item_routes()
{
    return routes;
}

} // namespace simulator
