/// CRC-16/CCITT-FALSE, of dual-MCU frames (spec/dual-mcu-api.md, 1.4) and of scratchpads
/// (spec/scratchpad-format.md, 5).
#pragma once

#include "gateway/bytes.hpp"

namespace gateway {

inline constexpr std::uint16_t crc16_of_nothing = 0xFFFF;

/// CRC over `octets`, continuing from `crc`: the CRC of pieces is the CRC of the whole.
std::uint16_t crc16(ByteView octets, std::uint16_t crc = crc16_of_nothing);

} // namespace gateway
