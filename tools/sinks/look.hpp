/// `wirepas-gateway sinks list|show|start|stop`. All give the exit status.
#pragma once

#include "tools/local/options.hpp"

namespace gateway::tools {

int list_sinks(const local::LocalOptions& options);
int show_sink(const local::LocalOptions& options, const std::string& sink);
/// Does nothing when the stack is in that state already.
int switch_stack(const local::LocalOptions& options, const std::string& sink, bool running);

} // namespace gateway::tools
