#include "transport/settings.hpp"

#include "gateway/yaml_scalar.hpp"
#include "transport/gateway_id.hpp"
#include "transport/mqtt/credentials.hpp"
#include "transport/mqtt/tls_context.hpp"
#include "transport/secret_file.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>

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

/// Plain scalars that the reference's YAML would have turned into something else, such as 0111: the
/// gateway's identity would change unnoticed (10.1).
void refuse_ambiguous_id(const Settings& settings, const std::string& id)
{
    if (!settings.is_unquoted("gateway_id"))
        return;
    if (const auto other = gateway::yaml_1_1_reading(id))
        throw SettingsError(fmt::format(
            "gateway_id: {} without quotes means {} to the reference gateway, which would change the "
            "gateway's "
            "identity: write it in quotes",
            id, *other));
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

void warn_of_readable_secret(
    const std::string& path, std::string_view key, std::vector<std::string>& warnings)
{
    if (!path.empty() && readable_by_everybody(path))
        warnings.push_back(fmt::format(
            "{}: every user of this machine can read {}: chmod o-r, and change the secret", key, path));
}

std::optional<TlsSettings> tls(
    const Settings& settings, const std::optional<std::string>& credentials,
    std::vector<std::string>& warnings)
{
    if (settings.flag("mqtt_force_unsecure")) {
        if (settings.is_set("mqtt_certfile"))
            throw SettingsError("mqtt_force_unsecure and mqtt_certfile contradict each other: a certificate "
                                "needs TLS; remove one");
        return std::nullopt;
    }
    TlsSettings made;
    made.ca_certificates = locate_file(settings.text("mqtt_ca_certs"), credentials);
    made.certificate = locate_file(settings.text("mqtt_certfile"), credentials);
    made.key = locate_file(settings.text("mqtt_keyfile"), credentials);
    made.ciphers = settings.text("mqtt_ciphers");
    if (made.certificate.empty() && !made.key.empty()) {
        warnings.push_back("mqtt_keyfile is ignored: there is no mqtt_certfile");
        made.key.clear();
    }
    const auto context = make_tls_context(made);
    if (!context)
        throw SettingsError(context.error());
    if (client_certificate_expired(context->get()))
        warnings.push_back(fmt::format(
            "mqtt_certfile: the certificate in {} has expired: renew it, or check this machine's clock",
            made.certificate));
    warn_of_readable_secret(
        made.key.empty() ? made.certificate : made.key, made.key.empty() ? "mqtt_certfile" : "mqtt_keyfile",
        warnings);
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

void read_login(
    const Settings& settings, const std::optional<std::string>& credentials, BrokerSettings& made,
    std::vector<std::string>& warnings)
{
    made.username = optional_text(settings, "mqtt_username");
    made.password = optional_text(settings, "mqtt_password");
    made.password_file = locate_file(settings.text("mqtt_password_file"), credentials);
    if (made.password && !made.password_file.empty())
        throw SettingsError("mqtt_password and mqtt_password_file are both set: remove one");
    if (const auto read = read_credentials(made); !read)
        throw SettingsError(read.error());
    warn_of_readable_secret(made.password_file, "mqtt_password_file", warnings);
    if (settings.source("mqtt_password") == gateway::SettingSource::file)
        warn_of_readable_secret(settings.text("settings"), "mqtt_password", warnings);
    if (!made.username && (made.password || !made.password_file.empty())) {
        warnings.push_back(fmt::format(
            "{} is not sent: there is no mqtt_username",
            made.password ? "mqtt_password" : "mqtt_password_file"));
        made.password.reset();
        made.password_file.clear();
    }
}

/// What the broker's profile demands of settings that are free otherwise.
void apply_profile(BrokerSettings& made, std::vector<std::string>& warnings)
{
    const BrokerLimits& limits = limits_of(made.profile);
    if (limits.max_in_flight > 0 && made.max_inflight > limits.max_in_flight) {
        warnings.push_back(fmt::format(
            "mqtt_max_inflight_messages is {}: brokers of mqtt_profile {} take {}, which is used",
            made.max_inflight, limits.name, limits.max_in_flight));
        made.max_inflight = limits.max_in_flight;
    }
    if (limits.messages_per_second == 0)
        return;
    if (made.rate_limit_pps > limits.messages_per_second)
        warnings.push_back(fmt::format(
            "mqtt_rate_limit_pps is {}: brokers of mqtt_profile {} take {}, which is used",
            made.rate_limit_pps, limits.name, limits.messages_per_second));
    if (made.rate_limit_pps == 0 || made.rate_limit_pps > limits.messages_per_second)
        made.rate_limit_pps = limits.messages_per_second;
}

BrokerSettings broker(
    const Settings& settings, const std::optional<std::string>& credentials,
    std::vector<std::string>& warnings)
{
    BrokerSettings made;
    made.hostname = settings.text("mqtt_hostname");
    if (made.hostname.empty())
        throw SettingsError("mqtt_hostname is not set: give the broker's name or address");
    made.port = static_cast<std::uint16_t>(settings.number("mqtt_port"));
    read_login(settings, credentials, made, warnings);
    made.tls = tls(settings, credentials, warnings);
    made.profile = broker_profile(settings.text("mqtt_profile"));
    made.websocket = settings.flag("mqtt_use_websocket");
    made.persist_session = settings.flag("mqtt_persist_session");
    made.give_up_after = std::chrono::seconds(settings.number("mqtt_reconnect_delay"));
    made.max_inflight = static_cast<std::size_t>(settings.number("mqtt_max_inflight_messages"));
    made.rate_limit_pps = static_cast<std::uint32_t>(settings.number("mqtt_rate_limit_pps"));
    apply_profile(made, warnings);
    return made;
}

std::optional<std::uint32_t> max_scratchpad_size(
    const Settings& settings, BrokerProfile profile, std::vector<std::string>& warnings)
{
    const auto given = static_cast<std::uint32_t>(settings.number("gateway_max_scratchpad_size"));
    const BrokerLimits& limits = limits_of(profile);
    if (limits.max_payload_octets == 0)
        return given == 0 ? std::nullopt : std::optional(given);
    const auto possible = static_cast<std::uint32_t>(scratchpad_octets_in(limits.max_payload_octets));
    if (given > possible)
        warnings.push_back(fmt::format(
            "gateway_max_scratchpad_size is {}: brokers of mqtt_profile {} carry {}, which is used", given,
            limits.name, possible));
    return given == 0 || given > possible ? possible : given;
}

StoreSettings store(const Settings& settings)
{
    StoreSettings made;
    const std::string file = settings.text("outbox_file");
    if (file != "none")
        made.file = std::filesystem::path(settings.text("state_directory")) / file;
    made.store_after = std::chrono::milliseconds(settings.number("outbox_store_after_ms"));
    made.sync_interval = std::chrono::milliseconds(settings.number("outbox_sync_interval_ms"));
    made.max_events = static_cast<std::size_t>(settings.number("outbox_max_packets"));
    made.max_octets = static_cast<std::size_t>(settings.number("outbox_max_megabytes")) * 1024 * 1024;
    made.full_wait = std::chrono::seconds(settings.number("outbox_full_wait_s"));
    return made;
}

std::optional<ListenAddress> metrics_address(const Settings& settings)
{
    const std::string text = settings.text("metrics_address");
    if (text.empty())
        return std::nullopt;
    const auto address = parse_listen_address(text);
    if (!address)
        throw SettingsError(fmt::format(
            "metrics_address: '{}' is not accepted: give a numeric address and a port such as 127.0.0.1:9717 "
            "or [::1]:9717, or nothing for no metrics",
            text));
    return address;
}

} // namespace

TransportSettings read_settings(const gateway::SettingsInput& input)
{
    const Settings settings(setting_rows(), input);
    TransportSettings made;
    made.warnings = settings.warnings();
    made.state_directory = settings.text("state_directory");
    made.metrics_address = metrics_address(settings);
    made.broker = broker(settings, input.environment("CREDENTIALS_DIRECTORY"), made.warnings);
    made.gateway_id = gateway_id(settings, made);
    if (const BrokerLimits& limits = limits_of(made.broker.profile);
        limits.max_client_id_octets > 0 && made.gateway_id.size() > limits.max_client_id_octets)
        throw SettingsError(fmt::format(
            "gateway_id: '{}' is longer than {} octets, the limit of mqtt_profile {}", made.gateway_id,
            limits.max_client_id_octets, limits.name));
    made.gateway_model = optional_text(settings, "gateway_model");
    made.gateway_version = optional_text(settings, "gateway_version");
    made.max_scratchpad_size = max_scratchpad_size(settings, made.broker.profile, made.warnings);

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
    made.store = store(settings);
    const auto seconds = [&](std::string_view key) { return std::chrono::seconds(settings.number(key)); };
    made.sink_deadlines = {
        seconds("sink_read_timeout"), seconds("sink_write_timeout"), seconds("sink_stack_timeout"),
        seconds("sink_process_timeout"), seconds("sink_upload_timeout")};
    made.count_event_ids = settings.flag("debug_incr_data_event_id");
    made.repetition_memory = std::chrono::seconds(settings.number("request_repetition_memory"));
    made.max_upload_memory = static_cast<std::size_t>(settings.number("max_upload_memory"));
    return made;
}

} // namespace transport
