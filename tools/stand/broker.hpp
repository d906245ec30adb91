/// An MQTT broker of one stand.
#pragma once

#include "tools/stand/child_process.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace gateway::stand {

/// A mosquitto on 127.0.0.1 that lets everybody in and keeps nothing on disk.
class Broker {
public:
    enum class When : std::uint8_t { now, later };

    /// Returns when clients can connect; throws std::runtime_error when that fails. `later` only
    /// chooses the port.
    explicit Broker(std::filesystem::path directory, When when = When::now);

    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// Ends the broker without telling its clients; retained messages are lost.
    void stop();
    /// Starts it again on the same port.
    void start();

    /// Nothing while stopped.
    std::optional<ChildProcess>& process() { return process_; }

private:
    bool try_start();

    std::filesystem::path directory_;
    std::uint16_t port_;
    std::optional<ChildProcess> process_;
};

} // namespace gateway::stand
