/// What a node tells about its scratchpads (docs/spec/remote-api.md, 6).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/firmware_version.hpp"

namespace gateway::remote_api {

/// The scratchpad in a node's memory. All zero: none, or the feature lock forbids reading it.
struct StoredScratchpad {
    std::uint32_t length = 0; ///< octets of the whole file; 0: none
    std::uint16_t crc = 0;
    std::uint8_t sequence = 0;
    std::uint8_t type = 0;   ///< 0 blank, 1 present, 2 marked for processing
    std::uint8_t status = 0; ///< 255 new, 0 processed, others: the bootloader's error

    friend bool operator==(const StoredScratchpad&, const StoredScratchpad&) = default;
};

/// The scratchpad that a running program came from. Zero: not known.
struct ProcessedScratchpad {
    std::uint32_t length = 0; ///< octets; whether with tag and header is not known
    std::uint16_t crc = 0;
    std::uint8_t sequence = 0;
    std::uint32_t area_id = 0;
    FirmwareVersion version{};

    friend bool operator==(const ProcessedScratchpad&, const ProcessedScratchpad&) = default;
};

/// The target that a node follows.
struct TargetInForce {
    std::uint8_t action = 0; ///< gateway::OtapAction; a node may tell others
    std::uint8_t sequence = 0;
    std::uint16_t crc = 0;
    std::uint16_t delay_minutes = 0;
    std::uint16_t remaining_minutes = 0;

    friend bool operator==(const TargetInForce&, const TargetInForce&) = default;
};

struct ScratchpadStatus {
    StoredScratchpad stored;
    ProcessedScratchpad stack;
    std::optional<ProcessedScratchpad> application; ///< not from old stacks
    std::optional<TargetInForce> target;            ///< from stacks with OTAPv2; only with `application`

    friend bool operator==(const ScratchpadStatus&, const ScratchpadStatus&) = default;
};

/// Octets of the three generations.
inline constexpr std::size_t status_size_stack = 24;
inline constexpr std::size_t status_size_application = 39;
inline constexpr std::size_t status_size_target = 47;

/// Reads as many whole groups as there are; fails when there is not even the first.
ScratchpadStatus read_scratchpad_status(Reader& reader);

/// As long as what `status` tells; a target without application is written with an unknown one.
void write_scratchpad_status(Bytes& out, const ScratchpadStatus& status);

} // namespace gateway::remote_api
