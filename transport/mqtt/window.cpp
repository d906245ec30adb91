#include "transport/mqtt/window.hpp"

#include <algorithm>

namespace transport {

InFlightWindow::InFlightWindow(std::size_t bound)
    : bound_(std::max<std::size_t>(bound, 1)), size_(std::min(bound_, initial))
{
}

void InFlightWindow::reset()
{
    *this = InFlightWindow(bound_);
}

std::optional<InFlightWindow::Duration> InFlightWindow::shortest_round_trip() const
{
    const Duration shortest = std::min(shortest_now_, shortest_before_);
    return shortest == never ? std::nullopt : std::optional(shortest);
}

void InFlightWindow::acknowledged(Clock::time_point sent, Clock::time_point now, std::size_t in_flight)
{
    const Duration round_trip = std::max(now - sent, Duration(1));
    smoothed_ = smoothed_ ? *smoothed_ + (round_trip - *smoothed_) / 8 : round_trip;
    remember(round_trip, now);

    if (!round_began_)
        begin_round(sent);
    // What was sent in an earlier round tells of that round's window.
    if (sent < *round_began_)
        return;
    round_in_flight_ = std::max(round_in_flight_, in_flight);
    round_shortest_ = std::min(round_shortest_, round_trip);
    if (++round_samples_ * 2 < size())
        return;
    if (!closed_)
        resize();
    closed_ = false;
    begin_round(now);
}

void InFlightWindow::remember(Duration round_trip, Clock::time_point now)
{
    if (!step_began_)
        step_began_ = now;
    if (now - *step_began_ >= memory_step) {
        // After a pause longer than both steps nothing of the old path is known.
        shortest_before_ = now - *step_began_ >= 2 * memory_step ? never : shortest_now_;
        shortest_now_ = never;
        step_began_ = now;
        closed_ = size_ > floor();
        begin_round(now);
    }
    shortest_now_ = std::min(shortest_now_, round_trip);
}

void InFlightWindow::begin_round(Clock::time_point now)
{
    round_began_ = now;
    round_samples_ = 0;
    round_shortest_ = never;
    round_in_flight_ = 0;
}

void InFlightWindow::resize()
{
    const auto seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
    const Duration longest = *shortest_round_trip() + allowed_delay;
    const bool late = round_shortest_ > longest;
    // A window that is not used up says nothing about a larger one.
    if (!late && round_in_flight_ < size_)
        return;
    const double fits = static_cast<double>(round_in_flight_) * seconds(longest) / seconds(round_shortest_);
    const auto wanted = static_cast<std::size_t>(std::min(fits, static_cast<double>(bound_)));
    const std::size_t lowest = late ? std::max(floor(), size_ / 2) : std::min(bound_, size_ + 1);
    const std::size_t highest = late ? size_ : std::min(bound_, size_ * 2);
    size_ = std::clamp(wanted, lowest, highest);
}

} // namespace transport
