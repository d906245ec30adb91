// OTAPv2: targets spread from the sinks, and nodes do what they say (rows 6 to 13, 35).
#include "simulator/mesh/operations.hpp"

namespace simulator::mesh {
namespace {

using gateway::OtapAction;

bool names_stored(const Node& node)
{
    return node.stored.is(node.target.sequence, node.target.crc);
}

Time delay_of(std::uint8_t parameter)
{
    using namespace std::chrono;
    const int amount = parameter & 0x3F;
    switch (parameter >> 6) {
    case 1:
        return minutes{amount};
    case 2:
        return hours{amount};
    default:
        return hours{24 * amount};
    }
}

/// Row 13: what failed once is left alone, but for an option of the simulator.
bool may_retry(const State& state, const Node& node)
{
    return state.parameters.v2.retry_on_error && node.stored.status != stored_status::success &&
           !(node.extras && node.extras->retried);
}

void process_by_target(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.stored.fresh()) {
        process(state, index);
    } else if (may_retry(state, node)) {
        node.more().retried = true;
        Stored again = node.stored;
        again.status = stored_status::fresh;
        set_stored(state, index, std::move(again));
        process(state, index);
    }
}

void adopt(State& state, NodeIndex index, const gateway::TargetAndAction& target)
{
    Node& node = state.nodes[index];
    const bool changed = node.target != target;
    const bool same_delay = node.target.action == target.action &&
                            node.target.parameter == target.parameter &&
                            node.target.sequence == target.sequence && node.target.crc == target.crc;
    node.heard_target = true;
    node.target = target;
    if (!same_delay && OtapAction{target.action} == OtapAction::propagate_and_process_with_delay)
        node.delay_ends = never; // starts anew
    if (changed && state.parameters.remote.unasked_after_target)
        plan_status(state, index);
    follow_target(state, index);
    if (changed) {
        look_around(state, index);
        check_fail_safe(state, index); // action 4 brings it back
    }
}

} // namespace

void spread_target(State& state, SinkIndex sink)
{
    for (auto index = static_cast<NodeIndex>(state.sinks.size()); index < state.nodes.size(); ++index)
        if (state.nodes[index].sink == sink)
            expect_target(state, index);
}

void expect_target(State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    if (state.is_sink(index) || !node.runs() || !node.has_route() || !knows_targets(node.stack.version))
        return;
    const Node& sink = state.nodes[node.sink];
    if (node.heard_target && node.target == sink.target)
        return;
    const Time spread = state.parameters.v2.spread_per_hop * std::max<int>(node.hops, 1);
    const Time when = state.random.between(
        spread / 2, spread, node.address, Purpose::target_spread, state.now, node.target.action);
    if (state.model_of(node).kind != NodeKind::control) // those hear it when they send something
        schedule(state, index, EventKind::target_heard, state.now + when);
}

void hear_target(State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    if (!is_on_mesh(state, node) || !node.has_route() || !knows_targets(node.stack.version))
        return; // it hears it when it is back
    const Node& sink = state.nodes[node.sink];
    if (!sink.runs() || (node.heard_target && node.target == sink.target))
        return;
    // A sink that was never told anything distributes nothing.
    if (sink.target == gateway::TargetAndAction{} && !node.heard_target &&
        state.parameters.v2.default_action != 0)
        return;
    adopt(state, index, sink.target);
}

void follow_target(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (state.is_sink(index) || !takes_part(node) || !knows_targets(node.stack.version))
        return;
    switch (OtapAction{node.target.action}) {
    case OtapAction::no_otap:
    case OtapAction::propagate_only:
        if (state.parameters.v2.stop_running_delay)
            node.delay_ends = never;
        break;
    case OtapAction::propagate_and_process:
        node.delay_ends = never;
        if (node.heard_target && names_stored(node))
            process_by_target(state, index);
        break;
    case OtapAction::propagate_and_process_with_delay:
        if (!names_stored(node) || !(node.stored.fresh() || may_retry(state, node))) {
            node.delay_ends = never;
        } else if (node.heard_target && node.delay_ends == never) {
            node.delay_ends = state.now + delay_of(node.target.parameter);
            schedule(state, index, EventKind::delay_ends, node.delay_ends);
        }
        break;
    case OtapAction::legacy:
        node.delay_ends = never;
        break;
    }
}

void end_delay(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.delay_ends != state.now)
        return;
    node.delay_ends = never;
    if (takes_part(node) && names_stored(node) &&
        OtapAction{node.target.action} == OtapAction::propagate_and_process_with_delay)
        process_by_target(state, index);
}

} // namespace simulator::mesh
