#include "gateway/bytes.hpp"

#include <string_view>

namespace gateway {
namespace {

std::optional<std::uint8_t> nibble(char c)
{
    if (c >= '0' && c <= '9')
        return static_cast<std::uint8_t>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<std::uint8_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return static_cast<std::uint8_t>(c - 'A' + 10);
    return std::nullopt;
}

} // namespace

std::string to_hex(ByteView octets)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    text.reserve(octets.size() * 3);
    for (const std::uint8_t octet : octets) {
        if (!text.empty())
            text += ' ';
        text += digits[octet >> 4];
        text += digits[octet & 0x0F];
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text)
{
    Bytes octets;
    std::optional<std::uint8_t> high;
    for (const char c : text) {
        const bool separator = c == ' ' || c == ',' || c == '\n' || c == '\t';
        const auto value = nibble(c);
        if (separator ? high.has_value() : !value)
            return std::nullopt;
        if (separator)
            continue;
        if (high) {
            octets.push_back(static_cast<std::uint8_t>(*high << 4 | *value));
            high.reset();
        } else {
            high = value;
        }
    }
    if (high)
        return std::nullopt;
    return octets;
}

} // namespace gateway
