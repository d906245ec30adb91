/// Commands to a simulator that runs, over its control socket (docs/simulator.md).
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace gateway::tools {

/// Sends one command and gives its answer. Throws std::runtime_error when there is no simulator, it
/// does not answer within `limit` seconds, or it refuses.
nlohmann::json ask_simulator(
    const std::filesystem::path& socket, const nlohmann::json& command, int limit_seconds = 10);

} // namespace gateway::tools
