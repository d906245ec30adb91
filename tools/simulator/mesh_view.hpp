/// A simulated mesh as tables.
#pragma once

#include "tools/terminal/style.hpp"

#include <cstddef>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

namespace gateway::tools {

/// Prints the answer to the command `mesh`: time, sinks, how many nodes are in which state, and at most
/// `most_nodes` of the nodes.
void print_mesh(std::ostream& out, const Style& style, const nlohmann::json& mesh, std::size_t most_nodes);

/// "45 s", "9 min 39 s"; from an hour on without seconds: "1 h 02 min"
std::string time_text(double seconds);

} // namespace gateway::tools
