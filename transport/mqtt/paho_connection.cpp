#include "transport/mqtt/paho_connection.hpp"

#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr int subscription_refused = 0x80;

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
class OutcomeListener : public mqtt::iaction_listener {
public:
    OutcomeListener(Success success, Failure failure)
        : success_(std::move(success)), failure_(std::move(failure))
    {
    }
    void on_success(const mqtt::token& token) override { success_(token); }
    void on_failure(const mqtt::token& token) override { failure_(token); }

private:
    Success success_;
    Failure failure_;
};

template<typename Success, typename Failure>
std::unique_ptr<mqtt::iaction_listener> listener(Success success, Failure failure)
{
    return std::make_unique<OutcomeListener<Success, Failure>>(std::move(success), std::move(failure));
}

std::vector<int> granted_by(const mqtt::token& token)
{
    std::vector<int> granted;
    const auto response = token.get_subscribe_response();
    for (const auto& code : response.get_reason_codes())
        granted.push_back(static_cast<int>(code));
    return granted;
}

template<typename Buffer>
std::string_view view_of(const Buffer& buffer)
{
    return buffer.empty() ? std::string_view() : std::string_view(buffer.data(), buffer.size());
}

} // namespace

// Paho's threads only post, and what they post refers to `events`, not to the connection: that may be gone.
PahoConnection::PahoConnection(
    gateway::EventLoop& loop, PahoEvents& events, const std::string& uri, const std::string& client_id,
    int buffered)
    : loop_(loop),
      events_(events),
      room_(std::make_shared<std::counting_semaphore<>>(max_pending_messages)),
      connect_listener_(listener(
          [&loop, &events](const mqtt::token& token) {
              const bool present = token.get_connect_response().is_session_present();
              loop.post(
                  [&events, attempt = from_context(token), present] { events.connected(attempt, present); });
          },
          [&loop, &events](const mqtt::token& token) {
              loop.post([&events, attempt = from_context(token), code = token.get_return_code()] {
                  events.connect_failed(attempt, code);
              });
          })),
      subscribe_listener_(listener(
          [&loop, &events](const mqtt::token& token) {
              loop.post([&events, attempt = from_context(token), granted = granted_by(token)] {
                  events.subscribed(attempt, granted);
              });
          },
          [&loop, &events](const mqtt::token& token) {
              // Any other code is not the broker's answer: the connection was lost, which is told on its own.
              if (token.get_return_code() != subscription_refused)
                  return;
              loop.post([&events, attempt = from_context(token)] {
                  events.subscribed(attempt, {subscription_refused});
              });
          })),
      publish_listener_(listener(
          [&loop, &events](const mqtt::token& token) {
              loop.post([&events, id = from_context(token)] { events.acknowledged(id); });
          },
          [](const mqtt::token&) {})),
      disconnect_listener_(listener(
          [&loop, &events](const mqtt::token&) { loop.post([&events] { events.disconnected(); }); },
          [&loop, &events](const mqtt::token&) { loop.post([&events] { events.disconnected(); }); })),
      client_(uri, client_id, mqtt::create_options(MQTTVERSION_3_1_1, buffered))
{
    client_.set_callback(*this);
}

void PahoConnection::connect(std::uint64_t attempt, const mqtt::connect_options& options)
{
    attempt_ = attempt;
    client_.connect(options, to_context(attempt), *connect_listener_);
}

void PahoConnection::subscribe(const std::vector<std::string>& filters, int qos)
{
    client_.subscribe(
        mqtt::string_collection::create(filters), mqtt::iasync_client::qos_collection(filters.size(), qos),
        to_context(attempt_), *subscribe_listener_);
}

void PahoConnection::publish(std::uint64_t id, const mqtt::const_message_ptr& message)
{
    client_.publish(message, to_context(id), *publish_listener_);
}

void PahoConnection::disconnect()
{
    client_.disconnect(nullptr, *disconnect_listener_);
}

void PahoConnection::drop()
{
    try {
        if (client_.is_connected())
            client_.disconnect();
    } catch (const mqtt::exception& error) {
        spdlog::debug("MQTT: closing the old connection: {}", error.what());
    }
}

void PahoConnection::connection_lost(const std::string& cause)
{
    loop_.post(
        [events = &events_, attempt = attempt_.load(), cause] { events->connection_lost(attempt, cause); });
}

void PahoConnection::message_arrived(mqtt::const_message_ptr message)
{
    const bool counted = room_->try_acquire_for(longest_hold);
    loop_.post([events = &events_, room = room_, counted, message = std::move(message)] {
        if (counted)
            room->release();
        events->arrived(
            {view_of(message->get_topic_ref()), view_of(message->get_payload_ref()), message->is_retained(),
             message->is_duplicate()});
    });
}

} // namespace transport
