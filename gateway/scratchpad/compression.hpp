/// Images in scratchpads: raw DEFLATE with zeros behind it (docs/spec/scratchpad-format.md, 7).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

namespace gateway::scratchpad {

/// Longest image: what older generators took. Smaller than what a hostile file could expand to.
inline constexpr std::size_t max_image_size = 8 * 1024 * 1024;

/// RFC 1951, then zeros up to a multiple of 16 octets.
Bytes compress_image(ByteView image);

/// Fails with invalid_scratchpad for octets that are no such stream, for anything but less than 16
/// zeros behind it, and for more than max_image_size octets of image.
Result<Bytes> decompress_image(ByteView stored);

} // namespace gateway::scratchpad
