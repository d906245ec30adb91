/// Whole numbers as scenarios and commands write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace simulator {

/// Decimal, or hexadecimal behind "0x"; nothing when the text is anything else.
std::optional<std::int64_t> to_integer(std::string_view text);

} // namespace simulator
