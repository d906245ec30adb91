#include "simulator/mesh/mesh.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace simulator::mesh {
namespace {

Origin origin_or(Origin origin, const gateway::FirmwareVersion& version)
{
    if (origin.length == 0 && origin.version == gateway::FirmwareVersion{})
        origin.version = version;
    return origin;
}

Node make_node(const State& state, const NodeSetup& setup)
{
    const Model& model = state.models.at(setup.model);
    Node node;
    node.address = setup.address;
    node.model = setup.model;
    node.stack = origin_or(setup.stack, model.stack);
    node.application = origin_or(setup.application, model.application);
    node.target.action =
        knows_targets(node.stack.version) ? state.parameters.v2.default_action : std::uint8_t{0};
    if (setup.lock_key != gateway::remote_api::no_lock_key ||
        setup.lock_bits != gateway::remote_api::everything_allowed) {
        node.more().lock_key = setup.lock_key;
        node.more().lock_bits = setup.lock_bits;
    }
    return node;
}

void add_node(State& state, const NodeSetup& setup, bool sink)
{
    const auto index = static_cast<NodeIndex>(state.nodes.size());
    state.nodes.push_back(make_node(state, setup));
    state.by_address.emplace_back(setup.address, index);
    set_stored(state, index, setup.stored);
    if (!sink)
        state.nodes.back().activity = setup.powered ? Activity::runs : Activity::off;
}

} // namespace

Mesh::Mesh(Setup setup) : state_(setup.parameters), views_(setup.sinks.size())
{
    state_.models = std::move(setup.models);
    state_.nodes.reserve(setup.sinks.size() + setup.nodes.size());
    state_.by_address.reserve(setup.sinks.size() + setup.nodes.size());
    for (const SinkSetup& sink : setup.sinks) {
        state_.sinks.push_back({sink.name, sink.gateway, sink.hears});
        views_[state_.nodes.size()].address = sink.node.address;
    }
    for (const SinkSetup& sink : setup.sinks)
        add_node(state_, sink.node, true);
    for (const NodeSetup& node : setup.nodes)
        add_node(state_, node, false);
    std::ranges::sort(state_.by_address);
    const auto same =
        std::ranges::adjacent_find(state_.by_address, {}, [](const auto& entry) { return entry.first; });
    if (same != state_.by_address.end())
        throw std::invalid_argument(fmt::format("two nodes have the address {}", same->first));
    state_.topology = Topology(state_.nodes.size(), setup.links);
    for (auto index = static_cast<NodeIndex>(setup.sinks.size()); index < state_.nodes.size(); ++index) {
        plan_reports(state_, index);
        if (!state_.nodes[index].runs())
            continue;
        lose_route(state_, index);
        look_around(state_, index);
        if (const auto& sleep = state_.model_of(state_.nodes[index]).sleep) {
            const std::uint32_t address = state_.nodes[index].address;
            const Time phase =
                state_.random.between(Time{0}, sleep->every, address, Purpose::sleep_phase, Time{0});
            schedule(state_, index, EventKind::falls_asleep, phase);
        }
    }
    state_.script = std::move(setup.script);
    state_.has_conditions =
        std::ranges::any_of(state_.script, [](const Step& step) { return step.when.has_value(); });
    plan_script(state_);
    if (state_.parameters.radio.reroute_every > Time{0})
        state_.events.add(state_.parameters.radio.reroute_every, EventKind::routes_drift, no_node, 0);
}

void Mesh::advance(Time time)
{
    while (step(time)) {
    }
}

bool Mesh::step(Time limit)
{
    const auto next = state_.events.next();
    if (!next || *next > limit) {
        state_.now = std::max(state_.now, limit);
        return false;
    }
    state_.now = std::max(state_.now, *next);
    while (state_.events.next() == next)
        handle(state_.events.take());
    if (state_.has_conditions)
        check_conditions(state_);
    return true;
}

void Mesh::handle(const Event& event)
{
    ++state_.counters.events;
    switch (event.kind) {
    case EventKind::boot_ends:
        return finish_boot(state_, event.node);
    case EventKind::bootloader_ends:
        return finish_bootloader(state_, event.node);
    case EventKind::detection:
        return detect(state_, event.node);
    case EventKind::transfer_ends:
        return finish_transfer(state_, event.node);
    case EventKind::transfer_breaks:
        return break_transfer(state_, event.node);
    case EventKind::target_heard:
        return hear_target(state_, event.node);
    case EventKind::delay_ends:
        return end_delay(state_, event.node);
    case EventKind::countdown_ends:
        return end_countdown(state_, event.node);
    case EventKind::fail_safe:
        return check_fail_safe(state_, event.node);
    case EventKind::falls_asleep:
        return fall_asleep(state_, event.node);
    case EventKind::wakes:
        return wake(state_, event.node);
    case EventKind::reports:
        return report(state_, event.node, event.data);
    case EventKind::tells_status:
        return tell_status(state_, event.node);
    case EventKind::packet_up:
        return arrive_at_sink(state_, event.data);
    case EventKind::packet_down:
        return arrive_at_node(state_, event.node, event.data);
    case EventKind::routes_break:
        state_.reroute_planned = false;
        return reroute(state_, false);
    case EventKind::routes_drift:
        state_.events.add(
            state_.now + state_.parameters.radio.reroute_every, EventKind::routes_drift, no_node, 0);
        return reroute(state_, true);
    case EventKind::script:
        return perform_step(state_, event.data);
    }
}

void Mesh::sink_is(SinkIndex sink, const SinkView& view)
{
    SinkView& before = views_.at(sink);
    if (before == view)
        return;
    Node& node = state_.nodes[sink];
    if (view.address != 0 && view.address != before.address)
        change_address(state_, sink, view.address);
    const bool target_changed = before.target != view.target;
    const bool stored_changed = before.stored != view.stored;
    const bool started = !before.runs && view.runs;
    const bool stopped = before.runs && !view.runs;
    before = view;
    node.target = view.target;
    node.stack = view.stack;
    if (view.lock_key != gateway::remote_api::no_lock_key ||
        view.lock_bits != gateway::remote_api::everything_allowed || node.extras) {
        node.more().lock_key = view.lock_key;
        node.more().lock_bits = view.lock_bits;
    }
    if (stopped) {
        node.activity = Activity::off;
        abandon_exchanges(state_, sink);
        stop_countdown(node);
        node.detects_at = never;
        plan_reroute(state_);
    } else if (started) {
        node.activity = Activity::runs;
        for (auto index = static_cast<NodeIndex>(state_.sinks.size()); index < state_.nodes.size(); ++index)
            if (!state_.nodes[index].has_route())
                find_route(state_, index);
        plan_reroute(state_);
    }
    if (stored_changed && !node.fetches())
        set_stored(state_, sink, view.stored);
    if (target_changed)
        spread_target(state_, sink);
    if (stored_changed || started) {
        tell_neighbours(state_, sink);
        look_around(state_, sink);
    }
}

} // namespace simulator::mesh
