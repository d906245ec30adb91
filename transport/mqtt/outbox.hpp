/// What waits to be published, and what is published but not acknowledged
/// (docs/spec/gateway-backend-api.md, 6.4, 8.1, 8.2). Pure: no clock, no network of its own.
#pragma once

#include "transport/mqtt/event_queue.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace transport {

/// Status and responses leave before events, and live in memory only. Bounded: the oldest responses
/// go first; a status has its place always, because a newer one replaces the one that waits. What
/// holds for events is EventQueue's.
class Outbox {
public:
    using Clock = std::chrono::steady_clock;

    struct Limits {
        std::size_t window = 20;             ///< in flight at a time
        std::uint32_t events_per_second = 0; ///< messages of any kind before an event waits; 0: no limit
        std::size_t responses = 1024;
        /// Each handing out wakes threads here, at the broker and at its readers: events that come faster
        /// than this leave together, unless so many wait.
        std::chrono::microseconds group_interval{2000};
        std::size_t group = 16;
    };

    struct Outgoing {
        std::uint64_t id = 0; ///< of this handing out: never used again
        Publication publication;
    };

    /// What is known of a message whose acknowledgement came.
    struct Acknowledged {
        Clock::time_point sent;
        int qos = 0;
        std::size_t in_flight = 0; ///< with this one
        EventPtr event;            ///< null: a status or a response
    };

    /// `events` must outlive it.
    Outbox(const Limits& limits, EventQueue& events) : limits_(limits), events_(events) {}

    void add_response(Publication publication);
    /// Replaces, in its place, a waiting message of the same slot.
    void set_latest(std::string_view slot, Publication publication);
    void set_window(std::size_t messages) { limits_.window = messages; }

    /// While held, only latest-only messages leave: the queue waits for the status (9.1).
    void hold() { held_ = true; }
    void release() { held_ = false; }
    /// Events leave no more: the service stops, and what it still says are responses and status.
    void stop_events() { events_stopped_ = true; }

    /// The next message that may leave now; it is in flight then.
    std::optional<Outgoing> next(Clock::time_point now);
    /// When `next` gives nothing because it is too early for the next event: when to ask again.
    [[nodiscard]] std::optional<Clock::time_point> ask_again_at() const { return ask_again_at_; }

    /// PUBACK or PUBCOMP came. An unknown id is ignored: the message was handed out again meanwhile.
    std::optional<Acknowledged> acknowledged(std::uint64_t id);
    /// The message can never be published.
    void drop(std::uint64_t id);
    /// The connection is gone and nothing of it will be acknowledged: all in flight waits again,
    /// before everything else of its kind.
    void return_in_flight();
    /// A new connection carries on with what is in flight: it counts as handed out now.
    void touch_in_flight(Clock::time_point now);

    [[nodiscard]] std::size_t waiting_control() const { return control_.size(); }
    [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
    /// When the oldest message in flight was handed out.
    [[nodiscard]] std::optional<Clock::time_point> oldest_in_flight() const;

    /// Responses that had to go since the last call.
    std::uint64_t take_lost_responses() { return std::exchange(lost_responses_, 0); }

private:
    /// A response, or the latest of a slot.
    struct Control {
        Publication publication;
        std::string slot; ///< empty: a response
    };
    struct InFlight {
        std::uint64_t id = 0;
        Clock::time_point since;
        std::variant<Control, EventPtr> message;
    };

    static const Publication& publication_of(const InFlight& sent);
    std::optional<InFlight> take_in_flight(std::uint64_t id);
    std::optional<Control> take_control();
    EventPtr take_event(Clock::time_point now);
    bool within_rate();
    bool group_is_due(Clock::time_point now);

    Limits limits_;
    bool held_ = false;
    bool events_stopped_ = false;
    EventQueue& events_;
    std::deque<Control> control_;
    std::size_t waiting_responses_ = 0;
    std::uint64_t lost_responses_ = 0;
    std::deque<InFlight> in_flight_;
    std::uint64_t next_id_ = 1;
    std::deque<Clock::time_point> recent_; ///< hand-outs of the last second, with a rate limit
    std::optional<Clock::time_point> ask_again_at_;
    Clock::time_point group_left_{}; ///< the latest
};

} // namespace transport
