/// A snapshot in the terms of Prometheus. Pure.
#pragma once

#include "transport/metrics/snapshot.hpp"

#include <string>

namespace transport {

/// In the text format 0.0.4. Every name is in docs/monitoring.md, in this order.
std::string exposition(const Snapshot& snapshot);

} // namespace transport
