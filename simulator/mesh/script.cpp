#include "simulator/mesh/script.hpp"

#include "simulator/mesh/operations.hpp"

namespace simulator::mesh {
namespace {

void to_sink_of(State& state, NodeIndex sink, decltype(ToSink::what) what)
{
    state.to_sinks.push_back({static_cast<SinkIndex>(sink), state.now, std::move(what)});
}

void execute(State& state, const action::PowerOff& off)
{
    if (state.is_sink(off.node))
        to_sink_of(state, off.node, to_sink::PoweredOff{});
    else
        power_off(state, off.node);
}

void execute(State& state, const action::PowerOn& on)
{
    if (state.is_sink(on.node))
        to_sink_of(state, on.node, to_sink::PoweredOn{});
    else
        power_on(state, on.node);
}

void execute(State& state, const action::Restart& again)
{
    restart(state, again.node);
}

void execute(State& state, const action::Move& move)
{
    move_node(state, move.node, move.neighbours);
}

void execute(State& state, const action::Store& store)
{
    if (state.is_sink(store.node)) {
        to_sink_of(state, store.node, to_sink::Received{store.stored});
        return;
    }
    clear_stored(state, store.node);
    if (!store.stored.image)
        return;
    if (state.nodes[store.node].runs())
        take_stored(state, store.node, store.stored);
    else
        set_stored(state, store.node, store.stored);
}

void execute(State& state, const action::Damage& damage)
{
    const Node& node = state.nodes[damage.node];
    if (!node.stored.image)
        return;
    Stored stored = node.stored;
    gateway::Bytes octets = *stored.image;
    constexpr std::size_t behind_header = 32;
    const std::size_t at =
        behind_header +
        state.random.below(octets.size() - behind_header, node.address, Purpose::damage, state.now);
    octets[at] ^= 1;
    stored.image = std::make_shared<const gateway::Bytes>(std::move(octets));
    if (state.is_sink(damage.node))
        to_sink_of(state, damage.node, to_sink::Received{stored});
    else
        set_stored(state, damage.node, std::move(stored));
}

void execute(State& state, const action::Lock& lock)
{
    if (state.is_sink(lock.node)) {
        to_sink_of(state, lock.node, to_sink::Locked{lock.bits, lock.key});
        return;
    }
    Node& node = state.nodes[lock.node];
    node.more().lock_bits = lock.bits;
    node.more().lock_key = lock.key;
    look_around(state, lock.node);
    tell_neighbours(state, lock.node);
}

void execute(State& state, const action::BootloaderStatus& next)
{
    if (state.is_sink(next.node))
        to_sink_of(state, next.node, to_sink::BootloaderEnds{next.status});
    else
        state.nodes[next.node].more().next_bootloader_status = next.status;
}

void execute(State& state, const action::SwapSink& swap)
{
    to_sink_of(state, swap.sink, to_sink::Swapped{swap.address});
}

void execute(State& state, const action::SetTarget& target)
{
    to_sink_of(state, target.sink, to_sink::Targeted{target.target});
}

void execute(State& state, const action::SetRadio& set)
{
    set.change.apply(state.parameters.radio);
}

void execute(State& state, const action::Tell& tell)
{
    constexpr std::size_t most = 1000; // nobody listens
    if (state.notices.size() < most)
        state.notices.push_back(tell.text);
}

bool is_true(const State& state, const Condition& condition)
{
    const auto nodes = static_cast<double>(state.nodes.size() - state.sinks.size());
    const auto& counts = condition.processed ? state.census.processed : state.census.stored;
    return counts.at(condition.sequence) >= condition.share * nodes;
}

} // namespace

void perform(State& state, const Action& action)
{
    std::visit([&state](const auto& what) { execute(state, what); }, action);
}

void plan_script(State& state)
{
    for (std::uint32_t i = 0; i < state.script.size(); ++i) {
        const Step& step = state.script[i];
        if (step.at || step.every)
            state.events.add(
                step.at.value_or(step.every.value_or(Time{0})), EventKind::script, no_node, 0, i);
    }
}

void perform_step(State& state, std::uint32_t index)
{
    const Step& step = state.script[index];
    if (step.every)
        state.events.add(state.now + *step.every, EventKind::script, no_node, 0, index);
    for (const Action& action : step.actions)
        perform(state, action);
}

void check_conditions(State& state)
{
    for (std::uint32_t i = 0; i < state.script.size(); ++i) {
        Step& step = state.script[i];
        if (!step.when || step.done || !is_true(state, *step.when))
            continue;
        step.done = true;
        perform_step(state, i);
    }
}

} // namespace simulator::mesh
