// Packets from the mesh become indications, in fragments above the MTU (spec/dual-mcu-api.md, 3.1.6,
// 3.1.7, 5.7), as far as the indication memory goes; the mesh holds the rest (2.4).
#include "simulator/sink/operations.hpp"
#include "simulator/sink/sink.hpp"
#include "simulator/sink/ticks.hpp"

namespace simulator {
namespace {

constexpr std::uint16_t packet_ids = 4096;

std::size_t fragments_of(const SinkState& state, const UplinkPacket& packet)
{
    return (packet.payload.size() + state.profile.mtu - 1) / state.profile.mtu;
}

dual_mcu::RxHeader header_of(const SinkState& state, const UplinkPacket& packet)
{
    dual_mcu::RxHeader header;
    header.source = packet.source;
    header.source_endpoint = packet.source_endpoint;
    const bool any_sink = packet.destination == 0 || packet.destination == gateway::any_sink_address;
    header.destination = any_sink ? state.persistent.node_address.value_or(0) : packet.destination;
    header.destination_endpoint = packet.destination_endpoint;
    header.qos = packet.qos;
    constexpr std::uint8_t most_hops = 63;
    header.hop_count = std::min(packet.hop_count, most_hops);
    header.travel_time = packet.travel_time;
    return header;
}

} // namespace

bool has_indication_room(const SinkState& state, std::size_t indications)
{
    const std::size_t used = state.live.indications.size();
    // A packet of more fragments than the memory has entries may use it alone.
    return used + indications <= state.profile.indication_memory || used == 0;
}

bool indicate_packet(SinkState& state, const UplinkPacket& packet, Now now)
{
    const std::size_t count = fragments_of(state, packet);
    if (!has_indication_room(state, count))
        return false;
    const dual_mcu::RxHeader header = header_of(state, packet);
    const gateway::ByteView payload = packet.payload;
    if (count == 1) {
        dual_mcu::DataRx indication{false, header, {}};
        indication.apdu.assign(payload);
        state.live.indications.push(std::move(indication), now);
        return true;
    }
    const std::uint16_t packet_id = state.next_packet_id;
    state.next_packet_id = static_cast<std::uint16_t>((packet_id + 1U) % packet_ids);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t offset = i * state.profile.mtu;
        const std::size_t size = std::min<std::size_t>(state.profile.mtu, payload.size() - offset);
        dual_mcu::DataRxFragment indication{false, header, {}, {}};
        indication.fragment = {packet_id, static_cast<std::uint16_t>(offset), i + 1 == count};
        indication.apdu.assign(payload.subspan(offset, size));
        state.live.indications.push(std::move(indication), now);
    }
    return true;
}

void take_held(SinkState& state, Now now)
{
    while (!state.held.empty()) {
        HeldPacket& held = state.held.front();
        UplinkPacket aged_packet = held.packet;
        aged_packet.travel_time = aged(held.packet.travel_time, now - held.arrived);
        if (!indicate_packet(state, aged_packet, now))
            return;
        state.held.pop_front();
    }
}

bool SimulatedSink::received_from_mesh(UplinkPacket packet, Now now)
{
    if (packet.payload.empty() || packet.payload.size() > gateway::max_packet_size)
        return false;
    if (!state_.live.running) {
        ++state_.counters.uplink_unheard;
        return false;
    }
    take_held(state_, now);
    if (state_.held.empty() && indicate_packet(state_, packet, now)) {
        ++state_.counters.uplink_packets;
        return true;
    }
    if (state_.held.size() >= state_.profile.held_packets) {
        ++state_.counters.uplink_lost;
        return false;
    }
    ++state_.counters.uplink_packets;
    ++state_.counters.uplink_held;
    state_.held.push_back({std::move(packet), now});
    return true;
}

} // namespace simulator
