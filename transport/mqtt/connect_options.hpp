/// Settings in the form that Paho takes.
#pragma once

#include "transport/settings.hpp"

#include <mqtt/connect_options.h>
#include <string>

namespace transport {

/// Such as "ssl://broker.example:8883" or "ws://[::1]:80/mqtt".
std::string server_uri(const BrokerSettings& settings);

/// Everything but the will. Files are read by Paho at each attempt.
mqtt::connect_options connect_options(const BrokerSettings& settings, int mqtt_version);

/// What a refused or failed connection means and which setting to look at. `code` is CONNACK's
/// (1 to 5) or Paho's own (negative).
std::string explain_connect_failure(const BrokerSettings& settings, int code);

} // namespace transport
