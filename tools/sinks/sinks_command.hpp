#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway sinks list|show|configure|start|stop`.
void register_sinks(CLI::App& program, Action& chosen);

} // namespace gateway::tools
