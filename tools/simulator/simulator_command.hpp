#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway simulator`.
void register_simulator(CLI::App& program, Action& chosen);

} // namespace gateway::tools
