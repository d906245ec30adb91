// wirepas-gateway: what a person types.
#include "tools/command.hpp"
#include "tools/completion/completion_command.hpp"
#include "tools/demo/demo_command.hpp"
#include "tools/doctor/doctor_command.hpp"
#include "tools/remote/remote_command.hpp"
#include "tools/scratchpad/scratchpad_command.hpp"
#include "tools/send/send_command.hpp"
#include "tools/simulator/simulator_command.hpp"
#include "tools/sinks/sinks_command.hpp"
#include "tools/status/status_command.hpp"
#include "tools/watch/watch_command.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

constexpr gateway::tools::Register subcommands[] = {
    gateway::tools::register_demo,       gateway::tools::register_sinks,  gateway::tools::register_watch,
    gateway::tools::register_send,       gateway::tools::register_status, gateway::tools::register_doctor,
    gateway::tools::register_scratchpad, gateway::tools::register_remote, gateway::tools::register_simulator,
    gateway::tools::register_completion,
};

constexpr int exit_wrong_usage = 2;

} // namespace

int main(int argc, char** argv)
{
    // A reader that went away (| head) is an error of the write, not the end without clean-up.
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App program("Tools of an open gateway for Wirepas Mesh.", "wirepas-gateway");
    program.set_version_flag("--version", GATEWAY_BUILD_VERSION);
    program.require_subcommand(1);
    gateway::tools::Action chosen;
    for (const auto add : subcommands)
        add(program, chosen);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? EXIT_SUCCESS : exit_wrong_usage; // 0: --help and such
    }

    try {
        return chosen();
    } catch (const std::exception& error) {
        std::cerr << "wirepas-gateway: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
