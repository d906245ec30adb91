/// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein): a keyed hash, so that nobody can make
/// two requests that look the same.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace transport {

using HashKey = std::array<std::uint64_t, 2>;
using Hash128 = std::array<std::uint64_t, 2>;

Hash128 siphash128(const HashKey& key, std::string_view octets);

} // namespace transport
