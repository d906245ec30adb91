/// Options that the local tools share.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace gateway::local {

struct LocalOptions {
    std::string bus_address; ///< empty: as effective_bus_address says
    bool json = false;
};

/// --bus-address and --json; `options` must outlive the parsing.
void add_local_options(CLI::App& command, LocalOptions& options);

/// Exit statuses of the tools (docs/tools.md).
inline constexpr int exit_fine = 0;
inline constexpr int exit_refused = 1; ///< refused, failed, not found, or a check that failed
inline constexpr int exit_interrupted = 130;

} // namespace gateway::local
