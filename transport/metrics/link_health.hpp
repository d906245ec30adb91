/// How the links to the sinks are, as their sink services tell (org.opengateway.sink.health1).
#pragma once

#include "gateway/task.hpp"
#include "transport/metrics/snapshot.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace transport {

class Sink;

/// In the order of `sinks`; nothing for one whose service has no such interface or does not answer
/// within a second. All are asked at the same time. For the loop's thread.
gateway::Task<std::vector<std::optional<LinkHealth>>> read_link_health(
    std::vector<std::shared_ptr<Sink>> sinks);

} // namespace transport
