#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway doctor`.
void register_doctor(CLI::App& program, Action& chosen);

} // namespace gateway::tools
