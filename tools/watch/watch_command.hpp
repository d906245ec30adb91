#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway watch`.
void register_watch(CLI::App& program, Action& chosen);

} // namespace gateway::tools
