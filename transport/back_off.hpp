/// Waiting times between attempts (docs/spec/gateway-backend-api.md, 9.3, 9.4).
#pragma once

#include <chrono>
#include <random>

namespace transport {

/// Random in [w, 2w) seconds with w = 1, 2, 4, 8, 16, then 32.
class BackOff {
public:
    using Duration = std::chrono::milliseconds;

    BackOff() : random_(std::random_device{}()) {}

    Duration next();
    void reset() { exponent_ = 0; }

private:
    std::minstd_rand random_;
    unsigned exponent_ = 0;
};

/// A connection that lived so long was good: the next loss starts from the shortest wait.
inline constexpr std::chrono::seconds stable_connection{30};

} // namespace transport
