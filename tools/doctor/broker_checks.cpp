#include "tools/doctor/broker_checks.hpp"

#include "gateway/file_descriptor.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <mqtt/async_client.h>
#include <netdb.h>
#include <poll.h>
#include <random>
#include <sys/socket.h>
#include <system_error>

namespace gateway::tools {
namespace {

constexpr std::chrono::seconds step_limit(5);
constexpr std::chrono::seconds connect_limit(15);

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Finding finding(std::string check, Verdict verdict, std::string detail, std::string advice = {})
{
    return {"broker", std::move(check), verdict, std::move(detail), std::move(advice)};
}

std::string in_words(const addrinfo& address)
{
    std::array<char, NI_MAXHOST> text{};
    getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    return text.data();
}

Addresses resolve(const BrokerToCheck& broker, Findings& findings)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(broker.host.c_str(), std::to_string(broker.port).c_str(), &hints, &list);
    Addresses addresses(error == 0 ? list : nullptr, &freeaddrinfo);
    if (error != 0) {
        findings.push_back(finding(
            "name", Verdict::failure, fmt::format("{}: {}", broker.host, gai_strerror(error)),
            error == EAI_AGAIN ? "no name server answers: check the network and /etc/resolv.conf"
                               : "check mqtt_hostname"));
        return addresses;
    }
    std::vector<std::string> all;
    for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next)
        all.push_back(in_words(*at));
    findings.push_back(
        finding("name", Verdict::fine, fmt::format("{} is {}", broker.host, fmt::join(all, ", "))));
    return addresses;
}

/// errno of a connection that was not made; 0 with a connected, blocking socket.
int connect_within(const addrinfo& address, FileDescriptor& made)
{
    made = FileDescriptor(
        socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
    if (!made)
        return errno;
    if (connect(made.get(), address.ai_addr, address.ai_addrlen) != 0) {
        if (errno != EINPROGRESS)
            return errno;
        pollfd writable{made.get(), POLLOUT, 0};
        const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(step_limit);
        if (poll(&writable, 1, static_cast<int>(limit.count())) <= 0)
            return ETIMEDOUT;
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(made.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0)
            return error;
    }
    const int flags = fcntl(made.get(), F_GETFL);
    fcntl(made.get(), F_SETFL, flags & ~O_NONBLOCK);
    return 0;
}

FileDescriptor connect_to(const addrinfo* addresses, const BrokerToCheck& broker, Findings& findings)
{
    int error = 0;
    for (const addrinfo* at = addresses; at != nullptr; at = at->ai_next) {
        FileDescriptor connection;
        error = connect_within(*at, connection);
        if (error == 0) {
            findings.push_back(
                finding("TCP", Verdict::fine, fmt::format("{}, port {}", in_words(*at), broker.port)));
            return connection;
        }
    }
    findings.push_back(finding(
        "TCP", Verdict::failure,
        fmt::format("{}:{}: {}", broker.host, broker.port, std::generic_category().message(error)),
        error == ECONNREFUSED ? "nobody listens there: check mqtt_port, and that the broker runs"
                              : "check the network, the route, and firewalls between here and the broker"));
    return {};
}

std::string server_uri(const BrokerToCheck& broker)
{
    const bool is_ipv6 = broker.host.find(':') != std::string::npos && !broker.host.starts_with('[');
    const char* scheme = broker.websocket ? (broker.tls ? "wss" : "ws") : (broker.tls ? "ssl" : "tcp");
    return fmt::format(
        "{}://{}{}{}:{}{}", scheme, is_ipv6 ? "[" : "", broker.host, is_ipv6 ? "]" : "", broker.port,
        broker.websocket ? "/mqtt" : "");
}

mqtt::connect_options connect_options(const BrokerToCheck& broker)
{
    mqtt::connect_options options;
    options.set_mqtt_version(MQTTVERSION_3_1_1);
    options.set_clean_session(true);
    options.set_connect_timeout(connect_limit);
    if (broker.username)
        options.set_user_name(*broker.username);
    if (broker.password)
        options.set_password(*broker.password);
    if (!broker.tls)
        return options;
    mqtt::ssl_options tls;
    if (!broker.tls->ca_file.empty())
        tls.set_trust_store(broker.tls->ca_file);
    if (!broker.tls->certificate.empty()) {
        tls.set_key_store(broker.tls->certificate);
        tls.set_private_key(broker.tls->key.empty() ? broker.tls->certificate : broker.tls->key);
    }
    if (!broker.tls->ciphers.empty())
        tls.set_enabled_cipher_suites(broker.tls->ciphers);
    tls.set_enable_server_cert_auth(broker.tls->verify_chain);
    tls.set_verify(broker.tls->verify_name && broker.tls->verify_chain);
    options.set_ssl(tls);
    return options;
}

Finding check_mqtt(const BrokerToCheck& broker)
{
    constexpr int no_answer = -1;
    std::random_device random;
    mqtt::async_client client(server_uri(broker), fmt::format("doctor-{}", random() % 1'000'000));
    try {
        if (!client.connect(connect_options(broker))->wait_for(connect_limit + step_limit))
            return judge_connect(no_answer, broker);
        client.disconnect()->wait_for(step_limit);
        return judge_connect(0, broker);
    } catch (const mqtt::exception& error) {
        return judge_connect(error.get_return_code() == 0 ? no_answer : error.get_return_code(), broker);
    }
}

} // namespace

Finding judge_connect(int code, const BrokerToCheck& broker)
{
    const std::string who = broker.username ? "user " + *broker.username : std::string("without a user name");
    const auto refused = [](std::string detail, std::string advice) {
        return finding("MQTT", Verdict::failure, std::move(detail), std::move(advice));
    };
    switch (code) {
    case 0:
        return finding("MQTT", Verdict::fine, fmt::format("connected, {}", who));
    case 1:
        return refused("the broker does not speak MQTT 3.1.1", "use a broker that does");
    case 2:
        return refused(
            "the broker refuses client ids that it does not know",
            "the gateway's own id may be fine: see its log");
    case 3:
        return refused("the broker is not available now", "look at the broker");
    case 4:
        return refused(
            fmt::format("the broker refuses the credentials ({})", who),
            "check mqtt_username and mqtt_password or mqtt_password_file");
    case 5:
        return refused(
            fmt::format("the broker does not let this client in ({})", who),
            "check mqtt_username, mqtt_password or mqtt_password_file, mqtt_certfile, and the broker's "
            "access rules");
    default:
        return refused(
            fmt::format("no MQTT connection ({})", mqtt::exception::error_str(code)),
            broker.websocket
                ? "check mqtt_use_websocket, mqtt_port, and that the broker has WebSockets at /mqtt"
                : "check that the port speaks MQTT, and whether the broker wants a client "
                  "certificate (mqtt_certfile)");
    }
}

Findings check_broker(const BrokerToCheck& broker)
{
    Findings findings;
    const Addresses addresses = resolve(broker, findings);
    if (!addresses)
        return findings;
    const FileDescriptor connection = connect_to(addresses.get(), broker, findings);
    if (!connection)
        return findings;
    if (broker.tls) {
        findings.push_back(probe_tls(connection.get(), *broker.tls, step_limit));
        if (findings.back().verdict == Verdict::failure)
            return findings;
    } else {
        findings.push_back(finding(
            "TLS", Verdict::warning,
            "off (mqtt_force_unsecure): anybody on the way can read and change messages",
            "use TLS unless broker and gateway share a trusted network"));
    }
    findings.push_back(check_mqtt(broker));
    return findings;
}

} // namespace gateway::tools
