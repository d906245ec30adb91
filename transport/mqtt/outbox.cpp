#include "transport/mqtt/outbox.hpp"

#include <algorithm>
#include <utility>

namespace transport {

Publication make_publication(std::string topic, std::string payload, int qos, bool retained)
{
    return {
        std::make_shared<const std::string>(std::move(topic)),
        std::make_shared<const std::string>(std::move(payload)), qos, retained};
}

void Outbox::add_response(Publication publication)
{
    if (waiting_responses_ >= limits_.responses) {
        const auto oldest = std::ranges::find(control_, Kind::response, &Entry::kind);
        control_.erase(oldest);
        --waiting_responses_;
        ++losses_.responses;
    }
    control_.push_back({std::move(publication), Kind::response, {}, 0, 0});
    ++waiting_responses_;
}

void Outbox::set_latest(std::string_view slot, Publication publication)
{
    const auto waiting = std::ranges::find_if(
        control_, [&](const Entry& entry) { return entry.kind == Kind::latest && entry.key == slot; });
    if (waiting != control_.end())
        waiting->publication = std::move(publication);
    else
        control_.push_back({std::move(publication), Kind::latest, std::string(slot), 0, 0});
}

void Outbox::add_event(std::string_view sink_id, Publication publication, std::uint64_t made_ms)
{
    ++event_count_;
    event_octets_ += publication.octets();
    queue_of(sink_id).events.push_back(
        {std::move(publication), Kind::event, std::string(sink_id), next_order_++, made_ms});
    make_room();
}

Outbox::SinkQueue& Outbox::queue_of(std::string_view sink_id)
{
    const auto found = std::ranges::find(sinks_, sink_id, &SinkQueue::sink_id);
    if (found != sinks_.end())
        return *found;
    // Sinks come and go under few names; empty queues of old ones are not kept for ever.
    constexpr std::size_t many = 64;
    if (sinks_.size() >= many)
        std::erase_if(sinks_, [](const SinkQueue& queue) { return queue.events.empty(); });
    return sinks_.emplace_back(SinkQueue{std::string(sink_id), {}});
}

void Outbox::make_room()
{
    while (event_count_ > limits_.events || event_octets_ > limits_.event_octets)
        drop_oldest_event();
}

void Outbox::drop_oldest_event()
{
    SinkQueue* oldest = nullptr;
    for (SinkQueue& queue : sinks_)
        if (!queue.events.empty() &&
            (oldest == nullptr || queue.events.front().order < oldest->events.front().order))
            oldest = &queue;
    const Entry& lost = oldest->events.front();
    if (losses_.events++ == 0)
        losses_.first_ms = lost.made_ms;
    losses_.last_ms = lost.made_ms;
    --event_count_;
    event_octets_ -= lost.publication.octets();
    oldest->events.pop_front();
}

std::optional<Outbox::Entry> Outbox::take_control()
{
    const auto found = held_ ? std::ranges::find(control_, Kind::latest, &Entry::kind) : control_.begin();
    if (found == control_.end())
        return std::nullopt;
    Entry entry = std::move(*found);
    control_.erase(found);
    if (entry.kind == Kind::response)
        --waiting_responses_;
    return entry;
}

std::optional<Outbox::Entry> Outbox::take_event(Clock::time_point now)
{
    if (held_ || events_stopped_ || event_count_ == 0 || !within_rate(now))
        return std::nullopt;
    do
        turn_ = (turn_ + 1) % sinks_.size();
    while (sinks_[turn_].events.empty());
    std::deque<Entry>& events = sinks_[turn_].events;
    Entry entry = std::move(events.front());
    events.pop_front();
    --event_count_;
    event_octets_ -= entry.publication.octets();
    return entry;
}

bool Outbox::within_rate(Clock::time_point now)
{
    if (limits_.events_per_second == 0)
        return true;
    constexpr std::chrono::seconds window{1};
    while (!recent_.empty() && recent_.front() + window <= now)
        recent_.pop_front();
    if (recent_.size() < limits_.events_per_second)
        return true;
    rate_limited_until_ = recent_[recent_.size() - limits_.events_per_second] + window;
    return false;
}

std::optional<Outbox::Outgoing> Outbox::next(Clock::time_point now)
{
    rate_limited_until_.reset();
    if (in_flight_.size() >= limits_.window)
        return std::nullopt;
    std::optional<Entry> entry = take_control();
    if (!entry)
        entry = take_event(now);
    if (!entry)
        return std::nullopt;
    if (limits_.events_per_second != 0)
        recent_.push_back(now);
    Outgoing outgoing{next_id_++, entry->publication};
    in_flight_.push_back({outgoing.id, now, std::move(*entry)});
    return outgoing;
}

void Outbox::remove_in_flight(std::uint64_t id)
{
    const auto found = std::ranges::find(in_flight_, id, &InFlight::id); // mostly the first
    if (found != in_flight_.end())
        in_flight_.erase(found);
}

void Outbox::return_in_flight()
{
    std::deque<InFlight> returning = std::exchange(in_flight_, {});
    for (auto flight = returning.rbegin(); flight != returning.rend(); ++flight) {
        Entry& entry = flight->entry;
        if (entry.kind == Kind::event) {
            ++event_count_;
            event_octets_ += entry.publication.octets();
            SinkQueue& queue = queue_of(entry.key);
            queue.events.push_front(std::move(entry));
            continue;
        }
        const bool outdated =
            entry.kind == Kind::latest && std::ranges::any_of(control_, [&](const Entry& waiting) {
                return waiting.kind == Kind::latest && waiting.key == entry.key;
            });
        if (outdated)
            continue;
        if (entry.kind == Kind::response)
            ++waiting_responses_;
        control_.push_front(std::move(entry));
    }
    make_room();
}

std::size_t Outbox::unacknowledged_events() const
{
    const auto is_event = [](const InFlight& sent) { return sent.entry.kind == Kind::event; };
    return event_count_ + static_cast<std::size_t>(std::ranges::count_if(in_flight_, is_event));
}

std::optional<Outbox::Clock::time_point> Outbox::oldest_in_flight() const
{
    if (in_flight_.empty())
        return std::nullopt;
    return in_flight_.front().since;
}

std::optional<Outbox::Losses> Outbox::take_losses()
{
    if (losses_.events == 0 && losses_.responses == 0)
        return std::nullopt;
    return std::exchange(losses_, {});
}

} // namespace transport
