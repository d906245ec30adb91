/// Making scratchpads of the symmetric kind (docs/spec/scratchpad-format.md, 2 to 8).
#pragma once

#include "gateway/scratchpad/cipher.hpp"
#include "gateway/scratchpad/contents.hpp"

namespace gateway::scratchpad {

struct Image {
    std::uint32_t area_id = 0;
    FirmwareVersion version{}; ///< 0.0.0.0 for areas without versions
    Bytes octets;              ///< raw; empty removes what is in the area
};

struct Recipe {
    const KeyPair& keys; ///< for the call only
    CounterOrder counter = CounterOrder::little_endian;
    std::uint8_t sequence = 255; ///< a placeholder that the upload replaces
    /// Random for every scratchpad: two with the same one under the same key give their contents away.
    Block initial_counter = random_block();
};

/// The file. Fails with invalid_value for no images, two for one area, one for the signature's area, and
/// one of more than max_image_size octets.
Result<Bytes> build(std::span<const Image> images, const Recipe& recipe);

} // namespace gateway::scratchpad
