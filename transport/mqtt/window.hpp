/// How many messages may be on their way to the broker at a time. Pure: told the time, asks no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>

namespace transport {

/// An in-flight window that follows the round trip (docs/spec/gateway-backend-api.md, 8.2):
/// `mqtt_max_inflight_messages` is its upper bound, so that the setting means what it means in the
/// reference; below it the window is what the path delivers within its shortest round trip plus
/// `allowed_delay`. A fast path has the whole bound. On a slow one no more waits in sockets and
/// modems than that delay, so that a response or status written next arrives about that soon.
///
/// Once a round, the shortest delay of half a window of messages counts: window = messages under way *
/// (shortest + allowed) / measured, at most doubled or halved. The shortest round trip is forgotten after two
/// minutes, since paths change; the window closes for one round trip each minute to see it without our own
/// queue.
class InFlightWindow {
public:
    using Clock = std::chrono::steady_clock;
    using Duration = Clock::duration;

    static constexpr std::size_t smallest = 4; ///< unless the bound is lower
    static constexpr std::size_t initial = 20; ///< likewise
    static constexpr std::chrono::milliseconds allowed_delay{100};
    static constexpr std::chrono::seconds memory_step{60};

    /// `bound` is at least 1.
    explicit InFlightWindow(std::size_t bound);

    /// Messages that may be in flight now; 1 to `bound`.
    [[nodiscard]] std::size_t size() const { return closed_ ? floor() : size_; }

    /// An acknowledgement that ends one round trip: a PUBACK, not a PUBCOMP. `in_flight` counts the
    /// acknowledged message too.
    void acknowledged(Clock::time_point sent, Clock::time_point now, std::size_t in_flight);

    /// A new connection: another path, perhaps.
    void reset();

    /// Of the last acknowledgements, smoothed; nothing before the first one.
    [[nodiscard]] std::optional<Duration> round_trip() const { return smoothed_; }
    /// Without queueing, as far as known.
    [[nodiscard]] std::optional<Duration> shortest_round_trip() const;

private:
    static constexpr Duration never = Duration::max();

    [[nodiscard]] std::size_t floor() const { return bound_ < smallest ? bound_ : smallest; }
    void remember(Duration round_trip, Clock::time_point now);
    void begin_round(Clock::time_point now);
    void resize();

    std::size_t bound_;
    std::size_t size_;
    bool closed_ = false; ///< for one round, to see the path without our queue
    std::optional<Duration> smoothed_;
    Duration shortest_now_ = never;    ///< of this memory step
    Duration shortest_before_ = never; ///< of the one before
    std::optional<Clock::time_point> step_began_;
    std::optional<Clock::time_point> round_began_; ///< acknowledgements of messages sent later count
    std::size_t round_samples_ = 0;                ///< half a window of them ends the round
    Duration round_shortest_ = never;
    std::size_t round_in_flight_ = 0; ///< the most
};

} // namespace transport
