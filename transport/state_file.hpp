/// Small files of the state directory that must survive a power cut.
#pragma once

#include "gateway/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace transport {

/// Replaces the file: after a power cut either the old or the new contents are there. Creates the
/// directory. Blocks until the storage has the octets.
gateway::Result<> write_state_file(const std::filesystem::path& file, std::string_view contents);

/// Nothing when there is no such file, when it cannot be read, or when it is longer than `limit`
/// octets: it is none of ours then.
std::optional<std::string> read_state_file(const std::filesystem::path& file, std::size_t limit = 65536);

} // namespace transport
