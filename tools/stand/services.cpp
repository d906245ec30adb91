#include "tools/stand/services.hpp"

#include "tools/stand/programs.hpp"

namespace gateway::stand {
namespace {

constexpr const char* bus_variable = "DBUS_SYSTEM_BUS_ADDRESS";

void append(std::vector<std::string>& arguments, const std::vector<std::string>& more)
{
    arguments.insert(arguments.end(), more.begin(), more.end());
}

} // namespace

Command sink_service_command(const std::filesystem::path& directory, const SinkServiceOptions& options)
{
    Command command{
        .name = "wirepas-sink-service",
        .program = find_program("wirepas-sink-service"),
        .arguments = {"-p", options.port.string(), "-b", "0", "-i", std::to_string(options.sink_id)},
        .environment = {{bus_variable, options.bus_address}},
        .log = directory / (options.log_name + ".log"),
    };
    append(command.arguments, options.arguments);
    return command;
}

Command transport_service_command(
    const std::filesystem::path& directory, const TransportServiceOptions& options)
{
    Command command{
        .name = "wirepas-transport-service",
        .program = find_program("wirepas-transport-service"),
        .arguments =
            {"--mqtt_hostname", "127.0.0.1", "--mqtt_port", std::to_string(options.broker_port),
             "--mqtt_force_unsecure", "true", "--gateway_id", options.gateway_id, "--state_directory",
             (directory / "state").string(), "--metrics_address", ""}, // several stands run at a time
        .environment = {{bus_variable, options.bus_address}},
        .log = directory / (options.log_name + ".log"),
    };
    append(command.arguments, options.arguments);
    return command;
}

} // namespace gateway::stand
