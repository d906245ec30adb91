/// Where packets come from.
#pragma once

#include "tools/backend/backend.hpp"
#include "tools/local/bus.hpp"
#include "tools/stand/wait.hpp"
#include "tools/watch/packet.hpp"

#include <memory>

namespace gateway::tools {

class PacketSource {
public:
    PacketSource() = default;
    PacketSource(const PacketSource&) = delete;
    PacketSource& operator=(const PacketSource&) = delete;
    virtual ~PacketSource() = default;

    /// The next packet, or nothing at the deadline. Throws stand::Interrupted, and std::runtime_error
    /// when no more can come.
    virtual std::optional<Packet> next(stand::Deadline deadline) = 0;

    /// Packets that came faster than they were taken, and were let go (the oldest first).
    [[nodiscard]] virtual std::uint64_t dropped() const { return 0; }

    /// For people: "sink0 on the bus at …".
    [[nodiscard]] virtual std::string name() const = 0;
};

/// All sinks of the bus, those that come later included: the signal MessageReceived
/// (spec/sink-dbus-api.md, 4). Throws local::BusError.
std::unique_ptr<PacketSource> packets_of_bus(const std::string& bus_address);

/// Packets that a gateway publishes.
class BrokerPackets : public PacketSource {
public:
    /// For requests to the same gateway.
    virtual backend::Backend& connection() = 0;
};

/// Throws backend::BackendError.
std::unique_ptr<BrokerPackets> packets_of_broker(backend::BackendOptions options);

} // namespace gateway::tools
