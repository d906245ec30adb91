#include "simulator/integer.hpp"

#include <charconv>

namespace simulator {

std::optional<std::int64_t> to_integer(std::string_view text)
{
    const bool hexadecimal = text.starts_with("0x");
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] =
        std::from_chars(text.data() + (hexadecimal ? 2 : 0), end, number, hexadecimal ? 16 : 10);
    if (error != std::errc{} || stopped != end)
        return std::nullopt;
    return number;
}

} // namespace simulator
