/// Brings the outbox to the broker. For the loop's thread.
#pragma once

#include "transport/mqtt/client.hpp"
#include "transport/mqtt/event_keeper.hpp"
#include "transport/mqtt/outbox.hpp"
#include "transport/mqtt/window.hpp"

namespace transport {

class Publisher {
public:
    struct Handlers {
        std::function<void()> online; ///< the queue waits 1 s at most for `release`
        std::function<void()> offline;
        std::function<void(const IncomingMessage&)> message;
        std::function<void()> gave_up;
        EventQueue::SafeHandler safe;                                  ///< the sink service may forget it
        std::function<void(const Outbox::Acknowledged&)> acknowledged; ///< may be empty
    };

    Publisher(
        gateway::EventLoop& loop, const BrokerSettings& settings, const StoreSettings& store,
        MqttClient::Identity identity, Handlers handlers);
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;
    ~Publisher() = default;

    void start() { client_.start(); }
    [[nodiscard]] bool online() const { return client_.online(); }

    /// QoS 2, not retained.
    void respond(std::string topic, std::string payload);
    /// Replaces what waits in the same slot.
    void publish_latest(std::string_view slot, Publication publication);
    void publish_event(EventPtr event);
    /// The status has been handed out: the queue follows.
    void release();

    /// Stops events, then calls `done` when all else is acknowledged, at the latest after `limit`;
    /// `true`: all was.
    void drain(std::chrono::milliseconds limit, std::function<void(bool)> done);
    /// Stores what is in memory alone.
    void store_events(std::chrono::milliseconds limit, std::function<void(bool)> done)
    {
        keeper_.store_all(limit, std::move(done));
    }
    void disconnect(std::chrono::milliseconds limit, std::function<void()> done);
    /// Ends without DISCONNECT, so that the broker publishes the last will.
    void abandon() { client_.abandon(); }

    /// Reads certificates and credentials again (MqttClient::reload).
    void reload() { client_.reload(); }
    [[nodiscard]] const std::vector<std::string>& refused_subscriptions() const
    {
        return client_.refused_subscriptions();
    }

    /// Messages given to the MQTT library; those given again count again.
    [[nodiscard]] std::uint64_t handed_out() const { return handed_out_; }
    [[nodiscard]] std::uint64_t lost_responses() const { return lost_responses_; }
    /// Events that the broker has not acknowledged yet.
    [[nodiscard]] std::size_t unacknowledged_events() const { return keeper_.queue().count(); }
    [[nodiscard]] std::optional<Outbox::Clock::time_point> last_acknowledgement() const
    {
        return last_acknowledgement_;
    }
    [[nodiscard]] const Outbox& outbox() const { return outbox_; }
    [[nodiscard]] const EventKeeper& events() const { return keeper_; }
    [[nodiscard]] const InFlightWindow& window() const { return window_; }

private:
    void on_online(bool session_present);
    void on_offline();
    void on_acknowledged(std::uint64_t id);
    void pump();
    void watch_acknowledgements();
    void report_lost_responses();
    void check_drained();

    gateway::EventLoop& loop_;
    const bool persist_session_;
    Handlers handlers_;
    EventKeeper keeper_;
    InFlightWindow window_;
    Outbox outbox_;
    MqttClient client_;
    std::optional<Outbox::Clock::time_point> last_acknowledgement_;
    std::uint64_t handed_out_ = 0;
    std::uint64_t lost_responses_ = 0; ///< as far as reported
    gateway::EventLoop::Handle hold_limit_;
    gateway::EventLoop::Handle event_timer_;
    gateway::EventLoop::Handle acknowledgement_timer_;
    gateway::EventLoop::Handle loss_timer_;
    gateway::EventLoop::Handle drain_limit_;
    std::function<void(bool)> drained_;
};

} // namespace transport
