#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway status`.
void register_status(CLI::App& program, Action& chosen);

} // namespace gateway::tools
