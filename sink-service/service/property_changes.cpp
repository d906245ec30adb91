#include "sink-service/service/property_changes.hpp"

namespace sink_service {
namespace {

using dual_mcu::Reading;

/// Adds the names when the reading changed; one that cannot be read cannot be announced.
template<typename T>
void compare(
    std::vector<std::string>& changed, const Reading<T>& before, const Reading<T>& now,
    std::initializer_list<const char*> names)
{
    if (now && !(before == now))
        changed.insert(changed.end(), names.begin(), names.end());
}

} // namespace

PropertyChanges property_changes(const dual_mcu::SinkState& before, const dual_mcu::SinkState& now)
{
    PropertyChanges changes;
    auto& config = changes.config;
    const auto& fixed_before = before.fixed;
    const auto& fixed = now.fixed;
    compare(config, fixed_before.stack_profile, fixed.stack_profile, {"StackProfile"});
    compare(config, fixed_before.hw_magic, fixed.hw_magic, {"HwMagic"});
    if (fixed_before.mtu != fixed.mtu)
        config.emplace_back("MaxMtu");
    compare(config, fixed_before.channel_limits, fixed.channel_limits, {"ChRangeMin", "ChRangeMax"});
    compare(
        config, fixed_before.access_cycle_limits, fixed.access_cycle_limits, {"ACRangeMin", "ACRangeMax"});
    compare(config, fixed_before.pdu_buffer_size, fixed.pdu_buffer_size, {"PDUBufferSize"});
    compare(config, fixed_before.app_config_size, fixed.app_config_size, {"AppConfigMaxSize"});
    if (fixed_before.firmware_version != fixed.firmware_version)
        config.emplace_back("FirmwareVersion");

    const auto& live_before = before.live;
    const auto& live = now.live;
    compare(config, live_before.current_access_cycle, live.current_access_cycle, {"CurrentAC"});
    compare(config, live_before.cipher_key_set, live.cipher_key_set, {"CipherKeySet"});
    compare(
        config, live_before.authentication_key_set, live.authentication_key_set, {"AuthenticationKeySet"});
    compare(config, live_before.stack_status, live.stack_status, {"StackStatus"});
    compare(
        config, live_before.access_cycle_range, live.access_cycle_range, {"ACRangeMinCur", "ACRangeMaxCur"});
    compare(config, live_before.node_address, live.node_address, {"NodeAddress"});
    compare(config, live_before.node_role, live.node_role, {"NodeRole"});
    compare(config, live_before.network_address, live.network_address, {"NetworkAddress"});
    compare(config, live_before.network_channel, live.network_channel, {"NetworkChannel"});
    compare(config, live_before.sink_cost, live.sink_cost, {"SinkCost"});
    compare(config, live_before.channel_map, live.channel_map, {"ChannelMap"});

    compare(
        changes.otap, before.scratchpad, now.scratchpad,
        {"StoredLen", "StoredCrc", "StoredSeq", "StoredStatus", "StoredType", "ProcessedLen", "ProcessedCrc",
         "ProcessedSeq", "FirmwareAreaId"});
    return changes;
}

} // namespace sink_service
