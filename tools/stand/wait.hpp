/// Waiting with a deadline for things outside of this process; every wait ends early when the
/// program is asked to stop.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>

namespace gateway::stand {

/// A moment after which a wait gives up.
class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    explicit Deadline(std::chrono::milliseconds from_now) : at_(Clock::now() + from_now) {}

    [[nodiscard]] Clock::time_point at() const { return at_; }
    [[nodiscard]] bool passed() const { return Clock::now() >= at_; }
    /// Rounded up, so that waiting this long reaches the deadline; 0 when passed.
    [[nodiscard]] std::chrono::milliseconds left() const;

private:
    Clock::time_point at_;
};

/// Thrown by a wait when `interrupt` was called.
class Interrupted : public std::runtime_error {
public:
    Interrupted() : std::runtime_error("interrupted") {}
};

/// Makes every wait of this process, now and later, throw Interrupted. From any thread.
void interrupt();

/// Tells of `interrupt`, for waits elsewhere.
std::stop_token interruption();

/// True when `condition` held before the deadline. Asks again every few milliseconds: only for what
/// cannot be waited on (a socket that appears, a state behind somebody else's interface).
bool wait_until(const std::function<bool()>& condition, Deadline deadline);

/// Index of the first descriptor that is readable, or nothing at the deadline.
std::optional<std::size_t> wait_readable(std::span<const int> descriptors, Deadline deadline);

} // namespace gateway::stand
