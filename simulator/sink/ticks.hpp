/// The field's unit of time on the wire, 1/128 s (spec/dual-mcu-api.md, 5.4).
#pragma once

#include "simulator/sink/profile.hpp"

#include <algorithm>

namespace simulator {

inline constexpr std::int64_t ticks_per_second = 128;

constexpr std::int64_t to_ticks(Now duration)
{
    return duration.count() * ticks_per_second / 1'000'000;
}

/// `ticks` plus the time that has passed, never past what 32 bits hold.
constexpr std::uint32_t aged(std::uint32_t ticks, Now passed)
{
    return static_cast<std::uint32_t>(std::min<std::int64_t>(ticks + to_ticks(passed), UINT32_MAX));
}

} // namespace simulator
