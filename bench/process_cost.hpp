/// What a process has used, from /proc.
#pragma once

#include <chrono>
#include <cstddef>
#include <sys/types.h>

namespace bench {

/// User and system time of all its threads so far.
std::chrono::nanoseconds cpu_time_of(pid_t process);

/// Resident memory, octets.
std::size_t resident_memory_of(pid_t process);

} // namespace bench
