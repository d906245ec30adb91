/// Small packets without waiting (docs/spec/gateway-backend-api.md, 9.4).
#pragma once

#include <cstdint>

namespace transport {

/// Sets TCP_NODELAY on this process's TCP connections to `port`. Paho neither sets it nor shows its
/// sockets, so they are found by their peer: without it each exchange waits up to 40 ms for the
/// broker's delayed acknowledgement.
void set_tcp_no_delay(std::uint16_t port);

} // namespace transport
