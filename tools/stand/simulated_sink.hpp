/// The simulator of a stand: a sink behind a pty with a mesh behind it.
#pragma once

#include "tools/stand/child_process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace gateway::stand {

struct SimulatedSinkOptions {
    std::string name = "sink0";              ///< of its port, control socket and log in the directory
    double uplink_rate = 0;                  ///< packets per second from its mesh
    std::vector<std::string> arguments = {}; ///< further options of wirepas-sink-simulator
};

class SimulatedSink {
public:
    /// Returns when its port can be opened; throws std::runtime_error when that fails.
    SimulatedSink(std::filesystem::path directory, SimulatedSinkOptions options = {});

    /// The serial port for the sink service.
    [[nodiscard]] const std::filesystem::path& port() const { return port_; }
    [[nodiscard]] const std::filesystem::path& control_socket() const { return control_; }

    /// Sends one line of JSON to the control socket and gives the line that it answers (see
    /// docs/simulator.md). Throws std::runtime_error when there is none within `limit`.
    [[nodiscard]] std::string control(
        const std::string& line, std::chrono::milliseconds limit = std::chrono::seconds(10)) const;

    ChildProcess& process() { return process_; }

private:
    std::filesystem::path port_;
    std::filesystem::path control_;
    ChildProcess process_;
};

} // namespace gateway::stand
