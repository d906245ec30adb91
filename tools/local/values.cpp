#include "tools/local/values.hpp"

#include "gateway/address.hpp"

#include <charconv>
#include <fmt/format.h>

namespace gateway::local {
namespace {

constexpr std::string_view group_prefix = "group:";
constexpr std::uint32_t last_group = last_multicast_address - first_multicast_address;

tl::unexpected<std::string> refuse(std::string_view text, std::string_view accepted)
{
    return tl::unexpected(fmt::format("'{}' is not accepted: give {}", text, accepted));
}

} // namespace

Parsed<std::uint64_t> parse_number(std::string_view text, std::uint64_t min, std::uint64_t max)
{
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    const std::string_view digits = hexadecimal ? text.substr(2) : text;
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, hexadecimal ? 16 : 10);
    if (error != std::errc{} || end != digits.data() + digits.size() || number < min || number > max)
        return refuse(text, fmt::format("a number from {} to {}, decimal or 0x…", min, max));
    return number;
}

Parsed<std::uint32_t> parse_address(std::string_view text)
{
    if (text == "broadcast")
        return broadcast_address;
    if (text == "anysink")
        return any_sink_address;
    if (text.starts_with(group_prefix)) {
        const auto group = parse_number(text.substr(group_prefix.size()), 1, last_group);
        if (!group)
            return refuse(text, fmt::format("a group from group:1 to group:{}", last_group));
        return first_multicast_address + static_cast<std::uint32_t>(*group);
    }
    const auto number = parse_number(text, 0, UINT32_MAX);
    if (!number)
        return refuse(text, "an address as a number (decimal or 0x…), broadcast, anysink or group:N");
    return static_cast<std::uint32_t>(*number);
}

Parsed<std::uint32_t> parse_node_address(std::string_view text)
{
    const auto address = parse_number(text, 0, UINT32_MAX);
    if (!address || !is_unicast(static_cast<std::uint32_t>(*address)))
        return refuse(
            text, "a node's own address: 1 to 0x7FFFFFFF or 0x81000000 to 0xFFFFFFFD, decimal or 0x…");
    return static_cast<std::uint32_t>(*address);
}

Parsed<std::uint32_t> parse_network_address(std::string_view text)
{
    const auto address = parse_number(text, 1, max_network_address);
    if (!address)
        return refuse(text, "a network address from 1 to 0xFFFFFE, decimal or 0x…");
    return static_cast<std::uint32_t>(*address);
}

Parsed<std::uint8_t> parse_role(std::string_view text)
{
    constexpr std::string_view accepted =
        "sink, router or non-router, with ,low-latency or ,autorole behind it where wanted";
    if (const auto octet = parse_number(text, 0, 255))
        return static_cast<std::uint8_t>(*octet);
    std::uint8_t made = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view word = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        const bool first = made == 0;
        if (word == "sink" && first)
            made = role::sink;
        else if (word == "router" && first)
            made = role::router;
        else if (word == "non-router" && first)
            made = role::non_router;
        else if (word == "low-latency" && !first)
            made |= role::low_latency;
        else if (word == "autorole" && !first)
            made |= role::autorole;
        else
            return refuse(text, accepted);
    }
    if (made == 0)
        return refuse(text, accepted);
    return made;
}

Parsed<std::pair<std::uint16_t, std::uint16_t>> parse_access_cycle(std::string_view text)
{
    const std::size_t dash = text.find('-');
    const auto min = parse_number(text.substr(0, dash), 1, UINT16_MAX);
    const auto max =
        dash == std::string_view::npos ? min : parse_number(text.substr(dash + 1), 1, UINT16_MAX);
    if (!min || !max || *min > *max)
        return refuse(text, "an access cycle range in milliseconds such as 2000-8000, or one number");
    return std::pair(static_cast<std::uint16_t>(*min), static_cast<std::uint16_t>(*max));
}

std::string sink_id(std::string_view text)
{
    const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    return (number ? "sink" : "") + std::string(text);
}

std::string address_in_words(std::uint32_t address)
{
    if (address == broadcast_address)
        return "broadcast";
    if (address == any_sink_address)
        return "anysink";
    if (address >= first_multicast_address && address <= last_multicast_address)
        return fmt::format("{}{}", group_prefix, address - first_multicast_address);
    return fmt::format("{} (0x{:08X})", address, address);
}

std::string network_address_in_words(std::uint32_t address)
{
    return fmt::format("{} (0x{:06X})", address, address);
}

std::string packed_hex(ByteView octets)
{
    std::string text;
    text.reserve(octets.size() * 2);
    for (const std::uint8_t octet : octets)
        fmt::format_to(std::back_inserter(text), "{:02X}", octet);
    return text;
}

} // namespace gateway::local
