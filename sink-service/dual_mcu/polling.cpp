#include "sink-service/dual_mcu/polling.hpp"

#include <algorithm>

namespace dual_mcu {

void PollSchedule::polled(TimePoint now, std::size_t indications, bool more_wait)
{
    if (indications > 0)
        last_indication_ = now;
    if (more_wait) {
        next_ = now;
        return;
    }
    const bool busy = now - last_indication_ < settings_.busy_time;
    const auto limit =
        busy ? std::min(settings_.busy_limit, settings_.idle_interval) : settings_.idle_interval;
    interval_ = indications > 0 ? settings_.busy_interval : std::min(interval_ * 2, limit);
    interval_ = std::max(interval_, settings_.busy_interval);
    next_ = now + (uploading_ ? std::max(interval_, settings_.upload_interval) : interval_);
}

} // namespace dual_mcu
