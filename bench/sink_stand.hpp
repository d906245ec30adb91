/// A sink service on a bus of its own, with a simulated sink: what every measurement stands on.
#pragma once

#include "bench/bus_client.hpp"
#include "tools/stand/private_bus.hpp"
#include "tools/stand/services.hpp"
#include "tools/stand/temporary_directory.hpp"

namespace bench {

/// The bus and the service; the sink is the caller's, behind `port`.
class ServiceStand {
public:
    /// Returns when the sink is on the bus.
    explicit ServiceStand(const std::filesystem::path& port);

    [[nodiscard]] const std::string& bus_address() const { return bus_.address(); }
    [[nodiscard]] pid_t service() const { return service_.pid(); }

private:
    gateway::stand::TemporaryDirectory directory_;
    gateway::stand::PrivateBus bus_;
    gateway::stand::ChildProcess service_;
};

/// The program wirepas-sink-simulator with these options.
class SimulatorProgram {
public:
    explicit SimulatorProgram(std::vector<std::string> options);

    [[nodiscard]] const std::filesystem::path& port() const { return port_; }

private:
    gateway::stand::TemporaryDirectory directory_;
    std::filesystem::path port_;
    gateway::stand::ChildProcess process_;
};

} // namespace bench
