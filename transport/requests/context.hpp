/// What requests need of the service. Outlives every request.
#pragma once

#include "gateway/event_loop.hpp"
#include "transport/backpressure/backpressure.hpp"
#include "transport/requests/chunked_upload.hpp"
#include "transport/requests/repetition.hpp"
#include "transport/settings.hpp"
#include "transport/sinks/registry.hpp"

#include <functional>

namespace transport {

struct RequestContext {
    gateway::EventLoop& loop;
    const TransportSettings& settings;
    SinkRegistry& sinks;
    Backpressure& backpressure;           ///< told of every stack that is stopped and started
    std::function<void()> request_status; ///< something may have changed (6.2)
    std::function<void(const Sink&)> refresh_network_address; ///< it may have changed (7.3)
    ChunkedUploads uploads;
    RepetitionMemory repetitions;
    std::uint64_t repeated_requests = 0; ///< not executed
    bool stopping = false;               ///< no waits beyond what puts a sink back as it was
};

} // namespace transport
