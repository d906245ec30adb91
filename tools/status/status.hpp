/// `wirepas-gateway status`.
#pragma once

#include "tools/broker/broker_options.hpp"
#include "tools/local/options.hpp"

namespace gateway::tools {

struct StatusOptions {
    local::LocalOptions local;
    BrokerOptions broker;
};

/// One screen about this gateway; with a broker, also what backends see of it. Gives the exit status:
/// 1 when something is not as it should be.
int status(const StatusOptions& options);

} // namespace gateway::tools
