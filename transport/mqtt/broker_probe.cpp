#include "transport/mqtt/broker_probe.hpp"

#include "transport/mqtt/probe_socket.hpp"
#include "transport/mqtt/probe_tls.hpp"

#include <array>
#include <csignal>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <sys/socket.h>

namespace transport {
namespace {

/// OpenSSL writes to sockets that may be closed: without this the process would end by SIGPIPE.
class NoBrokenPipe {
public:
    NoBrokenPipe()
    {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    NoBrokenPipe(const NoBrokenPipe&) = delete;
    NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;
    ~NoBrokenPipe()
    {
        if (sigismember(&before_, SIGPIPE) == 1)
            return;
        constexpr timespec no_wait{0, 0};
        sigtimedwait(&pipe_, nullptr, &no_wait);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    sigset_t pipe_{};
    sigset_t before_{};
};

std::string place(const BrokerSettings& settings)
{
    return fmt::format("{}:{}", settings.hostname, settings.port);
}

BrokerFinding connect_finding(
    ConnectOutcome outcome, const BrokerSettings& settings, const std::string& reason)
{
    const std::string where = place(settings);
    switch (outcome) {
    case ConnectOutcome::connected:
        return {};
    case ConnectOutcome::name_not_found:
        return {
            Obstacle::name_not_found,
            fmt::format(
                "nobody is called {} ({}): check mqtt_hostname and this machine's name service",
                settings.hostname, reason)};
    case ConnectOutcome::no_name_server:
        return {
            Obstacle::name_not_found,
            fmt::format(
                "no name server answers what {} is ({}): check this machine's network and name service",
                settings.hostname, reason)};
    case ConnectOutcome::refused:
        return {
            Obstacle::refused,
            fmt::format(
                "{} refuses the connection ({}): check that the broker runs, and mqtt_hostname and mqtt_port",
                where, reason)};
    case ConnectOutcome::unreachable:
        return {
            Obstacle::unreachable,
            fmt::format("no way to {} ({}): check this machine's network and mqtt_hostname", where, reason)};
    case ConnectOutcome::timeout:
        break;
    }
    return {
        Obstacle::unreachable, fmt::format(
                                   "{} does not answer: check mqtt_hostname and mqtt_port, that the broker "
                                   "runs, and firewalls on the "
                                   "way",
                                   where)};
}

/// Without TLS settings: does the other side want TLS all the same?
bool speaks_tls(const BrokerSettings& settings, const ProbeLimit& limit)
{
    BrokerSettings with_tls = settings;
    with_tls.tls.emplace();
    with_tls.tls->verify_chain = with_tls.tls->verify_name = false;
    const auto context = make_tls_context(*with_tls.tls);
    ProbeSocket socket;
    if (!context || socket.connect(settings.hostname, settings.port, limit) != ConnectOutcome::connected)
        return false;
    const Obstacle found = ProbeTls(socket, **context, with_tls, place(settings)).shake_hands(limit).obstacle;
    return found == Obstacle::none || found == Obstacle::certificate_missing;
}

bool send_plain(const ProbeSocket& socket, std::string_view text, const ProbeLimit& limit)
{
    return socket.wait(true, limit) && send(socket.descriptor(), text.data(), text.size(), MSG_NOSIGNAL) ==
                                           static_cast<ssize_t>(text.size());
}

bool receive_plain(const ProbeSocket& socket, std::string& text, const ProbeLimit& limit)
{
    std::array<char, 512> buffer{};
    if (!socket.wait(false, limit))
        return false;
    const ssize_t got = recv(socket.descriptor(), buffer.data(), buffer.size(), 0);
    if (got > 0)
        text.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0;
}

/// The handshake of RFC 6455, up to the status line of the answer.
BrokerFinding ask_for_websocket(
    const BrokerSettings& settings, const std::function<bool(std::string_view)>& write,
    const std::function<bool(std::string&)>& read)
{
    const std::string request = fmt::format(
        "GET /mqtt HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: mqtt\r\n\r\n",
        place(settings));
    std::string answer;
    if (write(request))
        while (answer.find('\n') == std::string::npos && answer.size() < 1024 && read(answer)) {
        }
    if (answer.starts_with("HTTP/1.1 101"))
        return {};
    const bool http = answer.starts_with("HTTP/");
    const std::string line = answer.substr(0, answer.find_first_of("\r\n"));
    return {
        Obstacle::no_websocket,
        http ? fmt::format(
                   "{} has no MQTT over WebSocket at /mqtt (it answers '{}'): check mqtt_port and the "
                   "broker's "
                   "settings",
                   place(settings), line)
             : fmt::format(
                   "{} does not speak WebSocket at this port: check mqtt_port, or set mqtt_use_websocket to "
                   "false",
                   place(settings))};
}

BrokerFinding probe(const BrokerSettings& settings, const ProbeLimit& limit)
{
    TlsContext context;
    if (settings.tls) {
        auto made = make_tls_context(*settings.tls);
        if (!made)
            return {Obstacle::own_files, made.error()};
        context = std::move(*made);
    }
    ProbeSocket socket;
    const ConnectOutcome outcome = socket.connect(settings.hostname, settings.port, limit);
    if (outcome != ConnectOutcome::connected)
        return connect_finding(outcome, settings, socket.reason());

    if (context == nullptr) {
        if (speaks_tls(settings, limit))
            return {
                Obstacle::only_tls,
                fmt::format(
                    "{} wants TLS: remove mqtt_force_unsecure, or give the broker's port without TLS as "
                    "mqtt_port",
                    place(settings))};
        if (!settings.websocket)
            return {};
        return ask_for_websocket(
            settings, [&](std::string_view text) { return send_plain(socket, text, limit); },
            [&](std::string& text) { return receive_plain(socket, text, limit); });
    }
    ProbeTls tls(socket, *context, settings, place(settings));
    if (BrokerFinding finding = tls.shake_hands(limit);
        finding.obstacle != Obstacle::none || !settings.websocket)
        return finding;
    return ask_for_websocket(
        settings, [&](std::string_view text) { return tls.write(text, limit); },
        [&](std::string& text) { return tls.read_some(text, limit); });
}

} // namespace

BrokerFinding probe_broker(
    const BrokerSettings& settings, std::chrono::milliseconds limit, const std::stop_token& stop)
{
    const NoBrokenPipe guard;
    BrokerFinding finding = probe(settings, {std::chrono::steady_clock::now() + limit, stop});
    if (stop.stop_requested())
        return {Obstacle::interrupted, {}};
    return finding;
}

} // namespace transport
