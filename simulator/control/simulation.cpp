#include "simulator/control/simulation.hpp"

#include "simulator/control/fields.hpp"
#include "simulator/scenario/live_actions.hpp"

#include <fmt/format.h>

namespace simulator {
namespace {

using nlohmann::json;

MeshedSinks& network_of(Simulation& simulation)
{
    if (simulation.network == nullptr)
        throw CommandError("there is no mesh: start the simulator with --scenario");
    return *simulation.network;
}

void tell_mesh(Simulation& simulation, Fields& fields, json& answer)
{
    const bool with_nodes = fields.flag("nodes").value_or(true);
    fields.finish();
    answer.update(mesh_state_json(network_of(simulation), with_nodes));
}

/// What a scenario's script can do, now.
void act(Simulation& simulation, Fields& fields, Now now)
{
    const json* action = fields.any("action");
    fields.finish();
    MeshedSinks& network = network_of(simulation);
    if (action == nullptr)
        throw CommandError("give \"action\", such as {\"restart\": 101}");
    const auto actions =
        scenario::read_live_actions(action->dump(), network.mesh().state(), simulation.folder);
    network.advance(now);
    for (const mesh::Action& each : actions)
        mesh::perform(network.mesh().mutable_state(), each);
    network.synchronise(now);
}

void advance_mesh(Simulation& simulation, Fields& fields, json& answer, Now now)
{
    constexpr std::int64_t longest = std::int64_t{366} * 86400;
    const auto seconds = fields.number("seconds", 1, longest);
    fields.finish();
    MeshedSinks& network = network_of(simulation);
    if (!seconds)
        throw CommandError("give \"seconds\"");
    simulation.skipped = network.skip(std::chrono::seconds{*seconds}, now) - now;
    answer["time"] = mesh::as_seconds(network.mesh().now());
}

/// True when the command was one for the mesh.
bool execute_for_mesh(Simulation& simulation, const json& command, json& answer, Now now)
{
    Fields fields(command);
    const std::string name = fields.text("command").value_or("");
    if (name == "mesh")
        tell_mesh(simulation, fields, answer);
    else if (name == "mesh-do")
        act(simulation, fields, now);
    else if (name == "mesh-advance")
        advance_mesh(simulation, fields, answer, now);
    else
        return false;
    return true;
}

const SimulatedSinkHandle& choose_sink(const Simulation& simulation, const json& command)
{
    const auto named = command.find("sink");
    if (named == command.end())
        return simulation.sinks.front();
    if (named->is_string())
        for (const SimulatedSinkHandle& sink : simulation.sinks)
            if (sink.name == named->get_ref<const std::string&>())
                return sink;
    throw CommandError("there is no such \"sink\"");
}

json execute_json(Simulation& simulation, json command, Now now)
{
    try {
        json answer = {{"ok", true}};
        if (execute_for_mesh(simulation, command, answer, now))
            return answer;
        const SimulatedSinkHandle sink = choose_sink(simulation, command);
        command.erase("sink");
        answer = execute(*sink.device, *sink.cable, command, now);
        if (simulation.network != nullptr)
            simulation.network->synchronise(now);
        return answer;
    } catch (const std::exception& error) {
        return {{"ok", false}, {"error", error.what()}};
    }
}

} // namespace

std::string execute_line(Simulation& simulation, std::string_view line, Now now)
{
    const json command = json::parse(line, nullptr, false);
    if (command.is_discarded())
        return json{{"ok", false}, {"error", "not JSON"}}.dump();
    return execute_json(simulation, command, now).dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace simulator
