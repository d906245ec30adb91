#include "tools/watch/watch_command.hpp"

#include "tools/local/check.hpp"
#include "tools/local/values.hpp"
#include "tools/watch/watch.hpp"

#include <memory>

namespace gateway::tools {

void register_watch(CLI::App& program, Action& chosen)
{
    const auto options = std::make_shared<WatchOptions>();
    CLI::App* command = program.add_subcommand("watch", "packets from the mesh as they come");
    command
        ->add_option_function<std::string>(
            "--sink", [options](const std::string& id) { options->filter.sink_id = local::sink_id(id); },
            "only of this sink")
        ->type_name("SINK");
    command
        ->add_option_function<std::vector<std::string>>(
            "--source",
            [options](const std::vector<std::string>& addresses) {
                for (const std::string& address : addresses)
                    options->filter.sources.push_back(*local::parse_address(address));
            },
            "only from these nodes, decimal or 0x…")
        ->type_name("ADDRESS")
        ->check(local::accepted_by(local::parse_address));
    command
        ->add_option(
            "--endpoint", options->filter.endpoints,
            "only with one of these as source or destination endpoint")
        ->type_name("0..255")
        ->check(CLI::Range(0, 255));
    command->add_option("--count", options->count, "end after this many packets; exit status 1 if fewer came")
        ->type_name("N");
    command
        ->add_option_function<std::uint32_t>(
            "--timeout",
            [options](std::uint32_t seconds) { options->timeout = std::chrono::seconds(seconds); },
            "end after this time")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 31'536'000));
    command->add_flag("--full", options->full, "whole payloads, however long");
    add_broker_options(*command, options->broker);
    add_local_options(*command, options->local);
    command->footer(
        "Examples:\n"
        "  wirepas-gateway watch --source 1001 --endpoint 20\n"
        "  wirepas-gateway watch --broker mqtts://me@broker.example --gateway gw-1 --json --count 100\n");
    command->callback([options, &chosen] { chosen = [options] { return watch(*options); }; });
}

} // namespace gateway::tools
