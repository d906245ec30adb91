/// p50, p99 and the worst of a series of durations.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace bench {

using Duration = std::chrono::nanoseconds;

struct Percentiles {
    Duration p50{0};
    Duration p99{0};
    Duration worst{0};
};

/// All zero without samples.
inline Percentiles percentiles_of(std::vector<Duration> samples)
{
    if (samples.empty())
        return {};
    std::ranges::sort(samples);
    const auto at = [&](double part) {
        return samples[static_cast<std::size_t>(part * static_cast<double>(samples.size() - 1))];
    };
    return {at(0.5), at(0.99), samples.back()};
}

inline double in_milliseconds(Duration duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

} // namespace bench
