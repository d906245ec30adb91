/// `wirepas-gateway doctor`.
#pragma once

#include "tools/local/options.hpp"

#include <string>
#include <vector>

namespace gateway::tools {

struct DoctorOptions {
    local::LocalOptions local;
    std::string settings;                   ///< the transport service's file; empty: its environment
    std::vector<std::string> sink_settings; ///< the sink services' files
    std::vector<std::string> ports;         ///< serial ports besides those of the settings
};

/// Runs every check that can be run and shows verdicts with advice. Gives the exit status: 1 when one
/// failed; warnings do not count.
int doctor(const DoctorOptions& options);

} // namespace gateway::tools
