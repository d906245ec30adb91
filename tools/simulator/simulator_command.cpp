#include "tools/simulator/simulator_command.hpp"

#include "tools/simulator/show.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace gateway::tools {
namespace {

void add_control(CLI::App& command, std::string& control)
{
    command.add_option("--control", control, "control socket that the simulator was given")
        ->type_name("PATH")
        ->envname("WIREPAS_SIMULATOR_CONTROL")
        ->required();
}

void add_show(CLI::App& simulator, Action& chosen)
{
    const auto options = std::make_shared<ShowMeshOptions>();
    CLI::App* command = simulator.add_subcommand("show", "the mesh: sinks, nodes, states");
    add_control(*command, options->control);
    command->add_option("--nodes", options->nodes, "how many nodes to list; 0: none")
        ->capture_default_str()
        ->type_name("N");
    command->add_flag("--json", options->json, "everything, as JSON");
    command->footer("Example:\n  wirepas-gateway simulator show --control /tmp/mesh.control\n");
    command->callback([options, &chosen] { chosen = [options] { return show_mesh(*options); }; });
}

void add_do(CLI::App& simulator, Action& chosen)
{
    const auto options = std::make_shared<DoOptions>();
    CLI::App* command = simulator.add_subcommand("do", "change the mesh while it runs (docs/mesh.md)");
    add_control(*command, options->control);
    command->add_option("action", options->action, "as in a scenario's script, in JSON")
        ->type_name("ACTION")
        ->required();
    command->footer(
        "Example:\n  wirepas-gateway simulator do --control /tmp/mesh.control '{\"power_off\": 104}'\n");
    command->callback([options, &chosen] { chosen = [options] { return change_mesh(*options); }; });
}

void add_advance(CLI::App& simulator, Action& chosen)
{
    constexpr double longest = 366.0 * 86400;
    const auto options = std::make_shared<DoOptions>();
    CLI::App* command =
        simulator.add_subcommand("advance", "let a time of the mesh pass, as fast as possible");
    add_control(*command, options->control);
    command->add_option("seconds", options->advance, "of the mesh")
        ->type_name("SECONDS")
        ->check(CLI::Range(1.0, longest))
        ->required();
    command->callback([options, &chosen] { chosen = [options] { return change_mesh(*options); }; });
}

} // namespace

void register_simulator(CLI::App& program, Action& chosen)
{
    CLI::App* simulator = program.add_subcommand("simulator", "look at a simulated mesh, and change it");
    simulator->require_subcommand(1);
    add_show(*simulator, chosen);
    add_do(*simulator, chosen);
    add_advance(*simulator, chosen);
}

} // namespace gateway::tools
