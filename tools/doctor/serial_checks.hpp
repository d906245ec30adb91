/// Serial ports of sinks.
#pragma once

#include "tools/doctor/finding.hpp"

namespace gateway::tools {

/// A port that a sink service is seen to use; its path as the service was given it.
struct PortInUse {
    std::string path;
    std::string sink_id;
};

/// Exists, is a serial port, this user may use it, and nobody else does. Opens the port only when
/// nobody is seen to have it open.
Findings check_port(const std::string& path, const std::vector<PortInUse>& in_use);

} // namespace gateway::tools
