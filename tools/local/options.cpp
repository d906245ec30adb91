#include "tools/local/options.hpp"

#include <CLI/CLI.hpp>

namespace gateway::local {

void add_local_options(CLI::App& command, LocalOptions& options)
{
    command
        .add_option(
            "--bus-address", options.bus_address,
            "D-Bus address; not given: DBUS_SYSTEM_BUS_ADDRESS, else the system bus")
        ->type_name("ADDRESS");
    command.add_flag("--json", options.json, "for scripts: JSON on standard output");
}

} // namespace gateway::local
