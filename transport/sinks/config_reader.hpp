/// Reads sinks (docs/spec/gateway-backend-api.md, 4.3).
#pragma once

#include "gateway/task.hpp"
#include "transport/sinks/sink_reading.hpp"

#include <memory>
#include <vector>

namespace gateway {
class EventLoop;
}

namespace transport {

/// Reads everything that a configuration shows, all properties at a time: 5 s in all when the sink
/// is silent.
gateway::Task<SinkReading> read_everything(std::shared_ptr<Sink> sink);

/// The OTAP part alone, for otap_status.
gateway::Task<SinkReading> read_scratchpad_state(std::shared_ptr<Sink> sink);

/// Reads everything, and remembers it in the sink.
gateway::Task<SinkConfiguration> read_configuration(std::shared_ptr<Sink> sink);

struct AllConfigurations {
    std::vector<api::SinkReadConfig> configs; ///< in the order of `sinks`
    bool partial = false;
};

/// Reads all `sinks` at the same time. Those that went away meanwhile are left out.
gateway::Task<AllConfigurations> read_all_configurations(
    gateway::EventLoop& loop, std::vector<std::shared_ptr<Sink>> sinks);

} // namespace transport
