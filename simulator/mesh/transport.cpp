// Packets between nodes and sinks: loss, time, order, the queue in front of a sink.
#include "simulator/mesh/operations.hpp"

#include "simulator/mesh/remote.hpp"

#include <algorithm>

namespace simulator::mesh {
namespace {

struct HopTimes {
    Time least;
    Time most;
};

/// A relay of a low-energy node waits for its turn: half a cycle to two of them.
HopTimes hop_times(const State& state, const Node& node)
{
    const Model& model = state.model_of(node);
    if (model.low_latency)
        return {state.parameters.radio.hop_least, state.parameters.radio.hop_most};
    return {model.access_cycle / 2, model.access_cycle * 2};
}

/// Along the route; relays that are busy with a scratchpad hold it until they are back.
Time travel_time(const State& state, NodeIndex index, Purpose purpose, std::uint32_t number)
{
    Time when = state.now;
    const std::uint32_t address = state.nodes[index].address;
    std::uint32_t hop = 0;
    for (NodeIndex at = index; at != no_node && !state.is_sink(at); at = state.nodes[at].parent) {
        const Node& node = state.nodes[at];
        const HopTimes times = hop_times(state, node);
        when += state.random.between(times.least, times.most, address, purpose, state.now, number << 8 | hop);
        if (at != index && node.exchanges() && state.parameters.exchange.off_mesh && node.busy_until != never)
            when = std::max(when, node.busy_until);
        if (++hop == UINT8_MAX)
            break;
    }
    return when - state.now;
}

void launch(State& state, NodeIndex index, PacketInFlight packet, Time travel)
{
    const std::uint32_t slot = state.packets.add(std::move(packet), 1);
    schedule(state, index, EventKind::packet_up, state.now + travel, slot);
}

bool hears(const State& state, SinkIndex listener, SinkIndex sender)
{
    const auto& heard = state.sinks[listener].hears;
    return std::ranges::find(heard, sender) != heard.end();
}

void launch_down(State& state, NodeIndex index, std::uint32_t slot)
{
    schedule(
        state, index, EventKind::packet_down,
        state.now + travel_time(state, index, Purpose::downlink_delay, state.packets.at(slot).identity),
        slot);
}

/// Of who says what to whom; no place in a queue is in it, so that no other packet changes its fate.
std::uint32_t hash_of(std::uint32_t source, const Downlink& packet)
{
    std::uint32_t hash = 0x811C9DC5; // FNV-1a
    const auto add = [&hash](std::uint8_t octet) { hash = (hash ^ octet) * 0x01000193; };
    for (const std::uint32_t address : {source, packet.destination})
        for (int shift = 0; shift < 32; shift += 8)
            add(static_cast<std::uint8_t>(address >> shift));
    add(packet.source_endpoint);
    add(packet.destination_endpoint);
    add(packet.qos);
    std::ranges::for_each(packet.payload, add);
    return hash;
}

/// Only equal packets of one moment have to be told apart by their order.
std::uint32_t identify(State& state, SinkIndex from, const Downlink& packet)
{
    Sink& sink = state.sinks[from];
    if (std::exchange(sink.sent_at, state.now) != state.now)
        sink.sent_then.clear();
    std::uint32_t identity = hash_of(state.nodes[from].address, packet);
    while (std::ranges::find(sink.sent_then, identity) != sink.sent_then.end())
        ++identity;
    sink.sent_then.push_back(identity);
    return identity;
}

} // namespace

void send_up(State& state, NodeIndex index, Outgoing outgoing)
{
    Node& node = state.nodes[index];
    ++state.counters.uplink_sent;
    const std::uint16_t number = ++node.packets;
    if (!is_on_mesh(state, node) || (!state.is_sink(index) && !node.has_route())) {
        ++state.counters.uplink_lost;
        return;
    }
    if (state.model_of(node).kind == NodeKind::control)
        hear_target(state, index); // the router's acknowledgement has it
    const Radio& radio = state.parameters.radio;
    if (state.random.happens(radio.loss_up, node.address, Purpose::uplink_loss, state.now, number)) {
        ++state.counters.uplink_lost;
        return;
    }
    PacketInFlight packet;
    packet.source = node.address;
    packet.destination = gateway::any_sink_address;
    packet.source_endpoint = outgoing.source_endpoint;
    packet.destination_endpoint = outgoing.destination_endpoint;
    packet.qos = outgoing.qos;
    packet.hops = node.hops;
    packet.sink = state.is_sink(index) ? static_cast<std::uint16_t>(index) : node.sink;
    packet.sent = state.now;
    packet.payload = std::move(outgoing.payload);
    Time travel = travel_time(state, index, Purpose::uplink_delay, number);
    if (state.random.happens(radio.reordering, node.address, Purpose::uplink_reorder, state.now, number)) {
        constexpr int longest = 10; // hops' worth
        travel += state.random.between(
            radio.hop_most, radio.hop_most * longest, node.address, Purpose::uplink_reorder, state.now,
            number + 0x10000U);
    }
    if (state.random.happens(radio.late, node.address, Purpose::uplink_late, state.now, number))
        travel += state.random.between(
            radio.late_least, radio.late_most, node.address, Purpose::uplink_late, state.now,
            number + 0x10000U);
    if (state.random.happens(radio.duplicates, node.address, Purpose::uplink_duplicate, state.now, number))
        launch(
            state, index, packet,
            travel + state.random.between(
                         radio.hop_least, radio.hop_most * 2, node.address, Purpose::uplink_duplicate,
                         state.now, number + 0x10000U));
    launch(state, index, std::move(packet), travel);
}

void arrive_at_sink(State& state, std::uint32_t slot)
{
    PacketInFlight& packet = state.packets.at(slot);
    Sink& sink = state.sinks[packet.sink];
    const Node& node = state.nodes[packet.sink];
    const auto wait_until = [&](Time when) {
        schedule(state, packet.sink, EventKind::packet_up, when, slot);
    };
    if (!node.runs()) {
        ++state.counters.uplink_lost;
        state.packets.release(slot);
        return;
    }
    if (!is_on_mesh(state, node) && node.busy_until != never && node.busy_until > state.now) {
        wait_until(node.busy_until);
        return;
    }
    const double rate = state.parameters.radio.uplink_rate;
    if (rate > 0 && !packet.queued) {
        const Time interval = scaled(std::chrono::seconds{1}, 1 / rate);
        const Time turn = std::max(sink.takes_next, state.now);
        if (turn - state.now > interval * state.parameters.radio.queue) {
            ++sink.overflowed;
            ++state.counters.uplink_overflowed;
            state.packets.release(slot);
            return;
        }
        sink.takes_next = turn + interval;
        packet.queued = true;
        if (turn > state.now) {
            wait_until(turn);
            return;
        }
    }
    ++sink.delivered;
    ++state.counters.uplink_delivered;
    state.to_sinks.push_back({packet.sink, state.now, to_sink::Packet{packet, state.now - packet.sent}});
    state.packets.release(slot);
}

void send_down(State& state, SinkIndex from, Downlink downlink)
{
    ++state.counters.downlink_sent;
    const Node& sender = state.nodes[from];
    if (!sender.runs())
        return;
    const bool broadcast = downlink.destination == gateway::broadcast_address;
    const std::uint8_t limit = downlink.hop_limit == 0 ? UINT8_MAX : downlink.hop_limit;
    std::vector<NodeIndex> hearers;
    const auto consider = [&](NodeIndex index) {
        const Node& node = state.nodes[index];
        const bool reached = state.is_sink(index)
                                 ? index != from && hears(state, static_cast<SinkIndex>(index), from)
                                 : node.sink == from && node.hops <= limit;
        if (reached && state.model_of(node).kind != NodeKind::control)
            hearers.push_back(index);
        else if (!broadcast)
            ++state.counters.downlink_lost;
    };
    if (broadcast) {
        for (NodeIndex index = 0; index < state.nodes.size(); ++index)
            consider(index);
    } else if (const NodeIndex index = state.find(downlink.destination); index != no_node) {
        consider(index);
    } else {
        ++state.counters.downlink_lost;
    }
    if (hearers.empty())
        return;
    PacketInFlight packet;
    packet.source = sender.address;
    packet.destination = downlink.destination;
    packet.source_endpoint = downlink.source_endpoint;
    packet.destination_endpoint = downlink.destination_endpoint;
    packet.qos = downlink.qos;
    packet.sink = from;
    packet.sent = state.now;
    packet.identity = identify(state, from, downlink);
    packet.payload = std::move(downlink.payload);
    const std::uint32_t slot =
        state.packets.add(std::move(packet), static_cast<std::uint32_t>(hearers.size()));
    for (const NodeIndex index : hearers)
        launch_down(state, index, slot);
}

void arrive_at_node(State& state, NodeIndex index, std::uint32_t slot)
{
    namespace api = gateway::remote_api;
    const PacketInFlight packet = state.packets.at(slot);
    state.packets.release(slot);
    Node& node = state.nodes[index];
    const bool lost = state.random.happens(
        state.parameters.radio.loss_down, node.address, Purpose::downlink_loss, packet.sent, packet.identity);
    if (lost || !is_on_mesh(state, node)) {
        ++state.counters.downlink_lost;
        return;
    }
    ++state.counters.downlink_heard;
    if (packet.source_endpoint != api::backend_endpoint || packet.destination_endpoint != api::node_endpoint)
        return;
    const bool broadcast = packet.destination == gateway::broadcast_address;
    gateway::Bytes answer = answer_requests(state, index, packet.payload, broadcast);
    if (!answer.empty())
        send_up(state, index, {api::node_endpoint, api::backend_endpoint, packet.qos, std::move(answer)});
}

} // namespace simulator::mesh
