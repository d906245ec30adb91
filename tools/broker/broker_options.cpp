#include "tools/broker/broker_options.hpp"

#include "tools/local/check.hpp"
#include "tools/local/values.hpp"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>

namespace gateway::tools {
namespace {

struct Scheme {
    std::string_view name;
    std::uint16_t port;
    bool tls;
    bool websocket;
};

constexpr std::array schemes = {
    Scheme{"mqtt", 1883, false, false}, Scheme{"tcp", 1883, false, false}, Scheme{"mqtts", 8883, true, false},
    Scheme{"ssl", 8883, true, false},   Scheme{"ws", 80, false, true},     Scheme{"wss", 443, true, true},
};

} // namespace

CLI::Option* add_broker_options(CLI::App& command, BrokerOptions& options)
{
    CLI::Option* broker =
        command
            .add_option(
                "--broker", options.url,
                "over this MQTT broker instead of D-Bus: mqtt://, mqtts://, ws:// or "
                "wss://[user@]host[:port]")
            ->type_name("URL")
            ->check(local::accepted_by([](const std::string& url) { return parse_broker_url(url); }));
    CLI::Option* gateway =
        command.add_option("--gateway", options.gateway_id, "id of the gateway behind the broker")
            ->type_name("ID")
            ->needs(broker);
    broker->needs(gateway);
    command.add_option("--ca-file", options.ca_file, "trusted authorities; not given: the system's")
        ->check(CLI::ExistingFile)
        ->needs(broker);
    command.add_option("--cert-file", options.certificate, "client certificate")
        ->check(CLI::ExistingFile)
        ->needs(broker);
    command.add_option("--cert-key-file", options.key, "its key; not given: in the same file")
        ->check(CLI::ExistingFile)
        ->needs(broker);
    command
        .add_option(
            "--password-file", options.password_file,
            "file whose first line is the password; not given: WM_SERVICES_MQTT_PASSWORD")
        ->check(CLI::ExistingFile)
        ->needs(broker);
    command
        .add_flag(
            "--any-broker-name", options.any_name, "do not compare the broker's name with its certificate")
        ->needs(broker);
    return broker;
}

tl::expected<BrokerUrl, std::string> parse_broker_url(std::string_view url)
{
    const auto refuse = [&](std::string_view why) {
        return tl::unexpected(fmt::format("{}; give mqtt://host, mqtts://user@host:8883 or such", why));
    };
    const Scheme* scheme = schemes.data();
    std::string_view rest = url;
    if (const auto colon = url.find("://"); colon != std::string_view::npos) {
        const auto* const found = std::ranges::find(schemes, url.substr(0, colon), &Scheme::name);
        if (found == schemes.end())
            return refuse(fmt::format("'{}' is no scheme of MQTT", url.substr(0, colon)));
        scheme = found;
        rest.remove_prefix(colon + 3);
    }
    BrokerUrl made{
        .host = {}, .port = scheme->port, .tls = scheme->tls, .websocket = scheme->websocket, .username = {}};
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        made.username = rest.substr(0, at);
        rest.remove_prefix(at + 1);
        if (made.username.find(':') != std::string::npos)
            return tl::unexpected(std::string(
                "a password in the URL would be seen by every user of this machine; give --password-file or "
                "WM_SERVICES_MQTT_PASSWORD"));
    }
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    if (rest.find('/') != std::string_view::npos)
        return refuse("a path is not used (WebSockets are at /mqtt)");
    std::string_view port;
    if (rest.starts_with('[')) {
        const auto end = rest.find(']');
        if (end == std::string_view::npos)
            return refuse("']' is missing");
        made.host = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        if (!rest.empty() && !rest.starts_with(':'))
            return refuse("behind ']' only :port may follow");
        port = rest.empty() ? rest : rest.substr(1);
    } else {
        const auto colon = rest.find(':');
        made.host = rest.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    }
    if (made.host.empty())
        return refuse("the host is missing");
    if (!port.empty()) {
        const auto number = local::parse_number(port, 1, UINT16_MAX);
        if (!number)
            return refuse(fmt::format("'{}' is no port", port));
        made.port = static_cast<std::uint16_t>(*number);
    }
    return made;
}

std::string secret_from_file(const std::string& file)
{
    std::ifstream in(file);
    std::string line;
    if (!in || (!std::getline(in, line) && !in.eof()))
        throw std::runtime_error("cannot read " + file + "; check its path and permissions");
    while (line.ends_with('\r') || line.ends_with('\n'))
        line.pop_back();
    return line;
}

backend::BackendOptions to_backend_options(const BrokerOptions& options)
{
    const auto url = parse_broker_url(options.url);
    if (!url)
        throw std::runtime_error(url.error());
    backend::BackendOptions made;
    made.host = url->host;
    made.port = url->port;
    made.websocket = url->websocket;
    made.gateway_id = options.gateway_id;
    if (url->tls)
        made.tls = backend::BackendTls{options.ca_file, options.certificate, options.key, !options.any_name};
    if (!url->username.empty()) {
        made.username = url->username;
        if (!options.password_file.empty())
            made.password = secret_from_file(options.password_file);
        else if (
            const char* secret = std::getenv("WM_SERVICES_MQTT_PASSWORD")) // NOLINT(concurrency-mt-unsafe)
            made.password = secret;
    }
    return made;
}

} // namespace gateway::tools
