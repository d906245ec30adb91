/// Commands that reach a running simulator from tests and people (docs/simulator.md).
#pragma once

#include "simulator/device.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace simulator {

/// Whether the device hangs on its cable. The loop that owns the pty looks at it after each command.
struct Cable {
    bool plugged = true;
    std::optional<Now> plugged_again; ///< when it comes back by itself
    std::filesystem::path link;       ///< the name under which it comes back
};

/// Executes one command and gives the answer: an object whose "ok" is true, or false with an "error"
/// that says what was wrong. Never throws.
nlohmann::json execute(Device& device, Cable& cable, const nlohmann::json& command, Now now);

/// The same for a line of text, with the answer as one line without its end.
std::string execute_line(Device& device, Cable& cable, std::string_view line, Now now);

} // namespace simulator
