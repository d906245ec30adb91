/// Address ranges and small checked values of the mesh (spec/dual-mcu-api.md, 5.1, 5.3, 4.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gateway {

inline constexpr std::uint32_t any_sink_address = 0xFFFFFFFE;
inline constexpr std::uint32_t broadcast_address = 0xFFFFFFFF;
inline constexpr std::uint32_t first_multicast_address = 0x80000000;
inline constexpr std::uint32_t last_multicast_address = 0x80FFFFFF;
inline constexpr std::uint32_t max_network_address = 0xFFFFFE;

/// True for what a node may have as its own address: neither 0, a group, any sink, nor broadcast.
constexpr bool is_unicast(std::uint32_t address)
{
    return address != 0 && address < any_sink_address &&
           (address < first_multicast_address || address > last_multicast_address);
}

constexpr bool is_network_address(std::uint64_t address)
{
    return address >= 1 && address <= max_network_address;
}

inline constexpr std::uint8_t max_hop_limit = 15;    ///< 0 = none
inline constexpr std::uint8_t max_qos = 1;           ///< 0 normal, 1 high
inline constexpr std::size_t max_packet_size = 1500; ///< octets, fragmented
inline constexpr std::size_t default_mtu = 102;      ///< octets, until the sink has told

/// Sequences that a backend may give to a scratchpad (spec/scratchpad-format.md, 12).
constexpr bool is_backend_sequence(std::uint32_t sequence)
{
    return sequence >= 1 && sequence <= 254;
}

namespace role {
inline constexpr std::uint8_t base_mask = 0x0F;
inline constexpr std::uint8_t sink = 1;
inline constexpr std::uint8_t router = 2;
inline constexpr std::uint8_t non_router = 3;
inline constexpr std::uint8_t low_latency = 0x10;
inline constexpr std::uint8_t autorole = 0x80;
} // namespace role

/// "router, low-latency, autorole"; an unknown base role in hexadecimal: "0x07".
std::string role_in_words(std::uint8_t value);

} // namespace gateway
