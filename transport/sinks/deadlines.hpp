/// How long a call to a sink service may take (docs/spec/gateway-backend-api.md, 4.2).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace transport::deadline {

using namespace std::chrono_literals; // NOLINT(google-global-names-in-headers): literals only, in this
                                      // namespace

inline constexpr std::chrono::microseconds read = 5s;
inline constexpr std::chrono::microseconds write = 10s;
inline constexpr std::chrono::microseconds set_stack_state = 150s;
inline constexpr std::chrono::microseconds clear_scratchpad = 150s;
inline constexpr std::chrono::microseconds process_scratchpad = 300s;

/// 60 s and 0.1 s for each block of 112 octets begun, 120 to 1800 s.
constexpr std::chrono::microseconds upload_scratchpad(std::size_t octets)
{
    const std::chrono::microseconds wanted = 60s + 100ms * static_cast<long>((octets + 111) / 112);
    return std::clamp<std::chrono::microseconds>(wanted, 120s, 1800s);
}

} // namespace transport::deadline
