// From the mark to the status word: countdowns, fail-safe and the bootloader (rows 11, 14 to 30).
#include "simulator/mesh/operations.hpp"

#include "simulator/bootloader/process.hpp"
#include "simulator/mesh/attributes.hpp"

namespace simulator::mesh {
namespace {

/// Whether a change of only these needs no restart (spec/remote-api.md, 14).
bool is_lock(std::uint32_t key)
{
    return key == key_of(gateway::remote_api::lock_bits) || key == key_of(gateway::remote_api::lock_key);
}

/// Areas that keep versions leave a trace (row 21); others do not.
void record(State& state, NodeIndex index, const BootloaderOutcome& outcome)
{
    Node& node = state.nodes[index];
    const Model& model = state.model_of(node);
    for (const WrittenArea& area : outcome.written) {
        const Origin origin{node.stored.size(), node.stored.crc, node.stored.sequence, area.version};
        if (area.id == model.stack_area)
            node.stack = origin;
        else if (area.id == model.application_area)
            node.application = origin;
    }
}

/// What the end of a countdown processes, when something else is stored than was armed (row 19).
std::optional<Stored> late_choice(const State& state, const Node& node)
{
    const Stored& armed = node.extras->armed;
    if (node.stored.is(armed.sequence, armed.crc))
        return node.stored;
    switch (state.parameters.v1.late_process) {
    case LateProcess::newest:
        return node.stored;
    case LateProcess::armed:
        return armed;
    case LateProcess::none:
        break;
    }
    return std::nullopt;
}

} // namespace

void process(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (state.is_sink(index)) {
        state.to_sinks.push_back({static_cast<SinkIndex>(index), state.now, to_sink::Processes{}});
        return;
    }
    Stored marked = node.stored;
    marked.type = stored_type::process;
    set_stored(state, index, std::move(marked));
    restart(state, index);
}

void finish_bootloader(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.activity != Activity::in_bootloader || node.busy_until != state.now)
        return;
    BootloaderOutcome outcome;
    const double flash_errors = state.parameters.bootloader.flash_error_probability;
    if (node.extras && node.extras->next_bootloader_status != 0)
        outcome.status = std::exchange(node.extras->next_bootloader_status, std::uint8_t{0});
    else if (state.random.happens(flash_errors, node.address, Purpose::flash_error, state.now))
        outcome.status = bootloader_status::flash_error;
    else
        outcome = state.bootloader_runs.run(node.stored.image, node.model, state.model_of(node).bootloader);
    record(state, index, outcome);
    Stored done = node.stored;
    done.status = outcome.status;
    set_stored(state, index, std::move(done));
    if (outcome.status == bootloader_status::success)
        ++node.processed;
    ++state.counters.processed;
    boot(state, index);
}

void stop_countdown(Node& node)
{
    node.countdown_ends = never;
    if (!node.extras)
        return;
    node.extras->session_open = false;
    node.extras->session_ended = false;
    node.extras->processes = false;
    node.extras->armed = {};
    node.extras->buffered.clear();
}

void end_countdown(State& state, NodeIndex index)
{
    Node& node = state.nodes[index];
    if (node.countdown_ends != state.now || !node.extras)
        return;
    Extras& extras = *node.extras;
    bool restarts = false;
    for (auto& [key, value] : extras.buffered) {
        restarts |= !is_lock(key) || state.parameters.remote.lock_restarts;
        write_attribute(state, index, attribute_of(key), value);
    }
    std::optional<Stored> chosen;
    const bool processes = extras.processes;
    if (processes)
        chosen = late_choice(state, node);
    stop_countdown(node);
    if (chosen && chosen->image) {
        if (chosen->status != stored_status::success)
            chosen->status = stored_status::fresh; // told to: also what failed before
        set_stored(state, index, std::move(*chosen));
        process(state, index);
    } else if (restarts || processes) {
        restart(state, index);
    } else {
        look_around(state, index); // an unlocked one
        tell_neighbours(state, index);
    }
}

void check_fail_safe(State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    const OtapV1& v1 = state.parameters.v1;
    if (state.is_sink(index) || !v1.fail_safe || !takes_part(node) || !follows_v1(node))
        return;
    if (node.has_route() || node.without_route_since == never ||
        state.now - node.without_route_since < v1.fail_safe_after)
        return;
    if (!node.stored.fresh() || node.countdown_ends != never)
        return;
    ++state.counters.fail_safes;
    process(state, index);
}

} // namespace simulator::mesh
