/// Protobuf on the wire by hand, for messages that no generated code would write.
#pragma once

#include <cstdint>
#include <string>

namespace gateway::stand {

inline std::string varint(std::uint64_t value)
{
    std::string octets;
    for (; value > 0x7F; value >>= 7)
        octets += static_cast<char>(value | 0x80);
    return octets + static_cast<char>(value);
}

/// A field that holds octets.
inline std::string field(int number, const std::string& octets)
{
    return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(octets.size()) + octets;
}

} // namespace gateway::stand
