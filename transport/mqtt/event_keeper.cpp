#include "transport/mqtt/event_keeper.hpp"

#include <ctime>
#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds loss_report_period{60};
constexpr std::chrono::seconds retry_period{5}; ///< while the store does not work
constexpr std::size_t full_batch = 64;          ///< events: less than a sink may have unacknowledged

EventQueue::Limits limits_of(const StoreSettings& settings)
{
    EventQueue::Limits limits;
    limits.events = settings.max_events;
    limits.octets = settings.max_octets;
    limits.store_after = settings.store_after;
    limits.full_wait = settings.full_wait;
    return limits;
}

std::string utc(std::uint64_t ms)
{
    if (ms == 0)
        return "an unknown time";
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

} // namespace

EventKeeper::EventKeeper(gateway::EventLoop& loop, const StoreSettings& settings, Handlers handlers)
    : loop_(loop),
      settings_(settings),
      handlers_(std::move(handlers)),
      queue_(limits_of(settings), handlers_.safe),
      store_(loop, settings.file)
{
    if (settings.file.empty()) {
        spdlog::warn("the outbox lives in memory only (outbox_file is empty): a restart loses what waits");
        return;
    }
    auto contents = store_.open();
    if (!contents) {
        set_trouble(contents.error().message);
        return;
    }
    queue_.restore(contents->backlogs, contents->last_order);
    queue_.set_store_usable(true);
    stored_streams_ = std::move(contents->streams);
    if (!queue_.empty())
        spdlog::info("{} packets of an earlier run wait for the broker", queue_.count());
    progress();
}

void EventKeeper::broker_came()
{
    broker_away_since_.reset();
}

void EventKeeper::broker_went()
{
    broker_away_since_ = EventQueue::Clock::now();
}

void EventKeeper::add(EventPtr event)
{
    queue_.add(std::move(event), EventQueue::Clock::now());
    report_memory_only();
    store_soon();
    if (!loss_timer_)
        report_losses();
}

void EventKeeper::progress()
{
    store_soon();
    while (auto load = trouble_.empty() ? queue_.next_load() : std::nullopt) {
        std::string sink_id = load->sink_id;
        store_.load(
            std::move(*load),
            [this, sink_id = std::move(sink_id)](gateway::Result<std::vector<EventPtr>> loaded) {
                if (!loaded)
                    set_trouble(loaded.error().message);
                queue_.loaded(
                    sink_id, loaded ? std::move(*loaded) : std::vector<EventPtr>(), loaded.has_value());
                handlers_.available();
            });
    }
}

bool EventKeeper::broker_is_away() const
{
    return broker_away_since_ && *broker_away_since_ + settings_.store_after <= EventQueue::Clock::now();
}

/// One timer collects what arrives meanwhile: a flash is written in few large pieces.
void EventKeeper::store_soon()
{
    if (writing_)
        return;
    if (store_works() && queue_.to_store() >= full_batch && !queue_.full() && broker_is_away())
        store_now();
    else if (!store_timer_ && (!trouble_.empty() || queue_.to_store() > 0 || queue_.has_removals()))
        store_later();
}

void EventKeeper::store_later()
{
    store_timer_ =
        loop_.after(store_works() ? settings_.sync_interval : retry_period, [this] { store_now(); });
}

void EventKeeper::store_now()
{
    store_timer_.reset();
    const auto now = EventQueue::Clock::now();
    queue_.make_room(now);
    report_memory_only();
    const bool all = broker_is_away() || all_stored_ != nullptr;
    std::vector<EventPtr> batch;
    std::vector<std::uint64_t> removals;
    if (!settings_.file.empty()) {
        batch = queue_.take_for_store(now, all);
        removals = queue_.take_removals();
    }
    if (batch.empty() && removals.empty() && (settings_.file.empty() || trouble_.empty())) {
        if (queue_.to_store() > 0)
            store_later();
        return;
    }
    writing_ = true;
    store_.write(batch, removals, [this, batch, removals](const EventStore::WriteResult& written) {
        writing_ = false;
        if (written.replaced)
            queue_.store_was_emptied();
        else if (!written.result)
            queue_.put_back_removals(removals);
        queue_.written(batch, written.result.has_value());
        on_written(written.result);
    });
}

void EventKeeper::report_memory_only()
{
    if (std::exchange(memory_only_, queue_.memory_only()) == queue_.memory_only())
        return;
    if (memory_only_)
        spdlog::error(
            "nothing can be stored, and packets have waited {} s for the broker: the sinks are not held back "
            "any more, packets wait in memory, and a crash of this service loses them",
            settings_.full_wait.count());
    else
        spdlog::info("no packets wait in memory alone any more");
}

void EventKeeper::on_written(const gateway::Result<>& result)
{
    if (!result) {
        set_trouble(result.error().message);
    } else if (!trouble_.empty()) {
        spdlog::info("the outbox is stored again");
        trouble_.clear();
        queue_.set_store_usable(true);
    }
    report_losses();
    check_all_stored();
    progress();
}

void EventKeeper::set_trouble(const std::string& why)
{
    if (why != trouble_)
        spdlog::error("events are kept in memory only, a restart may lose them: {}", why);
    trouble_ = why;
    queue_.set_store_usable(false);
}

void EventKeeper::report_losses()
{
    loss_timer_.reset();
    const auto losses = queue_.take_losses();
    if (!losses)
        return;
    spdlog::error(
        "{} packets received from {} to {} are lost: the outbox was full while the broker was not reachable "
        "or too slow",
        losses->events, utc(losses->first_ms), utc(losses->last_ms));
    loss_timer_ = loop_.after(loss_report_period, [this] { report_losses(); });
}

void EventKeeper::store_all(std::chrono::milliseconds limit, std::function<void(bool)> done)
{
    all_stored_ = std::move(done);
    if (!store_works() || queue_.to_store() == 0)
        return loop_.post([this] { check_all_stored(); });
    limit_timer_ = loop_.after(limit, [this] {
        if (const auto call = std::exchange(all_stored_, nullptr))
            call(false);
    });
    if (!writing_)
        store_now();
}

void EventKeeper::check_all_stored()
{
    if (!all_stored_ || writing_)
        return;
    const bool all = queue_.to_store() == 0;
    if (!all && store_works() && !queue_.full())
        return; // the next write takes them
    limit_timer_.reset();
    std::exchange(all_stored_, nullptr)(all);
}

} // namespace transport
