/// Clock, disk and limits of the machine.
#pragma once

#include "tools/doctor/finding.hpp"
#include "tools/local/processes.hpp"

#include <cstdint>
#include <ctime>

namespace gateway::tools {

/// `now`: seconds since 1970; `synchronised` as the kernel says.
Findings judge_clock(std::time_t now, bool synchronised);
Findings check_clock();

struct DiskSpace {
    std::uint64_t free_octets = 0;
    std::uint64_t free_files = 0;
    bool read_only = false;
};

Finding judge_space(const std::string& directory, const DiskSpace& space);
/// Exists, can be written by this user, has room.
Findings check_state_directory(const std::string& directory);

/// Open files that this user, and each running service, may have.
Findings check_limits(const std::vector<local::BusProcess>& processes);

} // namespace gateway::tools
