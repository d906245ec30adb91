/// When and what the gateway tells about itself and its sinks
/// (docs/spec/gateway-backend-api.md, 6). For the loop's thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "gateway/task.hpp"
#include "transport/messages.hpp"
#include "transport/mqtt/publisher.hpp"
#include "transport/mqtt/topics.hpp"
#include "transport/sinks/registry.hpp"

#include <functional>
#include <string>
#include <vector>

namespace transport {

/// What has to be published when the configurations changed (6.4). Pure.
struct StatusDifference {
    bool due = false;
    std::vector<std::size_t> changed; ///< indices of new or changed sinks, all when forced
};
StatusDifference compare_status(
    const std::vector<api::SinkReadConfig>& published, const std::vector<api::SinkReadConfig>& now,
    bool forced);

class StatusReporter {
public:
    StatusReporter(
        gateway::EventLoop& loop, const TransportSettings& settings, const Topics& topics,
        SinkRegistry& sinks, Publisher& publisher, RandomIds& ids);
    StatusReporter(const StatusReporter&) = delete;
    StatusReporter& operator=(const StatusReporter&) = delete;
    ~StatusReporter() = default;

    /// Something changed: a status follows half a second later, if there is a difference.
    void request();
    /// A sink came: it is read at once.
    void appeared(std::shared_ptr<Sink> sink);
    /// All sinks that were on the bus at the start have appeared.
    void all_appeared() { publish_early_when_complete(); }
    /// The broker is there: ONLINE is handed out within 1 s, at once when the sinks were read before.
    void connected();
    /// No more reports but the OFFLINE event.
    void stop();
    void publish_offline();

private:
    void begin_round();
    gateway::Task<void> run_round();
    void end_round(bool partial);
    gateway::Task<void> read_first(std::shared_ptr<Sink> sink);
    void publish_early_when_complete();
    void publish_early();
    void publish(const std::vector<api::SinkReadConfig>& configs, bool forced);

    gateway::EventLoop& loop_;
    const TransportSettings& settings_;
    const Topics& topics_;
    SinkRegistry& sinks_;
    Publisher& publisher_;
    RandomIds& ids_;

    bool stopped_ = false;
    bool pending_ = false; ///< asked for since the last reading began
    bool forced_ = false;  ///< a status must be published, changed or not
    bool reading_ = false;
    unsigned attempt_ = 0;
    std::vector<api::SinkReadConfig> published_;
    gateway::EventLoop::Handle timer_;       ///< the next round
    gateway::EventLoop::Handle early_timer_; ///< ONLINE with remembered values
    gateway::TaskScope tasks_;
};

} // namespace transport
