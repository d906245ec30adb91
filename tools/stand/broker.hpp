/// An MQTT broker of one stand.
#pragma once

#include "tools/stand/child_process.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace gateway::stand {

/// A second listener with what brokers in the field have.
struct BrokerEntrance {
    /// PEM files of the broker; no TLS without a certificate.
    std::filesystem::path certificate;
    std::filesystem::path key;
    /// Authority of clients, which must show a certificate then.
    std::filesystem::path client_authority;
    bool websocket = false;
    std::map<std::string, std::string> passwords; ///< of users; empty: everybody may enter
    std::string refused_subscription;             ///< a topic filter; empty: every subscription is granted
    int max_qos = 2;
};

struct BrokerOptions {
    std::optional<BrokerEntrance> entrance;
    bool retain = true;      ///< false: refuses retained messages, at both listeners
    bool persistent = false; ///< sessions and retained messages survive `stop`
};

/// A mosquitto on 127.0.0.1. Its first listener lets everybody in.
class Broker {
public:
    enum class When : std::uint8_t { now, later };

    /// Returns when clients can connect; throws std::runtime_error when that fails. `later` only
    /// chooses the port.
    explicit Broker(std::filesystem::path directory, When when = When::now) : Broker(directory, {}, when) {}
    Broker(std::filesystem::path directory, BrokerOptions options, When when = When::now);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Of the second listener.
    [[nodiscard]] std::uint16_t entrance_port() const { return entrance_port_; }
    /// Takes effect at the next start.
    BrokerOptions& options() { return options_; }

    /// Ends the broker without telling its clients; retained messages are lost unless it is persistent.
    void stop();
    /// Starts it again on the same ports.
    void start();

    /// Nothing while stopped.
    std::optional<ChildProcess>& process() { return process_; }

private:
    bool try_start();
    void write_configuration() const;
    void write_entrance(std::ostream& out) const;

    std::filesystem::path directory_;
    BrokerOptions options_;
    std::uint16_t port_ = 0;
    std::uint16_t entrance_port_ = 0;
    std::optional<ChildProcess> process_;
};

} // namespace gateway::stand
