/// The ciphers of scratchpads (docs/spec/scratchpad-format.md, 6, 7, 9), over OpenSSL. What it throws
/// is std::runtime_error, when OpenSSL itself fails (no memory, no AES).
#pragma once

#include "gateway/scratchpad/keys.hpp"

#include <memory>

namespace gateway::scratchpad {

using Block = std::array<std::uint8_t, 16>;

/// AES-128 CMAC (RFC 4493).
Block cmac(const Key& key, ByteView octets);

/// True when both are the same, in a time that does not depend on where they differ.
bool equal_in_constant_time(ByteView a, ByteView b);

using Digest = std::array<std::uint8_t, 32>;
Digest sha256(ByteView octets);

/// The key stream of AES-128 in counter mode, from the first counter block on.
class KeyStream {
public:
    KeyStream(const Key& key, const Block& initial_counter, CounterOrder order);

    /// Encrypts or decrypts in place; the size is a multiple of 16.
    void apply(std::span<std::uint8_t> octets);
    /// Passes over octets that are not encrypted but counted; a multiple of 16.
    void skip(std::size_t octets);

private:
    Key key_;
    Block counter_;
    CounterOrder order_;
};

/// Unpredictable octets.
Block random_block();

/// A public key on P-256.
class PublicKey {
public:
    /// PEM text ("-----BEGIN PUBLIC KEY-----").
    static Result<PublicKey> from_pem(std::string_view pem);

    /// True when `signature`, 64 octets of R and S, is one of `octets` (ES256).
    [[nodiscard]] bool verifies(ByteView signature, ByteView octets) const;

private:
    explicit PublicKey(std::shared_ptr<void> key) : key_(std::move(key)) {}

    std::shared_ptr<void> key_; ///< EVP_PKEY
};

} // namespace gateway::scratchpad
