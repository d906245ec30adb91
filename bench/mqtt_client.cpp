#include "bench/mqtt_client.hpp"

#include "tools/stand/wait.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>

namespace bench {
namespace {

constexpr std::chrono::seconds patience{20};
constexpr std::size_t read_size = 64 * 1024;

// First octets of packets (MQTT 3.1.1, 2.2).
namespace type {
constexpr std::uint8_t connect = 0x10;
constexpr std::uint8_t connack = 0x20;
constexpr std::uint8_t publish = 0x30;
constexpr std::uint8_t puback = 0x40;
constexpr std::uint8_t pubrec = 0x50;
constexpr std::uint8_t pubrel = 0x62;
constexpr std::uint8_t pubcomp = 0x70;
constexpr std::uint8_t subscribe = 0x82;
constexpr std::uint8_t suback = 0x90;
constexpr std::uint8_t mask = 0xF0;
} // namespace type

void append_u16(std::string& out, std::size_t value)
{
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value);
}

void append_text(std::string& out, std::string_view text)
{
    append_u16(out, text.size());
    out += text;
}

void append_head(std::string& out, std::uint8_t first, std::size_t length)
{
    out += static_cast<char>(first);
    do {
        out += static_cast<char>((length & 0x7F) | (length > 0x7F ? 0x80 : 0));
        length >>= 7;
    } while (length > 0);
}

std::uint16_t u16_at(std::string_view octets, std::size_t place)
{
    if (octets.size() < place + 2)
        throw std::runtime_error("the broker sent a packet that is too short");
    return static_cast<std::uint16_t>(
        static_cast<std::uint8_t>(octets[place]) << 8 | static_cast<std::uint8_t>(octets[place + 1]));
}

gateway::FileDescriptor connect_to(std::uint16_t port)
{
    gateway::FileDescriptor connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval limit{patience.count(), 0};
    setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot connect to the broker");
    return connection;
}

} // namespace

struct MqttClient::Packet {
    std::uint8_t first;
    std::string_view body; ///< of the input buffer
};

MqttClient::MqttClient(std::uint16_t port, std::string_view client_id, Session session, OnMessage on_message)
    : socket_(connect_to(port)), on_message_(std::move(on_message))
{
    constexpr std::size_t fixed = 10;
    append_head(output_, type::connect, fixed + 2 + client_id.size());
    append_text(output_, "MQTT");
    output_ += '\x04';
    output_ += session == Session::clean ? '\x02' : '\x00';
    append_u16(output_, 0); // no keep alive: nobody needs to serve it between measurements
    append_text(output_, client_id);
    flush();
    if (!run_until([this] { return connected_; }, Clock::now() + patience))
        throw std::runtime_error("the broker did not answer to CONNECT");
}

void MqttClient::subscribe(std::string_view filter, std::uint8_t qos)
{
    const std::size_t expected = subscriptions_ + 1;
    append_head(output_, type::subscribe, 2 + 2 + filter.size() + 1);
    append_u16(output_, ++last_id_);
    append_text(output_, filter);
    output_ += static_cast<char>(qos);
    flush();
    if (!run_until([&] { return subscriptions_ >= expected; }, Clock::now() + patience))
        throw std::runtime_error("the broker did not answer to SUBSCRIBE");
}

void MqttClient::publish(std::string_view topic, std::string_view payload, std::uint8_t qos)
{
    append_head(
        output_, static_cast<std::uint8_t>(type::publish | qos << 1),
        2 + topic.size() + (qos > 0 ? 2U : 0U) + payload.size());
    append_text(output_, topic);
    if (qos > 0) {
        last_id_ = last_id_ == UINT16_MAX ? std::uint16_t{1} : static_cast<std::uint16_t>(last_id_ + 1);
        append_u16(output_, last_id_);
    }
    output_ += payload;
    flush();
}

bool MqttClient::run_until(const std::function<bool()>& done, Clock::time_point deadline)
{
    while (!done()) {
        if (Clock::now() >= deadline)
            return false;
        read(deadline);
        while (const auto packet = next_packet())
            take(*packet);
        flush();
    }
    return true;
}

void MqttClient::read(Clock::time_point deadline)
{
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd broker{socket_.get(), POLLIN, 0};
    if (wait <= 0 || poll(&broker, 1, static_cast<int>(wait)) <= 0)
        return;
    // What is left of the last read is a part of one packet.
    std::copy(input_.begin() + begin_, input_.begin() + end_, input_.begin());
    end_ -= std::exchange(begin_, 0);
    if (input_.size() - static_cast<std::size_t>(end_) < read_size)
        input_.resize(input_.size() + read_size);
    const ssize_t size = recv(socket_.get(), input_.data() + end_, read_size, 0);
    received_ = Clock::now();
    if (size <= 0)
        throw std::runtime_error("the broker ended the connection");
    end_ += size;
}

std::optional<MqttClient::Packet> MqttClient::next_packet()
{
    const std::string_view left(input_.data() + begin_, static_cast<std::size_t>(end_ - begin_));
    std::size_t length = 0;
    std::size_t head = 1;
    for (unsigned shift = 0;; shift += 7) {
        if (head >= left.size())
            return std::nullopt;
        const auto octet = static_cast<std::uint8_t>(left[head++]);
        length |= static_cast<std::size_t>(octet & 0x7F) << shift;
        if ((octet & 0x80) == 0)
            break;
    }
    if (left.size() < head + length)
        return std::nullopt;
    begin_ += static_cast<std::ptrdiff_t>(head + length);
    return Packet{static_cast<std::uint8_t>(left[0]), left.substr(head, length)};
}

void MqttClient::take(const Packet& packet)
{
    switch (packet.first & type::mask) {
    case type::connack:
        if (u16_at(packet.body, 0) % 256 != 0)
            throw std::runtime_error("the broker refused the connection");
        connected_ = true;
        break;
    case type::suback:
        ++subscriptions_;
        break;
    case type::publish:
        take_publish(packet);
        break;
    case type::pubrec:
        answer(type::pubrel, u16_at(packet.body, 0));
        break;
    case type::pubrel& type::mask:
        answer(type::pubcomp, u16_at(packet.body, 0));
        break;
    default: // PUBACK, PUBCOMP: nobody sends again
        break;
    }
}

void MqttClient::take_publish(const Packet& packet)
{
    const int qos = packet.first >> 1 & 3;
    const std::size_t topic_size = u16_at(packet.body, 0);
    std::size_t place = 2 + topic_size;
    if (qos > 0) {
        answer(qos == 1 ? type::puback : type::pubrec, u16_at(packet.body, place));
        place += 2;
    }
    if (place > packet.body.size())
        throw std::runtime_error("the broker sent a packet that is too short");
    const std::string_view payload = packet.body.substr(place);
    on_message_(
        {packet.body.substr(2, topic_size),
         {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()},
         received_});
}

void MqttClient::answer(std::uint8_t type, std::uint16_t packet_id)
{
    append_head(output_, type, 2);
    append_u16(output_, packet_id);
}

void MqttClient::flush()
{
    for (std::string_view left = output_; !left.empty();) {
        const ssize_t size = send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
        if (size <= 0)
            throw std::system_error(errno, std::generic_category(), "cannot write to the broker");
        left.remove_prefix(static_cast<std::size_t>(size));
    }
    output_.clear();
}

MqttClient connect_when_there(
    std::uint16_t port, std::string_view client_id, Session session, const MqttClient::OnMessage& on_message)
{
    std::optional<MqttClient> client;
    std::string why;
    const auto try_it = [&] {
        try {
            client.emplace(port, client_id, session, on_message);
        } catch (const std::system_error& error) {
            why = error.what();
        }
        return client.has_value();
    };
    if (!gateway::stand::wait_until(try_it, gateway::stand::Deadline(patience)))
        throw std::runtime_error(why);
    return *std::move(client);
}

} // namespace bench
