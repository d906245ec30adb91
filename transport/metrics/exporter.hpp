/// Serves the metrics over HTTP, for Prometheus to fetch: GET /metrics.
#pragma once

#include "transport/metrics/listen_address.hpp"
#include "transport/metrics/snapshot.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace gateway {
class EventLoop;
}

namespace transport {

/// One thread of its own waits for connections; it asks the loop for the numbers and answers 503 when
/// they do not come in time. To be created and destroyed on the loop's thread.
class Exporter {
public:
    using Answer = std::function<void(Snapshot)>;
    /// Called on the loop's thread; calls the answer there, now or later, or never.
    using Collect = std::function<void(Answer)>;

    static constexpr std::chrono::seconds collect_limit{3};

    /// Throws std::runtime_error when it cannot listen there.
    Exporter(
        gateway::EventLoop& loop, const ListenAddress& address, Collect collect,
        std::chrono::milliseconds limit = collect_limit);
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;
    /// Ends scrapes under way.
    ~Exporter();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace transport
