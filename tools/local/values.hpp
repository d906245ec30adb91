/// What people type for values of the mesh, and how the tools show them.
#pragma once

#include "gateway/bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace gateway::local {

/// The value, or one line that says what is accepted.
template<typename T>
using Parsed = tl::expected<T, std::string>;

/// Decimal, or hexadecimal after 0x, from `min` to `max`.
Parsed<std::uint64_t> parse_number(std::string_view text, std::uint64_t min, std::uint64_t max);

/// A number, "broadcast", "anysink", or "group:N" with N 1..0xFFFFFF.
Parsed<std::uint32_t> parse_address(std::string_view text);

/// An address that a node may have as its own.
Parsed<std::uint32_t> parse_node_address(std::string_view text);

Parsed<std::uint32_t> parse_network_address(std::string_view text);

/// "sink", "router" or "non-router", with ",low-latency" and ",autorole" behind it; or the octet
/// itself as a number (spec/dual-mcu-api.md, 4.3).
Parsed<std::uint8_t> parse_role(std::string_view text);

/// "2000-4000", or one number for both ends; milliseconds, 1..65535.
Parsed<std::pair<std::uint16_t, std::uint16_t>> parse_access_cycle(std::string_view text);

/// "sink3" for "3" and "sink3".
std::string sink_id(std::string_view text);

/// "1001 (0x000003E9)"; special addresses by their name.
std::string address_in_words(std::uint32_t address);
/// "8570 (0x00217A)".
std::string network_address_in_words(std::uint32_t address);

/// "C0DB": hexadecimal without blanks, for lines that scripts cut into columns.
std::string packed_hex(ByteView octets);

} // namespace gateway::local
