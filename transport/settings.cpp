#include "transport/settings.hpp"

#include "transport/gateway_id.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <unistd.h>

namespace transport {
namespace {

using gateway::Settings;
using gateway::SettingsError;

std::optional<std::string> optional_text(const Settings& settings, std::string_view key)
{
    if (!settings.is_set(key))
        return std::nullopt;
    return settings.text(key);
}

EndpointSet endpoints(const Settings& settings, std::string_view key)
{
    const auto parsed = parse_endpoints(settings.text(key));
    if (!parsed)
        throw SettingsError(fmt::format("{}: {}", key, parsed.error()));
    return *parsed;
}

void check_file(const std::string& path, std::string_view key)
{
    if (!path.empty() && access(path.c_str(), R_OK) != 0)
        throw SettingsError(fmt::format("{}: cannot read {}: check its path and permissions", key, path));
}

/// Plain scalars that the reference's YAML would have turned into something else, such as 0111: the
/// gateway's identity would change unnoticed (10.1).
void refuse_ambiguous_id(const Settings& settings, const std::string& id)
{
    if (!settings.is_unquoted("gateway_id"))
        return;
    const bool digits = std::ranges::all_of(
        id, [](unsigned char c) { return std::isdigit(c) != 0 || c == '_' || c == ':' || c == '.'; });
    const bool canonical =
        id == "0" ||
        (id.front() != '0' && std::ranges::all_of(id, [](unsigned char c) { return std::isdigit(c) != 0; }));
    std::string word = id;
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
    static constexpr std::string_view typed[] = {"on", "off", "yes", "no", "true", "false", "null", "~"};
    const bool typed_word = std::ranges::find(typed, word) != std::end(typed);
    if ((digits && !canonical) || typed_word || word.starts_with("0x"))
        throw SettingsError(fmt::format(
            "gateway_id: {} without quotes means something else to other YAML readers, which would change "
            "the gateway's "
            "identity: write it in quotes",
            id));
}

std::string gateway_id(const Settings& settings, TransportSettings& made)
{
    std::string id = settings.text("gateway_id");
    if (!id.empty()) {
        refuse_ambiguous_id(settings, id);
        if (const auto fault = gateway_id_fault(id))
            throw SettingsError(fmt::format("gateway_id: '{}' cannot be used: {}", id, *fault));
        if (id.size() > 23)
            made.warnings.push_back(
                "gateway_id is longer than 23 octets: old brokers refuse such client ids");
        return id;
    }
    if (const auto address = machine_hardware_address())
        return std::to_string(*address);
    const RandomIdentity identity = random_identity(made.state_directory);
    made.warnings.push_back(fmt::format(
        "no network interface has a hardware address: the gateway calls itself {}, {}; set gateway_id",
        identity.number, identity.kept ? "as long as its state directory lives" : "until it restarts"));
    return std::to_string(identity.number);
}

std::optional<TlsSettings> tls(const Settings& settings, std::vector<std::string>& warnings)
{
    if (settings.flag("mqtt_force_unsecure")) {
        if (settings.is_set("mqtt_certfile"))
            throw SettingsError("mqtt_force_unsecure and mqtt_certfile contradict each other: a certificate "
                                "needs TLS; remove one");
        return std::nullopt;
    }
    TlsSettings made;
    made.ca_certificates = settings.text("mqtt_ca_certs");
    made.certificate = settings.text("mqtt_certfile");
    made.key = settings.text("mqtt_keyfile");
    made.ciphers = settings.text("mqtt_ciphers");
    check_file(made.ca_certificates, "mqtt_ca_certs");
    check_file(made.certificate, "mqtt_certfile");
    if (made.certificate.empty() && !made.key.empty()) {
        warnings.push_back("mqtt_keyfile is ignored: there is no mqtt_certfile");
        made.key.clear();
    }
    check_file(made.key, "mqtt_keyfile");
    if (settings.text("mqtt_cert_reqs") == "CERT_NONE") {
        warnings.push_back("mqtt_cert_reqs is CERT_NONE: anybody can pretend to be the broker");
        made.verify_chain = made.verify_name = false;
    }
    if (settings.flag("mqtt_allow_untrusted")) {
        warnings.push_back("mqtt_allow_untrusted: the broker's name is not compared with its certificate");
        made.verify_name = false;
    }
    const std::string version = settings.text("mqtt_tls_version");
    if (version == "PROTOCOL_TLSv1" || version == "PROTOCOL_TLSv1_1" || version == "PROTOCOL_TLS_SERVER")
        warnings.push_back(fmt::format("mqtt_tls_version {} is not used: TLS 1.2 or newer is", version));
    return made;
}

BrokerSettings broker(const Settings& settings, std::vector<std::string>& warnings)
{
    BrokerSettings made;
    made.hostname = settings.text("mqtt_hostname");
    if (made.hostname.empty())
        throw SettingsError("mqtt_hostname is not set: give the broker's name or address");
    made.port = static_cast<std::uint16_t>(settings.number("mqtt_port"));
    made.username = optional_text(settings, "mqtt_username");
    made.password = optional_text(settings, "mqtt_password");
    if (made.password && !made.username) {
        warnings.push_back("mqtt_password is not sent: there is no mqtt_username");
        made.password.reset();
    }
    made.tls = tls(settings, warnings);
    made.websocket = settings.flag("mqtt_use_websocket");
    made.persist_session = settings.flag("mqtt_persist_session");
    made.give_up_after = std::chrono::seconds(settings.number("mqtt_reconnect_delay"));
    made.max_inflight = static_cast<std::size_t>(settings.number("mqtt_max_inflight_messages"));
    made.rate_limit_pps = static_cast<std::uint32_t>(settings.number("mqtt_rate_limit_pps"));
    return made;
}

} // namespace

TransportSettings read_settings(const gateway::SettingsInput& input)
{
    const Settings settings(setting_rows(), input);
    TransportSettings made;
    made.warnings = settings.warnings();
    made.state_directory = settings.text("state_directory");
    made.broker = broker(settings, made.warnings);
    made.gateway_id = gateway_id(settings, made);
    made.gateway_model = optional_text(settings, "gateway_model");
    made.gateway_version = optional_text(settings, "gateway_version");
    if (const auto size = settings.number("gateway_max_scratchpad_size"); size > 0)
        made.max_scratchpad_size = static_cast<std::uint32_t>(size);

    made.ignored_endpoints = endpoints(settings, "ignored_endpoints_filter");
    made.whitened_endpoints = endpoints(settings, "whitened_endpoints_filter");
    if (const int common = made.ignored_endpoints.first_common(made.whitened_endpoints); common >= 0)
        throw SettingsError(fmt::format(
            "endpoint {} is in ignored_endpoints_filter and in whitened_endpoints_filter: remove it from one",
            common));

    made.buffering.max_buffered_packets = settings.number("buffering_max_buffered_packets");
    made.buffering.max_delay_without_publish =
        std::chrono::seconds(settings.number("buffering_max_delay_without_publish"));
    made.buffering.stop_stack = settings.flag("buffering_stop_stack");
    made.buffering.minimal_sink_cost =
        static_cast<std::uint8_t>(settings.number("buffering_minimal_sink_cost"));
    made.count_event_ids = settings.flag("debug_incr_data_event_id");
    made.repetition_memory = std::chrono::seconds(settings.number("request_repetition_memory"));
    made.max_upload_memory = static_cast<std::size_t>(settings.number("max_upload_memory"));
    return made;
}

} // namespace transport
