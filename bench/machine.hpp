/// Where a benchmark ran, and on what: figures mean nothing without it.
#pragma once

#include <string>

namespace bench {

/// Processor, cores, kernel, distribution, build and the load of the last minute, one a line. No names.
std::string describe_machine();

} // namespace bench
