/// The service in one line, for `systemctl status`.
#pragma once

#include "transport/metrics/snapshot.hpp"

#include <string>

namespace transport {

/// "STATUS=connected to the broker; sinks: sink0 (on), sink1 (off); 3 events wait". Pure.
std::string status_line(const Snapshot& snapshot);

} // namespace transport
