// Routes: a tree from every sink, found anew when somebody comes or goes, and now and then by chance.
#include "simulator/mesh/operations.hpp"

#include <algorithm>

namespace simulator::mesh {
namespace {

constexpr std::uint8_t too_far = UINT8_MAX;

bool relays(const State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    if (!node.runs())
        return false;
    const Model& model = state.model_of(node);
    return state.is_sink(index) || (model.kind == NodeKind::router && !model.sleep);
}

/// Hops of everybody from the nearest sink, by breadth.
std::vector<std::uint8_t> count_hops(const State& state)
{
    std::vector<std::uint8_t> hops(state.nodes.size(), too_far);
    std::vector<NodeIndex> ring;
    for (NodeIndex sink = 0; sink < state.sinks.size(); ++sink) {
        if (!state.nodes[sink].runs())
            continue;
        hops[sink] = 0;
        ring.push_back(sink);
    }
    std::vector<NodeIndex> next;
    for (std::uint8_t distance = 1; !ring.empty() && distance < too_far; ++distance) {
        next.clear();
        for (const NodeIndex from : ring) {
            if (!relays(state, from))
                continue;
            for (const NodeIndex to : state.topology.neighbours(from)) {
                if (hops[to] != too_far || !state.nodes[to].runs())
                    continue;
                hops[to] = distance;
                next.push_back(to);
            }
        }
        ring.swap(next);
    }
    return hops;
}

void join(State& state, NodeIndex index, NodeIndex parent, std::uint8_t hops)
{
    Node& node = state.nodes[index];
    const SinkIndex sink = state.is_sink(parent) ? static_cast<SinkIndex>(parent) : state.nodes[parent].sink;
    const bool other_sink = node.sink != sink;
    node.parent = parent;
    node.hops = hops;
    node.sink = sink;
    node.without_route_since = never;
    if (other_sink || !node.heard_target)
        expect_target(state, index); // row 35
}

/// One of the neighbours that are a hop nearer; `drift`: not necessarily the present one.
NodeIndex choose_parent(const State& state, NodeIndex index, std::span<const std::uint8_t> hops, bool drift)
{
    const Node& node = state.nodes[index];
    std::vector<NodeIndex> nearer;
    for (const NodeIndex neighbour : state.topology.neighbours(index))
        if (hops[neighbour] + 1 == hops[index] && relays(state, neighbour))
            nearer.push_back(neighbour);
    if (nearer.empty())
        return no_node;
    if (!drift && std::ranges::find(nearer, node.parent) != nearer.end())
        return node.parent;
    return nearer[state.random.below(nearer.size(), node.address, Purpose::route, state.now)];
}

} // namespace

void plan_reroute(State& state)
{
    if (std::exchange(state.reroute_planned, true))
        return;
    state.events.add(state.now + state.parameters.radio.reroute_after, EventKind::routes_break, no_node, 0);
}

void lose_route(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    node.parent = no_node;
    node.sink = no_sink;
    if (node.without_route_since != never || !node.runs())
        return;
    node.without_route_since = state.now;
    if (state.parameters.v1.fail_safe)
        schedule(state, index, EventKind::fail_safe, state.now + state.parameters.v1.fail_safe_after);
}

void find_route(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (state.is_sink(index) || !node.runs())
        return;
    NodeIndex best = no_node;
    std::uint8_t fewest = too_far;
    for (const NodeIndex neighbour : state.topology.neighbours(index)) {
        if (!relays(state, neighbour) || (!state.is_sink(neighbour) && !state.nodes[neighbour].has_route()))
            continue;
        const auto hops =
            static_cast<std::uint8_t>(state.is_sink(neighbour) ? 0 : state.nodes[neighbour].hops);
        if (hops < fewest) {
            fewest = hops;
            best = neighbour;
        }
    }
    if (best != no_node)
        join(state, index, best, static_cast<std::uint8_t>(fewest + 1));
}

void reroute(State& state, bool drift)
{
    ++state.counters.reroutes;
    const auto hops = count_hops(state);
    // Nearer nodes first: a node takes over the sink of its parent.
    std::array<std::vector<NodeIndex>, too_far> rings;
    for (auto index = static_cast<NodeIndex>(state.sinks.size()); index < state.nodes.size(); ++index) {
        if (!state.nodes[index].runs())
            continue;
        if (hops[index] == too_far)
            lose_route(state, index);
        else
            rings.at(hops[index]).push_back(index);
    }
    for (const auto& ring : rings)
        for (const NodeIndex index : ring)
            if (const NodeIndex parent = choose_parent(state, index, hops, drift); parent != no_node)
                join(state, index, parent, hops[index]);
            else
                lose_route(state, index);
}

} // namespace simulator::mesh
