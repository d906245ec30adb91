#include "mqtt_recorder.hpp"

#include "tools/backend/message.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace integration {
namespace {

constexpr int keep_alive_s = 20;

std::string with_level(const std::string& first, const std::string& name, const std::string& level)
{
    return first + "/" + name + "/" + gateway_id + (level.empty() ? "" : "/" + level);
}

} // namespace

MqttRecorder::MqttRecorder(gateway::stand::Broker& broker)
    : client_(
          "tcp://127.0.0.1:" + std::to_string(broker.port()),
          "recorder-" + std::to_string(gateway::backend::random_request_id() % 1'000'000'000))
{
    client_.set_message_callback([this](const mqtt::const_message_ptr& message) { receive(*message); });
    const auto options = mqtt::connect_options_builder()
                             .clean_session(true)
                             .keep_alive_interval(std::chrono::seconds(keep_alive_s))
                             .finalize();
    client_.connect(options)->wait();
    client_.subscribe("#", 2)->wait();
}

MqttRecorder::~MqttRecorder()
{
    try {
        client_.disconnect()->wait_for(std::chrono::seconds(2));
        client_.disable_callbacks();
    } catch (const mqtt::exception&) { // NOLINT(bugprone-empty-catch): the broker is gone
    }
}

void MqttRecorder::publish(const std::string& topic, const std::string& payload, int qos, bool retained)
{
    client_.publish(topic, payload, qos, retained)->wait();
}

void MqttRecorder::receive(const mqtt::message& message)
{
    Recorded recorded;
    recorded.topic = message.get_topic();
    recorded.payload = message.get_payload_str();
    recorded.qos = message.get_qos();
    recorded.retained = message.is_retained();
    if (recorded.topic.starts_with("gw-response/") || recorded.topic.starts_with("gw-event/")) {
        api::GenericMessage generic;
        recorded.complete = generic.ParseFromString(recorded.payload); // strict
        recorded.content = generic.wirepas();
    }
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(recorded));
    changed_.notify_all();
}

std::vector<Recorded> MqttRecorder::all()
{
    const std::lock_guard lock(mutex_);
    return messages_;
}

std::optional<Recorded> MqttRecorder::wait_for(
    const std::function<bool(const Recorded&)>& wanted, std::size_t since)
{
    std::unique_lock lock(mutex_);
    std::size_t next = since;
    std::optional<Recorded> found;
    changed_.wait_for(lock, patience, [&] {
        for (; next < messages_.size() && !found; ++next)
            if (wanted(messages_[next]))
                found = messages_[next];
        return found.has_value();
    });
    return found;
}

void Asker::say(
    const std::string& name, const std::string& level, const api::WirepasMessage& request, int qos,
    bool retained)
{
    api::GenericMessage generic;
    *generic.mutable_wirepas() = request;
    say_octets(name, level, generic.SerializePartialAsString(), qos, retained);
}

void Asker::say_octets(
    const std::string& name, const std::string& level, const std::string& octets, int qos, bool retained)
{
    recorder_.publish(with_level("gw-request", name, level), octets, qos, retained);
}

Recorded Asker::answer(const std::string& name, const std::string& answered_as, std::uint64_t id)
{
    const auto found = recorder_.wait_for([id](const Recorded& message) {
        const api::ResponseHeader* const header = gateway::backend::response_header(message.content);
        return header != nullptr && header->req_id() == id;
    });
    INFO("request " << id << " " << name << " " << answered_as);
    REQUIRE(found);
    CHECK(found->topic == with_level("gw-response", name, answered_as));
    CHECK(found->qos == 2);
    CHECK_FALSE(found->retained);
    CHECK(found->complete);
    const api::ResponseHeader& header = *gateway::backend::response_header(found->content);
    CHECK(header.gw_id() == gateway_id);
    CHECK(header.has_sink_id() == !answered_as.empty());
    CHECK(header.sink_id() == answered_as);
    CHECK(header.time_ms_epoch() > 1'577'836'800'000);
    return *found;
}

std::size_t Asker::answers(std::uint64_t id)
{
    const auto messages = recorder_.all();
    return static_cast<std::size_t>(std::ranges::count_if(messages, [id](const Recorded& message) {
        const api::ResponseHeader* const header = gateway::backend::response_header(message.content);
        return header != nullptr && header->req_id() == id;
    }));
}

} // namespace integration
