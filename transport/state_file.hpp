/// Small files of the state directory that must survive a power cut.
#pragma once

#include "gateway/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace transport {

enum class Durable : std::uint8_t {
    now,        ///< blocks until the storage has it
    eventually, ///< when the system writes it: no wear for what is written often and matters little
};

/// Replaces the file: either the old or the new contents are there. Creates the directory.
gateway::Result<> write_state_file(
    const std::filesystem::path& file, std::string_view contents, Durable durable = Durable::now);

/// Nothing when there is no such file, when it cannot be read, or when it is longer than `limit`
/// octets: it is none of ours then.
std::optional<std::string> read_state_file(const std::filesystem::path& file, std::size_t limit = 65536);

} // namespace transport
