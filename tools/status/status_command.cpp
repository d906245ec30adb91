#include "tools/status/status_command.hpp"

#include "tools/status/status.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace gateway::tools {

void register_status(CLI::App& program, Action& chosen)
{
    const auto options = std::make_shared<StatusOptions>();
    CLI::App* command =
        program.add_subcommand("status", "this gateway on one screen; exit status 1 if not well");
    add_broker_options(*command, options->broker)
        ->description("also what backends see at this MQTT broker: mqtt://, mqtts://, ws:// or "
                      "wss://[user@]host[:port]");
    add_local_options(*command, options->local);
    command->footer(
        "Example:\n  wirepas-gateway status --broker mqtts://me@broker.example --gateway gw-1 --json\n");
    command->callback([options, &chosen] { chosen = [options] { return status(*options); }; });
}

} // namespace gateway::tools
