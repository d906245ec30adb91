#include "sink-service/dual_mcu/flight_recorder.hpp"

#include <fmt/format.h>

namespace dual_mcu {

void FlightRecorder::record(Direction direction, const Frame& frame)
{
    Entry& entry = entries_[recorded_++ % capacity];
    entry.at = std::chrono::steady_clock::now();
    entry.direction = direction;
    entry.frame = frame;
}

std::vector<std::string> FlightRecorder::lines() const
{
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::string> lines;
    for (std::size_t i = recorded_ > capacity ? recorded_ - capacity : 0; i < recorded_; ++i) {
        const Entry& entry = entries_[i % capacity];
        const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.at);
        lines.push_back(fmt::format(
            "-{} ms {} {}", age.count(), entry.direction == Direction::to_sink ? "to sink  " : "from sink",
            describe(entry.frame)));
    }
    return lines;
}

} // namespace dual_mcu
