/// The last frames of a link, for the log when something failed or somebody asks.
#pragma once

#include "sink-service/dual_mcu/codec/frame.hpp"

#include <array>
#include <chrono>
#include <vector>

namespace dual_mcu {

/// A ring of the latest frames. One thread.
class FlightRecorder {
public:
    static constexpr std::size_t capacity = 64;

    enum class Direction : std::uint8_t { to_sink, from_sink };

    void record(Direction direction, const Frame& frame);

    /// Oldest first, one line a frame with its age; keys are left out.
    [[nodiscard]] std::vector<std::string> lines() const;

private:
    struct Entry {
        std::chrono::steady_clock::time_point at;
        Direction direction = Direction::to_sink;
        Frame frame;
    };

    std::array<Entry, capacity> entries_{};
    std::size_t recorded_ = 0;
};

} // namespace dual_mcu
