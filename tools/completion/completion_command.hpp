#pragma once

#include "tools/command.hpp"

namespace gateway::tools {

/// `wirepas-gateway completion bash|zsh|fish`.
void register_completion(CLI::App& program, Action& chosen);

} // namespace gateway::tools
