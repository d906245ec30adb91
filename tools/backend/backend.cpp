#include "tools/backend/backend.hpp"

#include "tools/backend/message.hpp"

#include "generic_message.pb.h"

#include <condition_variable>
#include <map>
#include <mqtt/async_client.h>
#include <mutex>
#include <optional>

namespace gateway::backend {
namespace {

constexpr int qos_of_requests = 2;
constexpr int keep_alive_s = 20;
constexpr std::chrono::seconds publish_limit(30);

/// A client id of its own for each backend, short enough for old brokers.
std::string client_id()
{
    return "backend-" + std::to_string(random_request_id() % 1'000'000'000);
}

std::string seconds(std::chrono::milliseconds limit)
{
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) + " s";
}

std::string server_uri(const BackendOptions& options)
{
    const bool is_ipv6 = options.host.find(':') != std::string::npos && !options.host.starts_with('[');
    const std::string host = is_ipv6 ? '[' + options.host + ']' : options.host;
    const char* scheme =
        options.websocket ? (options.tls ? "wss://" : "ws://") : (options.tls ? "ssl://" : "tcp://");
    return scheme + host + ':' + std::to_string(options.port) + (options.websocket ? "/mqtt" : "");
}

mqtt::ssl_options ssl_options(const BackendTls& tls)
{
    mqtt::ssl_options options;
    if (!tls.ca_file.empty())
        options.set_trust_store(tls.ca_file);
    if (!tls.certificate.empty()) {
        options.set_key_store(tls.certificate);
        options.set_private_key(tls.key.empty() ? tls.certificate : tls.key);
    }
    options.set_enable_server_cert_auth(true);
    options.set_verify(tls.verify_name);
    return options;
}

mqtt::connect_options connect_options(const BackendOptions& options)
{
    auto made = mqtt::connect_options_builder()
                    .clean_session(true)
                    .keep_alive_interval(std::chrono::seconds(keep_alive_s))
                    .automatic_reconnect(std::chrono::seconds(1), std::chrono::seconds(2))
                    .finalize();
    if (options.username)
        made.set_user_name(*options.username);
    if (options.password)
        made.set_password(*options.password);
    if (options.tls)
        made.set_ssl(ssl_options(*options.tls));
    return made;
}

} // namespace

struct Backend::Implementation {
    explicit Implementation(BackendOptions given)
        : options(std::move(given)),
          where(options.host + ':' + std::to_string(options.port)),
          client(server_uri(options), client_id())
    {
    }

    void connect();
    mqtt::token_ptr subscribe();
    void receive(const mqtt::message& message);
    void publish(const std::string& topic, const std::string& payload);
    /// False at the limit; throws when asked to stop.
    bool wait(std::unique_lock<std::mutex>& lock, Milliseconds limit, const std::function<bool()>& condition);
    [[nodiscard]] std::string last_status() const;

    BackendOptions options;
    std::string where;
    std::mutex mutex; ///< of all below but the client
    std::condition_variable_any changed;
    bool subscribed = false;
    std::optional<api::StatusEvent> status;
    std::map<std::uint64_t, std::optional<api::WirepasMessage>> responses; ///< of requests under way
    mqtt::async_client client; ///< last, because its thread uses all the others
};

void Backend::Implementation::connect()
{
    client.set_message_callback([this](const mqtt::const_message_ptr& message) { receive(*message); });
    // The first subscription is waited for below; on the client's thread that is not allowed.
    client.set_connected_handler([this](const std::string& /*cause*/) {
        const std::lock_guard lock(mutex);
        try {
            if (subscribed)
                subscribe();
        } catch (const mqtt::exception&) { // NOLINT(bugprone-empty-catch): lost again, and tried again
        }
    });
    try {
        if (!client.connect(connect_options(options))->wait_for(options.connect_limit))
            throw BackendError(
                "the MQTT broker at " + where + " did not answer within " + seconds(options.connect_limit));
        if (!subscribe()->wait_for(options.connect_limit))
            throw BackendError("the MQTT broker at " + where + " did not confirm the subscriptions");
    } catch (const mqtt::exception& error) {
        throw BackendError(
            "cannot connect to the MQTT broker at " + where + " (" + error.what() +
            "); check host, port, TLS and credentials, and that it runs");
    }
    const std::lock_guard lock(mutex);
    subscribed = true;
}

mqtt::token_ptr Backend::Implementation::subscribe()
{
    const std::string& gateway = options.gateway_id;
    const auto filters = mqtt::string_collection::create({
        "gw-event/status/" + gateway,
        "gw-event/received_data/" + gateway + "/+/+/+/+",
        "gw-response/+/" + gateway + "/#",
    });
    return client.subscribe(filters, {1, 1, 2});
}

void Backend::Implementation::receive(const mqtt::message& message)
{
    api::GenericMessage generic;
    if (!generic.ParseFromString(message.get_payload_str()))
        return; // an empty status (gateway removed), or somebody else's test
    const api::WirepasMessage& content = generic.wirepas();
    if (content.has_packet_received_event()) {
        if (options.on_packet)
            options.on_packet(content.packet_received_event());
        return;
    }
    const std::lock_guard lock(mutex);
    if (content.has_status_event()) {
        status = content.status_event();
    } else if (const api::ResponseHeader* header = response_header(content)) {
        const auto waiting = responses.find(header->req_id());
        if (waiting == responses.end())
            return; // to another backend
        waiting->second = content;
    }
    changed.notify_all();
}

void Backend::Implementation::publish(const std::string& topic, const std::string& payload)
{
    try {
        if (!client.publish(topic, payload, qos_of_requests, false)->wait_for(publish_limit))
            throw BackendError("the MQTT broker at " + where + " did not take a message to " + topic);
    } catch (const mqtt::exception& error) {
        throw BackendError("cannot publish to " + topic + " at " + where + ": " + error.what());
    }
}

bool Backend::Implementation::wait(
    std::unique_lock<std::mutex>& lock, Milliseconds limit, const std::function<bool()>& condition)
{
    const bool met = changed.wait_for(lock, options.stop, limit, condition);
    if (!met && options.stop.stop_requested())
        throw BackendError("interrupted");
    return met;
}

std::string Backend::Implementation::last_status() const
{
    if (!status)
        return "no status came at all";
    const bool online = status->state() == api::ON;
    return std::string("the last status is ") + (online ? "ONLINE" : "OFFLINE") + " with " +
           std::to_string(status->configs_size()) + " sinks";
}

Backend::Backend(BackendOptions options)
    : implementation_(std::make_unique<Implementation>(std::move(options)))
{
    implementation_->connect();
}

Backend::~Backend()
{
    // The client's thread must be done with this object; a broker that is gone needs no farewell.
    try {
        implementation_->client.disconnect()->wait_for(std::chrono::seconds(2));
    } catch (const mqtt::exception&) { // NOLINT(bugprone-empty-catch): nothing is left to be told
    }
    try {
        implementation_->client.disable_callbacks();
    } catch (const mqtt::exception&) { // NOLINT(bugprone-empty-catch): it is connecting, and calls nobody
    }
}

const std::string& Backend::gateway_id() const
{
    return implementation_->options.gateway_id;
}

std::optional<api::StatusEvent> Backend::status_within(
    const std::function<bool(const api::StatusEvent&)>& condition, Milliseconds limit)
{
    Implementation& self = *implementation_;
    std::unique_lock lock(self.mutex);
    if (self.wait(lock, limit, [&] { return self.status && condition(*self.status); }))
        return self.status;
    return std::nullopt;
}

api::StatusEvent Backend::wait_for_status(
    const std::string& awaited, const std::function<bool(const api::StatusEvent&)>& condition,
    Milliseconds limit)
{
    if (auto status = status_within(condition, limit))
        return *std::move(status);
    const std::lock_guard lock(implementation_->mutex);
    throw BackendError(
        "waited " + seconds(limit) + " for gateway " + gateway_id() + ": " + awaited + " did not come; " +
        implementation_->last_status());
}

std::uint64_t Backend::post(api::WirepasMessage message, const std::string& sink_id)
{
    const std::uint64_t request_id = random_request_id();
    const std::string topic = address_request(message, request_id, gateway_id(), sink_id);
    api::GenericMessage generic;
    *generic.mutable_wirepas() = std::move(message);
    {
        const std::lock_guard lock(implementation_->mutex);
        implementation_->responses.emplace(request_id, std::nullopt);
    }
    implementation_->publish(topic, generic.SerializeAsString());
    return request_id;
}

api::WirepasMessage Backend::wait_for_response(std::uint64_t request_id, Milliseconds limit)
{
    Implementation& self = *implementation_;
    std::unique_lock lock(self.mutex);
    const auto response = self.responses.find(request_id);
    if (response == self.responses.end())
        throw std::logic_error("no such request is under way");
    const bool answered = self.wait(lock, limit, [&] { return response->second.has_value(); });
    const auto taken = self.responses.extract(response);
    if (!answered)
        throw BackendError(
            "gateway " + gateway_id() + " did not answer within " + seconds(limit) + "; " +
            self.last_status() + "; check that its transport service is connected to " + self.where);
    return *taken.mapped();
}

api::WirepasMessage Backend::request(
    api::WirepasMessage message, const std::string& sink_id, Milliseconds limit)
{
    return wait_for_response(post(std::move(message), sink_id), limit);
}

void Backend::publish_raw(const std::string& topic, const std::string& payload)
{
    implementation_->publish(topic, payload);
}

} // namespace gateway::backend
