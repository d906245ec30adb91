/// Time as it travels in messages.
#pragma once

#include <chrono>
#include <cstdint>

namespace transport {

/// UTC, milliseconds since 1970-01-01.
inline std::uint64_t now_ms()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

} // namespace transport
