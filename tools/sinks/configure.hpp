/// `wirepas-gateway sinks configure`.
#pragma once

#include "tools/local/options.hpp"
#include "tools/sinks/changes.hpp"

namespace gateway::tools {

struct ConfigureOptions {
    local::LocalOptions local;
    std::string sink;
    SinkWishes wishes;
    std::string key_file; ///< empty: none
    bool restart_stack = false;
    bool dry_run = false;
};

/// Plans, asks for consent where the stack must stop, writes, reads back and shows before and after.
/// The stack is started again whatever happens in between, Ctrl-C included. Gives the exit status.
int configure(ConfigureOptions options);

} // namespace gateway::tools
