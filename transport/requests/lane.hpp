/// The order of requests to one sink (docs/spec/gateway-backend-api.md, 4.2, 4.5). For the loop's
/// thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "gateway/task.hpp"
#include "transport/api.hpp"

#include <chrono>
#include <deque>
#include <functional>

namespace transport {

struct LaneJob {
    bool pipelined = false; ///< may run beside others of the kind (send_data)
    std::size_t octets = 0; ///< of payload
    std::chrono::seconds patience{15 * 60};
    std::function<gateway::Task<void>()> run;
    std::function<void(api::ErrorCode)> refuse; ///< instead of run
};

/// First in, first out, one at a time; pipelined jobs up to 16 at a time. Bounded.
class Lane {
public:
    static constexpr std::size_t max_waiting = 256;
    static constexpr std::size_t max_octets = 32 * 1024 * 1024;
    static constexpr std::size_t max_pipelined = 16;

    explicit Lane(gateway::EventLoop& loop) : loop_(loop) {}
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane() = default;

    /// Runs the job in its turn, at once when nothing is before it. When the lane is full it is
    /// refused with SINK_OUT_OF_MEMORY; when its patience ends before its turn, with SINK_TIMEOUT.
    void add(LaneJob job);
    /// Takes the next turn, before all that wait and whatever the bounds: for the service's own work,
    /// which comes once a sink at most.
    void add_ahead(LaneJob job);
    /// Refuses all that wait.
    void clear(api::ErrorCode code);
    /// Called each time that nothing runs and nothing waits any more.
    void on_idle(std::function<void()> idle) { idle_ = std::move(idle); }

    [[nodiscard]] bool idle() const { return running_ == 0 && waiting_.empty(); }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        LaneJob job;
        Clock::time_point until;
    };

    [[nodiscard]] bool front_may_run() const;
    void pump();
    void pump_and_watch(Clock::time_point until);
    gateway::Task<void> execute(LaneJob job);
    void expire();
    void arm_timer();

    gateway::EventLoop& loop_;
    std::deque<Waiting> waiting_;
    std::size_t waiting_octets_ = 0;
    std::size_t running_ = 0;
    bool running_pipelined_ = false;
    bool pumping_ = false;
    std::function<void()> idle_;
    gateway::EventLoop::Handle timer_;
    Clock::time_point armed_for_;
    gateway::TaskScope tasks_;
};

} // namespace transport
