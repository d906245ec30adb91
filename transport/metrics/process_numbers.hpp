/// What this process costs.
#pragma once

#include "transport/metrics/snapshot.hpp"

namespace transport {

/// From /proc; numbers that cannot be read are 0. Any thread.
ProcessNumbers read_process_numbers();

} // namespace transport
