#include "transport/mqtt/client.hpp"

#include "transport/back_off.hpp"
#include "transport/mqtt/connect_options.hpp"
#include "transport/mqtt/tcp_no_delay.hpp"

#include <MQTTAsync.h>
#include <atomic>
#include <mqtt/async_client.h>
#include <semaphore>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr int mqtt_3_1 = MQTTVERSION_3_1;
constexpr int mqtt_3_1_1 = MQTTVERSION_3_1_1;
constexpr int connack_wrong_version = 1;
constexpr int subscribe_qos = 2;
constexpr int subscription_refused = 0x80;
constexpr std::chrono::seconds answer_limit{20}; ///< CONNACK, SUBACK (9.1)
constexpr std::chrono::seconds resubscribe_period{60};

/// Requests that wait for the loop before Paho's thread stops reading from the socket. The limit is
/// soft: that thread also handles acknowledgements and is never held for long.
constexpr std::ptrdiff_t max_pending_messages = 128;
constexpr std::chrono::milliseconds longest_hold{200};

void* to_context(std::uint64_t number)
{
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(number));
}

std::uint64_t from_context(const mqtt::token& token)
{
    return reinterpret_cast<std::uintptr_t>(token.get_user_context());
}

/// Passes a token's outcome to two functions; called by Paho's threads.
template<typename Success, typename Failure>
class Listener : public mqtt::iaction_listener {
public:
    Listener(Success success, Failure failure) : success_(std::move(success)), failure_(std::move(failure)) {}
    void on_success(const mqtt::token& token) override { success_(token); }
    void on_failure(const mqtt::token& token) override { failure_(token); }

private:
    Success success_;
    Failure failure_;
};

template<typename Success, typename Failure>
std::unique_ptr<mqtt::iaction_listener> listener(Success success, Failure failure)
{
    return std::make_unique<Listener<Success, Failure>>(std::move(success), std::move(failure));
}

} // namespace

/// Paho's threads only post. A posted result names the attempt it belongs to, so that one of an
/// earlier connection has no effect.
class MqttClient::Implementation {
public:
    Implementation(
        gateway::EventLoop& loop, const BrokerSettings& settings, Identity identity, Handlers handlers)
        : loop_(loop), settings_(settings), identity_(std::move(identity)), handlers_(std::move(handlers))
    {
        connect_listener_ = listener(
            [this](const mqtt::token& token) {
                const bool present = token.get_connect_response().is_session_present();
                post([this, attempt = from_context(token), present] { on_connected(attempt, present); });
            },
            [this](const mqtt::token& token) {
                post([this, attempt = from_context(token), code = token.get_return_code()] {
                    on_connect_failed(attempt, code);
                });
            });
        subscribe_listener_ = listener(
            [this](const mqtt::token& token) {
                std::vector<int> granted;
                const auto response = token.get_subscribe_response();
                for (const auto& code : response.get_reason_codes())
                    granted.push_back(static_cast<int>(code));
                post([this, attempt = from_context(token), granted] { on_subscribed(attempt, granted); });
            },
            [this](const mqtt::token& token) {
                post([this, attempt = from_context(token)] {
                    on_subscribed(attempt, {subscription_refused});
                });
            });
        // A failed publication needs nothing: it stays in flight until the connection is lost.
        publish_listener_ = listener(
            [this](const mqtt::token& token) {
                const std::uint64_t id = from_context(token);
                loop_.post([this, id] { acknowledged(id); });
            },
            [](const mqtt::token&) {});
        disconnect_listener_ = listener(
            [this](const mqtt::token&) { post([this] { finish_stop(); }); },
            [this](const mqtt::token&) { post([this] { finish_stop(); }); });
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;
    ~Implementation() = default;

    void start()
    {
        watch_for_giving_up();
        connect();
    }

    [[nodiscard]] bool online() const { return state_ == State::online; }

    void publish(std::uint64_t id, const Publication& publication)
    {
        try {
            auto message = mqtt::message::create(
                mqtt::string_ref(publication.topic), mqtt::binary_ref(publication.payload), publication.qos,
                publication.retained);
            connection_->client.publish(std::move(message), to_context(id), *publish_listener_);
        } catch (const mqtt::exception& error) {
            // The loss of the connection is reported on its own.
            if (error.get_return_code() == MQTTASYNC_DISCONNECTED)
                return;
            spdlog::error(
                "a message on {} cannot be published and is dropped: {}", *publication.topic, error.what());
            post([this, id] {
                if (!silent_)
                    handlers_.refused(id);
            });
        }
    }

    void lose(const std::string& why)
    {
        const bool was_online = state_ == State::online;
        if (!was_online && state_ != State::connecting && state_ != State::subscribing)
            return;
        ++attempt_;
        const auto delay = back_off_.next();
        spdlog::error(
            "MQTT: {}; trying again in {:.1f} s", why, std::chrono::duration<double>(delay).count());
        state_ = State::back_off;
        stable_.reset();
        resubscribe_.reset();
        drop_connection();
        timer_ = loop_.after(delay, [this] { connect(); });
        if (!was_online)
            return;
        watch_for_giving_up();
        handlers_.offline();
    }

    void stop(std::chrono::milliseconds deadline, std::function<void()> done)
    {
        const bool was_online = online();
        end();
        stopped_ = std::move(done);
        timer_ = loop_.after(deadline, [this] { finish_stop(); });
        if (!was_online) {
            post([this] { finish_stop(); });
            return;
        }
        try {
            connection_->client.disconnect(nullptr, *disconnect_listener_);
        } catch (const mqtt::exception&) {
            post([this] { finish_stop(); });
        }
    }

    void abandon()
    {
        end();
        // Destroying Paho's client would send DISCONNECT, and the broker would discard the will.
        [[maybe_unused]] static const auto* const kept_until_exit = connection_.release();
    }

private:
    enum class State : std::uint8_t { idle, connecting, subscribing, online, back_off, stopped };

    /// Paho's client and its callbacks. With a clean session each attempt has its own, so that
    /// nothing of an earlier connection is left inside Paho.
    struct Connection : mqtt::callback {
        Connection(Implementation& owner_, const std::string& uri, const std::string& id, int buffered)
            : owner(owner_), client(uri, id, mqtt::create_options(mqtt_3_1_1, buffered))
        {
            client.set_callback(*this);
        }
        void connection_lost(const std::string& cause) override
        {
            owner.post([this_owner = &owner, number = attempt.load(), cause] {
                if (number == this_owner->attempt_)
                    this_owner->lose(
                        "the connection to the broker is lost" +
                        (cause.empty() ? std::string() : ": " + cause));
            });
        }
        void message_arrived(mqtt::const_message_ptr message) override
        {
            const bool counted = owner.room_.try_acquire_for(longest_hold);
            owner.post([this_owner = &owner, message = std::move(message), counted] {
                if (counted)
                    this_owner->room_.release();
                this_owner->deliver(*message);
            });
        }
        Implementation& owner;
        std::atomic<std::uint64_t> attempt{0};
        mqtt::async_client client;
    };

    void post(gateway::EventLoop::Callback callback) { loop_.post(std::move(callback)); }

    /// For a connection that is given up though it still stands.
    void drop_connection()
    {
        try {
            if (connection_ != nullptr && connection_->client.is_connected())
                connection_->client.disconnect();
        } catch (const mqtt::exception& error) {
            spdlog::debug("MQTT: closing the old connection: {}", error.what());
        }
    }

    void watch_for_giving_up()
    {
        if (settings_.give_up_after.count() == 0)
            return;
        give_up_ = loop_.after(settings_.give_up_after, [this] {
            spdlog::error(
                "no connection to the broker for {} s (mqtt_reconnect_delay): giving up",
                settings_.give_up_after.count());
            handlers_.gave_up();
        });
    }

    void connect()
    {
        ++attempt_;
        state_ = State::connecting;
        timer_ = loop_.after(answer_limit, [this] { lose("the broker did not answer CONNECT within 20 s"); });
        try {
            if (connection_ == nullptr || !settings_.persist_session) {
                // Paho's buffer holds the window; the outbox holds the rest.
                const int buffered = static_cast<int>(settings_.max_inflight) + 100;
                auto made =
                    std::make_unique<Connection>(*this, server_uri(settings_), identity_.client_id, buffered);
                // The former client goes only now: the last one would take Paho's threads with it.
                std::swap(connection_, made);
            }
            connection_->attempt = attempt_;
            mqtt::connect_options options = connect_options(settings_, version_);
            const Publication& will = identity_.last_will;
            options.set_will_message(mqtt::message(
                mqtt::string_ref(will.topic), mqtt::binary_ref(will.payload), will.qos, will.retained));
            spdlog::debug("MQTT: connecting to {}", server_uri(settings_));
            connection_->client.connect(options, to_context(attempt_), *connect_listener_);
        } catch (const mqtt::exception& error) {
            lose(std::string("cannot connect: ") + error.what());
        }
    }

    void on_connect_failed(std::uint64_t attempt, int code)
    {
        if (attempt != attempt_ || state_ != State::connecting)
            return;
        if (code == connack_wrong_version && version_ == mqtt_3_1_1) {
            spdlog::warn("MQTT: {}: trying MQTT 3.1", explain_connect_failure(settings_, code));
            version_ = mqtt_3_1;
            connect();
            return;
        }
        version_ = mqtt_3_1_1;
        lose(explain_connect_failure(settings_, code));
    }

    void on_connected(std::uint64_t attempt, bool session_present)
    {
        if (attempt != attempt_ || state_ != State::connecting)
            return;
        version_ = mqtt_3_1_1;
        session_present_ = session_present;
        if (settings_.persist_session && !session_present)
            spdlog::info("MQTT: the broker has no session of this gateway (any more)");
        set_tcp_no_delay(settings_.port);
        state_ = State::subscribing;
        pending_filters_ = identity_.filters;
        timer_ =
            loop_.after(answer_limit, [this] { lose("the broker did not answer SUBSCRIBE within 20 s"); });
        subscribe();
    }

    void subscribe()
    {
        try {
            connection_->client.subscribe(
                mqtt::string_collection::create(pending_filters_),
                mqtt::iasync_client::qos_collection(pending_filters_.size(), subscribe_qos),
                to_context(attempt_), *subscribe_listener_);
        } catch (const mqtt::exception& error) {
            lose(std::string("cannot subscribe: ") + error.what());
        }
    }

    void on_subscribed(std::uint64_t attempt, const std::vector<int>& granted)
    {
        if (attempt != attempt_ || (state_ != State::subscribing && state_ != State::online))
            return;
        std::vector<std::string> refused;
        bool lower = false;
        for (std::size_t i = 0; i < pending_filters_.size(); ++i) {
            const int code = i < granted.size() ? granted[i]
                             : granted.empty()  ? subscribe_qos
                                                : granted.back();
            lower = lower || code < subscribe_qos;
            if (code < subscription_refused)
                continue;
            spdlog::error(
                "MQTT: the broker refuses the subscription {}: check its access rules; asking again every {} "
                "s",
                pending_filters_[i], resubscribe_period.count());
            refused.push_back(pending_filters_[i]);
        }
        if (lower && !told_lower_qos_) {
            told_lower_qos_ = true;
            spdlog::info(
                "MQTT: the broker grants a QoS below 2; repeated requests are recognised all the same");
        }
        pending_filters_ = std::move(refused);
        if (!pending_filters_.empty())
            resubscribe_ = loop_.after(resubscribe_period, [this] { subscribe(); });
        if (state_ == State::subscribing)
            go_online();
    }

    void go_online()
    {
        state_ = State::online;
        timer_.reset();
        give_up_.reset();
        stable_ = loop_.after(stable_connection, [this] { back_off_.reset(); });
        spdlog::info("MQTT: connected to {} as {}", server_uri(settings_), identity_.client_id);
        handlers_.online(session_present_);
    }

    void acknowledged(std::uint64_t id)
    {
        if (!silent_)
            handlers_.acknowledged(id);
    }

    void deliver(const mqtt::message& message)
    {
        if (silent_ || state_ == State::stopped)
            return;
        const auto& payload = message.get_payload_ref();
        const auto& topic = message.get_topic_ref();
        handlers_.message(
            {{topic.data(), topic.size()},
             payload.empty() ? std::string_view() : std::string_view(payload.data(), payload.size()),
             message.is_retained(),
             message.is_duplicate()});
    }

    void end()
    {
        silent_ = true;
        state_ = State::stopped;
        ++attempt_;
        timer_.reset();
        stable_.reset();
        give_up_.reset();
        resubscribe_.reset();
    }

    void finish_stop()
    {
        timer_.reset();
        if (const auto done = std::exchange(stopped_, nullptr))
            done();
    }

    gateway::EventLoop& loop_;
    const BrokerSettings settings_;
    const Identity identity_;
    const Handlers handlers_;
    State state_ = State::idle;
    bool silent_ = false; ///< no handler is called any more
    std::uint64_t attempt_ = 0;
    int version_ = mqtt_3_1_1;
    bool session_present_ = false;
    bool told_lower_qos_ = false;
    std::vector<std::string> pending_filters_; ///< not yet granted
    BackOff back_off_;
    gateway::EventLoop::Handle timer_;
    gateway::EventLoop::Handle stable_;
    gateway::EventLoop::Handle give_up_;
    gateway::EventLoop::Handle resubscribe_;
    std::function<void()> stopped_;
    std::counting_semaphore<> room_{max_pending_messages};
    std::unique_ptr<mqtt::iaction_listener> connect_listener_;
    std::unique_ptr<mqtt::iaction_listener> subscribe_listener_;
    std::unique_ptr<mqtt::iaction_listener> publish_listener_;
    std::unique_ptr<mqtt::iaction_listener> disconnect_listener_;
    std::unique_ptr<Connection> connection_;

    friend class MqttClient;
};

MqttClient::MqttClient(
    gateway::EventLoop& loop, const BrokerSettings& settings, Identity identity, Handlers handlers)
    : implementation_(
          std::make_shared<Implementation>(loop, settings, std::move(identity), std::move(handlers)))
{
}

MqttClient::~MqttClient()
{
    implementation_->end();
    // What Paho's threads have posted still refers to it: it goes behind that in the loop's queue.
    implementation_->connection_.reset();
    gateway::EventLoop& loop = implementation_->loop_;
    loop.post([keep = std::move(implementation_)] {});
}

void MqttClient::start()
{
    implementation_->start();
}

bool MqttClient::online() const
{
    return implementation_->online();
}

void MqttClient::publish(std::uint64_t id, const Publication& publication)
{
    implementation_->publish(id, publication);
}

void MqttClient::reconnect(const std::string& why)
{
    implementation_->lose(why);
}

void MqttClient::stop(std::chrono::milliseconds deadline, std::function<void()> done)
{
    implementation_->stop(deadline, std::move(done));
}

void MqttClient::abandon()
{
    implementation_->abandon();
}

} // namespace transport
