#include "bench/sink_stand.hpp"

#include "tools/stand/programs.hpp"
#include "tools/stand/start.hpp"

namespace bench {
namespace {

gateway::stand::Command service_command(
    const std::filesystem::path& directory, const std::filesystem::path& port, const std::string& bus_address)
{
    gateway::stand::SinkServiceOptions options;
    options.port = port;
    options.bus_address = bus_address;
    return sink_service_command(directory, options);
}

gateway::stand::Command simulator_command(
    const std::filesystem::path& directory, const std::filesystem::path& port,
    std::vector<std::string> options)
{
    options.insert(options.end(), {"--link", port.string()});
    return {
        .name = "wirepas-sink-simulator",
        .program = gateway::stand::find_program("wirepas-sink-simulator"),
        .arguments = std::move(options),
        .environment = {},
        .log = directory / "simulator.log"};
}

} // namespace

ServiceStand::ServiceStand(const std::filesystem::path& port)
    : bus_(directory_.path()), service_(service_command(directory_.path(), port, bus_.address()))
{
    BusClient client(bus_.address());
    const gateway::stand::Deadline deadline(gateway::stand::start_limit);
    if (!gateway::stand::wait_until([&] { return client.sink_is_there(); }, deadline))
        throw std::runtime_error(failure_of(service_, "did not bring the sink to the bus"));
}

SimulatorProgram::SimulatorProgram(std::vector<std::string> options)
    : port_(directory_.path() / "port"),
      process_(simulator_command(directory_.path(), port_, std::move(options)))
{
    gateway::stand::expect_output(process_, port_.string());
}

} // namespace bench
