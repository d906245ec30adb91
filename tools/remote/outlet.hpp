/// The way of requests into the mesh: the sinks of this machine, or of a gateway behind a broker.
#pragma once

#include "tools/backend/backend.hpp"
#include "tools/local/options.hpp"
#include "tools/local/sink.hpp"

#include <memory>

namespace gateway::tools {

class Outlet {
public:
    Outlet() = default;
    Outlet(const Outlet&) = delete;
    Outlet& operator=(const Outlet&) = delete;
    virtual ~Outlet() = default;

    /// Ids of the sinks that are there.
    virtual std::vector<std::string> sinks() = 0;
    /// Empty when the sink has accepted the packet, else why not.
    virtual std::string send(const std::string& sink, const local::OutgoingPacket& packet) = 0;
};

/// Throws local::BusError.
std::unique_ptr<Outlet> outlet_of_bus(const std::string& bus_address);
/// The connection must outlive it.
std::unique_ptr<Outlet> outlet_of_broker(backend::Backend& connection);

} // namespace gateway::tools
