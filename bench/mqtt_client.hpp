/// An MQTT 3.1.1 client with as little as possible between the socket and the clock, so that nothing that is
/// measured waits for who measures. It sends nothing again: a lost connection ends it.
#pragma once

#include "bench/percentiles.hpp"
#include "gateway/bytes.hpp"
#include "gateway/file_descriptor.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

enum class Session : std::uint8_t { clean, kept };

/// Everything throws std::runtime_error when the broker is gone or does not answer. One thread.
class MqttClient {
public:
    using Clock = std::chrono::steady_clock;

    struct Message {
        std::string_view topic;
        gateway::ByteView payload;
        Clock::time_point received;
    };
    /// Called from `run_until`, and from `subscribe` when the session had messages waiting.
    using OnMessage = std::function<void(const Message&)>;

    /// Connected when created; to a broker on 127.0.0.1.
    MqttClient(std::uint16_t port, std::string_view client_id, Session session, OnMessage on_message);

    /// Returns when the broker has confirmed it.
    void subscribe(std::string_view filter, std::uint8_t qos);

    /// Returns when the octets are with the kernel.
    void publish(std::string_view topic, std::string_view payload, std::uint8_t qos);

    /// Serves the connection until `done` holds; false at the deadline.
    bool run_until(const std::function<bool()>& done, Clock::time_point deadline);

private:
    struct Packet;

    [[nodiscard]] std::optional<Packet> next_packet();
    void read(Clock::time_point deadline);
    void take(const Packet& packet);
    void take_publish(const Packet& packet);
    void answer(std::uint8_t type, std::uint16_t packet_id);
    void flush();

    gateway::FileDescriptor socket_;
    OnMessage on_message_;
    std::vector<char> input_;
    std::ptrdiff_t begin_ = 0; ///< of what has been read and not taken
    std::ptrdiff_t end_ = 0;
    Clock::time_point received_{};
    std::string output_;
    std::uint16_t last_id_ = 0;
    bool connected_ = false;
    std::size_t subscriptions_ = 0;
};

/// Tries until the broker is there; throws std::runtime_error at the deadline.
MqttClient connect_when_there(
    std::uint16_t port, std::string_view client_id, Session session, const MqttClient::OnMessage& on_message);

} // namespace bench
