/// Ports of 127.0.0.1.
#pragma once

#include <cstdint>

namespace gateway::stand {

/// A TCP port that nobody listens on right now. Somebody may take it before it is used: whoever
/// listens on it tries again with another. Below the range of outgoing connections, because a client
/// that keeps connecting to an idle port of that range ends up connected to itself.
std::uint16_t free_loopback_port();

} // namespace gateway::stand
