/// Shows how the service is: to Prometheus, and to the service manager. For the loop's thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "gateway/task.hpp"
#include "transport/metrics/exporter.hpp"
#include "transport/metrics/listen_address.hpp"
#include "transport/metrics/snapshot.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace transport {

class SinkRegistry;

class Monitor {
public:
    /// Fills in what the parts of the service know, without sinks and counters.
    using Read = std::function<void(Snapshot&)>;

    Monitor(
        gateway::EventLoop& loop, std::optional<ListenAddress> address, const SinkRegistry& sinks, Read read);
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    ~Monitor() = default;

    /// Listens, where an address is set. When that fails it is logged and tried again each minute:
    /// the gateway works without.
    void start();
    /// Says no more to the service manager.
    void stop() { status_timer_.reset(); }

    Counters& counters() { return counters_; }
    /// Something that the status line shows has changed. It is looked at every 5 s besides.
    void tell_service_manager();

private:
    void listen();
    gateway::Task<void> collect(Exporter::Answer answer);
    [[nodiscard]] Snapshot snapshot() const;

    gateway::EventLoop& loop_;
    const std::optional<ListenAddress> address_;
    const SinkRegistry& sinks_;
    Read read_;
    Counters counters_;
    std::string told_;
    bool complained_ = false;
    gateway::EventLoop::Handle status_timer_;
    gateway::EventLoop::Handle retry_;
    gateway::TaskScope scrapes_;
    std::unique_ptr<Exporter> exporter_;
};

} // namespace transport
