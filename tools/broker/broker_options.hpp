/// How the tools are told which broker, and which gateway behind it.
#pragma once

#include "tools/backend/backend.hpp"

#include <string>
#include <tl/expected.hpp>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace gateway::tools {

struct BrokerOptions {
    std::string url; ///< empty: not over a broker
    std::string gateway_id;
    std::string ca_file;
    std::string certificate;
    std::string key;
    std::string password_file;
    bool any_name = false;
};

/// --broker and what belongs to it. Gives --broker.
CLI::Option* add_broker_options(CLI::App& command, BrokerOptions& options);

struct BrokerUrl {
    std::string host;
    std::uint16_t port = 0;
    bool tls = false;
    bool websocket = false;
    std::string username; ///< empty: none
};

/// mqtt://, mqtts://, ws:// or wss://, `[user@]host[:port]`; without a scheme mqtt. Passwords are refused:
/// a command line can be read by every user of the machine.
tl::expected<BrokerUrl, std::string> parse_broker_url(std::string_view url);

/// With the password from its file, else from WM_SERVICES_MQTT_PASSWORD. Throws std::runtime_error.
backend::BackendOptions to_backend_options(const BrokerOptions& options);

/// The first line of a file that holds a secret. Throws std::runtime_error when it cannot be read.
std::string secret_from_file(const std::string& file);

} // namespace gateway::tools
