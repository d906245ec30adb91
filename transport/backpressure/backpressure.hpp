/// Black-hole protection: while the gateway cannot deliver, its sinks turn traffic away, and they
/// come back when it can (docs/spec/gateway-backend-api.md, 8.4). Also keeps account of the stacks that
/// requests stop, so that no sink stays stopped because this service was killed. For the loop's
/// thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "gateway/task.hpp"
#include "transport/backpressure/stopped_sinks.hpp"
#include "transport/backpressure/trip_rule.hpp"
#include "transport/requests/lane.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace transport {

class Sink;

class Backpressure {
public:
    using Measure = std::function<Backlog()>;
    /// Runs a job in the sink's lane, ahead of what waits there (rule 12).
    using InLane = std::function<void(const std::string& sink_id, LaneJob job)>;

    struct Periods {
        std::chrono::milliseconds check{1000};
        std::chrono::milliseconds cost_retry{60'000};
        std::chrono::milliseconds stack_retry{10'000};
    };

    Backpressure(
        gateway::EventLoop& loop, const TransportSettings& settings, Measure measure, InLane in_lane);
    /// With periods of the caller's, for tests.
    Backpressure(
        gateway::EventLoop& loop, const TransportSettings& settings, Measure measure, InLane in_lane,
        const Periods& periods);
    Backpressure(const Backpressure&) = delete;
    Backpressure& operator=(const Backpressure&) = delete;
    ~Backpressure();

    /// Before sinks appear.
    void start();
    /// No more changes: the service ends. The next run takes over from the list and the sinks.
    void stop();

    void sink_appeared(const std::shared_ptr<Sink>& sink);
    void sink_disappeared(const Sink& sink);
    /// The sink has rebooted: its cost, which it does not keep, is set again.
    void stack_started(const Sink& sink);

    // What requests report around the stacks that they stop.

    /// Before a stack is stopped that is to run again afterwards.
    void will_stop(const Sink& sink);
    /// Before it is started again; false: it stays stopped until the recovery.
    bool may_start(const Sink& sink);
    void runs_again(const Sink& sink);
    /// The request is over. A sink that it could not start is tried again from now on.
    void request_ended(const Sink& sink);
    /// set_config with sink_state: the operator wins (rule 5). Before the state is changed.
    void operator_decided(const Sink& sink, bool running);

    [[nodiscard]] bool tripped() const { return rule_.tripped(); }
    [[nodiscard]] std::uint64_t trips() const { return trips_; }
    [[nodiscard]] std::uint64_t recoveries() const { return recoveries_; }

private:
    struct Guard;
    using GuardPtr = std::shared_ptr<Guard>;
    enum class Wish : std::uint8_t { none, stop, start };

    void check();
    void tripped_or_recovered(TripRule::Verdict verdict, const Backlog& backlog);
    [[nodiscard]] bool keeps_stopped(std::string_view sink_id) const;

    [[nodiscard]] std::uint8_t wanted_cost() const;
    void set_cost(Guard& guard);
    gateway::Task<void> write_cost(Guard& guard);

    [[nodiscard]] Wish wish(const Guard& guard) const;
    void tend(const GuardPtr& guard);
    void tend_later(Guard& guard);
    void complain(Guard& guard, const char* what, const std::string& why);
    gateway::Task<void> change_stack(GuardPtr guard);
    gateway::Task<bool> stop_stack(GuardPtr guard);
    gateway::Task<bool> start_stack(GuardPtr guard);
    GuardPtr guard_of(const Sink& sink) const;

    gateway::EventLoop& loop_;
    const BufferingSettings settings_;
    Measure measure_;
    InLane in_lane_;
    const Periods periods_;
    StoppedSinks stopped_sinks_;
    TripRule rule_;
    std::map<std::string, GuardPtr, std::less<>> guards_;
    std::set<std::string, std::less<>> left_running_; ///< an operator started them after the trip
    gateway::EventLoop::Handle checks_;
    bool ended_ = false;
    std::uint64_t trips_ = 0;
    std::uint64_t recoveries_ = 0;
};

} // namespace transport
