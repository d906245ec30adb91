/// A D-Bus message bus of one stand, in place of the system bus.
#pragma once

#include "tools/stand/child_process.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace gateway::stand {

/// A dbus-daemon that listens on a socket in a directory and allows this user everything.
class PrivateBus {
public:
    /// Returns when clients can connect; throws std::runtime_error when that fails.
    explicit PrivateBus(std::filesystem::path directory);

    /// For DBUS_SYSTEM_BUS_ADDRESS and `busctl --address=`.
    [[nodiscard]] const std::string& address() const { return address_; }

    /// Ends the bus; its clients lose their connections.
    void stop();
    /// Starts it again at the same address.
    void start();

    /// True when somebody owns `name`. Throws std::runtime_error while stopped.
    [[nodiscard]] bool has_owner(const std::string& name) const;
    /// Introspection XML of an object; throws std::runtime_error when nobody answers.
    [[nodiscard]] std::string introspect(const std::string& name, const std::string& object) const;

    /// Nothing while stopped.
    std::optional<ChildProcess>& process() { return process_; }

private:
    void expect_running() const;

    std::filesystem::path directory_;
    std::string address_;
    std::optional<ChildProcess> process_;
};

} // namespace gateway::stand
