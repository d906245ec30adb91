/// A mesh in a readable file (docs/mesh.md).
#pragma once

#include "simulator/mesh/mesh.hpp"
#include "simulator/scenario/fields.hpp"
#include "simulator/sink/state.hpp"

#include <filesystem>

namespace simulator::scenario {

/// What a sink of the scenario is as a device: what it begins with, when it has no state file.
struct SinkDevice {
    Profile profile;
    Persistent settings;
};

struct Scenario {
    std::string name;
    double time_factor = 1; ///< 0: the mesh's time passes by commands alone
    mesh::Setup setup;
    std::vector<SinkDevice> sinks; ///< of `setup`, in its order
};

/// Throws ScenarioError with file, line and field of the first mistake. Paths in the file are relative
/// to it. `time_factor` overrides that of the file: sinks restart and process at its pace.
Scenario read_scenario(const std::filesystem::path& file, std::optional<double> time_factor = std::nullopt);
/// The same of a text; paths in it are relative to `file`, whose name is also that of errors.
Scenario read_scenario_text(
    const std::string& text, const std::filesystem::path& file,
    std::optional<double> time_factor = std::nullopt);

} // namespace simulator::scenario
