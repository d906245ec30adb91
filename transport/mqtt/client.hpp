/// The connection to the broker (docs/spec/gateway-backend-api.md, 2.3, 9). Wraps Paho; everything
/// is called, and calls back, on the loop's thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "transport/mqtt/outbox.hpp"
#include "transport/settings.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace transport {

/// A message from the broker; the views live during the call.
struct IncomingMessage {
    std::string_view topic;
    std::string_view payload;
    bool retained = false;
    bool duplicate = false; ///< MQTT's DUP flag
};

class MqttClient {
public:
    struct Handlers {
        /// Subscribed: messages may be published. `session_present`: what was in flight will still
        /// be acknowledged.
        std::function<void(bool session_present)> online;
        std::function<void()> offline; ///< once after each `online`
        std::function<void(const IncomingMessage&)> message;
        std::function<void(std::uint64_t id)> acknowledged;
        std::function<void(std::uint64_t id)> refused; ///< the library cannot publish it, now or ever
        std::function<void()> gave_up;                 ///< mqtt_reconnect_delay is over
    };
    struct Identity {
        std::string client_id;
        std::vector<std::string> filters; ///< subscribed with QoS 2, or the most the profile allows
        Publication last_will;            ///< QoS and retain likewise
    };

    MqttClient(
        gateway::EventLoop& loop, const BrokerSettings& settings, Identity identity, Handlers handlers);
    MqttClient(const MqttClient&) = delete;
    MqttClient& operator=(const MqttClient&) = delete;
    ~MqttClient();

    /// Connects, and connects again, until stopped.
    void start();
    [[nodiscard]] bool online() const;

    /// Hands a message to the library while online, with the QoS and retain that mqtt_profile allows;
    /// `acknowledged(id)` or `refused(id)` follows, or nothing when the connection is lost before.
    void publish(std::uint64_t id, const Publication& publication);

    /// Filters that the broker refuses now; asked for again once a minute.
    [[nodiscard]] const std::vector<std::string>& refused_subscriptions() const;

    /// Reads certificates, keys and credentials again, and changes over to them when they differ from
    /// those in use and can be used; else says why the connection stays as it is (9.4).
    void reload();

    /// Closes a connection that does not work any more, and connects again.
    void reconnect(const std::string& why);

    /// Disconnects in order, when online; `done` is called at the latest after `deadline`. No
    /// handler is called any more.
    void stop(std::chrono::milliseconds deadline, std::function<void()> done);
    /// Ends without DISCONNECT: the broker will publish the last will when the process has ended.
    void abandon();

private:
    class Implementation;
    std::shared_ptr<Implementation> implementation_;
};

} // namespace transport
