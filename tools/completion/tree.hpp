/// The commands and options of a program, as far as a shell must know them.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace gateway::tools {

enum class ValueKind : std::uint8_t { none, anything, file, choice };

struct CompletedOption {
    std::vector<std::string> names; ///< with dashes: "--json", "-h"
    std::string description;
    ValueKind value = ValueKind::none;
    std::vector<std::string> choices; ///< of ValueKind::choice
};

struct CompletedCommand {
    std::string path; ///< "sinks list"; empty: the program itself
    std::string name; ///< the last word of it
    std::string description;
    std::vector<CompletedOption> options;
    std::vector<std::string> positional_choices; ///< words that a positional accepts
    bool positional_file = false;                ///< a positional is a file
    std::vector<std::size_t> children;           ///< indices of the subcommands
};

/// Every command of the program, itself first. Read from what the parser knows, so that it never lags.
std::vector<CompletedCommand> command_tree(const CLI::App& program);

} // namespace gateway::tools
