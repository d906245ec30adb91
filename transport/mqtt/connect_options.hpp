/// Settings in the form that Paho takes.
#pragma once

#include "transport/settings.hpp"

#include <mqtt/connect_options.h>
#include <optional>
#include <string>
#include <vector>

namespace transport {

/// Such as "ssl://broker.example:8883" or "ws://[::1]:80/mqtt".
std::string server_uri(const BrokerSettings& settings);

/// What is offered in TLS's ALPN: some brokers take MQTT on port 443 only with it.
std::vector<std::string> alpn_protocols(const BrokerSettings& settings);

/// Everything but the will. Files are read by Paho at each attempt; the password is given, because it
/// may be that of a file.
mqtt::connect_options connect_options(
    const BrokerSettings& settings, const std::optional<std::string>& password, int mqtt_version);

/// What a refused or failed connection means and which setting to look at. `code` is CONNACK's
/// (1 to 5) or Paho's own (negative).
std::string explain_connect_failure(const BrokerSettings& settings, int code);

} // namespace transport
