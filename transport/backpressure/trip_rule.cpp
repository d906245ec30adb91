#include "transport/backpressure/trip_rule.hpp"

#include <algorithm>

namespace transport {
namespace {

/// Under steady traffic the queue is hardly ever empty at the instant of a check: it counts as
/// flowing when it stays well below the limits for this long.
constexpr unsigned good_checks_to_recover = 3;

} // namespace

bool TripRule::active() const
{
    return settings_.max_buffered_packets > 0 || settings_.max_delay_without_publish.count() > 0;
}

bool TripRule::exceeded(const Backlog& backlog) const
{
    const bool too_many = settings_.max_buffered_packets > 0 &&
                          backlog.queued > static_cast<std::uint64_t>(settings_.max_buffered_packets);
    const bool too_long =
        settings_.max_delay_without_publish.count() > 0 && waiting_ > settings_.max_delay_without_publish;
    return too_many || too_long;
}

bool TripRule::flowing_again(const Backlog& backlog) const
{
    const bool acknowledged =
        backlog.last_acknowledgement && tripped_at_ && *backlog.last_acknowledgement >= *tripped_at_;
    const bool few = settings_.max_buffered_packets <= 0 ||
                     backlog.queued <= static_cast<std::uint64_t>(settings_.max_buffered_packets) / 2;
    const bool quick = settings_.max_delay_without_publish.count() <= 0 ||
                       waiting_ * 2 <= settings_.max_delay_without_publish;
    return acknowledged && few && quick;
}

TripRule::Verdict TripRule::check(const Backlog& backlog, Clock::time_point now)
{
    if (backlog.queued == 0) {
        not_empty_since_.reset();
        waiting_ = {};
    } else {
        // A queue that was emptied and filled between two checks shows in the acknowledgement.
        if (!not_empty_since_)
            not_empty_since_ = now;
        waiting_ =
            now - std::max(*not_empty_since_, backlog.last_acknowledgement.value_or(*not_empty_since_));
    }
    if (!active())
        return Verdict::unchanged;
    if (!tripped_at_) {
        if (!exceeded(backlog))
            return Verdict::unchanged;
        tripped_at_ = now;
        good_checks_ = 0;
        return Verdict::trip;
    }
    good_checks_ = backlog.online && flowing_again(backlog) ? good_checks_ + 1 : 0;
    if (!backlog.online || (backlog.queued > 0 && good_checks_ < good_checks_to_recover))
        return Verdict::unchanged;
    tripped_at_.reset();
    good_checks_ = 0;
    return Verdict::recover;
}

} // namespace transport
