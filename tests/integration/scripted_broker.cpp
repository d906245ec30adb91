#include "scripted_broker.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <optional>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>

namespace integration {
namespace {

constexpr std::uint8_t connect = 1;
constexpr std::uint8_t subscribe = 8;

/// Lets accept and recv look at the stop token now and then.
void return_often(int socket)
{
    const timeval often{0, 20'000};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &often, sizeof often);
}

/// All of `octets`; false when the client has gone, or at the stop.
bool receive(const std::stop_token& stop, int client, std::uint8_t* octets, std::size_t count)
{
    for (std::size_t have = 0; have < count;) {
        const ssize_t got = recv(client, octets + have, count - have, 0);
        if (stop.stop_requested() || got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        have += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return true;
}

struct Packet {
    std::uint8_t type = 0;
    gateway::Bytes body; ///< behind the fixed header
};

std::optional<Packet> receive_packet(const std::stop_token& stop, int client)
{
    std::uint8_t octet = 0;
    if (!receive(stop, client, &octet, 1))
        return std::nullopt;
    Packet packet{static_cast<std::uint8_t>(octet >> 4U), {}};
    std::size_t length = 0;
    unsigned shift = 0;
    do {
        if (!receive(stop, client, &octet, 1))
            return std::nullopt;
        length |= static_cast<std::size_t>(octet & 0x7FU) << shift;
        shift += 7;
    } while ((octet & 0x80U) != 0);
    packet.body.resize(length);
    if (!receive(stop, client, packet.body.data(), length))
        return std::nullopt;
    return packet;
}

bool say(int client, const gateway::Bytes& octets)
{
    return send(client, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size());
}

/// Grants each filter what it asks for.
gateway::Bytes suback(const gateway::Bytes& asked)
{
    gateway::Bytes granted(asked.begin(), asked.begin() + 2); // the packet id
    for (std::size_t at = 2; at + 2 < asked.size();) {
        const std::size_t filter = (std::size_t{asked.at(at)} << 8U) | asked.at(at + 1);
        granted.push_back(asked.at(at + 2 + filter));
        at += 3 + filter;
    }
    gateway::Bytes packet{0x90, static_cast<std::uint8_t>(granted.size())};
    packet.insert(packet.end(), granted.begin(), granted.end());
    return packet;
}

} // namespace

ScriptedBroker::ScriptedBroker(AtSubscribe at_subscribe)
    : at_subscribe_(at_subscribe), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), 5) != 0 ||
        getsockname(listener_.get(), generic, &size) != 0)
        throw std::runtime_error("cannot listen on 127.0.0.1");
    port_ = ntohs(address.sin_port);
    return_often(listener_.get());
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

void ScriptedBroker::serve(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        const gateway::FileDescriptor client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client)
            continue;
        return_often(client.get());
        converse(stop, client.get());
    }
}

void ScriptedBroker::converse(const std::stop_token& stop, int client)
{
    while (const auto packet = receive_packet(stop, client)) {
        if (packet->type == connect && !say(client, {0x20, 2, 0, 0}))
            return;
        if (packet->type == subscribe && !answer_subscribe(stop, client, packet->body))
            return;
    }
}

bool ScriptedBroker::answer_subscribe(const std::stop_token& stop, int client, const gateway::Bytes& packet)
{
    ++subscriptions_;
    std::uint8_t ignored = 0;
    while (at_subscribe_ == AtSubscribe::wait)
        if (recv(client, &ignored, 1, MSG_PEEK) == 0 || stop.stop_requested())
            return false;
    return at_subscribe_ == AtSubscribe::grant && say(client, suback(packet));
}

} // namespace integration
