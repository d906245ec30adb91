#include "transport/mqtt/connect_options.hpp"

#include <fmt/format.h>
#include <mqtt/exception.h>

namespace transport {
namespace {

constexpr std::chrono::seconds keep_alive{20};
constexpr std::chrono::seconds connect_timeout{20};

mqtt::ssl_options ssl_options(const TlsSettings& tls)
{
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
    return options;
}

} // namespace

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

mqtt::connect_options connect_options(const BrokerSettings& settings, int mqtt_version)
{
    mqtt::connect_options options;
    options.set_mqtt_version(mqtt_version);
    options.set_clean_session(!settings.persist_session);
    options.set_keep_alive_interval(keep_alive);
    options.set_connect_timeout(connect_timeout);
    options.set_max_inflight(static_cast<int>(settings.max_inflight));
    if (settings.username)
        options.set_user_name(*settings.username);
    if (settings.password)
        options.set_password(*settings.password);
    if (settings.tls)
        options.set_ssl(ssl_options(*settings.tls));
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
        return "the broker does not authorise this client: check mqtt_username, mqtt_password and the "
               "broker's access "
               "rules for gateway_id";
    default:
        break;
    }
    return fmt::format(
        "no connection to {}:{} ({}): check mqtt_hostname and mqtt_port, that the broker runs, {}",
        settings.hostname, settings.port, mqtt::exception::error_str(code),
        settings.tls ? "and the mqtt_ settings for TLS (or set mqtt_force_unsecure where the broker has none)"
                     : "and that it takes connections without TLS (mqtt_force_unsecure is set)");
}

} // namespace transport
