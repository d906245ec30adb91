/// The gateway's programs among the clients of a bus.
#pragma once

#include "tools/local/bus.hpp"

namespace gateway::local {

struct BusProcess {
    std::uint32_t pid = 0;
    std::string program;            ///< "wirepas-sink-service"
    std::vector<std::string> names; ///< well-known ones that it owns
};

/// Processes whose program begins with "wirepas-", this one left out, and those of other programs that
/// own a sink's name (the reference's). In the order of their ids.
std::vector<BusProcess> gateway_processes(Bus& bus);

/// The program that a process runs, without its folder; empty when that cannot be seen.
std::string program_of(std::uint32_t pid);

} // namespace gateway::local
