/// A backend of one gateway that only counts: what the packets' running numbers are, which requests were
/// answered, and when. Its messages are those of spec/gateway-backend-api.md.
#pragma once

#include "bench/mqtt_client.hpp"

#include <map>
#include <optional>

namespace bench {

inline constexpr const char* gateway_id = "gateway";

/// A packet of the mesh, as it came to the subscriber.
struct ReceivedPacket {
    std::string_view sink;
    std::uint32_t number; ///< at the begin of its payload
    MqttClient::Clock::time_point received;
};

/// Subscriber of all events (QoS 1) and responses (QoS 2). Throws std::runtime_error when the broker is
/// gone. One thread.
class BackendClient {
public:
    using Clock = MqttClient::Clock;
    using OnPacket = std::function<void(const ReceivedPacket&)>;

    struct Response {
        bool ok;
        Clock::time_point received;
    };

    /// Connected when created, or as soon as the broker is there.
    BackendClient(std::uint16_t broker_port, Session session, OnPacket on_packet);
    BackendClient(const BackendClient&) = delete;
    BackendClient& operator=(const BackendClient&) = delete;

    /// Serves the connection until `done` holds; false at the deadline.
    bool run_until(const std::function<bool()>& done, Clock::time_point deadline)
    {
        return client_.run_until(done, deadline);
    }
    /// Counts what comes for a time.
    void run_for(std::chrono::milliseconds duration)
    {
        client_.run_until([] { return false; }, Clock::now() + duration);
    }
    /// The same as run_until, but throws that `awaited` did not come.
    void expect(
        const char* awaited, const std::function<bool()>& done,
        std::chrono::milliseconds limit = std::chrono::seconds(60));

    /// When the gateway said ONLINE with a number of sinks whose state is known; throws at a deadline.
    Clock::time_point wait_until_online(int sinks);
    void wait_until_offline();

    // Requests (QoS 2) to one sink; each gives its id.
    std::uint64_t send_data(const std::string& sink, std::string_view payload);
    std::uint64_t upload(
        const std::string& sink, std::string_view piece, std::size_t offset, std::size_t whole);

    /// Those that came so far.
    [[nodiscard]] const std::map<std::uint64_t, Response>& responses() const { return responses_; }
    /// Throws when it is not OK, or does not come.
    Clock::time_point wait_for_ok(std::uint64_t request);

    /// Of the last event with a packet: a yardstick says the same.
    [[nodiscard]] const std::string& event_topic() const { return event_topic_; }
    [[nodiscard]] std::size_t event_size() const { return event_size_; }

private:
    void take(const MqttClient::Message& message);
    void take_packet(const MqttClient::Message& message);
    template<typename Message>
    std::uint64_t post(const char* command, const std::string& sink, Message& message);

    OnPacket on_packet_;
    std::map<std::uint64_t, Response> responses_;
    std::optional<int> sinks_; ///< nothing while not ONLINE
    Clock::time_point online_since_{};
    std::uint64_t last_request_ = 0;
    std::string event_topic_;
    std::size_t event_size_ = 0;
    MqttClient client_; ///< last, because it calls `take`
};

} // namespace bench
