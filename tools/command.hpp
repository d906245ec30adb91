/// The subcommands of wirepas-gateway: one file each, registered in main.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace gateway::tools {

/// What a subcommand does once the command line is read; gives the exit status. What it throws is
/// shown to the user, with exit status 1.
using Action = std::function<int()>;

/// Registers a subcommand with its options; the one that the user names sets `chosen`.
using Register = void (*)(CLI::App& program, Action& chosen);

} // namespace gateway::tools
