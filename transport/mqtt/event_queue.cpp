#include "transport/mqtt/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace transport {
namespace {

/// Stored events of one sink that stay in memory too, in units of what is loaded at a time.
constexpr std::size_t kept_loads = 2;

} // namespace

Publication make_publication(std::string topic, std::string payload, int qos, bool retained)
{
    return {
        std::make_shared<const std::string>(std::move(topic)),
        std::make_shared<const std::string>(std::move(payload)), qos, retained};
}

EventQueue::SinkQueue& EventQueue::queue_of(std::string_view sink_id)
{
    const auto found = std::ranges::find(sinks_, sink_id, &SinkQueue::sink_id);
    if (found != sinks_.end())
        return *found;
    // Sinks come and go under few names; empty queues of old ones are not kept for ever.
    constexpr std::size_t many = 64;
    if (sinks_.size() >= many)
        std::erase_if(sinks_, [](const SinkQueue& queue) {
            return queue.events.empty() && queue.unloaded == 0 && queue.tail.empty() && !queue.loading;
        });
    SinkQueue queue;
    queue.sink_id = sink_id;
    return sinks_.emplace_back(std::move(queue));
}

void EventQueue::add(EventPtr event, Clock::time_point now)
{
    event->order = next_order_++;
    event->arrived = now;
    ++count_;
    octets_ += event->publication.octets();
    SinkQueue& queue = queue_of(event->sink_id);
    event->spilled = queue.unloaded > 0 || !queue.tail.empty() ||
                     (store_usable_ && queue.events.size() >= kept_loads * limits_.read_ahead);
    unsafe_.push_back(event);
    if (memory_only_)
        release(*event);
    const bool nobody_waits = event->mark.number == 0;
    if (event->spilled) {
        queue.tail.push_back(std::move(event));
    } else {
        queue.loaded_up_to = event->order;
        queue.events.push_back(std::move(event));
    }
    make_room(now);
    // Without a delivery interface there is nobody to hold back.
    while ((nobody_waits || memory_only_) && over_limit() && evict_oldest()) {
    }
}

bool EventQueue::has_waiting() const
{
    return std::ranges::any_of(sinks_, [](const SinkQueue& queue) {
        return !queue.events.empty() || (queue.unloaded == 0 && !queue.tail.empty());
    });
}

void EventQueue::pull_tail(SinkQueue& queue)
{
    if (!queue.events.empty() || queue.unloaded > 0 || queue.tail.empty())
        return;
    queue.events.swap(queue.tail);
    queue.loaded_up_to = queue.events.back()->order;
}

EventPtr EventQueue::take()
{
    for (std::size_t i = 0; i < sinks_.size(); ++i) {
        turn_ = (turn_ + 1) % sinks_.size();
        SinkQueue& queue = sinks_[turn_];
        pull_tail(queue);
        if (queue.events.empty())
            continue;
        EventPtr event = std::move(queue.events.front());
        queue.events.pop_front();
        return event;
    }
    return nullptr;
}

void EventQueue::put_back(EventPtr event)
{
    SinkQueue& queue = queue_of(event->sink_id);
    queue.events.push_front(std::move(event));
}

void EventQueue::release(Event& event)
{
    if (std::exchange(event.released, true))
        return;
    if (event.mark.number != 0)
        safe_(event);
}

void EventQueue::finished(Event& event)
{
    if (std::exchange(event.finished, true))
        return;
    --count_;
    octets_ -= event.publication.octets();
    if (is_stored(event)) {
        removals_.push_back(event.order);
        --stored_count_;
        stored_octets_ -= event.publication.octets();
    }
    release(event);
    if (count_ == 0)
        memory_only_ = false;
    while (!unsafe_.empty() && unsafe_.front()->finished)
        unsafe_.pop_front();
    if (full_since_ && under_low_water())
        full_since_.reset();
}

void EventQueue::drop(Event& event)
{
    ++losses_total_;
    finished(event);
}

void EventQueue::restore(std::span<const Backlog> backlogs, std::uint64_t last_order)
{
    next_order_ = last_order + 1;
    for (const Backlog& backlog : backlogs) {
        SinkQueue& queue = queue_of(backlog.sink_id);
        queue.unloaded += backlog.events;
        queue.unloaded_octets += backlog.octets;
        unloaded_count_ += backlog.events;
        unloaded_octets_ += backlog.octets;
        stored_count_ += backlog.events;
        stored_octets_ += backlog.octets;
        count_ += backlog.events;
        octets_ += backlog.octets;
    }
}

void EventQueue::store_was_emptied()
{
    losses_.events += unloaded_count_;
    losses_total_ += unloaded_count_;
    count_ -= unloaded_count_;
    octets_ -= unloaded_octets_;
    unloaded_count_ = unloaded_octets_ = stored_count_ = stored_octets_ = 0;
    removals_.clear();
    for (SinkQueue& queue : sinks_) {
        queue.unloaded = queue.unloaded_octets = 0;
        queue.loading = false;
        for (const EventPtr& event : queue.events)
            if (is_stored(*event))
                unsafe_.push_back(event);
    }
    ++generation_;
    std::ranges::sort(unsafe_, {}, &Event::order);
}

std::vector<EventPtr> EventQueue::take_for_store(Clock::time_point now, bool all)
{
    std::vector<EventPtr> batch;
    std::size_t octets = 0;
    while (!unsafe_.empty()) {
        EventPtr& event = unsafe_.front();
        if (!event->finished) {
            const bool due = all || event->spilled || event->arrived + limits_.store_after <= now;
            // What does not fit stays unsafe, so that the sink service holds back.
            const bool fits = stored_count_ + batch.size() < limits_.events &&
                              stored_octets_ + octets + event->publication.octets() <= limits_.octets;
            if (!due || !fits)
                break;
            octets += event->publication.octets();
            batch.push_back(std::move(event));
        }
        unsafe_.pop_front();
    }
    return batch;
}

void EventQueue::written(std::span<const EventPtr> batch, bool stored)
{
    if (!stored) {
        for (auto event = batch.rbegin(); event != batch.rend(); ++event)
            if (!(*event)->finished)
                unsafe_.push_front(*event);
        return;
    }
    for (const EventPtr& event : batch) {
        if (event->finished) { // meanwhile
            removals_.push_back(event->order);
            continue;
        }
        event->stored_in = generation_;
        ++stored_count_;
        stored_octets_ += event->publication.octets();
        release(*event);
    }
    for (SinkQueue& queue : sinks_)
        release_memory(queue);
}

void EventQueue::release_memory(SinkQueue& queue)
{
    const auto unload = [&](const Event& event) {
        ++queue.unloaded;
        ++unloaded_count_;
        queue.unloaded_octets += event.publication.octets();
        unloaded_octets_ += event.publication.octets();
    };
    while (!queue.loading && queue.events.size() > kept_loads * limits_.read_ahead &&
           is_stored(*queue.events.back())) {
        unload(*queue.events.back());
        queue.events.pop_back();
        queue.loaded_up_to = queue.events.back()->order;
    }
    while (!queue.tail.empty() && is_stored(*queue.tail.front())) {
        unload(*queue.tail.front());
        queue.tail.pop_front();
    }
}

std::optional<EventQueue::Load> EventQueue::next_load()
{
    for (SinkQueue& queue : sinks_) {
        if (queue.loading || queue.unloaded == 0 || queue.events.size() > limits_.read_ahead / 2)
            continue;
        queue.loading = true;
        return Load{queue.sink_id, queue.loaded_up_to, limits_.read_ahead};
    }
    return std::nullopt;
}

void EventQueue::loaded(std::string_view sink_id, std::vector<EventPtr> events, bool ok)
{
    SinkQueue& queue = queue_of(sink_id);
    if (!std::exchange(queue.loading, false) || !ok)
        return;
    for (EventPtr& event : events) {
        if (queue.unloaded == 0)
            break;
        event->released = true;
        event->stored_in = generation_;
        --queue.unloaded;
        --unloaded_count_;
        queue.unloaded_octets -= event->publication.octets();
        unloaded_octets_ -= event->publication.octets();
        queue.loaded_up_to = event->order;
        queue.events.push_back(std::move(event));
    }
    if (!events.empty() || queue.unloaded == 0)
        return;
    // The store has less than was counted: it must not be asked for ever.
    losses_.events += queue.unloaded;
    losses_total_ += queue.unloaded;
    for (auto* const sum : {&count_, &unloaded_count_, &stored_count_})
        *sum -= queue.unloaded;
    for (auto* const sum : {&octets_, &unloaded_octets_, &stored_octets_})
        *sum -= queue.unloaded_octets;
    queue.unloaded = queue.unloaded_octets = 0;
}

bool EventQueue::over_limit() const
{
    if (count_ > limits_.events || octets_ > limits_.octets)
        return true;
    return !store_usable_ && (count_ - unloaded_count_ > limits_.memory_events ||
                              octets_ - unloaded_octets_ > limits_.memory_octets);
}

bool EventQueue::under_low_water() const
{
    const auto is_low = [](std::size_t value, std::size_t limit) { return value <= limit - limit / 10; };
    return is_low(count_, limits_.events) && is_low(octets_, limits_.octets) &&
           (store_usable_ || (is_low(count_ - unloaded_count_, limits_.memory_events) &&
                              is_low(octets_ - unloaded_octets_, limits_.memory_octets)));
}

void EventQueue::set_store_usable(bool usable)
{
    store_usable_ = usable;
    if (usable)
        memory_only_ = false;
}

void EventQueue::make_room(Clock::time_point now)
{
    if (!store_usable_ && !memory_only_ && !unsafe_.empty() &&
        unsafe_.front()->arrived + limits_.full_wait <= now) {
        memory_only_ = true;
        for (const EventPtr& event : unsafe_)
            release(*event);
    }
    if (!over_limit())
        return;
    if (!full_since_)
        full_since_ = now;
    if (now - *full_since_ < limits_.full_wait)
        return;
    while (over_limit() && evict_oldest()) {
    }
}

bool EventQueue::evict_oldest()
{
    SinkQueue* oldest = nullptr;
    for (SinkQueue& queue : sinks_) {
        pull_tail(queue);
        if (queue.events.empty()) {
            if (queue.unloaded > 0)
                return false; // its oldest are being loaded: nobody can say yet which is the oldest
            continue;
        }
        if (oldest == nullptr || queue.events.front()->order < oldest->events.front()->order)
            oldest = &queue;
    }
    if (oldest == nullptr)
        return false;
    const EventPtr event = std::move(oldest->events.front());
    oldest->events.pop_front();
    note_loss(*event);
    const auto full_since = full_since_;
    finished(*event);
    full_since_ = full_since; // only the broker's progress ends it
    return true;
}

void EventQueue::note_loss(const Event& event)
{
    ++losses_total_;
    ++losses_.events;
    if (losses_.first_ms == 0)
        losses_.first_ms = event.made_ms;
    losses_.last_ms = event.made_ms;
}

std::optional<std::uint64_t> EventQueue::oldest_made_ms() const
{
    std::optional<std::uint64_t> oldest;
    for (const SinkQueue& queue : sinks_)
        if (!queue.events.empty())
            oldest = std::min(oldest.value_or(UINT64_MAX), queue.events.front()->made_ms);
    return oldest;
}

std::size_t EventQueue::unsafe() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(unsafe_, [](const EventPtr& event) { return !event->finished; }));
}

std::optional<EventQueue::Losses> EventQueue::take_losses()
{
    if (losses_.events == 0)
        return std::nullopt;
    return std::exchange(losses_, {});
}

} // namespace transport
