#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway remote ping|status|attributes|lock`.
void register_remote(CLI::App& program, Action& chosen);

} // namespace gateway::tools
