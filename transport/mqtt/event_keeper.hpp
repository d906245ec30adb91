/// Keeps the events until the broker has them: moves them between the queue and the store
/// (docs/outbox.md). For the loop's thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "transport/mqtt/event_queue.hpp"
#include "transport/mqtt/event_store.hpp"
#include "transport/settings.hpp"

#include <functional>
#include <string>

namespace transport {

class EventKeeper {
public:
    struct Handlers {
        std::function<void()> available; ///< events were loaded: there may be some to publish
        EventQueue::SafeHandler safe;
    };

    EventKeeper(gateway::EventLoop& loop, const StoreSettings& settings, Handlers handlers);
    EventKeeper(const EventKeeper&) = delete;
    EventKeeper& operator=(const EventKeeper&) = delete;
    ~EventKeeper() = default;

    void add(EventPtr event);

    /// Once the broker has been away for the time after which events are stored, new ones need not wait.
    void broker_came();
    void broker_went();

    /// To be called after events were taken or acknowledged.
    void progress();

    /// Stores what is in memory alone, then calls `done`, at the latest after `limit`; `true`: all is
    /// stored.
    void store_all(std::chrono::milliseconds limit, std::function<void(bool)> done);

    EventQueue& queue() { return queue_; }
    [[nodiscard]] const EventQueue& queue() const { return queue_; }

    /// The last packets that an earlier run stored.
    [[nodiscard]] const std::vector<EventStore::StreamEnd>& stored_streams() const { return stored_streams_; }

    /// Why events live in memory only; empty: they do not.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

private:
    [[nodiscard]] bool broker_is_away() const;
    void store_soon();
    void store_later();
    void store_now();
    void on_written(const gateway::Result<>& result);
    [[nodiscard]] bool store_works() const { return trouble_.empty() && !settings_.file.empty(); }
    void report_memory_only();
    void set_trouble(const std::string& why);
    void report_losses();
    void check_all_stored();

    gateway::EventLoop& loop_;
    const StoreSettings settings_;
    Handlers handlers_;
    EventQueue queue_;
    EventStore store_;
    std::vector<EventStore::StreamEnd> stored_streams_;
    std::string trouble_;
    bool memory_only_ = false; ///< as last reported
    bool writing_ = false;
    std::optional<EventQueue::Clock::time_point> broker_away_since_ = EventQueue::Clock::now();
    gateway::EventLoop::Handle store_timer_;
    gateway::EventLoop::Handle loss_timer_;
    gateway::EventLoop::Handle limit_timer_;
    std::function<void(bool)> all_stored_;
};

} // namespace transport
