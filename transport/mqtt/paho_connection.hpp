/// One client of Paho's, whose threads are kept away from everything else: what they report arrives on
/// the loop's thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "transport/mqtt/client.hpp"

#include <atomic>
#include <memory>
#include <mqtt/async_client.h>
#include <semaphore>
#include <string>
#include <vector>

namespace transport {

/// `attempt` is the number that was given with the call that is answered.
class PahoEvents {
public:
    PahoEvents() = default;
    PahoEvents(const PahoEvents&) = delete;
    PahoEvents& operator=(const PahoEvents&) = delete;
    virtual ~PahoEvents() = default;

    virtual void connected(std::uint64_t attempt, bool session_present) = 0;
    /// `code` is CONNACK's (1 to 5) or Paho's own (negative).
    virtual void connect_failed(std::uint64_t attempt, int code) = 0;
    virtual void connection_lost(std::uint64_t attempt, const std::string& cause) = 0;
    /// SUBACK's codes, in the order of the filters.
    virtual void subscribed(std::uint64_t attempt, const std::vector<int>& granted) = 0;
    virtual void arrived(const IncomingMessage& message) = 0;
    virtual void acknowledged(std::uint64_t id) = 0;
    virtual void disconnected() = 0;
};

class PahoConnection final : private mqtt::callback {
public:
    /// `events` must outlive what is posted to the loop. `buffered`: messages that Paho may hold.
    PahoConnection(
        gateway::EventLoop& loop, PahoEvents& events, const std::string& uri, const std::string& client_id,
        int buffered);

    // Each throws mqtt::exception when Paho refuses at once; else an event follows, or connection_lost.

    void connect(std::uint64_t attempt, const mqtt::connect_options& options);
    void subscribe(const std::vector<std::string>& filters, int qos);
    /// A failed publication is not reported: it stays in flight until the connection is lost.
    void publish(std::uint64_t id, const mqtt::const_message_ptr& message);
    void disconnect();
    /// Without an event afterwards.
    void drop();

private:
    using Listener = std::unique_ptr<mqtt::iaction_listener>;

    void connection_lost(const std::string& cause) override;
    void message_arrived(mqtt::const_message_ptr message) override;

    gateway::EventLoop& loop_;
    PahoEvents& events_;
    std::atomic<std::uint64_t> attempt_{0};
    std::shared_ptr<std::counting_semaphore<>> room_; ///< for messages that wait for the loop
    Listener connect_listener_;
    Listener subscribe_listener_;
    Listener publish_listener_;
    Listener disconnect_listener_;
    mqtt::async_client client_; ///< the last: its threads end first
};

} // namespace transport
