/// What waits to be published, and what is published but not acknowledged
/// (docs/spec/gateway-backend-api.md, 6.4, 8.1, 8.2). Pure: no clock, no network of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace transport {

/// One message to publish. Texts are shared with the MQTT library instead of copied.
struct Publication {
    std::shared_ptr<const std::string> topic;
    std::shared_ptr<const std::string> payload;
    int qos = 1;
    bool retained = false;

    [[nodiscard]] std::size_t octets() const { return topic->size() + payload->size(); }
};

Publication make_publication(std::string topic, std::string payload, int qos, bool retained);

/// Status and responses leave before events; events of one sink leave in their order, sinks take
/// turns. Bounded: the oldest events go first, then the oldest responses; a status has its place
/// always, because a newer one replaces the one that waits.
class Outbox {
public:
    using Clock = std::chrono::steady_clock;

    struct Limits {
        std::size_t window = 20;             ///< in flight at a time
        std::uint32_t events_per_second = 0; ///< messages of any kind before an event waits; 0: no limit
        std::size_t responses = 1024;
        std::size_t events = 20'000;
        std::size_t event_octets = 8 * 1024 * 1024;
    };

    struct Outgoing {
        std::uint64_t id = 0; ///< of this handing out: never used again
        Publication publication;
    };

    /// Events that had to go. Times are those given to add_event.
    struct Losses {
        std::uint64_t events = 0;
        std::uint64_t first_ms = 0;
        std::uint64_t last_ms = 0;
        std::uint64_t responses = 0;
    };

    explicit Outbox(const Limits& limits) : limits_(limits) {}

    void add_response(Publication publication);
    /// Replaces, in its place, a waiting message of the same slot.
    void set_latest(std::string_view slot, Publication publication);
    void add_event(std::string_view sink_id, Publication publication, std::uint64_t made_ms);

    /// While held, only latest-only messages leave: the queue waits for the status (9.1).
    void hold() { held_ = true; }
    void release() { held_ = false; }
    /// Events leave no more: the service stops, and what it still says are responses and status.
    void stop_events() { events_stopped_ = true; }

    /// The next message that may leave now; it is in flight then.
    std::optional<Outgoing> next(Clock::time_point now);
    /// When `next` gives nothing because of the rate limit: when to ask again.
    [[nodiscard]] std::optional<Clock::time_point> rate_limited_until() const { return rate_limited_until_; }

    /// PUBACK or PUBCOMP came. An unknown id is ignored: the message was handed out again meanwhile.
    void acknowledged(std::uint64_t id) { remove_in_flight(id); }
    /// The message can never be published.
    void drop(std::uint64_t id) { remove_in_flight(id); }
    /// The connection is gone and nothing of it will be acknowledged: all in flight waits again,
    /// before everything else of its kind.
    void return_in_flight();

    [[nodiscard]] std::size_t waiting_events() const { return event_count_; }
    /// Waiting, and sent but not acknowledged.
    [[nodiscard]] std::size_t unacknowledged_events() const;
    [[nodiscard]] std::size_t waiting_control() const { return control_.size(); }
    [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
    [[nodiscard]] bool empty() const { return event_count_ == 0 && control_.empty() && in_flight_.empty(); }
    /// When the oldest message in flight was handed out.
    [[nodiscard]] std::optional<Clock::time_point> oldest_in_flight() const;

    /// Losses since the last call; nothing when there were none.
    std::optional<Losses> take_losses();

private:
    enum class Kind : std::uint8_t { response, latest, event };

    struct Entry {
        Publication publication;
        Kind kind = Kind::response;
        std::string key;           ///< slot, or sink id
        std::uint64_t order = 0;   ///< among events
        std::uint64_t made_ms = 0; ///< of events
    };
    struct InFlight {
        std::uint64_t id = 0;
        Clock::time_point since;
        Entry entry;
    };
    struct SinkQueue {
        std::string sink_id;
        std::deque<Entry> events;
    };

    SinkQueue& queue_of(std::string_view sink_id);
    std::optional<Entry> take_control();
    std::optional<Entry> take_event(Clock::time_point now);
    bool within_rate(Clock::time_point now);
    void make_room();
    void drop_oldest_event();
    void remove_in_flight(std::uint64_t id);

    Limits limits_;
    bool held_ = false;
    bool events_stopped_ = false;
    std::deque<Entry> control_;
    std::size_t waiting_responses_ = 0;
    std::vector<SinkQueue> sinks_;
    std::size_t turn_ = 0;
    std::size_t event_count_ = 0;
    std::size_t event_octets_ = 0;
    std::uint64_t next_order_ = 0;
    std::deque<InFlight> in_flight_;
    std::uint64_t next_id_ = 1;
    std::deque<Clock::time_point> recent_; ///< hand-outs of the last second, with a rate limit
    std::optional<Clock::time_point> rate_limited_until_;
    Losses losses_;
};

} // namespace transport
