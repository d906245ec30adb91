/// A serial line without a kernel: linked in the place of serial_port.cpp, with a clock that stands
/// still until somebody waits. A wait of thirty seconds takes no time, and the same input always gives
/// the same run.
#pragma once

#include "gateway/bytes.hpp"

#include <chrono>
#include <optional>

namespace fuzz {

/// A point on the virtual clock.
using Now = std::chrono::microseconds;

/// What is at the other end of the line. All calls come from the thread that uses the port.
class Peer {
public:
    Peer() = default;
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    virtual ~Peer() = default;

    /// Does what is due.
    virtual void advance(Now now) = 0;
    /// When it has something to do.
    [[nodiscard]] virtual std::optional<Now> next_event() const = 0;
    /// Octets that have arrived at the host.
    virtual gateway::Bytes take_output(Now now) = 0;
    virtual void receive(gateway::ByteView octets, Now now) = 0;

    /// Another number each time that it was plugged in; nothing while it is not. Ports of other
    /// numbers are gone.
    [[nodiscard]] virtual std::optional<int> plugged() const = 0;
    /// The host opened the port, if it could.
    virtual void opened(std::uint32_t bits_per_second) = 0;
    /// True when nothing is left to do: the thread then waits for whoever stops it.
    [[nodiscard]] virtual bool finished() const = 0;
};

/// The peer of every port from now on, and a new clock. It must outlive all use of the ports.
void connect(Peer& peer);

Now virtual_now();

} // namespace fuzz
