/// Versions of stacks and applications: four numbers, as in scratchpads (spec/scratchpad-format.md, 7)
/// and in status responses (spec/remote-api.md, 6).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// Major, minor, maintenance, development.
using FirmwareVersion = std::array<std::uint8_t, 4>;

/// "5.1.0.99".
std::string to_text(const FirmwareVersion& version);

/// Four numbers of 0..255 with dots between; nothing for any other text.
std::optional<FirmwareVersion> firmware_version_from(std::string_view text);

} // namespace gateway
