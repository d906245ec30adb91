/// Scratchpad files, as far as they can be judged without keys (spec/scratchpad-format.md).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

namespace gateway {

inline constexpr std::size_t scratchpad_min_size = 96;
inline constexpr std::size_t scratchpad_max_size = 16 * 1024 * 1024; ///< sanity cap of the gateway
inline constexpr std::size_t scratchpad_granularity = 16;
inline constexpr std::size_t scratchpad_header_end = 32; ///< tag and header; the CRC covers the rest

inline constexpr std::array<std::uint8_t, 16> scratchpad_tag = {
    0x53, 0x43, 0x52, 0x31, 0x9A, 0x93, 0x30, 0x82, 0xD9, 0xEB, 0x0A, 0xFC, 0x31, 0x21, 0xE3, 0x37};

/// The header at offset 16 (section 4).
struct ScratchpadHeader {
    std::uint32_t length = 0;  ///< octets after the header: file size - 32
    std::uint16_t crc = 0;     ///< over octets 32 to the end; identifies the scratchpad in a network
    std::uint8_t sequence = 0; ///< a placeholder, replaced at upload
    std::uint8_t flags = 0;    ///< 0 in a file
    std::uint32_t type = 0;    ///< 0 in a file
    std::uint32_t status = 0;  ///< 0xFFFFFFFF in a file
};

/// The checks that refuse a file, in their order (16.1, numbers 2 to 7).
enum class ScratchpadFault : std::uint8_t {
    too_short,
    too_long,
    not_multiple_of_16,
    bad_tag,
    bad_length,
    bad_crc
};

/// Every fault, in the order of the checks.
inline constexpr std::array scratchpad_faults = {
    ScratchpadFault::too_short, ScratchpadFault::too_long,   ScratchpadFault::not_multiple_of_16,
    ScratchpadFault::bad_tag,   ScratchpadFault::bad_length, ScratchpadFault::bad_crc,
};

/// The code that answers a fault on D-Bus (spec/sink-dbus-api.md, 5).
ApplicationCode application_code(ScratchpadFault fault);

/// True for the faults that a backend is told as INVALID_SCRATCHPAD_SIZE; the others are
/// INVALID_SCRATCHPAD (16.1).
bool is_about_size(ScratchpadFault fault);

struct ScratchpadVerdict {
    std::optional<ScratchpadFault> fault;
    std::string explanation; ///< of the fault: what is wrong and what to do
    ScratchpadHeader header; ///< zero when the file is too short to have one
};

/// Checks 2 to 4 alone, for a size known before the octets are.
std::optional<ScratchpadFault> check_scratchpad_size(std::uint64_t size);

/// Checks 5 and 6 alone, of a file of `size` octets whose first 32 are in `head` (16.2).
std::optional<ScratchpadFault> check_scratchpad_head(ByteView head, std::uint64_t size);

/// The header of a file of at least 32 octets.
ScratchpadHeader read_scratchpad_header(ByteView file);

/// What a check found, for a person.
struct ScratchpadComplaint {
    std::string what;
    std::string advice;
};
/// "<what>; <advice>".
std::string to_text(const ScratchpadComplaint& complaint);

/// One check alone; nothing when it passes.
std::optional<ScratchpadComplaint> find_scratchpad_fault(ByteView file, ScratchpadFault fault);

/// Runs the checks in their order and stops at the first fault.
ScratchpadVerdict inspect_scratchpad(ByteView file);

/// The header of a file that may be uploaded; else the fault's code and explanation.
Result<ScratchpadHeader> check_scratchpad(ByteView file);

} // namespace gateway
