#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway send`.
void register_send(CLI::App& program, Action& chosen);

} // namespace gateway::tools
