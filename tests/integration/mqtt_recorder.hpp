/// Everything that is said at a broker, as it is said: topics, QoS, flags and octets.
#pragma once

#include "gateway_under_test.hpp"

#include <mqtt/async_client.h>

namespace integration {

struct Recorded {
    std::string topic;
    std::string payload;
    int qos = 0;
    bool retained = false; ///< it was said before the recorder came
    bool complete = false; ///< the payload is a GenericMessage with all its required fields
    api::WirepasMessage content;
};

class MqttRecorder {
public:
    /// Returns when nothing can be missed any more.
    explicit MqttRecorder(gateway::stand::Broker& broker);
    MqttRecorder(const MqttRecorder&) = delete;
    MqttRecorder& operator=(const MqttRecorder&) = delete;
    ~MqttRecorder();

    void publish(const std::string& topic, const std::string& payload, int qos = 2, bool retained = false);

    /// All messages so far, in order.
    std::vector<Recorded> all();
    std::size_t count() { return all().size(); }
    /// The first message from number `since` on that satisfies `wanted`; nothing at the deadline.
    std::optional<Recorded> wait_for(
        const std::function<bool(const Recorded&)>& wanted, std::size_t since = 0);

private:
    void receive(const mqtt::message& message);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Recorded> messages_;
    mqtt::async_client client_; ///< last, because its thread uses all the others
};

/// Asks one gateway, and looks at its answers as nobody who only wants them would.
class Asker {
public:
    explicit Asker(gateway::stand::Broker& broker) : recorder_(broker) {}

    MqttRecorder& recorder() { return recorder_; }

    /// Publishes a request as it is, under "gw-request/<name>/<gateway>/<level>".
    void say(
        const std::string& name, const std::string& level, const api::WirepasMessage& request, int qos = 2,
        bool retained = false);
    void say_octets(
        const std::string& name, const std::string& level, const std::string& octets, int qos = 2,
        bool retained = false);

    /// The answer to the request with this id; checks that it came on the topic of the request's kind
    /// and of `answered_as`, with QoS 2, not retained, complete, and from this gateway.
    Recorded answer(const std::string& name, const std::string& answered_as, std::uint64_t id);
    [[nodiscard]] std::size_t answers(std::uint64_t id);

    std::uint64_t next_id() { return ++id_; }

private:
    MqttRecorder recorder_;
    std::uint64_t id_ = 1000;
};

} // namespace integration
