/// How long a call to a sink service may take (docs/spec/gateway-backend-api.md, 4.2).
#pragma once

#include "transport/settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace transport::deadline {

using namespace std::chrono_literals; // NOLINT(google-global-names-in-headers): literals only, in this
                                      // namespace

// Those that settings change are set once, before the first call. For the loop's thread.
inline std::chrono::microseconds read = 5s;
inline constexpr std::chrono::microseconds link_health = 1s; ///< somebody waits for the metrics
inline std::chrono::microseconds write = 10s;
inline std::chrono::microseconds set_stack_state = 150s;
inline std::chrono::microseconds clear_scratchpad = 150s;
inline std::chrono::microseconds process_scratchpad = 300s;
inline std::chrono::microseconds shortest_upload = 120s;

/// 60 s and 0.1 s for each block of 112 octets begun, at least `shortest_upload`, at most 1800 s.
inline std::chrono::microseconds upload_scratchpad(std::size_t octets)
{
    const std::chrono::microseconds wanted = 60s + 100ms * static_cast<long>((octets + 111) / 112);
    return std::clamp<std::chrono::microseconds>(wanted, shortest_upload, 1800s);
}

inline void set(const SinkDeadlines& settings)
{
    read = settings.read;
    write = settings.write;
    set_stack_state = clear_scratchpad = settings.stack;
    process_scratchpad = settings.process;
    shortest_upload = settings.upload;
}

} // namespace transport::deadline
