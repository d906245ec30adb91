/// Everything that can be found out about a scratchpad, with and without keys
/// (docs/spec/scratchpad-format.md, 15, 16).
#pragma once

#include "gateway/scratchpad/cipher.hpp"
#include "gateway/scratchpad/contents.hpp"

namespace gateway::scratchpad {

/// In the order in which they are shown.
enum class CheckId : std::uint8_t {
    minimum_96,
    maximum_16_mib,
    length_multiple_of_16,
    tag,
    length_field,
    crc,
    file_chain,
    sequence,
    authentication, ///< with keys
    decryption,     ///< with keys
};

enum class Verdict : std::uint8_t { passed, warned, failed, not_checked };

struct Check {
    CheckId id;
    Verdict verdict = Verdict::passed;
    std::string what;   ///< that was found
    std::string advice; ///< what to do; empty when there is nothing
};

/// An image in clear.
struct RawImage {
    std::size_t length = 0; ///< octets
    Digest sha256{};
};

/// Which keys an inspection may use.
struct InspectionKeys {
    std::span<const KeyPair> pairs{};                   ///< any may match
    std::optional<CounterOrder> counter = std::nullopt; ///< tried first; else the order of most platforms
    const PublicKey* public_key = nullptr;
};

/// Found in a file of any contents.
struct Inspection {
    std::size_t size = 0;
    ScratchpadHeader header; ///< zero when the file is too short to have one
    std::uint16_t computed_crc = 0;
    Kind kind = Kind::symmetric;
    std::vector<Area> areas;
    std::vector<Check> checks;
    std::vector<std::string> remarks;
    std::string key;                     ///< name of the pair that authenticated or opened it; empty: none
    std::optional<CounterOrder> counter; ///< that decrypts it
    std::vector<RawImage> images;        ///< one an area, when it was decrypted

    /// The first check that failed in such a way that a gateway refuses the file; nothing: it accepts it.
    [[nodiscard]] std::optional<ScratchpadFault> refusal() const;
    [[nodiscard]] Verdict verdict_of(CheckId id) const;
    /// True when no check failed.
    [[nodiscard]] bool passed() const;
};

Inspection inspect(ByteView file, const InspectionKeys& keys = {});

/// "length_multiple_of_16".
std::string_view name_of(CheckId id);

} // namespace gateway::scratchpad
