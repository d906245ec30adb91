/// Commands to everything that one program simulates: its sinks, and the mesh behind them.
#pragma once

#include "simulator/control/commands.hpp"
#include "simulator/meshed_sinks.hpp"

#include <filesystem>

namespace simulator {

struct SimulatedSinkHandle {
    std::string name;
    Device* device;
    Cable* cable;
};

struct Simulation {
    std::vector<SimulatedSinkHandle> sinks; ///< at least one
    MeshedSinks* network = nullptr;         ///< null: no mesh
    std::filesystem::path folder = {};      ///< of files that commands name
    Now skipped{0}; ///< how far a command has put the devices' clock forward; the caller's to keep
};

/// Executes one line and gives the answer, as `execute_line` of one device does. A command to a sink
/// goes to the first one where it does not name one in "sink".
std::string execute_line(Simulation& simulation, std::string_view line, Now now);

/// The mesh as JSON: {"time", "time_factor", "sinks": […], "nodes": […], "counters": {…}}.
nlohmann::json mesh_state_json(const MeshedSinks& network, bool with_nodes);

} // namespace simulator
