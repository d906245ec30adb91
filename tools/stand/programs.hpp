/// Where the programs of a stand are.
#pragma once

#include <filesystem>
#include <string>

namespace gateway::stand {

/// `name` in `preferred` (where given), else beside the running program, else in PATH and the system's
/// folders for daemons (which PATH of an ordinary user lacks). Throws std::runtime_error that says
/// where it looked and, for programs that are not ours, which package has it.
std::filesystem::path find_program(const std::string& name, const std::filesystem::path& preferred = {});

} // namespace gateway::stand
