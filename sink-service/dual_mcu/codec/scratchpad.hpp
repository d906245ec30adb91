/// Scratchpad primitives, MSAP (spec/dual-mcu-api.md, 3.2.14 to 3.2.21).
#pragma once

#include "sink-service/dual_mcu/codec/management.hpp"

namespace dual_mcu {

inline constexpr std::size_t max_scratchpad_block = 112;

using ScratchpadOctets = gateway::StaticBytes<max_scratchpad_block>;

/// 3.2.14. The stack must be stopped; answering may take tens of seconds.
struct ScratchpadStart {
    static constexpr std::uint8_t id = 0x17;
    using Confirm = SimpleConfirm<0x97>;
    std::uint32_t size = 0; ///< octets, at least 96, a multiple of 16
    std::uint8_t sequence = 0;

    friend bool operator==(const ScratchpadStart&, const ScratchpadStart&) = default;
};

/// 3.2.15
struct ScratchpadBlock {
    static constexpr std::uint8_t id = 0x18;
    using Confirm = SimpleConfirm<0x98>;
    std::uint32_t offset = 0; ///< the end of the previous block
    ScratchpadOctets octets;  ///< 4..112, a multiple of 4

    friend bool operator==(const ScratchpadBlock&, const ScratchpadBlock&) = default;
};

/// Results of SCRATCHPAD_BLOCK.
namespace block_result {
inline constexpr std::uint8_t accepted = 0;
inline constexpr std::uint8_t complete = 1;
inline constexpr std::uint8_t damaged = 2;
inline constexpr std::uint8_t stack_running = 3;
inline constexpr std::uint8_t no_start = 4;
inline constexpr std::uint8_t wrong_offset = 5;
inline constexpr std::uint8_t wrong_size = 6;
inline constexpr std::uint8_t not_a_scratchpad = 7;
} // namespace block_result

/// 3.2.16. All zero also when the sink denies access.
struct ScratchpadStatusConfirm {
    static constexpr std::uint8_t id = 0x99;
    std::uint32_t stored_size = 0; ///< octets, the whole file; 0 = none
    std::uint16_t stored_crc = 0;
    std::uint8_t stored_sequence = 0;
    std::uint8_t stored_type = 0;   ///< 0 blank, 1 present, 2 marked for processing
    std::uint8_t stored_status = 0; ///< 255 new, 0 processed or none, 1..254 bootloader error
    std::uint32_t processed_size = 0;
    std::uint16_t processed_crc = 0;
    std::uint8_t processed_sequence = 0;
    std::uint32_t firmware_area_id = 0;
    std::array<std::uint8_t, 4> firmware_version{}; ///< major, minor, maintenance, development

    friend bool operator==(const ScratchpadStatusConfirm&, const ScratchpadStatusConfirm&) = default;
};
struct ScratchpadStatus : EmptyRequest<0x19, ScratchpadStatusConfirm> {};

/// Values of `stored_type` and `stored_status`.
namespace scratchpad_type {
inline constexpr std::uint8_t blank = 0;
inline constexpr std::uint8_t present = 1;
inline constexpr std::uint8_t process = 2;
} // namespace scratchpad_type
namespace scratchpad_status {
inline constexpr std::uint8_t success = 0;
inline constexpr std::uint8_t fresh = 255;
} // namespace scratchpad_status

/// 3.2.17, marks the stored scratchpad for processing at the next reboot.
struct ScratchpadUpdate : EmptyRequest<0x1A, SimpleConfirm<0x9A>> {};

/// 3.2.18
struct ScratchpadClear : EmptyRequest<0x1B, SimpleConfirm<0x9B>> {};

struct ScratchpadTarget {
    std::uint8_t sequence = 0;
    std::uint16_t crc = 0;
    std::uint8_t action = 0;    ///< 0..4
    std::uint8_t parameter = 0; ///< delay of action 3

    friend bool operator==(const ScratchpadTarget&, const ScratchpadTarget&) = default;
};

/// 3.2.19
struct ScratchpadTargetWrite {
    static constexpr std::uint8_t id = 0x26;
    using Confirm = SimpleConfirm<0xA6>;
    ScratchpadTarget target;

    friend bool operator==(const ScratchpadTargetWrite&, const ScratchpadTargetWrite&) = default;
};

/// 3.2.20
struct ScratchpadTargetReadConfirm {
    static constexpr std::uint8_t id = 0xA7;
    std::uint8_t result = 0;
    ScratchpadTarget target;

    friend bool operator==(const ScratchpadTargetReadConfirm&, const ScratchpadTargetReadConfirm&) = default;
};
struct ScratchpadTargetRead : EmptyRequest<0x27, ScratchpadTargetReadConfirm> {};

/// 3.2.21
struct ScratchpadBlockRead {
    static constexpr std::uint8_t id = 0x28;
    struct Confirm {
        static constexpr std::uint8_t id = 0xA8;
        std::uint8_t result = 0;
        ScratchpadOctets octets; ///< meaningless when the result is not 0: left empty

        friend bool operator==(const Confirm&, const Confirm&) = default;
    };
    std::uint32_t offset = 0; ///< a multiple of 4
    std::uint8_t size = 0;    ///< a multiple of 4, at most 112

    friend bool operator==(const ScratchpadBlockRead&, const ScratchpadBlockRead&) = default;
};

void write(PayloadWriter& out, const ScratchpadStart& request);
void read(Reader& in, ScratchpadStart& request);
void write(PayloadWriter& out, const ScratchpadBlock& request);
void read(Reader& in, ScratchpadBlock& request);
void write(PayloadWriter& out, const ScratchpadStatusConfirm& confirm);
void read(Reader& in, ScratchpadStatusConfirm& confirm);
void write(PayloadWriter& out, const ScratchpadTargetWrite& request);
void read(Reader& in, ScratchpadTargetWrite& request);
void write(PayloadWriter& out, const ScratchpadTargetReadConfirm& confirm);
void read(Reader& in, ScratchpadTargetReadConfirm& confirm);
void write(PayloadWriter& out, const ScratchpadBlockRead& request);
void read(Reader& in, ScratchpadBlockRead& request);
void write(PayloadWriter& out, const ScratchpadBlockRead::Confirm& confirm);
void read(Reader& in, ScratchpadBlockRead::Confirm& confirm);

} // namespace dual_mcu
