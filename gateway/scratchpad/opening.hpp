/// Authenticating and decrypting scratchpads (docs/spec/scratchpad-format.md, 7, 8, 9).
#pragma once

#include "gateway/scratchpad/cipher.hpp"
#include "gateway/scratchpad/contents.hpp"

namespace gateway::scratchpad {

/// The pair whose authentication key made the authentication tag of a symmetric scratchpad; null when
/// none did. Of `file`, only that it has a security block is required.
const KeyPair* authenticating_pair(ByteView file, std::span<const KeyPair> pairs);

/// True when `key` signed a scratchpad of Kind::public_key. Fails with invalid_scratchpad when its
/// signature file is not laid out as section 9 says.
Result<bool> is_signed_by(ByteView file, const PublicKey& key);

/// Octets of all images of a scratchpad together that are taken; more is hostile.
inline constexpr std::size_t max_images_size = 64 * 1024 * 1024;

/// The images of a sound chain, one an area, in their order; the signature is given as stored. Fails
/// with invalid_scratchpad, naming the area, when one does not decompress: another key, another order
/// of the counter, or an image that is no compressed one.
Result<std::vector<Bytes>> decrypt_images(
    ByteView file, const Chain& chain, const Key& encryption, CounterOrder order);

} // namespace gateway::scratchpad
