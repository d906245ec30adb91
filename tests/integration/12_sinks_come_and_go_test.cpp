// Sinks and buses that come and go, and what the status tells about it
// (docs/spec/gateway-backend-api.md, 6, 9.6; docs/spec/sink-dbus-api.md, 1).
#include "another_sink.hpp"
#include "mqtt_recorder.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace integration;
using gateway::stand::Deadline;
using gateway::stand::wait_until;

namespace {

const std::string status_topic = std::string("gw-event/status/") + gateway_id;
const std::string configs_topic = std::string("gw-response/get_configs/") + gateway_id;
const std::string config_topic = std::string("gw-response/set_config/") + gateway_id + "/";

bool lists(const Recorded& message, const std::vector<std::string>& sinks)
{
    const api::StatusEvent& status = message.content.status_event();
    return message.topic == status_topic && status.state() == api::ON &&
           std::ranges::equal(status.configs(), sinks, {}, &api::SinkReadConfig::sink_id);
}

api::SinkNewConfig channel(std::uint32_t number)
{
    api::SinkNewConfig config;
    config.set_sink_id(sink0);
    config.set_network_channel(number);
    return config;
}

std::string result_of_status(GatewayUnderTest& gateway, const std::string& sink)
{
    return result_of(gateway::backend::otap_status(gateway.backend(), sink).header());
}

} // namespace

TEST_CASE("a status is followed by the responses that older backends live on, in this order", "[status]")
{
    GatewayUnderTest gateway;
    MqttRecorder recorder(gateway.stand().broker());
    const std::size_t since = recorder.count();
    REQUIRE(result_of(set_config(gateway.backend(), channel(9)).header()) == "OK");
    REQUIRE(recorder.wait_for(
        [](const Recorded& message) {
            const auto& response = message.content.set_config_resp();
            return message.topic == config_topic + sink0 && response.header().req_id() == 0 &&
                   response.config().network_channel() == 9 && response.config().sink_state() == api::ON;
        },
        since));

    auto messages = recorder.all();
    messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(since));
    const auto position = [&](const auto& wanted) {
        return std::ranges::find_if(messages, wanted) - messages.begin();
    };
    const auto is_status = [](const Recorded& message) { return message.topic == status_topic; };
    const auto is_configs = [](const Recorded& message) { return message.topic == configs_topic; };
    const auto is_config = [](const Recorded& message) {
        return message.topic == config_topic + sink0 &&
               message.content.set_config_resp().header().req_id() == 0;
    };
    CHECK(position(is_status) < position(is_configs));
    CHECK(position(is_configs) < position(is_config));
    for (const Recorded& message : messages) {
        if (is_status(message)) {
            CHECK(message.complete);
            CHECK(message.qos == 1);
            CHECK_FALSE(message.payload.empty());
        } else if (is_configs(message) || is_config(message)) {
            CHECK(message.complete);
            CHECK(message.qos == 2);
            CHECK_FALSE(message.retained);
        }
        if (is_configs(message)) {
            const auto& header = message.content.get_configs_resp().header();
            CHECK(header.req_id() == 0);
            CHECK(header.res() == api::OK);
            CHECK_FALSE(header.has_sink_id());
        }
        if (is_config(message))
            CHECK(message.content.set_config_resp().header().sink_id() == sink0);
    }
}

TEST_CASE("what changes nothing makes no status", "[status]")
{
    GatewayUnderTest gateway;
    REQUIRE(result_of(set_config(gateway.backend(), channel(9)).header()) == "OK");
    gateway.backend().wait_for_status(
        "the channel and the running stack",
        [](const api::StatusEvent& event) {
            return is_online(event) && event.configs(0).network_channel() == 9 &&
                   event.configs(0).sink_state() == api::ON;
        },
        patience);
    MqttRecorder recorder(gateway.stand().broker());
    REQUIRE(recorder.wait_for([](const Recorded& message) { return message.topic == status_topic; }));

    REQUIRE(result_of(set_config(gateway.backend(), channel(9)).header()) == "OK");  // as it is
    REQUIRE(result_of(clear_scratchpad(gateway.backend(), sink0).header()) == "OK"); // nothing stored
    // The sink's channel is seen by the next status, so all before it have been said.
    REQUIRE(result_of(set_config(gateway.backend(), channel(10)).header()) == "OK");
    REQUIRE(recorder.wait_for([](const Recorded& message) {
        return lists(message, {sink0}) && message.content.status_event().configs(0).network_channel() == 10 &&
               message.content.status_event().configs(0).sink_state() == api::ON;
    }));
    std::optional<std::string> before;
    for (const Recorded& message : recorder.all()) {
        if (message.topic != status_topic)
            continue;
        const std::string now = message.content.status_event().configs(0).SerializeAsString();
        CHECK(now != before);
        before = now;
    }
}

TEST_CASE("sinks appear, disappear and come back, each with a status of all", "[sinks]")
{
    GatewayUnderTest gateway;
    MqttRecorder recorder(gateway.stand().broker());
    const auto told = [&](const std::vector<std::string>& sinks, std::size_t since) {
        return recorder.wait_for([&](const Recorded& message) { return lists(message, sinks); }, since)
            .has_value();
    };
    std::optional<AnotherSink> other;
    other.emplace(gateway.stand(), 1);
    CHECK(told({"sink0", "sink1"}, 0));

    std::size_t since = recorder.count();
    other->service().kill();
    CHECK(told({"sink0"}, since));
    CHECK(result_of_status(gateway, "sink1") == "INVALID_SINK_ID");
    CHECK(result_of_status(gateway, sink0) == "OK");

    // Nothing unsolicited is said of a sink that is gone.
    const auto messages = recorder.all();
    auto after = std::ranges::find_if(messages, [](const Recorded& message) {
        return lists(message, {"sink0", "sink1"});
    });
    after = std::find_if(
        after, messages.end(), [](const Recorded& message) { return lists(message, {"sink0"}); });
    CHECK(std::none_of(after, messages.end(), [](const Recorded& message) {
        return message.topic == config_topic + "sink1" &&
               message.content.set_config_resp().header().req_id() == 0;
    }));

    since = recorder.count();
    other.reset();
    other.emplace(gateway.stand(), 1, std::vector<std::string>{"--start", "--network-channel", "7"});
    CHECK(told({"sink0", "sink1"}, since));
    const auto configs = get_configs(gateway.backend());
    REQUIRE(configs.configs_size() == 2);
    CHECK(configs.configs(1).network_channel() == 7);
}

TEST_CASE("a sink service that is replaced by a kill and a start delivers again", "[sinks]")
{
    GatewayUnderTest gateway({.uplink_rate = 20});
    REQUIRE(gateway.packets().wait(5).size() >= 5);
    gateway.stand().sink_service()->kill();
    gateway.stand().start_sink_service();
    Packets packets;
    const auto backend = connect_backend(gateway.stand().broker(), &packets);
    CHECK(packets.wait(5).size() >= 5);
    wait_until_online(*backend);
    CHECK(result_of_status(gateway, sink0) == "OK");
}

TEST_CASE("two sinks with the same traffic are two sources, each in order", "[sinks]")
{
    GatewayUnderTest gateway({.simulator = {"--start", "--network-address", "100"}, .uplink_rate = 50});
    AnotherSink other(gateway.stand(), 1, {"--start", "--network-address", "200"}, 50);
    wait_until_online(gateway.backend(), 2);
    std::map<std::string, std::uint32_t> last;
    std::size_t seen = 0;
    REQUIRE(wait_until(
        [&] {
            seen = gateway.packets().wait(seen + 1).size();
            const auto packets = gateway.packets().wait(0);
            return std::ranges::count(packets, "sink0", [](const auto& p) { return p.header().sink_id(); }) >=
                       50 &&
                   std::ranges::count(packets, "sink1", [](const auto& p) { return p.header().sink_id(); }) >=
                       50;
        },
        Deadline(patience)));
    for (const auto& packet : gateway.packets().wait(0)) {
        const std::string& sink = packet.header().sink_id();
        CHECK(packet.network_address() == (sink == "sink0" ? 100 : 200));
        const gateway::Bytes octets(packet.payload().begin(), packet.payload().end());
        const std::uint32_t number = gateway::Reader(octets).u32();
        if (last.contains(sink))
            REQUIRE(number == last[sink] + 1);
        last[sink] = number;
    }
}

TEST_CASE(
    "a bus that restarts in the middle of requests answers them all, and the sinks come back", "[sinks]")
{
    GatewayUnderTest gateway({.simulator = {"--start", "--baud", "115200"}});
    api::WirepasMessage upload;
    const gateway::Bytes file = read_fixture("stack-app-100k.otap");
    upload.mutable_upload_scratchpad_req()->set_seq(42);
    upload.mutable_upload_scratchpad_req()->set_scratchpad(file.data(), file.size());
    const auto upload_id = gateway.backend().post(std::move(upload), sink0);
    api::WirepasMessage status;
    status.mutable_get_scratchpad_status_req();
    const auto status_id = gateway.backend().post(std::move(status), sink0);
    REQUIRE(wait_until([&] { return gateway.simulator_state().at("running") == false; }, Deadline(patience)));

    gateway.stand().bus().stop();
    const auto uploaded = gateway.backend().wait_for_response(upload_id, patience);
    CHECK(result_of(uploaded.upload_scratchpad_resp().header()) == "INVALID_SINK_ID");
    const auto asked = gateway.backend().wait_for_response(status_id, patience);
    CHECK(result_of(asked.get_scratchpad_status_resp().header()) == "INVALID_SINK_ID");
    wait_until_online(gateway.backend(), 0);

    gateway.stand().bus().start();
    wait_until_online(gateway.backend(), 1);
    // The upload had stopped the stack: it is started again.
    CHECK(wait_until([&] { return gateway.simulator_state().at("running") == true; }, Deadline(patience)));
    CHECK(gateway.stand().transport_service()->running());
}
