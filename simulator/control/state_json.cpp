#include "simulator/control/state_json.hpp"

#include "simulator/sink/attribute_table.hpp"
#include "simulator/sink/operations.hpp"

#include <nlohmann/json.hpp>

namespace simulator {
namespace {

using nlohmann::json;

constexpr std::size_t longest_number = 4;

json value_json(const AttributeReading& reading)
{
    if (reading.result != dual_mcu::attribute_result::success)
        return nullptr;
    if (reading.value.size() > longest_number)
        return gateway::to_hex(reading.value);
    std::uint32_t number = 0;
    for (std::size_t i = reading.value.size(); i-- > 0;)
        number = number << 8 | reading.value.view()[i];
    return number;
}

json attributes_json(const SinkState& state, Now now)
{
    json attributes = json::object();
    for (const dual_mcu::Attribute& attribute : dual_mcu::all_attributes()) {
        const AttributeRow* row = find_attribute_row(state, attribute.access_point, attribute.id);
        if (row != nullptr && !attribute.secret)
            attributes[std::string(attribute.name)] = value_json(row->read(state, now));
    }
    return attributes;
}

json keys_json(const Persistent& persistent)
{
    return {
        {"cipher", persistent.cipher_key.has_value()},
        {"authentication", persistent.authentication_key.has_value()},
        {"feature_lock", persistent.lock_key.has_value()},
        {"network_pair", persistent.network_key_pair.has_value()},
        {"management_pair", persistent.management_key_pair.has_value()},
    };
}

json target_json(const dual_mcu::ScratchpadTarget& target)
{
    return {
        {"sequence", target.sequence},
        {"crc", target.crc},
        {"action", target.action},
        {"parameter", target.parameter}};
}

json app_config_json(const dual_mcu::AppConfig& config)
{
    return {
        {"sequence", config.sequence},
        {"diagnostics_interval", config.diagnostics_interval},
        {"octets", gateway::to_hex(config.octets)}};
}

json scratchpad_json(const SinkState& state)
{
    const StoredScratchpad& stored = state.persistent.stored;
    const ProcessedScratchpad& processed = state.persistent.processed;
    json uploading = nullptr;
    if (const auto& upload = state.live.upload)
        uploading = {
            {"size", upload->size}, {"sequence", upload->sequence}, {"received", upload->octets.size()}};
    return {
        {"stored",
         {{"size", stored.size()},
          {"crc", stored.crc},
          {"sequence", stored.sequence},
          {"type", stored.type},
          {"status", stored.status}}},
        {"processed",
         {{"size", processed.size},
          {"crc", processed.crc},
          {"sequence", processed.sequence},
          {"area_id", processed.area_id}}},
        {"upload", uploading},
        {"firmware", state.firmware()},
    };
}

json items_json(const Persistent& persistent)
{
    json items = json::array();
    for (const auto& [endpoint, value] : persistent.optional_items)
        items.push_back({{"endpoint", endpoint}, {"value", gateway::to_hex(value)}});
    return items;
}

json counters_json(Device& device)
{
    const Counters& counters = device.sink().state().counters;
    return {
        {"boots", counters.boots},
        {"requests", counters.requests},
        {"silent", counters.silent},
        {"indications", counters.indications},
        {"acknowledged", counters.acknowledged},
        {"uplink_generated", device.uplink().generated()},
        {"uplink_packets", counters.uplink_packets},
        {"uplink_unheard", counters.uplink_unheard},
        {"uplink_held", counters.uplink_held},
        {"uplink_lost", counters.uplink_lost},
        {"uplink_aged", counters.uplink_aged},
        {"downlink_packets", counters.downlink_packets},
        {"downlink_broken", counters.downlink_broken},
        {"fault_hits", device.faults().hits()},
    };
}

json downlink_json(const DownlinkPacket& packet)
{
    return {
        {"pdu_id", packet.header.pdu_id},
        {"source", packet.source},
        {"source_endpoint", packet.header.source_endpoint},
        {"destination", packet.header.destination},
        {"destination_endpoint", packet.header.destination_endpoint},
        {"qos", packet.header.qos},
        {"hop_limit", packet.header.options.hop_limit},
        {"unacknowledged_csma_ca", packet.header.options.unacknowledged_csma_ca},
        {"tracked", packet.header.options.track},
        {"buffering_delay", packet.buffering_delay},
        {"fragments", packet.fragments},
        {"payload", gateway::to_hex(packet.payload)},
    };
}

} // namespace

json state_json(Device& device, Now now)
{
    const SinkState& state = device.sink().state();
    const auto& config = state.persistent.app_config;
    return {
        {"rebooting", device.rebooting()},
        {"running", state.live.running},
        {"status", stack_status_of(state)},
        {"attributes", attributes_json(state, now)},
        {"keys", keys_json(state.persistent)},
        {"app_config", config ? app_config_json(*config) : json(nullptr)},
        {"items", items_json(state.persistent)},
        {"sink_cost", state.live.sink_cost},
        {"scratchpad", scratchpad_json(state)},
        {"target", target_json(state.persistent.target)},
        {"queues",
         {{"indications", state.live.indications.size()},
          {"held", state.held.size()},
          {"packet_buffers", state.live.buffers.size()},
          {"tracked", state.live.tracked.size()}}},
        {"faults", device.faults().armed()},
        {"counters", counters_json(device)},
    };
}

json mesh_json(const std::vector<ToMesh>& what)
{
    json downlink = json::array();
    json distributed = json::array();
    for (const ToMesh& each : what) {
        if (const auto* packet = std::get_if<DownlinkPacket>(&each))
            downlink.push_back(downlink_json(*packet));
        else if (const auto* config = std::get_if<AppConfigDistributed>(&each))
            distributed.push_back({{"app_config", app_config_json(config->config)}});
        else if (const auto* target = std::get_if<TargetDistributed>(&each))
            distributed.push_back({{"target", target_json(target->target)}});
        else if (const auto* cost = std::get_if<SinkCostChanged>(&each))
            distributed.push_back({{"sink_cost", cost->cost}});
    }
    return {{"downlink", downlink}, {"distributed", distributed}};
}

} // namespace simulator
