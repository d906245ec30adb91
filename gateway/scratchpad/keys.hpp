/// Keys of scratchpads, for a person's workstation: the services have none and ask for none
/// (docs/spec/scratchpad-format.md, 15, 16.5).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

#include <filesystem>

namespace gateway::scratchpad {

/// 16 secret octets; wiped when they go away.
class Key {
public:
    static constexpr std::size_t size = 16;

    Key() = default;
    /// Nothing when there are not 16 octets.
    static std::optional<Key> from(ByteView octets);
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();

    [[nodiscard]] ByteView view() const { return octets_; }

private:
    std::array<std::uint8_t, size> octets_{};
};

struct KeyPair {
    std::string name;
    Key authentication;
    Key encryption;
};

/// Which end of the counter block is counted up (7). The file does not tell.
enum class CounterOrder : std::uint8_t {
    little_endian, ///< octet 0 is the least significant: all platforms but one
    big_endian,    ///< octet 15 is: the nRF9160 platform
};

struct KeyFile {
    std::vector<KeyPair> pairs;          ///< at least one; names are unique
    std::optional<CounterOrder> counter; ///< where the file tells

    /// Null when there is no such pair.
    [[nodiscard]] const KeyPair* find(std::string_view name) const;
};

inline constexpr std::string_view default_key_name = "default";
inline constexpr std::size_t max_key_pairs = 28;

/// Reads a bootloader's INI file; sections about other things are skipped. An error names the line, and
/// never what is in it.
Result<KeyFile> parse_key_file(std::string_view text);

/// The same of a file on disk, at most 64 KiB.
Result<KeyFile> read_key_file(const std::filesystem::path& path);

} // namespace gateway::scratchpad
