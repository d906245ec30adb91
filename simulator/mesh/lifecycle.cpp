// Power, restarts, sleep and places of nodes.
#include "simulator/mesh/operations.hpp"

namespace simulator::mesh {
namespace {

/// What a reboot forgets.
void forget(State& state, Node& node)
{
    stop_countdown(node);
    if (!state.parameters.v2.delay_survives_reboot)
        node.delay_ends = never;
    node.heard_target = false;
    node.detects_at = never;
    node.without_route_since = never;
}

void leave_mesh(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    abandon_exchanges(state, index);
    node.parent = no_node;
    node.sink = no_sink;
    plan_reroute(state);
}

Time bootloader_time(const State& state, const Node& node)
{
    const BootloaderTiming& timing = state.parameters.bootloader;
    return timing.base +
           scaled(
               std::chrono::seconds{1}, static_cast<double>(node.stored.size()) / timing.octets_per_second);
}

void join_mesh(State& state, NodeIndex index)
{
    state.nodes[index].activity = Activity::runs;
    lose_route(state, index);
    find_route(state, index);
    plan_reroute(state);
    tell_neighbours(state, index);
    look_around(state, index);
}

void start_up(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.stored.fresh() && node.stored.type == stored_type::process) {
        node.activity = Activity::in_bootloader;
        node.busy_until = state.now + bootloader_time(state, node);
        schedule(state, index, EventKind::bootloader_ends, node.busy_until);
    } else {
        if (node.extras)
            node.extras->retried = false;
        boot(state, index);
    }
}

} // namespace

void boot(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    node.activity = Activity::boots;
    node.busy_until = state.now + state.parameters.bootloader.boot;
    schedule(state, index, EventKind::boot_ends, node.busy_until);
}

void power_on(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.activity != Activity::off)
        return;
    ++node.restarts;
    ++state.counters.restarts;
    start_up(state, index);
}

void power_off(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.activity == Activity::off)
        return;
    leave_mesh(state, index);
    forget(state, node);
    node.activity = Activity::off;
}

void restart(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (state.is_sink(index)) {
        state.to_sinks.push_back({static_cast<SinkIndex>(index), state.now, to_sink::Restarts{}});
        return;
    }
    if (node.activity == Activity::off || node.activity == Activity::silent_for_ever)
        return;
    leave_mesh(state, index);
    forget(state, node);
    ++node.restarts;
    ++state.counters.restarts;
    start_up(state, index);
}

void finish_boot(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.activity != Activity::boots || node.busy_until != state.now)
        return;
    node.busy_until = never;
    const auto limit = state.model_of(node).silent_after;
    if (limit && node.processed >= *limit) {
        node.activity = Activity::silent_for_ever; // row 30
        return;
    }
    join_mesh(state, index);
    if (state.parameters.remote.unasked_after_restart)
        plan_status(state, index);
    if (const auto& sleep = state.model_of(node).sleep)
        schedule(state, index, EventKind::falls_asleep, state.now + sleep->awake);
}

void fall_asleep(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    const auto& sleep = state.model_of(node).sleep;
    if (!sleep || !node.runs())
        return;
    if (node.exchanges()) { // not in the middle of it
        schedule(state, index, EventKind::falls_asleep, node.busy_until + sleep->awake);
        return;
    }
    leave_mesh(state, index);
    node.activity = Activity::sleeps;
    node.detects_at = never;
    node.without_route_since = never;
    schedule(state, index, EventKind::wakes, state.now + sleep->every - sleep->awake);
}

void wake(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.activity != Activity::sleeps)
        return;
    join_mesh(state, index);
    if (const auto& sleep = state.model_of(node).sleep)
        schedule(state, index, EventKind::falls_asleep, state.now + sleep->awake);
}

void move_node(State& state, NodeIndex index, std::span<const NodeIndex> neighbours)
{
    abandon_exchanges(state, index);
    state.topology = state.topology.with_moved(index, neighbours);
    Node& node = state.nodes[index];
    node.detects_at = never;
    plan_reroute(state);
    if (!node.runs())
        return;
    lose_route(state, index);
    find_route(state, index);
    tell_neighbours(state, index);
    look_around(state, index);
}

} // namespace simulator::mesh
