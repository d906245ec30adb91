#include "transport/mqtt/client.hpp"

#include "transport/back_off.hpp"
#include "transport/mqtt/broker_inquiry.hpp"
#include "transport/mqtt/connect_options.hpp"
#include "transport/mqtt/credentials.hpp"
#include "transport/mqtt/paho_connection.hpp"
#include "transport/mqtt/subscriptions.hpp"
#include "transport/mqtt/tcp_no_delay.hpp"

#include <MQTTAsync.h>
#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr int mqtt_3_1 = MQTTVERSION_3_1;
constexpr int mqtt_3_1_1 = MQTTVERSION_3_1_1;
constexpr int connack_wrong_version = 1;
constexpr int last_connack_code = 5;             ///< 1 to 5 come from the broker, Paho's own are negative
constexpr std::chrono::seconds answer_limit{20}; ///< CONNACK, SUBACK (9.1)
constexpr std::chrono::seconds resubscribe_period{60};

/// Empty when the broker can take it.
std::string size_fault(const BrokerLimits& limits, const Publication& publication)
{
    if (limits.max_topic_octets > 0 && publication.topic->size() > limits.max_topic_octets)
        return fmt::format(
            "the topic is longer than {} octets, the limit of mqtt_profile {}", limits.max_topic_octets,
            limits.name);
    if (limits.max_payload_octets > 0 && publication.payload->size() > limits.max_payload_octets)
        return fmt::format(
            "{} octets are more than {}, the limit of mqtt_profile {}", publication.payload->size(),
            limits.max_payload_octets, limits.name);
    return {};
}

} // namespace

/// What Paho reports names the attempt it belongs to, so that a report of an earlier connection has no
/// effect.
class MqttClient::Implementation : private PahoEvents {
public:
    Implementation(
        gateway::EventLoop& loop, const BrokerSettings& settings, Identity identity, Handlers handlers)
        : loop_(loop),
          settings_(settings),
          limits_(limits_of(settings.profile)),
          identity_(std::move(identity)),
          handlers_(std::move(handlers)),
          subscriptions_(identity_.filters, limits_.filters_per_subscribe),
          reason_(loop),
          trial_(loop)
    {
    }

    void start()
    {
        watch_for_giving_up();
        connect();
    }

    [[nodiscard]] bool online() const { return state_ == State::online; }

    [[nodiscard]] const std::vector<std::string>& refused_subscriptions() const
    {
        return subscriptions_.refused();
    }

    void publish(std::uint64_t id, const Publication& publication)
    {
        // A broker ends the connection over a message that is too large for it, again and again.
        if (const std::string fault = size_fault(limits_, publication); !fault.empty()) {
            refuse(id, publication, fault);
            return;
        }
        try {
            connection_->publish(id, message_of(publication));
        } catch (const mqtt::exception& error) {
            // The loss of the connection is reported on its own.
            if (error.get_return_code() != MQTTASYNC_DISCONNECTED)
                refuse(id, publication, error.what());
        }
    }

    /// Whether a lost connection, or one that never came about, is worth a look at the way there.
    enum class Cause : std::uint8_t { told, unknown };

    void lose(const std::string& why, Cause cause = Cause::told)
    {
        const bool was_online = state_ == State::online;
        if (!was_online && state_ != State::connecting && state_ != State::subscribing)
            return;
        ++attempt_;
        const auto delay = back_off_.next();
        state_ = State::back_off;
        failure_ = Failure{why, delay};
        if (cause == Cause::told)
            tell_failure({});
        else
            reason_.ask(settings_, [this](const BrokerFinding& finding) { tell_failure(finding.message); });
        stable_.reset();
        resubscribe_.reset();
        drop_connection();
        timer_ = loop_.after(delay, [this] { connect(); });
        if (!was_online)
            return;
        watch_for_giving_up();
        handlers_.offline();
    }

    /// Reads files again; what cannot be used leaves the connection as it is.
    void reload()
    {
        if (state_ == State::stopped || state_ == State::idle)
            return;
        if (const std::string fault = credentials_fault(settings_); !fault.empty()) {
            spdlog::error("MQTT: {}; the connection stays as it is", fault);
            return;
        }
        if (state_ == State::back_off) {
            spdlog::info("MQTT: trying again at once, with certificates and credentials as they are now");
            connect();
            return;
        }
        if (state_ != State::online) {
            // The attempt under way has read the files as they were.
            spdlog::info("MQTT: connecting already: certificates and credentials are compared afterwards");
            reload_wanted_ = true;
            return;
        }
        const auto now = read_credentials(settings_);
        if (now && *now == credentials_) {
            spdlog::info("MQTT: certificates and credentials have not changed: the connection stays");
            return;
        }
        if (!settings_.tls) {
            renew();
            return;
        }
        spdlog::info("MQTT: certificates or credentials have changed: trying them before changing over");
        trial_.ask(settings_, [this](const BrokerFinding& finding) {
            if (finding.obstacle == Obstacle::none)
                renew();
            else
                spdlog::error("MQTT: with the new files: {}; the connection stays as it is", finding.message);
        });
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
            connection_->disconnect();
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

    struct Failure {
        std::string why;
        BackOff::Duration delay;
    };

    void post(gateway::EventLoop::Callback callback) { loop_.post(std::move(callback)); }

    void refuse(std::uint64_t id, const Publication& publication, std::string_view why)
    {
        spdlog::error("a message on {} cannot be published and is dropped: {}", *publication.topic, why);
        post([this, id] {
            if (!silent_)
                handlers_.refused(id);
        });
    }

    /// The broker's limits applied.
    [[nodiscard]] mqtt::message_ptr message_of(const Publication& publication) const
    {
        return mqtt::message::create(
            mqtt::string_ref(publication.topic), mqtt::binary_ref(publication.payload),
            std::min(publication.qos, limits_.max_qos), publication.retained && limits_.retain);
    }

    /// One line for each failure, with the reason that was found where one was.
    void tell_failure(const std::string& found)
    {
        if (!failure_)
            return;
        spdlog::error(
            "MQTT: {}; trying again in {:.1f} s", found.empty() ? failure_->why : found,
            std::chrono::duration<double>(failure_->delay).count());
        failure_.reset();
    }

    /// Changes over to new credentials: DISCONNECT keeps the broker from publishing the last will.
    void renew()
    {
        if (state_ != State::online)
            return;
        spdlog::info("MQTT: connecting anew with the new certificates and credentials");
        ++attempt_;
        state_ = State::back_off;
        stable_.reset();
        resubscribe_.reset();
        drop_connection();
        watch_for_giving_up();
        handlers_.offline();
        if (state_ == State::back_off)
            connect();
    }

    /// For a connection that is given up though it still stands.
    void drop_connection()
    {
        if (connection_ != nullptr)
            connection_->drop();
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

    /// True when they differ from those of the last attempt. A password file that cannot be read leaves
    /// the password known so far.
    bool refresh_credentials()
    {
        const auto now = read_credentials(settings_);
        if (!now) {
            spdlog::error("MQTT: {}; the password read before is used", now.error());
            return false;
        }
        return std::exchange(credentials_, *now) != *now;
    }

    void connect()
    {
        tell_failure({});
        ++attempt_;
        state_ = State::connecting;
        timer_ = loop_.after(
            answer_limit, [this] { lose("the broker did not answer CONNECT within 20 s", Cause::unknown); });
        reload_wanted_ = false; // everything is read now
        // Paho keeps the TLS session of a client: with new files it would not be asked who it is.
        const bool changed = refresh_credentials();
        try {
            fresh_ = connection_ == nullptr || !settings_.persist_session || changed;
            if (fresh_) {
                // Paho's buffer holds the window; the outbox holds the rest.
                const int buffered = static_cast<int>(settings_.max_inflight) + 100;
                PahoEvents& events = *this;
                auto made = std::make_unique<PahoConnection>(
                    loop_, events, server_uri(settings_), identity_.client_id, buffered);
                // The former client goes only now: the last one would take Paho's threads with it.
                std::swap(connection_, made);
            }
            mqtt::connect_options options = connect_options(settings_, credentials_.password, version_);
            options.set_will_message(message_of(identity_.last_will));
            spdlog::debug("MQTT: connecting to {}", server_uri(settings_));
            connection_->connect(attempt_, options);
        } catch (const mqtt::exception& error) {
            lose(std::string("cannot connect: ") + error.what());
        }
    }

    void connect_failed(std::uint64_t attempt, int code) override
    {
        if (attempt != attempt_ || state_ != State::connecting)
            return;
        if (code == connack_wrong_version && version_ == mqtt_3_1_1 && limits_.mqtt_3_1) {
            spdlog::warn("MQTT: {}: trying MQTT 3.1", explain_connect_failure(settings_, code));
            version_ = mqtt_3_1;
            connect();
            return;
        }
        version_ = mqtt_3_1_1;
        const bool told = code > 0 && code <= last_connack_code;
        lose(explain_connect_failure(settings_, code), told ? Cause::told : Cause::unknown);
    }

    void connection_lost(std::uint64_t attempt, const std::string& cause) override
    {
        if (attempt != attempt_)
            return;
        std::string why = "the connection to the broker is lost" + (cause.empty() ? cause : ": " + cause);
        if (state_ == State::subscribing)
            why += " at SUBSCRIBE: brokers without QoS 2 do that (mqtt_profile)";
        else if (stable_ != nullptr)
            why += " soon after it began: a second client with the same gateway_id does that, and a broker "
                   "without QoS 2 or retained messages (mqtt_profile)";
        lose(why);
    }

    void connected(std::uint64_t attempt, bool session_present) override
    {
        if (attempt != attempt_ || state_ != State::connecting)
            return;
        version_ = mqtt_3_1_1;
        // What a former client of Paho's had in flight is acknowledged to nobody.
        session_present_ = session_present && !fresh_;
        if (settings_.persist_session && !session_present)
            spdlog::info("MQTT: the broker has no session of this gateway (any more)");
        set_tcp_no_delay(settings_.port);
        state_ = State::subscribing;
        subscriptions_.begin();
        timer_ = loop_.after(answer_limit, [this] {
            lose("the broker did not answer SUBSCRIBE within 20 s: some without QoS 2 do not (mqtt_profile)");
        });
        subscribe();
    }

    void subscribe()
    {
        const std::vector<std::string> filters = subscriptions_.next_batch();
        if (filters.empty())
            return;
        try {
            connection_->subscribe(filters, limits_.max_qos);
        } catch (const mqtt::exception& error) {
            lose(std::string("cannot subscribe: ") + error.what());
        }
    }

    void subscribed(std::uint64_t attempt, const std::vector<int>& granted) override
    {
        if (attempt != attempt_ || (state_ != State::subscribing && state_ != State::online))
            return;
        const Subscriptions::Answer answer = subscriptions_.answered(granted, limits_.max_qos);
        for (const std::string& filter : answer.refused)
            spdlog::error(
                "MQTT: the broker refuses the subscription {}: these requests do not reach the gateway; "
                "check "
                "the broker's access rules for client {}; asking again in {} s",
                filter, identity_.client_id, resubscribe_period.count());
        if (answer.lower_qos && !told_lower_qos_) {
            told_lower_qos_ = true;
            spdlog::info(
                "MQTT: the broker grants a QoS below {}; repeated requests are recognised all the same",
                limits_.max_qos);
        }
        if (!subscriptions_.complete()) {
            subscribe();
            return;
        }
        if (!subscriptions_.refused().empty())
            resubscribe_ = loop_.after(resubscribe_period, [this] {
                subscriptions_.retry();
                subscribe();
            });
        if (state_ == State::subscribing)
            go_online();
    }

    void go_online()
    {
        state_ = State::online;
        timer_.reset();
        give_up_.reset();
        stable_ = loop_.after(stable_connection, [this] {
            stable_.reset();
            back_off_.reset();
        });
        spdlog::info("MQTT: connected to {} as {}", server_uri(settings_), identity_.client_id);
        handlers_.online(session_present_);
        if (std::exchange(reload_wanted_, false))
            reload();
    }

    void acknowledged(std::uint64_t id) override
    {
        if (!silent_)
            handlers_.acknowledged(id);
    }

    void arrived(const IncomingMessage& message) override
    {
        if (!silent_)
            handlers_.message(message);
    }

    void disconnected() override { finish_stop(); }

    void end()
    {
        silent_ = true;
        state_ = State::stopped;
        ++attempt_;
        timer_.reset();
        stable_.reset();
        give_up_.reset();
        resubscribe_.reset();
        failure_.reset();
        reason_.cancel();
        trial_.cancel();
    }

    void finish_stop()
    {
        timer_.reset();
        if (const auto done = std::exchange(stopped_, nullptr))
            done();
    }

    gateway::EventLoop& loop_;
    const BrokerSettings settings_;
    const BrokerLimits& limits_;
    const Identity identity_;
    const Handlers handlers_;
    Subscriptions subscriptions_;
    Credentials credentials_;        ///< of the last attempt
    BrokerInquiry reason_;           ///< why there is no connection
    BrokerInquiry trial_;            ///< whether new files can be used
    std::optional<Failure> failure_; ///< not told yet
    State state_ = State::idle;
    bool silent_ = false; ///< no handler is called any more
    std::uint64_t attempt_ = 0;
    int version_ = mqtt_3_1_1;
    bool fresh_ = true; ///< Paho's client was made for this connection
    bool session_present_ = false;
    bool told_lower_qos_ = false;
    bool reload_wanted_ = false; ///< asked for while connecting
    BackOff back_off_;
    gateway::EventLoop::Handle timer_;
    gateway::EventLoop::Handle stable_;
    gateway::EventLoop::Handle give_up_;
    gateway::EventLoop::Handle resubscribe_;
    std::function<void()> stopped_;
    /// With a clean session each attempt has its own, so that nothing of an earlier one is left inside Paho.
    std::unique_ptr<PahoConnection> connection_;

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

void MqttClient::reload()
{
    implementation_->reload();
}

const std::vector<std::string>& MqttClient::refused_subscriptions() const
{
    return implementation_->refused_subscriptions();
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
