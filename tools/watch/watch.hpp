/// `wirepas-gateway watch`.
#pragma once

#include "tools/broker/broker_options.hpp"
#include "tools/local/options.hpp"
#include "tools/watch/packet.hpp"

#include <chrono>

namespace gateway::tools {

struct WatchOptions {
    local::LocalOptions local;
    BrokerOptions broker;
    PacketFilter filter;
    std::uint64_t count = 0;         ///< packets until it ends; 0: no limit
    std::chrono::seconds timeout{0}; ///< until it ends; 0: no limit
    bool full = false;
};

/// Shows packets as they come, until one of the limits, Ctrl-C, or a reader that went away; then a
/// summary on standard error. Gives the exit status: 1 when `count` was not reached.
int watch(const WatchOptions& options);

} // namespace gateway::tools
