/// The message bus of a gateway, as a tool on it sees it (spec/sink-dbus-api.md, 1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sdbus {
class IConnection;
class Error;
} // namespace sdbus

namespace gateway::local {

/// The bus or a service cannot be reached, does not answer or is forbidden: what, and what to do.
class BusError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The address that tools use: the given one, else DBUS_SYSTEM_BUS_ADDRESS, else the system's.
std::string effective_bus_address(const std::string& given);

/// One line on why nobody can connect to a `unix:path=` address; nothing when it works, or for other
/// kinds of addresses.
std::optional<std::string> socket_fault(const std::string& address);

/// A connection. For one thread; calls wait for their answers with a deadline.
class Bus {
public:
    /// Throws BusError. An empty address: as above.
    explicit Bus(const std::string& address = {});
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;
    ~Bus();

    [[nodiscard]] const std::string& address() const { return address_; }
    sdbus::IConnection& connection() { return *connection_; }

    /// All names, unique ones included.
    [[nodiscard]] std::vector<std::string> names();
    /// Ids of the sinks that are there, in their order: "sink0".
    [[nodiscard]] std::vector<std::string> sinks();
    /// The unique name that owns a name; empty when nobody does.
    [[nodiscard]] std::string owner(const std::string& name);
    /// Process id of a name's owner; nothing when there is none.
    [[nodiscard]] std::optional<std::uint32_t> process(const std::string& name);

    /// The sink that is meant: `wanted`, checked to be there, or without a wish the only one.
    /// Throws BusError that lists those that are there.
    [[nodiscard]] std::string choose_sink(const std::string& wanted);

private:
    std::string address_;
    std::unique_ptr<sdbus::IConnection> connection_;
};

/// A failed call as BusError, with advice; `call` says what was asked of whom.
BusError bus_error(const std::string& call, const sdbus::Error& error);

} // namespace gateway::local
