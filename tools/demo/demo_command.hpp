#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway demo`.
void register_demo(CLI::App& program, Action& chosen);

} // namespace gateway::tools
