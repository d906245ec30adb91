/// The events that wait for the broker, in memory and in the store
/// (docs/spec/gateway-backend-api.md, 8.1; docs/outbox.md). Pure: no clock, no disk of its own.
#pragma once

#include "transport/mqtt/publication.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace transport {

/// First in, first out per sink, sinks in turns. Of one sink, the oldest events are in memory, then
/// come those that are in the store alone, then those that arrived behind them:
///
///     taken <- [ events ] [ unloaded: store alone ] [ tail ] <- added
class EventQueue {
public:
    using Clock = std::chrono::steady_clock;

    struct Limits {
        std::size_t events = 1'000'000; ///< all, with the store
        std::size_t octets = 256 * 1024 * 1024;
        std::size_t memory_events = 20'000; ///< in memory, while there is no store
        std::size_t memory_octets = 8 * 1024 * 1024;
        std::size_t read_ahead = 500;                ///< of one sink, loaded at a time
        std::chrono::milliseconds store_after{1000}; ///< what waits longer goes to the store
        std::chrono::seconds full_wait{60};          ///< back-pressure before the oldest go
    };

    /// Events that had to go.
    struct Losses {
        std::uint64_t events = 0;
        std::uint64_t first_ms = 0; ///< 0: not known
        std::uint64_t last_ms = 0;
    };

    /// Called once for each event with a mark, when the sink service may forget it: it is stored, or at
    /// the broker, or neither was possible for so long that memory has to do.
    using SafeHandler = std::function<void(const Event&)>;

    EventQueue(const Limits& limits, SafeHandler safe) : limits_(limits), safe_(std::move(safe)) {}

    /// Takes its place behind all others of its sink.
    void add(EventPtr event, Clock::time_point now);
    /// The next to publish; it is in flight then.
    EventPtr take();
    /// Back to the front: it could not be published yet. The last one taken first.
    void put_back(EventPtr event);
    /// The broker has it, or never will.
    void finished(Event& event);
    /// It can never be published: a loss, which whoever knows the reason reports.
    void drop(Event& event);

    // The store's side. Its answers must come in the order of the questions.

    /// What an earlier run left, before anything is added.
    struct Backlog {
        std::string sink_id;
        std::size_t events = 0;
        std::size_t octets = 0;
    };
    void restore(std::span<const Backlog> backlogs, std::uint64_t last_order);
    /// Whether writing works. Without it the smaller limits hold, and nothing leaves the memory.
    void set_store_usable(bool usable);
    /// The store was replaced by an empty one: what was in it alone is lost, the rest is stored anew.
    void store_was_emptied();

    /// In order: what waits too long; with `all`, everything. Each must be answered by `written`.
    std::vector<EventPtr> take_for_store(Clock::time_point now, bool all = false);
    void written(std::span<const EventPtr> batch, bool stored);
    /// Events that may have to be stored one day, at most.
    [[nodiscard]] std::size_t to_store() const { return unsafe_.size(); }
    /// Orders of events that need not be in the store any more.
    std::vector<std::uint64_t> take_removals() { return std::exchange(removals_, {}); }
    /// They could not be removed yet.
    void put_back_removals(std::span<const std::uint64_t> orders)
    {
        removals_.insert(removals_.end(), orders.begin(), orders.end());
    }
    [[nodiscard]] bool has_removals() const { return !removals_.empty(); }

    struct Load {
        std::string sink_id;
        std::uint64_t after = 0; ///< order
        std::size_t limit = 0;
    };
    /// What to read from the store next; answered by `loaded`.
    std::optional<Load> next_load();
    void loaded(std::string_view sink_id, std::vector<EventPtr> events, bool ok);

    /// Ends back-pressure that has lasted long enough: the oldest go where a bound is reached, and where
    /// nothing can be stored, memory has to do. For a timer.
    void make_room(Clock::time_point now);
    /// Sinks are not held back any more although nothing can be stored: a crash loses what waits.
    [[nodiscard]] bool memory_only() const { return memory_only_; }

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::size_t count() const { return count_; } ///< not finished, wherever they are
    [[nodiscard]] std::size_t octets() const { return octets_; }
    [[nodiscard]] std::size_t stored() const { return stored_count_; }
    [[nodiscard]] std::size_t unsafe() const;
    [[nodiscard]] bool has_waiting() const; ///< something that `take` would give
    [[nodiscard]] bool full() const { return full_since_.has_value(); }
    [[nodiscard]] std::uint64_t losses_total() const { return losses_total_; }
    /// `made_ms` of the oldest that waits, as far as it is in memory; nothing: none is.
    [[nodiscard]] std::optional<std::uint64_t> oldest_made_ms() const;

    /// Since the last call; nothing when there were none.
    std::optional<Losses> take_losses();

private:
    struct SinkQueue {
        std::string sink_id;
        std::deque<EventPtr> events;
        std::size_t unloaded = 0;
        std::size_t unloaded_octets = 0;
        std::deque<EventPtr> tail;
        std::uint64_t loaded_up_to = 0; ///< order of the last one that has been in `events`
        bool loading = false;
    };

    SinkQueue& queue_of(std::string_view sink_id);
    static void pull_tail(SinkQueue& queue);
    void release_memory(SinkQueue& queue);
    [[nodiscard]] bool is_stored(const Event& event) const { return event.stored_in == generation_; }
    void release(Event& event);
    [[nodiscard]] bool over_limit() const;
    [[nodiscard]] bool under_low_water() const;
    bool evict_oldest();
    void note_loss(const Event& event);

    Limits limits_;
    SafeHandler safe_;
    bool store_usable_ = false;
    bool memory_only_ = false;     ///< until the store works, or all is delivered
    std::uint32_t generation_ = 1; ///< of the store
    std::vector<SinkQueue> sinks_;
    std::size_t turn_ = 0;
    std::deque<EventPtr> unsafe_; ///< not stored; in order; finished ones are left out when met
    std::vector<std::uint64_t> removals_;
    std::uint64_t next_order_ = 1;
    std::size_t count_ = 0;
    std::size_t octets_ = 0;
    std::size_t unloaded_count_ = 0;
    std::size_t unloaded_octets_ = 0;
    std::size_t stored_count_ = 0;
    std::size_t stored_octets_ = 0;
    std::optional<Clock::time_point> full_since_;
    Losses losses_;
    std::uint64_t losses_total_ = 0;
};

} // namespace transport
