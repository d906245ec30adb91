/// Files of the scratchpad tools. All throw std::runtime_error, with the path and what to do.
#pragma once

#include "gateway/bytes.hpp"

#include <filesystem>

namespace gateway::tools {

/// A whole file of at most `limit` octets; a longer one is read as far as `limit` + 1, so that whoever
/// judges it sees that it is too long.
Bytes read_file(const std::filesystem::path& path, std::size_t limit);

/// Writes a file in one piece: it is there whole, or not at all. An existing one is kept, unless
/// `replace`.
void write_file(const std::filesystem::path& path, ByteView octets, bool replace);

} // namespace gateway::tools
