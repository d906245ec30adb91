/// The mesh's own clock: microseconds since it began. How it relates to real time is the affair of
/// whoever moves it (docs/mesh.md).
#pragma once

#include <chrono>
#include <cstdint>

namespace simulator::mesh {

using Time = std::chrono::microseconds;

inline constexpr Time never = Time::max();

constexpr std::int64_t whole_seconds(Time duration)
{
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

constexpr double as_seconds(Time duration)
{
    return static_cast<double>(duration.count()) / 1e6;
}

constexpr Time scaled(Time duration, double by)
{
    return Time{static_cast<std::int64_t>(static_cast<double>(duration.count()) * by)};
}

} // namespace simulator::mesh
