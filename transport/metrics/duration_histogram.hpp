/// How long things took, counted in buckets as Prometheus wants them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace transport {

class DurationHistogram {
public:
    /// `upper_bounds` in seconds, ascending, static; one bucket without a bound follows them.
    explicit DurationHistogram(std::span<const double> upper_bounds)
        : upper_bounds_(upper_bounds), counts_(upper_bounds.size() + 1)
    {
    }

    void observe(std::chrono::nanoseconds duration)
    {
        const double seconds = std::chrono::duration<double>(duration).count();
        const auto bucket = std::ranges::lower_bound(upper_bounds_, seconds) - upper_bounds_.begin();
        ++counts_[static_cast<std::size_t>(bucket)];
        ++count_;
        sum_ += seconds;
    }

    [[nodiscard]] std::span<const double> upper_bounds() const { return upper_bounds_; }
    [[nodiscard]] std::span<const std::uint64_t> counts() const { return counts_; } ///< one more than bounds
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double sum() const { return sum_; } ///< seconds

private:
    std::span<const double> upper_bounds_;
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
};

} // namespace transport
