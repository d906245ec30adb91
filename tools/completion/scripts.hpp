/// Completion scripts out of a command tree. Each follows the words of the line to the command that is
/// being typed, values of options left out, and offers what that command takes.
#pragma once

#include "tools/completion/tree.hpp"

namespace gateway::tools {

/// `program` is the name that is completed.
std::string bash_completion(const std::vector<CompletedCommand>& commands, const std::string& program);
std::string zsh_completion(const std::vector<CompletedCommand>& commands, const std::string& program);
std::string fish_completion(const std::vector<CompletedCommand>& commands, const std::string& program);

} // namespace gateway::tools
