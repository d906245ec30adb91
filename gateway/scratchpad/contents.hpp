/// What is in a scratchpad, as far as it is in clear (docs/spec/scratchpad-format.md, 6, 7, 11). Pure.
#pragma once

#include "gateway/firmware_version.hpp"
#include "gateway/scratchpad_file.hpp"

namespace gateway::scratchpad {

inline constexpr std::size_t block_size = 16; ///< of the cipher; every part is a multiple of it
inline constexpr std::size_t tag_offset = scratchpad_header_end; ///< authentication tag
inline constexpr std::size_t counter_offset = tag_offset + 16;   ///< initial counter block
inline constexpr std::size_t areas_offset = counter_offset + 16; ///< header of the first file
inline constexpr std::size_t area_header_size = 16;
inline constexpr std::uint32_t signature_area = 0x027C362F;

enum class Kind : std::uint8_t {
    symmetric,  ///< authenticated with a CMAC: the normal case
    public_key, ///< with a signature in its first file (9)
    readable,   ///< a container for hosts' own data, which no bootloader applies (10)
};

/// A file of a scratchpad: an image for one memory area.
struct Area {
    std::uint32_t id = 0;
    std::uint32_t offset = 0;        ///< of its header, from the beginning of the scratchpad
    std::uint32_t stored_length = 0; ///< octets behind its header: compressed, padded, encrypted
    FirmwareVersion version{};
    std::uint32_t pad = 0;

    [[nodiscard]] std::size_t data_offset() const { return std::size_t{offset} + area_header_size; }
};

/// The chain of files. With a fault, the areas before it, and the one that it is in.
struct Chain {
    std::vector<Area> areas;
    std::optional<ScratchpadComplaint> fault; ///< names the offset
};

/// For a file of any size.
Kind kind_of(ByteView file);

/// Empty and sound for a readable container, which has no chain.
Chain read_chain(ByteView file);

/// The octets of an area of a sound chain, as they are stored.
ByteView stored_octets(ByteView file, const Area& area);

/// What is odd but no reason to refuse a file that passes the checks (16.1).
std::vector<std::string> remarks(ByteView file);

/// A log line each before an upload: a fault of the chain, which does not refuse a file either (16.1,
/// check 8), and the remarks.
std::vector<std::string> warnings(ByteView file);

/// "symmetric", "signed", "readable".
std::string_view name_of(Kind kind);

/// What an id means by convention: "stack (nRF52832)", "application"; empty without one (11).
std::string area_name(std::uint32_t id);

} // namespace gateway::scratchpad
