#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway scratchpad info|verify|create`.
void register_scratchpad(CLI::App& program, Action& chosen);

} // namespace gateway::tools
