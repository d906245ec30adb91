// The common path of requests, and the checks that need no sink
// (docs/spec/gateway-backend-api.md, 4.1, 4.4, 4.5, 4.8, 4.10).
#include "transport/requests/configuration_data_item.hpp"
#include "transport/requests/decode.hpp"
#include "transport/requests/router.hpp"
#include "transport/requests/send_data.hpp"
#include "transport/requests/set_config.hpp"
#include "transport/requests/target.hpp"

#include <catch2/catch.hpp>

using namespace transport;

namespace {

TransportSettings test_settings()
{
    TransportSettings settings;
    settings.gateway_id = "gw-1";
    return settings;
}

/// A router without sinks; its answers are parsed strictly.
struct RouterUnderTest {
    gateway::EventLoop loop;
    TransportSettings settings = test_settings();
    Topics topics{"gw-1"};
    SinkRegistry sinks{loop, {}};
    Backpressure backpressure{loop, settings, [] { return Backlog(); }, [](const std::string&, LaneJob) {}};
    RequestContext context{
        loop,
        settings,
        sinks,
        backpressure,
        [] {},
        [](const Sink&) {},
        ChunkedUploads({}),
        RepetitionMemory(std::chrono::seconds(30))};
    std::vector<std::pair<std::string, api::WirepasMessage>> answers;
    Router router{context, topics, [this](const std::string& topic, const std::string& payload) {
                      api::GenericMessage message;
                      REQUIRE(message.ParseFromString(payload));
                      answers.emplace_back(topic, message.wirepas());
                  }};

    void send(const std::string& topic, const std::string& payload, bool retained = false)
    {
        router.message({topic, payload, retained, false});
    }
    void send(const std::string& topic, const api::GenericMessage& message)
    {
        send(topic, message.SerializePartialAsString());
    }
};

api::GenericMessage packet_request()
{
    api::GenericMessage message;
    auto* request = message.mutable_wirepas()->mutable_send_packet_req();
    request->mutable_header()->set_req_id(9);
    request->set_destination_address(1);
    request->set_source_endpoint(1);
    request->set_destination_endpoint(1);
    request->set_qos(0);
    request->set_payload("x");
    return message;
}

} // namespace

TEST_CASE("a gateway-wide request is answered without any sink", "[router]")
{
    RouterUnderTest test;
    api::GenericMessage message;
    message.mutable_wirepas()->mutable_get_gateway_info_req()->mutable_header()->set_req_id(5);
    test.send("gw-request/get_gw_info/gw-1", message);
    REQUIRE(test.answers.size() == 1);
    CHECK(test.answers[0].first == "gw-response/get_gw_info/gw-1");
    const auto& response = test.answers[0].second.get_gateway_info_resp();
    CHECK(response.header().req_id() == 5);
    CHECK_FALSE(response.header().has_sink_id());
    CHECK(response.info().implemented_api_version() == 2);
    CHECK(response.info().gw_features_size() == 3);
    CHECK(response.info().gw_features(0) == api::CONFIGURATION_DATA_V1);
}

TEST_CASE("what cannot be answered is dropped", "[router]")
{
    RouterUnderTest test;
    const std::string topic = "gw-request/send_data/gw-1/sink0";
    test.send(topic, packet_request().SerializeAsString(), true); // retained
    test.send(topic, std::string());
    test.send(topic, std::string("\xFF\xFF\xFF"));
    test.send(topic, std::string(17 * 1024 * 1024 + 1, '\0'));
    api::GenericMessage other;
    other.mutable_wirepas()->mutable_get_gateway_info_req()->mutable_header()->set_req_id(5);
    test.send(topic, other);
    api::GenericMessage nameless = packet_request();
    nameless.mutable_wirepas()->mutable_send_packet_req()->mutable_header()->clear_req_id();
    test.send(topic, nameless);
    test.send("gw-request/send_data/gw-2/sink0", packet_request());
    CHECK(test.answers.empty());
    CHECK(test.router.counters().retained == 1);
    CHECK(test.router.counters().unreadable == 4);
}

TEST_CASE("only the request that the topic announces is built, whatever else a message holds", "[decode]")
{
    api::GenericMessage large = packet_request();
    for (int i = 0; i < 1000; ++i)
        large.mutable_wirepas()->mutable_get_configs_resp()->add_configs();
    const auto decoded = decode_request(large.SerializePartialAsString(), RequestKind::send_data);
    REQUIRE(decoded);
    CHECK((*decoded)->wirepas().send_packet_req().payload() == "x");
    CHECK_FALSE((*decoded)->wirepas().has_get_configs_resp());
    CHECK_FALSE(decode_request(large.SerializePartialAsString(), RequestKind::otap_status));
}

TEST_CASE("a request in several parts is merged, as every parser does", "[decode]")
{
    api::GenericMessage first = packet_request();
    first.mutable_wirepas()->mutable_send_packet_req()->clear_payload();
    api::GenericMessage second;
    second.mutable_wirepas()->mutable_send_packet_req()->set_payload("y");
    const auto decoded = decode_request(
        first.SerializePartialAsString() + second.SerializePartialAsString(), RequestKind::send_data);
    REQUIRE(decoded);
    CHECK((*decoded)->IsInitialized());
    CHECK((*decoded)->wirepas().send_packet_req().payload() == "y");
}

TEST_CASE("a role's flags count once, however often they come", "[decode]")
{
    api::GenericMessage message;
    auto* request = message.mutable_wirepas()->mutable_set_config_req();
    request->mutable_header()->set_req_id(1);
    request->mutable_config()->mutable_node_role()->set_role(api::NodeRole::SINK);
    for (int i = 0; i < 1000; ++i)
        request->mutable_config()->mutable_node_role()->add_flags(api::NodeRole::AUTOROLE);
    const auto decoded = decode_request(message.SerializePartialAsString(), RequestKind::set_config);
    REQUIRE(decoded);
    const auto& role = (*decoded)->wirepas().set_config_req().config().node_role();
    CHECK(role.role() == api::NodeRole::SINK);
    REQUIRE(role.flags_size() == 1);
    CHECK(role.flags(0) == api::NodeRole::AUTOROLE);
}

TEST_CASE("octets that end too early or hold nonsense are no message", "[decode]")
{
    const std::string good = packet_request().SerializeAsString();
    for (std::size_t size = 0; size < good.size(); ++size) {
        INFO(size);
        CHECK_FALSE(decode_request(good.substr(0, size), RequestKind::send_data));
    }
    CHECK(decode_request(good, RequestKind::send_data));
    for (const std::string& nonsense :
         {std::string("\x00", 1), std::string("\x0C"), std::string("\x0A\xFF\xFF\xFF\xFF\x0F"),
          std::string(1000, '\x0B'), good + "\x0A\x05"})
        CHECK_FALSE(decode_request(nonsense, RequestKind::send_data));
}

TEST_CASE("a missing required field is answered before the sink is looked up", "[router]")
{
    RouterUnderTest test;
    api::GenericMessage message = packet_request();
    message.mutable_wirepas()->mutable_send_packet_req()->clear_qos();
    test.send("gw-request/send_data/gw-1/sink0", message);
    REQUIRE(test.answers.size() == 1);
    CHECK(test.answers[0].first == "gw-response/send_data/gw-1/sink0");
    CHECK(test.answers[0].second.send_packet_resp().header().res() == api::INVALID_PARAM);
}

TEST_CASE("an unknown sink is answered with the sink used", "[router]")
{
    RouterUnderTest test;
    SECTION("send_data: the topic decides")
    {
        api::GenericMessage message = packet_request();
        message.mutable_wirepas()->mutable_send_packet_req()->mutable_header()->set_sink_id("other");
        test.send("gw-request/send_data/gw-1/sink0", message);
        REQUIRE(test.answers.size() == 1);
        const auto& header = test.answers[0].second.send_packet_resp().header();
        CHECK(header.res() == api::INVALID_SINK_ID);
        CHECK(header.sink_id() == "sink0");
        CHECK(test.answers[0].first == "gw-response/send_data/gw-1/sink0");
    }
    SECTION("others: the payload decides")
    {
        api::GenericMessage message;
        auto* header = message.mutable_wirepas()->mutable_get_scratchpad_status_req()->mutable_header();
        header->set_req_id(1);
        header->set_sink_id("sink7");
        test.send("gw-request/otap_status/gw-1/sink0", message);
        REQUIRE(test.answers.size() == 1);
        CHECK(test.answers[0].first == "gw-response/otap_status/gw-1/sink7");
        CHECK(test.answers[0].second.get_scratchpad_status_resp().header().sink_id() == "sink7");
    }
    SECTION("a payload without sink id leaves it to the topic")
    {
        api::GenericMessage message;
        message.mutable_wirepas()->mutable_get_configuration_data_item_req()->mutable_header()->set_req_id(1);
        message.mutable_wirepas()->mutable_get_configuration_data_item_req()->set_endpoint(1);
        test.send("gw-request/get_configuration_data_item/gw-1/sink3", message);
        REQUIRE(test.answers.size() == 1);
        CHECK(test.answers[0].first == "gw-response/get_configuration_data_item/gw-1/sink3");
        CHECK(
            test.answers[0].second.get_configuration_data_item_resp().header().res() == api::INVALID_SINK_ID);
    }
}

TEST_CASE("a sink id that cannot be part of a topic is answered on the request's own level", "[router]")
{
    RouterUnderTest test;
    for (const std::string& id :
         {std::string("+"), std::string("a/b"), std::string("#"), std::string("\xFF")}) {
        test.answers.clear();
        api::GenericMessage message;
        auto* header = message.mutable_wirepas()->mutable_process_scratchpad_req()->mutable_header();
        header->set_req_id(1);
        header->set_sink_id(id);
        test.send("gw-request/otap_process_scratchpad/gw-1/sink0", message);
        REQUIRE(test.answers.size() == 1);
        CHECK(test.answers[0].first == "gw-response/otap_process_scratchpad/gw-1/sink0");
        const auto& answer = test.answers[0].second.process_scratchpad_resp().header();
        CHECK(answer.res() == api::INVALID_SINK_ID);
        CHECK(answer.sink_id() == "sink0");
    }
    test.answers.clear();
    test.send("gw-request/send_data/gw-1/", packet_request());
    REQUIRE(test.answers.size() == 1);
    CHECK(test.answers[0].first == "gw-response/send_data/gw-1/");
}

TEST_CASE("every set_config response has a config with its sink id", "[router]")
{
    RouterUnderTest test;
    api::GenericMessage message;
    auto* request = message.mutable_wirepas()->mutable_set_config_req();
    request->mutable_header()->set_req_id(5);
    std::string expected = "sink9";
    api::ErrorCode code = api::INVALID_SINK_ID;
    SECTION("unknown sink")
    {
        request->mutable_config()->set_sink_id("sink9");
    }
    SECTION("no config")
    {
        expected = "sink0";
        code = api::INVALID_PARAM;
    }
    SECTION("no sink id")
    {
        request->mutable_config()->set_node_address(1);
        expected = "sink0";
        code = api::INVALID_PARAM;
    }
    test.send("gw-request/set_config/gw-1/sink0", message);
    REQUIRE(test.answers.size() == 1);
    CHECK(test.answers[0].first == "gw-response/set_config/gw-1/" + expected);
    const auto& response = test.answers[0].second.set_config_resp();
    CHECK(response.header().res() == code);
    CHECK(response.config().sink_id() == expected);
}

TEST_CASE("a refused target is refused before the sink is looked up", "[router]")
{
    RouterUnderTest test;
    api::GenericMessage message;
    auto* request = message.mutable_wirepas()->mutable_set_scratchpad_target_and_action_req();
    request->mutable_header()->set_req_id(5);
    request->mutable_target_and_action()->set_action(api::UNKNOWN_ACTION);
    test.send("gw-request/otap_set_target_scratchpad/gw-1/sink0", message);
    REQUIRE(test.answers.size() == 1);
    CHECK(
        test.answers[0].second.set_scratchpad_target_and_action_resp().header().res() == api::INVALID_PARAM);
}

TEST_CASE("a failed request is executed again when it is repeated", "[router]")
{
    RouterUnderTest test;
    test.send("gw-request/send_data/gw-1/sink0", packet_request());
    test.send("gw-request/send_data/gw-1/sink0", packet_request());
    CHECK(test.answers.size() == 2);
    CHECK(test.context.repeated_requests == 0);
}

TEST_CASE("a request that nobody answers is answered INTERNAL_ERROR, once", "[router]")
{
    std::vector<api::ErrorCode> codes;
    const auto record = [&](const Request&, api::ErrorCode code, const Request::Fill&) {
        codes.push_back(code);
    };
    {
        Request request(
            RequestKind::send_data, "sink0", std::make_unique<api::GenericMessage>(packet_request()), record);
        CHECK(request.id() == 9);
    }
    CHECK(codes == std::vector{api::INTERNAL_ERROR});
    {
        Request request(
            RequestKind::send_data, "sink0", std::make_unique<api::GenericMessage>(packet_request()), record);
        request.answer(api::OK);
        request.answer(api::INVALID_PARAM);
    }
    CHECK(codes == std::vector{api::INTERNAL_ERROR, api::OK});
}

TEST_CASE("send_data is checked in the order of the table", "[checks]")
{
    api::SendPacketReq packet = packet_request().wirepas().send_packet_req();
    CHECK(send_data::check_values(packet) == api::OK);
    packet.set_payload(std::string(1500, 'x'));
    packet.set_hop_limit(15);
    packet.set_qos(1);
    packet.set_source_endpoint(255);
    packet.set_destination_endpoint(255);
    CHECK(send_data::check_values(packet) == api::OK);
    packet.set_payload("");
    CHECK(send_data::check_values(packet) == api::INVALID_DATA_PAYLOAD);
    packet.set_qos(2);
    CHECK(send_data::check_values(packet) == api::INVALID_QOS);
    packet.set_destination_endpoint(256);
    CHECK(send_data::check_values(packet) == api::INVALID_DEST_ENDPOINT);
    packet.set_source_endpoint(256);
    CHECK(send_data::check_values(packet) == api::INVALID_SRC_ENDPOINT);
    packet.set_hop_limit(16);
    CHECK(send_data::check_values(packet) == api::INVALID_MAX_HOP_COUNT);
}

TEST_CASE("set_config names what is missing", "[checks]")
{
    api::SetConfigReq request;
    api::SinkNewConfig& config = *request.mutable_config();
    config.set_sink_id("sink0");
    CHECK(set_config::check_complete(request) == api::OK);
    config.mutable_current_ac_range()->set_min_ms(2000);
    CHECK(set_config::check_complete(request) == api::INVALID_AC_RANGE);
    config.mutable_app_config()->set_seq(1);
    CHECK(set_config::check_complete(request) == api::INVALID_PARAM);
    config.mutable_management_keys()->set_sequence(1);
    CHECK(set_config::check_complete(request) == api::INVALID_NETWORK_KEYS);
    config.mutable_management_keys()->set_cipher("x");
    config.mutable_management_keys()->set_authentication("x");
    config.mutable_management_keys()->clear_sequence();
    CHECK(set_config::check_complete(request) == api::INVALID_PARAM);
    config.mutable_keys()->set_cipher("x");
    CHECK(set_config::check_complete(request) == api::INVALID_NETWORK_KEYS);
    config.mutable_node_role();
    CHECK(set_config::check_complete(request) == api::INVALID_ROLE);
}

TEST_CASE("set_config refuses values by the table", "[checks]")
{
    api::SinkReadConfig known;
    api::SinkNewConfig config;
    const auto check = [&] { return set_config::check_values(config, known); };
    const std::string key(16, 'k');

    SECTION("node address")
    {
        for (const std::uint32_t address : {0U, 0x80000000U, 0x80FFFFFFU, 0xFFFFFFFEU, 0xFFFFFFFFU}) {
            config.set_node_address(address);
            CHECK(check() == api::INVALID_PARAM);
        }
        config.set_node_address(0x7FFFFFFF);
        CHECK(check() == api::OK);
    }
    SECTION("network address")
    {
        for (const std::uint64_t address :
             {std::uint64_t{0}, std::uint64_t{0xFFFFFF}, std::uint64_t{1} << 32}) {
            config.set_network_address(address);
            CHECK(check() == api::INVALID_NETWORK_ADDRESS);
        }
        config.set_network_address(0xFFFFFE);
        CHECK(check() == api::OK);
    }
    SECTION("channel")
    {
        config.set_network_channel(256);
        CHECK(check() == api::INVALID_NETWORK_CHANNEL);
        config.set_network_channel(255);
        CHECK(check() == api::OK);
        known.mutable_channel_limits()->set_min_channel(1);
        known.mutable_channel_limits()->set_max_channel(27);
        CHECK(check() == api::INVALID_NETWORK_CHANNEL);
        config.set_network_channel(27);
        CHECK(check() == api::OK);
    }
    SECTION("keys")
    {
        config.mutable_keys()->set_cipher(key);
        config.mutable_keys()->set_authentication("short");
        CHECK(check() == api::INVALID_NETWORK_KEYS);
        config.mutable_keys()->set_authentication(key);
        CHECK(check() == api::OK);
        config.mutable_network_keys()->set_cipher(key);
        config.mutable_network_keys()->set_authentication(key);
        config.mutable_network_keys()->set_sequence(256);
        CHECK(check() == api::INVALID_PARAM);
    }
    SECTION("app config")
    {
        auto* app = config.mutable_app_config();
        app->set_seq(255);
        app->set_diag_interval_s(1800);
        app->set_app_config_data(std::string(80, 'x'));
        CHECK(check() == api::OK);
        app->set_app_config_data(std::string(81, 'x'));
        CHECK(check() == api::INVALID_APP_CONFIG);
        known.set_app_config_max_size(100);
        CHECK(check() == api::OK);
        app->set_diag_interval_s(61);
        CHECK(check() == api::INVALID_DIAG_INTERVAL);
        app->set_seq(256);
        CHECK(check() == api::INVALID_PARAM);
    }
    SECTION("access cycle range")
    {
        auto* range = config.mutable_current_ac_range();
        range->set_min_ms(4000);
        range->set_max_ms(2000);
        CHECK(check() == api::INVALID_AC_RANGE);
        range->set_max_ms(65536);
        CHECK(check() == api::INVALID_AC_RANGE);
        range->set_max_ms(16000);
        CHECK(check() == api::OK);
        known.mutable_ac_limits()->set_min_ms(2000);
        known.mutable_ac_limits()->set_max_ms(8000);
        CHECK(check() == api::INVALID_AC_RANGE);
    }
}

TEST_CASE("targets are refused by the rules", "[checks]")
{
    api::TargetScratchpadAndAction wanted;
    CHECK(target::check_numbers(wanted) == api::INVALID_PARAM);
    wanted.set_action(api::PROPAGATE_AND_PROCESS_WITH_DELAY);
    wanted.set_target_sequence(255);
    wanted.set_target_crc(0xFFFF);
    wanted.set_raw(255);
    CHECK(target::check_numbers(wanted) == api::OK);
    CHECK(target::check_values(wanted) == api::INVALID_PARAM); // sequence
    wanted.set_target_sequence(254);
    CHECK(target::check_values(wanted) == api::OK);
    for (const std::uint32_t octet : {0U, 0x40U, 0x05U}) {
        wanted.set_raw(octet);
        CHECK(target::check_values(wanted) == api::INVALID_PARAM);
    }
    wanted.set_delay(api::UNKNOWN_DELAY);
    CHECK(target::check_values(wanted) == api::INVALID_PARAM);
    wanted.set_delay(api::FIVE_DAYS);
    CHECK(target::check_values(wanted) == api::OK);
    wanted.set_target_crc(0x10000);
    CHECK(target::check_numbers(wanted) == api::INVALID_PARAM);

    api::TargetScratchpadAndAction none;
    none.set_action(api::NO_OTAP);
    none.set_target_sequence(0);
    CHECK(target::check_numbers(none) == api::OK);
    CHECK(target::check_values(none) == api::OK);
}

TEST_CASE("configuration data items are checked for endpoint, then payload", "[checks]")
{
    api::ConfigurationDataItem item;
    item.set_endpoint(65535);
    item.set_payload(std::string(80, 'x'));
    CHECK(configuration_data_item::check_values(item) == api::OK);
    item.set_payload(std::string(81, 'x'));
    CHECK(configuration_data_item::check_values(item) == api::SINK_OUT_OF_MEMORY);
    item.set_endpoint(65536);
    CHECK(configuration_data_item::check_values(item) == api::INVALID_DEST_ENDPOINT);
}
