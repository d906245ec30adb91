// How scratchpads go from neighbour to neighbour (rows 1 to 5, 31, 32, 34).
#include "simulator/mesh/operations.hpp"

#include "gateway/crc16.hpp"
#include "gateway/scratchpad_file.hpp"

namespace simulator::mesh {
namespace {

/// By 2.2, and whether there is room for it (row 2).
bool wants(const State& state, const Node& node, const Node& neighbour)
{
    if (!takes_part(neighbour) || !neighbour.stored.image)
        return false;
    if (neighbour.stored.size() > state.model_of(node).capacity)
        return false;
    if (follows_v1(node))
        return wants_newer(offer_of(node), offer_of(neighbour), state.parameters.v1.sequence_rule);
    return wants_target(offer_of(node), offer_of(neighbour), node.target);
}

bool is_free(const State& state, const Node& node)
{
    return !node.fetches() && node.serves < state.parameters.exchange.concurrent_per_node;
}

void plan_detection(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    const Time mean = state.parameters.exchange.detect;
    node.detects_at =
        state.now + state.random.between(mean / 2, mean * 3 / 2, node.address, Purpose::detection, state.now);
    schedule(state, index, EventKind::detection, node.detects_at);
}

void begin_transfer(State& state, NodeIndex index, NodeIndex from)
{
    Node& node = state.nodes[index];
    Node& server = state.nodes[from];
    const Exchange& exchange = state.parameters.exchange;
    ++state.counters.transfers;
    const Time duration =
        scaled(std::chrono::seconds{1}, static_cast<double>(server.stored.size()) / exchange.rate);
    set_stored(state, index, {}); // the old copy goes now
    node.delay_ends = never;
    node.peer = from;
    node.busy_until = state.now + duration;
    ++server.serves;
    server.busy_until = std::max(server.busy_until == never ? Time{0} : server.busy_until, node.busy_until);
    if (state.is_sink(index))
        state.to_sinks.push_back({static_cast<SinkIndex>(index), state.now, to_sink::Erased{}});
    if (state.random.happens(exchange.break_probability, node.address, Purpose::transfer_break, state.now)) {
        const double when = state.random.fraction(node.address, Purpose::transfer_break_moment, state.now);
        node.busy_until = state.now + scaled(duration, when);
        schedule(state, index, EventKind::transfer_breaks, node.busy_until);
    } else {
        schedule(state, index, EventKind::transfer_ends, node.busy_until);
    }
}

/// Both are free again.
void part(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    Node& server = state.nodes[node.peer];
    const NodeIndex from = std::exchange(node.peer, no_node);
    node.busy_until = never;
    if (--server.serves == 0) {
        server.busy_until = never;
        look_around(state, from);
        expect_target(state, from);
    }
}

/// One that is gone cannot be asked for its file; what has arrived is nothing.
void give_up(State& state, NodeIndex index)
{
    ++state.counters.transfers_failed;
    part(state, index);
    if (state.is_sink(index))
        look_around(state, index); // its host would see a reboot: only nodes take one
    else
        restart(state, index);
}

} // namespace

void look_around(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (!takes_part(node) || node.exchanges() || node.detects_at != never)
        return;
    for (const NodeIndex neighbour : state.topology.neighbours(index)) {
        if (!wants(state, node, state.nodes[neighbour]))
            continue;
        plan_detection(state, index);
        return;
    }
}

void tell_neighbours(State& state, NodeIndex index)
{
    for (const NodeIndex neighbour : state.topology.neighbours(index))
        look_around(state, neighbour);
}

void detect(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.detects_at != state.now)
        return;
    node.detects_at = never;
    if (!takes_part(node) || node.exchanges())
        return;
    bool somebody_busy = false;
    std::vector<NodeIndex> candidates;
    for (const NodeIndex neighbour : state.topology.neighbours(index)) {
        const Node& other = state.nodes[neighbour];
        if (!wants(state, node, other))
            continue;
        if (!is_free(state, other)) {
            somebody_busy = true;
            continue;
        }
        // The newest of what is offered; in OTAPv2 there is but one.
        if (!candidates.empty()) {
            const Offer best = offer_of(state.nodes[candidates.front()]);
            const Offer offer = offer_of(other);
            if (wants_newer(best, offer, state.parameters.v1.sequence_rule))
                candidates.clear();
            else if (offer.sequence != best.sequence || offer.crc != best.crc)
                continue;
        }
        candidates.push_back(neighbour);
    }
    if (candidates.empty()) {
        if (somebody_busy)
            plan_detection(state, index);
        return;
    }
    begin_transfer(
        state, index,
        candidates[state.random.below(
            candidates.size(), node.address, Purpose::choice_of_neighbour, state.now)]);
}

void finish_transfer(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (!node.fetches() || node.busy_until != state.now)
        return;
    Stored received = state.nodes[node.peer].stored;
    received.type = stored_type::present;
    received.status = stored_status::fresh;
    const bool damaged = state.random.happens(
        state.parameters.exchange.corrupt_probability, node.address, Purpose::transfer_corruption, state.now);
    const bool right =
        !damaged && received.image &&
        gateway::crc16(gateway::ByteView(*received.image).subspan(gateway::scratchpad_header_end)) ==
            received.crc;
    part(state, index);
    expect_target(state, index);
    if (!right) { // row 4
        ++state.counters.transfers_failed;
        look_around(state, index);
        return;
    }
    take_stored(state, index, std::move(received));
}

void break_transfer(State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    if (node.fetches() && node.busy_until == state.now)
        give_up(state, index);
}

void abandon_exchanges(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.fetches()) {
        ++state.counters.transfers_failed;
        part(state, index);
    }
    if (node.serves == 0)
        return;
    std::vector<NodeIndex> fetchers;
    for (const NodeIndex neighbour : state.topology.neighbours(index))
        if (state.nodes[neighbour].peer == index)
            fetchers.push_back(neighbour);
    for (const NodeIndex fetcher : fetchers)
        give_up(state, fetcher);
}

void take_stored(State& state, NodeIndex index, Stored stored)
{
    set_stored(state, index, std::move(stored));
    if (state.is_sink(index))
        state.to_sinks.push_back(
            {static_cast<SinkIndex>(index), state.now, to_sink::Received{state.nodes[index].stored}});
    if (state.parameters.remote.unasked_after_store)
        plan_status(state, index);
    tell_neighbours(state, index);
    look_around(state, index); // in OTAPv1 there may be something newer still
    follow_target(state, index);
    check_fail_safe(state, index);
}

void clear_stored(State& state, NodeIndex index)
{
    abandon_exchanges(state, index);
    set_stored(state, index, {});
    state.nodes[index].delay_ends = never;
    look_around(state, index);
}

} // namespace simulator::mesh
