#include "transport/mqtt/connect_options.hpp"

#include <fmt/format.h>
#include <mqtt/exception.h>

namespace transport {
namespace {

constexpr std::chrono::seconds keep_alive{20};
constexpr std::chrono::seconds connect_timeout{20};

constexpr std::uint16_t https_port = 443;

mqtt::ssl_options ssl_options(const BrokerSettings& settings)
{
    const TlsSettings& tls = *settings.tls;
    mqtt::ssl_options options;
    if (!tls.ca_certificates.empty())
        options.set_trust_store(tls.ca_certificates);
    if (!tls.certificate.empty()) {
        options.set_key_store(tls.certificate);
        options.set_private_key(tls.key.empty() ? tls.certificate : tls.key);
    }
    if (!tls.ciphers.empty())
        options.set_enabled_cipher_suites(tls.ciphers);
    // The best common version; OpenSSL's own minimum is 1.2.
    options.set_ssl_version(MQTT_SSL_VERSION_DEFAULT);
    options.set_enable_server_cert_auth(tls.verify_chain);
    options.set_verify(tls.verify_name);
    if (const auto protocols = alpn_protocols(settings); !protocols.empty())
        options.set_alpn_protos(protocols);
    return options;
}

} // namespace

std::vector<std::string> alpn_protocols(const BrokerSettings& settings)
{
    if (settings.profile != BrokerProfile::aws || settings.port != https_port || settings.websocket ||
        !settings.tls)
        return {};
    // One name for clients with a certificate, another for those with a user name.
    return {settings.tls->certificate.empty() ? "mqtt" : "x-amzn-mqtt-ca"};
}

std::string server_uri(const BrokerSettings& settings)
{
    const char* scheme = "tcp";
    if (settings.websocket)
        scheme = settings.tls ? "wss" : "ws";
    else if (settings.tls)
        scheme = "ssl";
    const bool is_ipv6 =
        settings.hostname.find(':') != std::string::npos && !settings.hostname.starts_with('[');
    return fmt::format(
        "{}://{}{}{}:{}{}", scheme, is_ipv6 ? "[" : "", settings.hostname, is_ipv6 ? "]" : "", settings.port,
        settings.websocket ? "/mqtt" : "");
}

mqtt::connect_options connect_options(
    const BrokerSettings& settings, const std::optional<std::string>& password, int mqtt_version)
{
    mqtt::connect_options options;
    options.set_mqtt_version(mqtt_version);
    options.set_clean_session(!settings.persist_session);
    options.set_keep_alive_interval(keep_alive);
    options.set_connect_timeout(connect_timeout);
    options.set_max_inflight(static_cast<int>(settings.max_inflight));
    if (settings.username)
        options.set_user_name(*settings.username);
    if (password)
        options.set_password(*password);
    if (settings.tls)
        options.set_ssl(ssl_options(settings));
    return options;
}

std::string explain_connect_failure(const BrokerSettings& settings, int code)
{
    switch (code) {
    case 1:
        return "the broker does not speak MQTT 3.1.1";
    case 2:
        return "the broker refuses the client id: check gateway_id";
    case 3:
        return "the broker is not available now";
    case 4:
        return "the broker refuses the credentials: check mqtt_username and mqtt_password";
    case 5:
        return "the broker does not authorise this client: check mqtt_username and mqtt_password, and the "
               "broker's access rules for gateway_id";
    default:
        break;
    }
    return fmt::format(
        "no connection to {}:{} ({}), though the way there is free: brokers end the connection of clients "
        "that "
        "they do not allow, of MQTT at a port for WebSocket (mqtt_use_websocket), and where they have no QoS "
        "2 "
        "or no retained messages (mqtt_profile)",
        settings.hostname, settings.port, mqtt::exception::error_str(code));
}

} // namespace transport
