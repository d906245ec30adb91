#include "transport/mqtt/outbox.hpp"

#include <algorithm>
#include <utility>

namespace transport {
namespace {

constexpr std::chrono::seconds rate_window{1};

} // namespace

void Outbox::add_response(Publication publication)
{
    if (waiting_responses_ >= limits_.responses) {
        const auto oldest =
            std::ranges::find_if(control_, [](const Control& control) { return control.slot.empty(); });
        control_.erase(oldest);
        --waiting_responses_;
        ++lost_responses_;
    }
    control_.push_back({std::move(publication), {}});
    ++waiting_responses_;
}

void Outbox::set_latest(std::string_view slot, Publication publication)
{
    const auto waiting = std::ranges::find(control_, slot, &Control::slot);
    if (waiting != control_.end())
        waiting->publication = std::move(publication);
    else
        control_.push_back({std::move(publication), std::string(slot)});
}

std::optional<Outbox::Control> Outbox::take_control()
{
    const auto found =
        held_ ? std::ranges::find_if(control_, [](const Control& control) { return !control.slot.empty(); })
              : control_.begin();
    if (found == control_.end())
        return std::nullopt;
    Control control = std::move(*found);
    control_.erase(found);
    if (control.slot.empty())
        --waiting_responses_;
    return control;
}

EventPtr Outbox::take_event(Clock::time_point now)
{
    if (held_ || events_stopped_ || !events_.has_waiting() || !within_rate() || !group_is_due(now))
        return nullptr;
    return events_.take();
}

bool Outbox::within_rate()
{
    if (limits_.events_per_second == 0)
        return true;
    if (recent_.size() < limits_.events_per_second)
        return true;
    ask_again_at_ = recent_[recent_.size() - limits_.events_per_second] + rate_window;
    return false;
}

bool Outbox::group_is_due(Clock::time_point now)
{
    const std::size_t waiting = events_.count() - std::min(events_.count(), in_flight_.size());
    if (now == group_left_ || group_left_ + limits_.group_interval <= now || waiting >= limits_.group) {
        group_left_ = now;
        return true;
    }
    ask_again_at_ = group_left_ + limits_.group_interval;
    return false;
}

const Publication& Outbox::publication_of(const InFlight& sent)
{
    if (const auto* const event = std::get_if<EventPtr>(&sent.message))
        return (*event)->publication;
    return std::get<Control>(sent.message).publication;
}

std::optional<Outbox::Outgoing> Outbox::next(Clock::time_point now)
{
    ask_again_at_.reset();
    while (!recent_.empty() && recent_.front() + rate_window <= now)
        recent_.pop_front();
    if (in_flight_.size() >= limits_.window)
        return std::nullopt;
    InFlight sent{next_id_, now, {}};
    if (auto control = take_control())
        sent.message = std::move(*control);
    else if (auto event = take_event(now))
        sent.message = std::move(event);
    else
        return std::nullopt;
    if (limits_.events_per_second != 0)
        recent_.push_back(now);
    in_flight_.push_back(std::move(sent));
    return Outgoing{next_id_++, publication_of(in_flight_.back())};
}

std::optional<Outbox::InFlight> Outbox::take_in_flight(std::uint64_t id)
{
    const auto found = std::ranges::find(in_flight_, id, &InFlight::id); // mostly the first
    if (found == in_flight_.end())
        return std::nullopt;
    InFlight sent = std::move(*found);
    in_flight_.erase(found);
    return sent;
}

void Outbox::drop(std::uint64_t id)
{
    const auto dropped = take_in_flight(id);
    if (!dropped)
        return;
    if (const auto* const event = std::get_if<EventPtr>(&dropped->message))
        events_.drop(**event);
}

std::optional<Outbox::Acknowledged> Outbox::acknowledged(std::uint64_t id)
{
    const std::size_t in_flight = in_flight_.size();
    const auto sent = take_in_flight(id);
    if (!sent)
        return std::nullopt;
    Acknowledged known{sent->since, publication_of(*sent).qos, in_flight, nullptr};
    if (const auto* const event = std::get_if<EventPtr>(&sent->message)) {
        events_.finished(**event);
        known.event = *event;
    }
    return known;
}

void Outbox::return_in_flight()
{
    std::deque<InFlight> returning = std::exchange(in_flight_, {});
    for (auto sent = returning.rbegin(); sent != returning.rend(); ++sent) {
        if (auto* const event = std::get_if<EventPtr>(&sent->message)) {
            events_.put_back(std::move(*event));
            continue;
        }
        Control& control = std::get<Control>(sent->message);
        const bool is_response = control.slot.empty();
        if (!is_response && std::ranges::find(control_, control.slot, &Control::slot) != control_.end())
            continue; // outdated
        if (is_response)
            ++waiting_responses_;
        control_.push_front(std::move(control));
    }
}

void Outbox::touch_in_flight(Clock::time_point now)
{
    for (InFlight& sent : in_flight_)
        sent.since = now;
}

std::optional<Outbox::Clock::time_point> Outbox::oldest_in_flight() const
{
    if (in_flight_.empty())
        return std::nullopt;
    return in_flight_.front().since;
}

} // namespace transport
