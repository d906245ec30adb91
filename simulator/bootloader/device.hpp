/// What a bootloader was given at manufacture (spec/scratchpad-format.md, 11, 13).
#pragma once

#include "gateway/scratchpad/keys.hpp"

#include <vector>

namespace simulator {

struct BootloaderArea {
    std::uint32_t id = 0;
    std::uint32_t size = 0;        ///< octets; a larger image does not fit
    std::uint8_t write_status = 0; ///< not 0: what writing it ends with, such as 9 for a modem
};

struct BootloaderDevice {
    std::vector<BootloaderArea> areas;
    std::vector<gateway::scratchpad::KeyPair> keys; ///< any pair that matches will do
    std::vector<std::string> public_keys;           ///< PEM, for the signed variant
    gateway::scratchpad::CounterOrder counter = gateway::scratchpad::CounterOrder::little_endian;
};

} // namespace simulator
