/// The events that survive a restart: one SQLite file, used by a thread of its own, because storage
/// of a gateway may take long to answer (docs/outbox.md).
#pragma once

#include "gateway/event_loop.hpp"
#include "gateway/result.hpp"
#include "transport/mqtt/event_queue.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace transport {

/// Questions are answered in their order, on the loop's thread. While the store does not work each
/// is answered with an error that says why; every write tries again to open it. A damaged file is
/// moved aside and replaced by an empty one.
class EventStore {
public:
    /// The last packet of a sink service's stream that is stored.
    struct StreamEnd {
        std::string sink_id;
        DeliveryMark mark;
    };
    struct Contents {
        std::vector<EventQueue::Backlog> backlogs;
        std::vector<StreamEnd> streams;
        std::uint64_t last_order = 0;
    };
    struct WriteResult {
        gateway::Result<> result;
        bool replaced = false; ///< what was stored before is gone
    };

    /// `file`: its directory is created; empty: nothing is ever stored.
    EventStore(gateway::EventLoop& loop, std::filesystem::path file);
    EventStore(const EventStore&) = delete;
    EventStore& operator=(const EventStore&) = delete;
    /// Finishes what was asked; nothing is answered any more.
    ~EventStore();

    /// What an earlier run left. Blocks; once, before anything else.
    gateway::Result<Contents> open();

    /// Adds `events` and removes others, all or nothing; on the storage when it is answered.
    void write(
        std::vector<EventPtr> events, std::vector<std::uint64_t> removals,
        std::function<void(WriteResult)> done);
    void load(EventQueue::Load load, std::function<void(gateway::Result<std::vector<EventPtr>>)> done);

    [[nodiscard]] const std::filesystem::path& file() const;

private:
    class Worker;
    std::shared_ptr<Worker> worker_;
};

} // namespace transport
