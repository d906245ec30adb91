/// When to poll the sink next (spec/dual-mcu-api.md, 2.4).
#pragma once

#include <chrono>
#include <cstddef>

namespace dual_mcu {

/// All settable. At 50 packets a second, 1 ms all the time between them would cost twenty polls for
/// each: within `busy_time` the interval therefore grows too, as far as the latency still allows.
struct PollingSettings {
    std::chrono::microseconds busy_interval{1000};     ///< the first after an indication
    std::chrono::microseconds busy_limit{5000};        ///< what it doubles to within `busy_time`
    std::chrono::microseconds busy_time{200000};       ///< since the last indication
    std::chrono::microseconds idle_interval{20000};    ///< what it doubles to afterwards
    std::chrono::microseconds upload_interval{100000}; ///< while a scratchpad uploads: the stack is stopped
    std::size_t burst = 30;                            ///< indications in one poll exchange
    std::size_t burst_while_requests_wait = 2;
};

/// Polls back to back while indications are known to wait, then at intervals that double: up to the
/// busy limit for a short time after the last one, then up to the idle interval. Pure: the caller
/// gives the time.
class PollSchedule {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit PollSchedule(const PollingSettings& settings) : settings_(settings) {}

    /// After a poll: how many indications came, and whether more are known to wait.
    void polled(TimePoint now, std::size_t indications, bool more_wait);

    /// After a poll that failed: not sooner than the idle interval.
    void failed(TimePoint now) { next_ = now + settings_.idle_interval; }

    /// Poll at once: something is known to wait.
    void poll_now(TimePoint now) { next_ = now; }

    void uploading(bool active) { uploading_ = active; }

    [[nodiscard]] TimePoint next() const { return next_; }

private:
    const PollingSettings& settings_;
    TimePoint next_{};
    TimePoint last_indication_{};
    std::chrono::microseconds interval_{0};
    bool uploading_ = false;
};

} // namespace dual_mcu
