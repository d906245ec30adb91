/// The bus, its policy, and the sinks on it.
#pragma once

#include "tools/doctor/finding.hpp"
#include "tools/doctor/serial_checks.hpp"
#include "tools/local/processes.hpp"

namespace gateway::tools {

struct BusFindings {
    Findings findings;
    std::vector<PortInUse> ports;
    std::vector<local::BusProcess> processes;
};

/// An empty address: as local::effective_bus_address. Asks the bus for a sink's name, to see whether the
/// policy would allow it, and gives it back at once; a name that is in use where there is one, so that
/// nothing changes.
BusFindings check_bus(const std::string& address);

} // namespace gateway::tools
