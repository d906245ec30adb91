/// `wirepas-gateway remote`: asks nodes and shows their answers.
#pragma once

#include "tools/broker/broker_options.hpp"
#include "tools/local/options.hpp"
#include "tools/remote/question.hpp"

#include <chrono>

namespace gateway::tools {

struct RemoteOptions {
    local::LocalOptions local;
    BrokerOptions broker;
    std::string sink; ///< empty: through all
    Question question;
    std::uint64_t count = 0; ///< of nodes, after which it ends; 0: no limit
    std::chrono::seconds timeout{30};
};

/// Sends the question through the sinks and shows answers until all nodes have answered that were
/// asked by their addresses, `count` nodes have, or the time is over. Gives the exit status: 1 when an
/// answer is missing, or nobody answered a broadcast.
int ask_nodes(const RemoteOptions& options);

} // namespace gateway::tools
