/// When the mesh should use other sinks, and when it may come back: the decision of black-hole
/// protection (docs/spec/gateway-backend-api.md, 8.3, 8.4). Pure.
#pragma once

#include "transport/settings.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace transport {

/// How the way to the broker is doing. The connection alone is no reason to trip: it flaps.
struct Backlog {
    std::size_t queued = 0; ///< events not yet acknowledged by the broker, in flight and stored ones included
    bool online = false;
    std::optional<std::chrono::steady_clock::time_point> last_acknowledgement = std::nullopt;
};

class TripRule {
public:
    using Clock = std::chrono::steady_clock;

    enum class Verdict : std::uint8_t { unchanged, trip, recover };

    explicit TripRule(const BufferingSettings& settings) : settings_(settings) {}

    /// False when no limit is set: it never trips.
    [[nodiscard]] bool active() const;
    [[nodiscard]] bool tripped() const { return tripped_at_.has_value(); }

    /// An earlier run of the service tripped and did not see the recovery.
    void begin_tripped(Clock::time_point now) { tripped_at_ = now; }

    /// To be asked every second.
    Verdict check(const Backlog& backlog, Clock::time_point now);

    /// waiting_s of 8.3, at the last check.
    [[nodiscard]] Clock::duration waiting() const { return waiting_; }

private:
    [[nodiscard]] bool exceeded(const Backlog& backlog) const;
    [[nodiscard]] bool flowing_again(const Backlog& backlog) const;

    BufferingSettings settings_;
    std::optional<Clock::time_point> tripped_at_;
    std::optional<Clock::time_point> not_empty_since_;
    Clock::duration waiting_{0};
    unsigned good_checks_ = 0; ///< in a row
};

} // namespace transport
