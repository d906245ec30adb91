/// What a serial line can carry at best: octets of both directions after each other, ten bits each, and
/// nothing lost between them.
#pragma once

#include "gateway/bytes.hpp"

namespace bench {

inline constexpr double bits_per_octet = 10;

/// Octets of one indication and its response, in a chain, averaged over many running numbers: escapes
/// differ.
double octets_of_uplink_exchange(std::size_t payload);

/// Octets of all requests and confirms of an upload, START and the final status included.
std::size_t octets_of_upload(gateway::ByteView scratchpad);

} // namespace bench
