/// Actions on a mesh that runs, for the control socket.
#pragma once

#include "simulator/mesh/state.hpp"

#include <filesystem>

namespace simulator::scenario {

/// `text` is an action or a list of them in YAML or JSON, as in a script; files are in `folder`. Throws
/// ScenarioError.
std::vector<mesh::Action> read_live_actions(
    const std::string& text, const mesh::State& state, const std::filesystem::path& folder);

} // namespace simulator::scenario
