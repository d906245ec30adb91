/// The way to the broker, step by step: name, TCP, TLS, MQTT. The first step that fails ends it.
#pragma once

#include "tools/doctor/finding.hpp"
#include "tools/doctor/tls_probe.hpp"

#include <cstdint>
#include <optional>

namespace gateway::tools {

struct BrokerToCheck {
    std::string host;
    std::uint16_t port = 8883;
    bool websocket = false;
    std::optional<TlsExpectations> tls;
    std::optional<std::string> username;
    std::optional<std::string> password;
};

/// Connects as an MQTT client with an id of its own: with the gateway's id it would throw the gateway
/// off the broker.
Findings check_broker(const BrokerToCheck& broker);

/// What the codes of CONNACK mean (MQTT 3.1.1, 3.2.2.3), and others of the client library.
Finding judge_connect(int code, const BrokerToCheck& broker);

} // namespace gateway::tools
