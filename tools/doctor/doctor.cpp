#include "tools/doctor/doctor.hpp"

#include "tools/broker/broker_options.hpp"
#include "tools/doctor/broker_checks.hpp"
#include "tools/doctor/bus_checks.hpp"
#include "tools/doctor/host_checks.hpp"
#include "tools/doctor/service_settings.hpp"
#include "tools/stand/signal_watch.hpp"
#include "tools/stand/wait.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace gateway::tools {
namespace {

constexpr const char* transport_program = "wirepas-transport-service";
constexpr const char* sink_program = "wirepas-sink-service";

bool is_set(const char* variable)
{
    const char* value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
    return value != nullptr && *value != '\0';
}

/// Called after each step that may take long.
void append(Findings& all, Findings more)
{
    if (stand::interruption().stop_requested())
        throw stand::Interrupted();
    std::ranges::move(more, std::back_inserter(all));
}

/// The service's verdict on its settings; they are given where it has none against them.
std::optional<EffectiveSettings> settings_of(const char* program, const std::string& file, Findings& findings)
{
    CheckedSettings checked = check_settings(program, file);
    Finding made{
        .area = "settings",
        .check = program,
        .verdict = checked.settings ? Verdict::fine : Verdict::failure,
        .detail = checked.settings ? (file.empty() ? "from the environment" : file) : checked.fault,
        .advice =
            checked.settings ? "" : fmt::format("correct it; {} --help explains every setting", program)};
    findings.push_back(std::move(made));
    return std::move(checked.settings);
}

std::optional<EffectiveSettings> transport_settings(const DoctorOptions& options, Findings& findings)
{
    if (options.settings.empty() && !is_set("WM_GW_FILE_SETTINGS") && !is_set("WM_SERVICES_MQTT_HOSTNAME")) {
        findings.push_back(
            {.area = "settings",
             .check = transport_program,
             .verdict = Verdict::skipped,
             .detail = "no settings given: broker and state directory are not checked",
             .advice = "--settings FILE, the transport service's file, or run with its environment"});
        return std::nullopt;
    }
    return settings_of(transport_program, options.settings, findings);
}

/// Ports that sink services would use: from their settings, else those that are in use, else the one
/// that a service without settings would take.
std::vector<std::string> ports_to_check(
    const DoctorOptions& options, const std::vector<PortInUse>& in_use, Findings& findings)
{
    std::vector<std::string> ports = options.ports;
    for (const std::string& file : options.sink_settings)
        if (const auto settings = settings_of(sink_program, file, findings))
            ports.push_back(settings->text("uart_port"));
    if (!ports.empty())
        return ports;
    for (const PortInUse& port : in_use)
        ports.push_back(port.path);
    if (!ports.empty())
        return ports;
    if (const auto settings = settings_of(sink_program, {}, findings))
        ports.push_back(settings->text("uart_port"));
    return ports;
}

/// As the transport service does: a name without folder is a systemd credential where there is one.
std::string file_of(const EffectiveSettings& settings, const std::string& key)
{
    const std::string name = settings.text(key);
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY"); // NOLINT(concurrency-mt-unsafe)
    if (name.empty() || name.find('/') != std::string::npos || credentials == nullptr)
        return name;
    const std::string credential = std::string(credentials) + '/' + name;
    return access(credential.c_str(), F_OK) == 0 ? credential : name;
}

std::optional<std::string> password(const EffectiveSettings& settings)
{
    if (settings.is_set("mqtt_password_file"))
        return secret_from_file(file_of(settings, "mqtt_password_file"));
    return settings.secret("mqtt_password");
}

/// Nothing, and a finding, when the password cannot be read.
std::optional<BrokerToCheck> broker_of(const EffectiveSettings& settings, Findings& findings)
{
    BrokerToCheck broker;
    broker.host = settings.text("mqtt_hostname");
    broker.port = static_cast<std::uint16_t>(std::strtoul(settings.text("mqtt_port").c_str(), nullptr, 10));
    broker.websocket = settings.flag("mqtt_use_websocket");
    if (!settings.flag("mqtt_force_unsecure"))
        broker.tls = TlsExpectations{
            .host = broker.host,
            .ca_file = file_of(settings, "mqtt_ca_certs"),
            .certificate = file_of(settings, "mqtt_certfile"),
            .key = file_of(settings, "mqtt_keyfile"),
            .ciphers = settings.text("mqtt_ciphers"),
            .verify_chain = settings.text("mqtt_cert_reqs") != "CERT_NONE",
            .verify_name = !settings.flag("mqtt_allow_untrusted"),
        };
    if (!settings.is_set("mqtt_username"))
        return broker;
    broker.username = settings.text("mqtt_username");
    try {
        broker.password = password(settings);
    } catch (const std::runtime_error& error) {
        findings.push_back(
            {.area = "broker",
             .check = "password",
             .verdict = Verdict::failure,
             .detail = error.what(),
             .advice = "run the doctor as the service's user"});
        return std::nullopt;
    }
    return broker;
}

Findings examine(const DoctorOptions& options)
{
    Findings findings;
    const auto transport = transport_settings(options, findings);
    BusFindings bus = check_bus(options.local.bus_address);
    Findings serial;
    for (const std::string& port : ports_to_check(options, bus.ports, findings))
        append(serial, check_port(port, bus.ports));
    append(findings, std::move(serial));
    append(findings, std::move(bus.findings));
    if (const auto broker = transport ? broker_of(*transport, findings) : std::nullopt)
        append(findings, check_broker(*broker));
    append(findings, check_clock());
    if (transport)
        append(findings, check_state_directory(transport->text("state_directory")));
    append(findings, check_limits(bus.processes));
    return findings;
}

} // namespace

int doctor(const DoctorOptions& options)
{
    const stand::SignalWatch signals;
    Findings findings;
    try {
        findings = examine(options);
    } catch (const stand::Interrupted&) {
        return local::exit_interrupted;
    }
    if (options.local.json)
        std::cout << to_json(findings).dump(2) << std::endl;
    else
        print(std::cout, Style::of_standard_output(), findings);
    return all_fine(findings) ? local::exit_fine : local::exit_refused;
}

} // namespace gateway::tools
