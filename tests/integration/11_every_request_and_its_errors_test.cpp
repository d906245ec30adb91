// One answer to each request, with the code, topic, QoS and effect of its section
// (docs/spec/gateway-backend-api.md, 4): one gateway, tables of requests.
#include "another_sink.hpp"
#include "gateway/scratchpad_file.hpp"
#include "mqtt_recorder.hpp"
#include "tools/backend/message.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace integration;
using gateway::stand::Deadline;
using gateway::stand::wait_until;

namespace {

constexpr const char* nobody = "sink9";
constexpr std::uint32_t sequence = 42;
const std::string key(16, 'k');

std::string text_of(const std::string& fixture)
{
    const gateway::Bytes octets = read_fixture(fixture);
    return {octets.begin(), octets.end()};
}

std::string hexadecimal(const std::string& payload)
{
    return gateway::to_hex(gateway::Bytes(payload.begin(), payload.end()));
}

/// A request under construction; what a test does not set is not in it.
using Fill = std::function<void(api::WirepasMessage&)>;

struct Row {
    const char* what;
    api::ErrorCode code;
    Fill fill;
    std::string level = sink0;
    std::optional<std::string> answered_as = {}; ///< another than the topic's level
};

/// A gateway with a stopped clock of requests: each row gets the next id.
struct Conversation {
    explicit Conversation(GatewayOptions options = {})
        : gateway(std::move(options)), asker(gateway.stand().broker())
    {
    }

    /// Sets the header of the request that `fill` made, and gives its answer.
    Recorded ask(const std::string& name, const Row& row)
    {
        const std::uint64_t id = asker.next_id();
        api::WirepasMessage message;
        row.fill(message);
        header_of(message).set_req_id(id);
        asker.say(name, row.level, message);
        INFO(name << ": " << row.what);
        const Recorded answer = asker.answer(name, row.answered_as.value_or(row.level), id);
        CHECK(
            api::ErrorCode_Name(gateway::backend::response_header(answer.content)->res()) ==
            api::ErrorCode_Name(row.code));
        return answer;
    }

    void ask_all(const std::string& name, const std::vector<Row>& rows)
    {
        for (const Row& row : rows)
            ask(name, row);
    }

    static api::RequestHeader& header_of(api::WirepasMessage& message)
    {
        if (message.has_get_gateway_info_req())
            return *message.mutable_get_gateway_info_req()->mutable_header();
        if (message.has_get_configs_req())
            return *message.mutable_get_configs_req()->mutable_header();
        if (message.has_set_config_req())
            return *message.mutable_set_config_req()->mutable_header();
        if (message.has_send_packet_req())
            return *message.mutable_send_packet_req()->mutable_header();
        if (message.has_get_scratchpad_status_req())
            return *message.mutable_get_scratchpad_status_req()->mutable_header();
        if (message.has_upload_scratchpad_req())
            return *message.mutable_upload_scratchpad_req()->mutable_header();
        if (message.has_process_scratchpad_req())
            return *message.mutable_process_scratchpad_req()->mutable_header();
        if (message.has_set_scratchpad_target_and_action_req())
            return *message.mutable_set_scratchpad_target_and_action_req()->mutable_header();
        if (message.has_set_configuration_data_item_req())
            return *message.mutable_set_configuration_data_item_req()->mutable_header();
        return *message.mutable_get_configuration_data_item_req()->mutable_header();
    }

    int boots() { return gateway.simulator_state().at("counters").at("boots").get<int>(); }

    GatewayUnderTest gateway;
    Asker asker;
};

// Fills, one family each.

Fill config(const std::function<void(api::SinkNewConfig&)>& set, const std::string& sink = sink0)
{
    return [=](api::WirepasMessage& message) {
        message.mutable_set_config_req()->mutable_config()->set_sink_id(sink);
        set(*message.mutable_set_config_req()->mutable_config());
    };
}

Fill packet(const std::function<void(api::SendPacketReq&)>& change = [](api::SendPacketReq&) {})
{
    return [=](api::WirepasMessage& message) {
        api::SendPacketReq& request = *message.mutable_send_packet_req();
        request.set_destination_address(1001);
        request.set_source_endpoint(10);
        request.set_destination_endpoint(20);
        request.set_qos(0);
        request.set_payload("hello");
        change(request);
    };
}

Fill status_of(const std::string& sink)
{
    return [=](api::WirepasMessage& message) {
        message.mutable_get_scratchpad_status_req()->mutable_header()->set_sink_id(sink);
    };
}

Fill upload(const std::function<void(api::UploadScratchpadReq&)>& set, const std::string& sink = sink0)
{
    return [=](api::WirepasMessage& message) {
        api::UploadScratchpadReq& request = *message.mutable_upload_scratchpad_req();
        request.mutable_header()->set_sink_id(sink);
        request.set_seq(sequence);
        set(request);
    };
}

Fill file(const std::string& octets, std::uint32_t with_sequence = sequence, const std::string& sink = sink0)
{
    return upload(
        [=](api::UploadScratchpadReq& request) {
            request.set_seq(with_sequence);
            request.set_scratchpad(octets);
        },
        sink);
}

Fill process(const std::string& sink)
{
    return [=](api::WirepasMessage& message) {
        message.mutable_process_scratchpad_req()->mutable_header()->set_sink_id(sink);
    };
}

Fill target(
    api::ScratchpadAction action,
    const std::function<void(api::TargetScratchpadAndAction&)>& set = [](api::TargetScratchpadAndAction&) {},
    const std::string& sink = sink0)
{
    return [=](api::WirepasMessage& message) {
        auto& request = *message.mutable_set_scratchpad_target_and_action_req();
        request.mutable_header()->set_sink_id(sink);
        request.mutable_target_and_action()->set_action(action);
        set(*request.mutable_target_and_action());
    };
}

Fill set_item(std::uint32_t endpoint, const std::string& payload, const std::string& sink = sink0)
{
    return [=](api::WirepasMessage& message) {
        auto& request = *message.mutable_set_configuration_data_item_req();
        request.mutable_header()->set_sink_id(sink);
        request.mutable_configuration_data_item()->set_endpoint(endpoint);
        request.mutable_configuration_data_item()->set_payload(payload);
    };
}

Fill get_item(std::uint32_t endpoint, const std::string& sink = sink0)
{
    return [=](api::WirepasMessage& message) {
        auto& request = *message.mutable_get_configuration_data_item_req();
        request.mutable_header()->set_sink_id(sink);
        request.set_endpoint(endpoint);
    };
}

struct Piece {
    std::uint32_t offset;
    std::size_t size;
};

/// A piece of `octets`, which is sent under `seq`.
Fill piece(
    const std::string& octets, const Piece& where, std::uint32_t seq = sequence,
    const std::string& sink = sink0)
{
    return upload(
        [=](api::UploadScratchpadReq& request) {
            request.set_seq(seq);
            request.set_scratchpad(octets.substr(where.offset, where.size));
            auto& info = *request.mutable_chunk_info();
            info.set_scratchpad_total_size(static_cast<std::uint32_t>(octets.size()));
            info.set_start_offset(where.offset);
        },
        sink);
}

} // namespace

TEST_CASE("get_gw_info and get_configs are answered without a sink level", "[requests]")
{
    Conversation talk({.transport = {"--gateway_model", "box"}});
    AnotherSink other(talk.gateway.stand(), 1);
    wait_until_online(talk.gateway.backend(), 2);

    const auto info = talk.ask(
        "get_gw_info",
        {"all there is", api::OK, [](auto& message) { message.mutable_get_gateway_info_req(); }, ""});
    const auto& told = info.content.get_gateway_info_resp().info();
    CHECK(told.gw_model() == "box");
    CHECK_FALSE(told.has_gw_version());
    CHECK(told.implemented_api_version() == 2);
    CHECK_FALSE(told.has_max_scratchpad_size());
    CHECK(told.current_time_s_epoch() > 1'577'836'800);
    REQUIRE(told.gw_features_size() == 3);
    CHECK(told.gw_features(0) == api::CONFIGURATION_DATA_V1);
    CHECK(told.gw_features(1) == api::SINK_KEY_MANAGEMENT_V1);
    CHECK(told.gw_features(2) == api::SCRATCHPAD_CHUNK_V1);

    const auto configs = talk.ask(
        "get_configs",
        {"all sinks in order", api::OK, [](auto& message) { message.mutable_get_configs_req(); }, ""});
    REQUIRE(configs.content.get_configs_resp().configs_size() == 2);
    CHECK(configs.content.get_configs_resp().configs(0).sink_id() == "sink0");
    CHECK(configs.content.get_configs_resp().configs(1).sink_id() == "sink1");
}

TEST_CASE("what cannot be answered is not, and what can be is, by what is missing", "[requests]")
{
    Conversation talk;
    Asker& asker = talk.asker;
    const std::string info_topic = "get_gw_info";
    api::WirepasMessage info;
    info.mutable_get_gateway_info_req()->mutable_header()->set_req_id(asker.next_id());
    const std::uint64_t retained = info.get_gateway_info_req().header().req_id();
    // Retained before the gateway subscribes anew, so that the broker flags it.
    talk.gateway.stand().transport_service()->kill();
    asker.say(info_topic, "", info, 2, true);
    talk.gateway.stand().start_transport_service();
    CHECK(talk.gateway.stand().transport_service()->wait_for_output(
        "is retained and not executed", Deadline(patience)));
    asker.say_octets(info_topic, "", "", 2, true);

    api::WirepasMessage wrong;
    wrong.mutable_get_configs_req()->mutable_header()->set_req_id(asker.next_id());
    asker.say(info_topic, "", wrong); // not the request of this topic
    asker.say_octets(info_topic, "", "no protobuf message");
    api::WirepasMessage nameless;
    nameless.mutable_get_gateway_info_req()->mutable_header()->set_time_ms_epoch(1);
    asker.say(info_topic, "", nameless);

    // A required part is missing, at any depth: answered before the sink is looked up.
    const std::vector<std::pair<std::string, Row>> missing = {
        {"set_config", {"config", api::INVALID_PARAM, [](auto& m) { m.mutable_set_config_req(); }}},
        {"set_config",
         {"sink id", api::INVALID_PARAM, [](auto& m) { m.mutable_set_config_req()->mutable_config(); }}},
        {"set_config",
         {"role", api::INVALID_ROLE, config([](auto& c) { c.mutable_node_role(); }, nobody), sink0, nobody}},
        {"set_config",
         {"a key", api::INVALID_NETWORK_KEYS,
          config([](auto& c) { c.mutable_keys()->set_cipher(key); }, nobody), sink0, nobody}},
        {"set_config",
         {"a key of a pair before a sequence", api::INVALID_NETWORK_KEYS,
          config(
              [](auto& c) {
                  c.mutable_network_keys()->set_cipher(key);
                  c.mutable_network_keys()->set_authentication(key);
                  c.mutable_management_keys()->set_sequence(1);
              },
              nobody),
          sink0, nobody}},
        {"set_config",
         {"sequence of keys", api::INVALID_PARAM,
          config(
              [](auto& c) {
                  c.mutable_management_keys()->set_cipher(key);
                  c.mutable_management_keys()->set_authentication(key);
              },
              nobody),
          sink0, nobody}},
        {"set_config",
         {"part of the app config", api::INVALID_PARAM,
          config([](auto& c) { c.mutable_app_config()->set_seq(1); }, nobody), sink0, nobody}},
        {"set_config",
         {"part of the access cycle range", api::INVALID_AC_RANGE,
          config([](auto& c) { c.mutable_current_ac_range()->set_min_ms(2000); }, nobody), sink0, nobody}},
        {"send_data",
         {"destination", api::INVALID_PARAM, packet([](auto& p) { p.clear_destination_address(); }), nobody}},
        {"send_data", {"payload", api::INVALID_PARAM, packet([](auto& p) { p.clear_payload(); }), nobody}},
        {"otap_load_scratchpad",
         {"sequence", api::INVALID_PARAM, upload([](auto& u) { u.clear_seq(); }, nobody), nobody}},
        {"otap_load_scratchpad",
         {"offset of a piece", api::INVALID_PARAM,
          upload([](auto& u) { u.mutable_chunk_info()->set_scratchpad_total_size(96); }, nobody), nobody}},
        {"otap_set_target_scratchpad",
         {"action", api::INVALID_PARAM,
          target(
              api::NO_OTAP, [](auto& t) { t.clear_action(); }, nobody),
          nobody}},
        {"set_configuration_data_item",
         {"payload", api::INVALID_PARAM,
          [](auto& m) {
              auto& request = *m.mutable_set_configuration_data_item_req();
              request.mutable_configuration_data_item()->set_endpoint(1);
          },
          nobody}},
        {"get_configuration_data_item",
         {"endpoint", api::INVALID_PARAM, [](auto& m) { m.mutable_get_configuration_data_item_req(); },
          nobody}},
    };
    for (const auto& [name, row] : missing)
        talk.ask(name, row);

    CHECK(asker.answers(retained) == 0);
    CHECK(asker.answers(wrong.get_configs_req().header().req_id()) == 0);
}

TEST_CASE("an unknown sink, or an impossible one, is answered INVALID_SINK_ID by every request", "[requests]")
{
    Conversation talk;
    for (const std::string& level : {std::string(nobody), std::string(sink0)}) {
        // Where the payload decides, the topic's level is only what the answer falls back to.
        const std::string named = level == nobody ? nobody : "a/b+";
        const std::vector<std::pair<std::string, Fill>> requests = {
            {"set_config", config([](auto& c) { c.set_sink_state(api::ON); }, named)},
            {"otap_status", status_of(named)},
            {"otap_load_scratchpad", upload([](auto&) {}, named)},
            {"otap_process_scratchpad", process(named)},
            {"otap_set_target_scratchpad", target(
                                               api::NO_OTAP, [](auto&) {}, named)},
            {"set_configuration_data_item", set_item(0x1234, "abc", named)},
            {"get_configuration_data_item", get_item(0x1234, named)},
        };
        for (const auto& [name, fill] : requests) {
            const auto answer = talk.ask(name, {"unknown sink", api::INVALID_SINK_ID, fill, level});
            if (name == "set_config") {
                CHECK(answer.content.set_config_resp().config().sink_id() == level);
                CHECK(answer.content.set_config_resp().config().ByteSizeLong() == 2 + level.size());
            }
        }
    }
    // send_data goes by its topic alone.
    talk.ask(
        "send_data", {"unknown sink", api::INVALID_SINK_ID,
                      packet([](auto& p) { p.mutable_header()->set_sink_id(sink0); }), nobody});
    const std::uint64_t id = talk.asker.next_id();
    api::GenericMessage levelless;
    packet()(*levelless.mutable_wirepas());
    levelless.mutable_wirepas()->mutable_send_packet_req()->mutable_header()->set_req_id(id);
    talk.asker.recorder().publish(
        std::string("gw-request/send_data/") + gateway_id + "/", levelless.SerializeAsString());
    const auto answer = talk.asker.recorder().wait_for([](const Recorded& message) {
        return message.topic == std::string("gw-response/send_data/") + gateway_id + "/";
    });
    REQUIRE(answer);
    CHECK(answer->content.send_packet_resp().header().req_id() == id);
    CHECK(answer->content.send_packet_resp().header().res() == api::INVALID_SINK_ID);
    // A payload that names nobody leaves it to the topic.
    talk.ask("otap_status", {"no sink id", api::OK, [](auto& m) { m.mutable_get_scratchpad_status_req(); }});
}

TEST_CASE("set_config: every row of its tables", "[requests]")
{
    Conversation talk({.simulator = {"--start", "--node-address", "7", "--network-channel", "5"}});
    const int before = talk.boots();
    const auto keys = [](std::size_t octets) {
        return [octets](api::SinkNewConfig& c) {
            c.mutable_keys()->set_cipher(std::string(octets, 'c'));
            c.mutable_keys()->set_authentication(key);
        };
    };
    const auto pair = [](std::uint32_t seq) {
        return [seq](api::SinkNewConfig& c) {
            c.mutable_network_keys()->set_cipher(key);
            c.mutable_network_keys()->set_authentication(key);
            c.mutable_network_keys()->set_sequence(seq);
        };
    };
    const auto app = [](std::uint32_t seq, std::uint32_t interval, std::size_t octets) {
        return [=](api::SinkNewConfig& c) {
            c.mutable_app_config()->set_seq(seq);
            c.mutable_app_config()->set_diag_interval_s(interval);
            c.mutable_app_config()->set_app_config_data(std::string(octets, 'a'));
        };
    };
    const auto range = [](std::uint32_t min_ms, std::uint32_t max_ms) {
        return [=](api::SinkNewConfig& c) {
            c.mutable_current_ac_range()->set_min_ms(min_ms);
            c.mutable_current_ac_range()->set_max_ms(max_ms);
        };
    };
    const auto refused = [&](const char* what, api::ErrorCode code,
                             const std::function<void(api::SinkNewConfig&)>& set) {
        const auto answer =
            talk.ask("set_config", {what, code, config([&](api::SinkNewConfig& c) {
                                        c.set_network_channel(9); // good, but not written either
                                        set(c);
                                    })});
        const auto& shown = answer.content.set_config_resp().config();
        CHECK(shown.sink_id() == sink0);
        CHECK(shown.network_channel() == 5);
        CHECK(shown.has_firmware_version());
    };
    for (const std::uint32_t address : {0U, 0x80000000U, 0x80FFFFFFU, 0xFFFFFFFEU, 0xFFFFFFFFU})
        refused("node address", api::INVALID_PARAM, [=](auto& c) { c.set_node_address(address); });
    for (const std::uint64_t address : {std::uint64_t{0}, std::uint64_t{0xFFFFFF}, std::uint64_t{1} << 40})
        refused("network address", api::INVALID_NETWORK_ADDRESS, [=](auto& c) {
            c.set_network_address(address);
        });
    for (const std::uint32_t channel : {0U, 200U, 256U})
        refused("channel", api::INVALID_NETWORK_CHANNEL, [=](auto& c) { c.set_network_channel(channel); });
    refused("key of 15 octets", api::INVALID_NETWORK_KEYS, keys(15));
    refused("key of 17 octets", api::INVALID_NETWORK_KEYS, keys(17));
    refused("key sequence", api::INVALID_PARAM, pair(256));
    refused("app config sequence", api::INVALID_PARAM, app(256, 60, 1));
    refused("interval", api::INVALID_DIAG_INTERVAL, app(1, 61, 1));
    refused("app config data", api::INVALID_APP_CONFIG, app(1, 60, 81));
    refused("minimum above maximum", api::INVALID_AC_RANGE, range(8000, 2000));
    refused("outside the limits", api::INVALID_AC_RANGE, range(1000, 8000));
    refused("above 65535", api::INVALID_AC_RANGE, range(2000, 65536));
    refused("the first of several", api::INVALID_NETWORK_ADDRESS, [&](auto& c) {
        c.set_network_address(0);
        app(256, 61, 81)(c);
    });
    CHECK(talk.boots() == before); // nothing was touched

    // An unknown state counts as absent: nothing to do, no fault.
    const auto unknown_state = talk.asker.next_id();
    api::WirepasMessage odd;
    config([](auto&) {})(odd);
    odd.mutable_set_config_req()->mutable_header()->set_req_id(unknown_state);
    odd.mutable_set_config_req()->mutable_config()->mutable_unknown_fields()->AddVarint(10, 77);
    talk.asker.say("set_config", sink0, odd);
    CHECK(
        talk.asker.answer("set_config", sink0, unknown_state).content.set_config_resp().header().res() ==
        api::OK);
    CHECK(talk.boots() == before);

    // What does not stop the stack.
    talk.ask("set_config", {"app config", api::OK, config(app(1, 600, 5))});
    auto answer = talk.ask("set_config", {"access cycle range", api::OK, config(range(4000, 8000))});
    CHECK(answer.content.set_config_resp().config().current_ac_range().min_ms() == 4000);
    CHECK(talk.boots() == before);

    // What does, once.
    answer = talk.ask("set_config", {"all attributes", api::OK, config([&](api::SinkNewConfig& c) {
                                         c.set_node_address(77);
                                         c.mutable_node_role()->set_role(api::NodeRole::SINK);
                                         c.mutable_node_role()->add_flags(api::NodeRole::LOW_LATENCY);
                                         c.mutable_node_role()->add_flags(api::NodeRole::LOW_LATENCY);
                                         c.set_network_address(0x0CBBAA);
                                         c.set_network_channel(9);
                                         keys(16)(c);
                                     })});
    const auto& shown = answer.content.set_config_resp().config();
    CHECK(shown.node_address() == 77);
    CHECK(shown.node_role().flags_size() == 1);
    CHECK(shown.network_address() == 0x0CBBAA);
    CHECK(shown.network_channel() == 9);
    CHECK(shown.are_keys_set());
    CHECK(shown.sink_state() == api::ON);
    talk.ask("set_config", {"a key pair", api::OK, config(pair(1))});

    // The sink itself refuses, as new firmware does with this attribute: the stack runs again.
    answer = talk.ask(
        "set_config", {"channel map", api::INTERNAL_ERROR, config([](auto& c) { c.set_channel_map(1); })});
    CHECK(answer.content.set_config_resp().config().sink_state() == api::ON);

    // The state alone.
    answer = talk.ask("set_config", {"off", api::OK, config([](auto& c) { c.set_sink_state(api::OFF); })});
    CHECK(answer.content.set_config_resp().config().sink_state() == api::OFF);
    answer = talk.ask("set_config", {"on", api::OK, config([](auto& c) { c.set_sink_state(api::ON); })});
    CHECK(answer.content.set_config_resp().config().sink_state() == api::ON);
}

TEST_CASE("send_data: every row of its table", "[requests]")
{
    Conversation talk;
    talk.ask_all(
        "send_data",
        {
            {"accepted", api::OK, packet()},
            {"broadcast, all there is", api::OK, packet([](auto& p) {
                 p.set_destination_address(0xFFFFFFFF);
                 p.set_qos(1);
                 p.set_hop_limit(15);
                 p.set_initial_delay_ms(1000);
                 p.set_source_endpoint(255);
                 p.set_destination_endpoint(240);
             })},
            {"hop limit before all", api::INVALID_MAX_HOP_COUNT, packet([](auto& p) {
                 p.set_hop_limit(16);
                 p.set_source_endpoint(256);
             })},
            {"source endpoint", api::INVALID_SRC_ENDPOINT, packet([](auto& p) {
                 p.set_source_endpoint(256);
                 p.set_destination_endpoint(256);
             })},
            {"destination endpoint", api::INVALID_DEST_ENDPOINT, packet([](auto& p) {
                 p.set_destination_endpoint(256);
                 p.set_qos(2);
             })},
            {"QoS", api::INVALID_QOS, packet([](auto& p) {
                 p.set_qos(2);
                 p.set_payload("");
             })},
            {"empty payload", api::INVALID_DATA_PAYLOAD, packet([](auto& p) { p.set_payload(""); })},
            {"payload too long", api::INVALID_DATA_PAYLOAD,
             packet([](auto& p) { p.set_payload(std::string(1501, 'x')); })},
        });
    talk.ask("set_config", {"off", api::OK, config([](auto& c) { c.set_sink_state(api::OFF); })});
    talk.ask("send_data", {"stack stopped", api::INVALID_SINK_STATE, packet()});
}

TEST_CASE("the OTAP requests: every row of their tables", "[requests]")
{
    Conversation talk({.transport = {"--gateway_max_scratchpad_size", "4096"}});
    const std::string good = text_of("app-8k.otap");
    const auto crc = gateway::check_scratchpad(read_fixture("app-8k.otap")).value().crc;

    // Nothing stored.
    auto status = talk.ask("otap_status", {"nothing stored", api::OK, status_of(sink0)});
    const auto* told = &status.content.get_scratchpad_status_resp();
    CHECK(told->stored_scratchpad().len() == 0);
    CHECK(told->stored_type() == api::BLANK);
    CHECK(told->has_processed_scratchpad());
    CHECK(told->target_and_action().action() == api::NO_OTAP);
    talk.ask("otap_process_scratchpad", {"nothing to process", api::NO_SCRATCHPAD_PRESENT, process(sink0)});
    talk.ask("otap_load_scratchpad", {"clear of nothing", api::OK, upload([](auto&) {})});
    talk.ask(
        "otap_set_target_scratchpad", {"target of nothing", api::INVALID_PARAM, target(api::PROPAGATE_ONLY)});

    // A whole file.
    std::string short_by_16 = good.substr(0, good.size() - 16);
    talk.ask_all(
        "otap_load_scratchpad",
        {
            {"sequence above 255", api::INVALID_PARAM, file(good, 256)},
            {"sequence 0", api::INVALID_SEQUENCE_NUMBER, file(good, 0)},
            {"sequence 255", api::INVALID_SEQUENCE_NUMBER, file(good, 255)},
            {"clear with a sequence above 255", api::INVALID_PARAM, upload([](auto& u) { u.set_seq(256); })},
            {"empty, but present", api::INVALID_SCRATCHPAD_SIZE, file("")},
            {"too short", api::INVALID_SCRATCHPAD_SIZE, file(text_of("bad-too-short-80.otap"))},
            {"no multiple of 16", api::INVALID_SCRATCHPAD_SIZE, file(good.substr(0, 1001))},
            {"tag", api::INVALID_SCRATCHPAD, file(text_of("bad-tag.otap"))},
            {"length in the header", api::INVALID_SCRATCHPAD_SIZE, file(short_by_16)},
            {"CRC", api::INVALID_SCRATCHPAD, file(text_of("bad-crc.otap"))},
            {"more than one request may carry is taken whole", api::OK, file(good)},
        });
    status = talk.ask("otap_status", {"stored", api::OK, status_of(sink0)});
    told = &status.content.get_scratchpad_status_resp();
    CHECK(told->stored_scratchpad().len() == good.size());
    CHECK(told->stored_scratchpad().crc() == crc);
    CHECK(told->stored_scratchpad().seq() == sequence);

    // Target and action.
    const auto raw = [](std::uint32_t octet) {
        return [octet](api::TargetScratchpadAndAction& t) { t.set_raw(octet); };
    };
    const auto delayed = [](api::ProcessingDelay delay) {
        return [delay](api::TargetScratchpadAndAction& t) { t.set_delay(delay); };
    };
    constexpr auto with_delay = api::PROPAGATE_AND_PROCESS_WITH_DELAY;
    talk.ask_all(
        "otap_set_target_scratchpad",
        {
            {"unknown action", api::INVALID_PARAM, target(api::UNKNOWN_ACTION)},
            {"before the sink", api::INVALID_PARAM,
             target(
                 api::UNKNOWN_ACTION, [](auto&) {}, nobody),
             nobody},
            {"sequence above 255", api::INVALID_PARAM,
             target(api::NO_OTAP, [](auto& t) { t.set_target_sequence(256); })},
            {"CRC above 65535", api::INVALID_PARAM,
             target(api::NO_OTAP, [](auto& t) { t.set_target_crc(65536); })},
            {"raw above 255", api::INVALID_PARAM, target(api::NO_OTAP, raw(256))},
            {"sequence 0", api::INVALID_PARAM,
             target(api::PROPAGATE_ONLY, [](auto& t) { t.set_target_sequence(0); })},
            {"sequence 255", api::INVALID_PARAM,
             target(api::PROPAGATE_ONLY, [](auto& t) { t.set_target_sequence(255); })},
            {"delay without amount", api::INVALID_PARAM, target(with_delay, raw(0x40))},
            {"delay without unit", api::INVALID_PARAM, target(with_delay, raw(0x0A))},
            {"no delay given", api::INVALID_PARAM, target(with_delay)},
            {"unknown delay", api::INVALID_PARAM, target(with_delay, delayed(api::UNKNOWN_DELAY))},
            {"propagate, parameter ignored", api::OK, target(api::PROPAGATE_ONLY, raw(0x4A))},
            {"with delay", api::OK, target(with_delay, delayed(api::ONE_HOUR))},
            {"the same delay again", api::OK, target(with_delay, delayed(api::ONE_HOUR))},
        });
    status = talk.ask("otap_status", {"target read back", api::OK, status_of(sink0)});
    told = &status.content.get_scratchpad_status_resp();
    CHECK(told->target_and_action().action() == with_delay);
    CHECK(told->target_and_action().delay() == api::ONE_HOUR);
    CHECK(told->target_and_action().target_sequence() == sequence);
    CHECK(told->target_and_action().target_crc() == crc);
    talk.ask(
        "otap_set_target_scratchpad",
        {"none, whatever else is given", api::OK, target(api::NO_OTAP, [](auto& t) {
             t.set_target_sequence(9);
             t.set_raw(9);
         })});
    CHECK(talk.gateway.simulator_state().at("target").at("sequence") == 0);

    // Processing.
    talk.ask("otap_process_scratchpad", {"stored", api::OK, process(sink0)});
    status = talk.ask("otap_status", {"processed", api::OK, status_of(sink0)});
    CHECK(status.content.get_scratchpad_status_resp().processed_scratchpad().seq() == sequence);
    talk.ask("otap_load_scratchpad", {"clear", api::OK, upload([](auto&) {})});
    status = talk.ask("otap_status", {"cleared", api::OK, status_of(sink0)});
    CHECK(status.content.get_scratchpad_status_resp().stored_scratchpad().seq() == 0);
    CHECK(talk.gateway.simulator_state().at("running") == true);
}

TEST_CASE("a scratchpad in pieces: every row of its table, two sinks at a time", "[requests][chunks]")
{
    Conversation talk(
        {.transport = {"--gateway_max_scratchpad_size", "4096", "--max_upload_memory", "20000"}});
    AnotherSink other(talk.gateway.stand(), 1);
    wait_until_online(talk.gateway.backend(), 2);
    const std::string a = text_of("app-8k.otap");
    const std::string b = text_of("app-8k-vendor-b.otap");
    const std::string large = text_of("stack-app-100k.otap");
    REQUIRE(a.size() + b.size() <= 20000);
    const std::string load = "otap_load_scratchpad";
    const std::string sink1 = "sink1";
    constexpr std::size_t k4 = 4096;
    const auto stored = [](const nlohmann::json& state) { return state.at("scratchpad").at("stored"); };
    const auto odd = [&](const std::string& octets, std::uint32_t offset, std::uint32_t total) {
        return upload([=](api::UploadScratchpadReq& request) {
            request.set_scratchpad(octets);
            request.mutable_chunk_info()->set_scratchpad_total_size(total);
            request.mutable_chunk_info()->set_start_offset(offset);
        });
    };
    const auto total = static_cast<std::uint32_t>(a.size());

    talk.ask_all(
        load,
        {
            {"sequence above 255", api::INVALID_PARAM, piece(a, {0, k4}, 256)},
            {"sequence 255", api::INVALID_SEQUENCE_NUMBER, piece(a, {0, k4}, 255)},
            {"total too small", api::INVALID_SCRATCHPAD_SIZE, odd("x", 0, 80)},
            {"total of 4 GiB", api::INVALID_SCRATCHPAD_SIZE, odd("x", 0, 0xFFFFFFF0)},
            {"empty piece", api::INVALID_SCRATCHPAD_CHUNK_SIZE, odd("", 0, total)},
            {"piece longer than announced", api::INVALID_SCRATCHPAD_CHUNK_SIZE, piece(a, {0, k4 + 1})},
            {"offset at the end", api::INVALID_SCRATCHPAD_CHUNK_OFFSET, odd("x", total, total)},
            {"piece past the end", api::INVALID_SCRATCHPAD_CHUNK_SIZE, odd("xx", total - 1, total)},
            {"middle of an unknown upload", api::INVALID_SCRATCHPAD_CHUNK_OFFSET, piece(a, {1000, 100})},
            {"wrong tag", api::INVALID_SCRATCHPAD, odd(std::string(32, 'x'), 0, total)},
        });
    CHECK(talk.gateway.simulator_state().at("running") == true);

    // Two uploads interleaved, out of order, overlapping, repeated; the answer to the last piece is
    // that of the upload.
    talk.ask(load, {"first of a", api::OK, piece(a, {0, 1000})});
    talk.ask(load, {"first of b", api::OK, piece(b, {0, 1000}, 7, sink1), sink1});
    talk.ask(load, {"end of a", api::OK, piece(a, {4096, k4})});
    talk.ask(load, {"repeated first of a", api::OK, piece(a, {0, 1000})});
    talk.ask(
        load, {"differing overlap", api::INVALID_SCRATCHPAD_CHUNK_OFFSET, odd("not the same", 4100, total)});
    talk.ask(load, {"another sequence", api::INVALID_SCRATCHPAD_CHUNK_OFFSET, piece(a, {1000, 1000}, 43)});
    talk.ask(load, {"overlap", api::OK, piece(a, {900, 1000})});
    talk.ask(load, {"middle of b", api::OK, piece(b, {1000, 3096}, 7, sink1), sink1});
    CHECK(stored(talk.gateway.simulator_state()).at("size") == 0);
    talk.ask(load, {"last of a", api::OK, piece(a, {1900, 2196})});
    CHECK(stored(talk.gateway.simulator_state()).at("size") == a.size());
    CHECK(stored(talk.gateway.simulator_state()).at("sequence") == sequence);
    talk.ask(load, {"last of b", api::OK, piece(b, {4096, k4}, 7, sink1), sink1});
    CHECK(stored(other.state()).at("size") == b.size());
    CHECK(stored(other.state()).at("sequence") == 7);
    CHECK(talk.gateway.simulator_state().at("running") == true);
    CHECK(other.state().at("running") == true);

    // Memory is bounded by what is announced; a whole file and a clear end an upload under way.
    talk.ask(load, {"a large one", api::SINK_OUT_OF_MEMORY, piece(large, {0, 1000})});
    talk.ask(load, {"a", api::OK, piece(a, {0, 1000})});
    talk.ask(load, {"b", api::OK, piece(b, {0, 1000}, 7, sink1), sink1});
    talk.ask(load, {"another one for the same sink", api::OK, piece(b, {0, 1000}, 44)});
    talk.ask(load, {"the first is forgotten", api::INVALID_SCRATCHPAD_CHUNK_OFFSET, piece(a, {1000, 10})});
    talk.ask(load, {"clear", api::OK, upload([](auto&) {})});
    talk.ask(load, {"nothing is under way", api::INVALID_SCRATCHPAD_CHUNK_OFFSET, piece(b, {1000, 10}, 44)});
    talk.ask(load, {"b is", api::OK, piece(b, {1000, 10}, 7, sink1), sink1});
    talk.ask(load, {"a whole one", api::OK, file(b, 8, sink1), sink1});
    talk.ask(load, {"b is not", api::INVALID_SCRATCHPAD_CHUNK_OFFSET, piece(b, {1010, 10}, 7, sink1), sink1});

    // A damaged file is found when it is complete, and never reaches the sink.
    const int before = talk.boots();
    const std::string damaged = text_of("bad-crc.otap");
    talk.ask(load, {"damaged", api::OK, piece(damaged, {0, k4})});
    talk.ask(load, {"damaged, last", api::INVALID_SCRATCHPAD, piece(damaged, {k4, k4})});
    CHECK(talk.boots() == before);
}

TEST_CASE("configuration data items: every row of their table", "[requests]")
{
    Conversation talk;
    talk.ask_all(
        "set_configuration_data_item",
        {
            {"stored", api::OK, set_item(0x1234, "abc")},
            {"endpoint above 65535", api::INVALID_DEST_ENDPOINT, set_item(65536, std::string(81, 'x'))},
            {"more than 80 octets", api::SINK_OUT_OF_MEMORY, set_item(0x1234, std::string(81, 'x'))},
            {"refused by the sink", api::INVALID_PARAM, set_item(0, "abc")},
        });
    const auto item = talk.ask("get_configuration_data_item", {"stored", api::OK, get_item(0x1234)});
    const auto& told = item.content.get_configuration_data_item_resp().configuration_data_item();
    CHECK(told.endpoint() == 0x1234);
    CHECK(told.payload() == "abc");
    talk.gateway.backend().wait_for_status(
        "the item in the status",
        [](const api::StatusEvent& event) {
            return is_online(event) && event.configs(0).configuration_data_content_size() == 1;
        },
        patience);
    talk.ask_all(
        "get_configuration_data_item",
        {
            {"endpoint above 65535", api::INVALID_DEST_ENDPOINT, get_item(65536)},
            {"no such item", api::INVALID_PARAM, get_item(0x4321)},
        });
    talk.ask("set_configuration_data_item", {"removed", api::OK, set_item(0x1234, "")});
    const auto gone =
        talk.ask("get_configuration_data_item", {"removed", api::INVALID_PARAM, get_item(0x1234)});
    CHECK_FALSE(gone.content.get_configuration_data_item_resp().has_configuration_data_item());

    Conversation old({.simulator = {"--start", "--api-version", "18"}});
    old.ask("set_configuration_data_item", {"not supported", api::ACCESS_DENIED, set_item(0x1234, "abc")});
    old.ask("get_configuration_data_item", {"not supported", api::ACCESS_DENIED, get_item(0x1234)});
}

TEST_CASE("requests of one sink keep their order, those of another do not wait", "[requests][order]")
{
    Conversation talk({.simulator = {"--start", "--baud", "125000"}});
    AnotherSink other(talk.gateway.stand(), 1);
    wait_until_online(talk.gateway.backend(), 2);
    Asker& asker = talk.asker;

    api::WirepasMessage long_upload;
    file(text_of("stack-app-100k.otap"))(long_upload);
    const std::uint64_t upload_id = asker.next_id();
    long_upload.mutable_upload_scratchpad_req()->mutable_header()->set_req_id(upload_id);
    asker.say("otap_load_scratchpad", sink0, long_upload);
    api::WirepasMessage behind;
    status_of(sink0)(behind);
    const std::uint64_t behind_id = asker.next_id();
    behind.mutable_get_scratchpad_status_req()->mutable_header()->set_req_id(behind_id);
    asker.say("otap_status", sink0, behind);
    // Twice, as a backend with QoS 1 might: executed once, answered once.
    asker.say("otap_load_scratchpad", sink0, long_upload);

    for (int i = 0; i < 20; ++i)
        talk.ask("send_data", {"to the other sink", api::OK, packet(), "sink1"});
    talk.ask("get_configs", {"beside", api::OK, [](auto& m) { m.mutable_get_configs_req(); }, ""});
    CHECK(asker.answers(upload_id) == 0); // 100 kB take several seconds

    const auto status = asker.answer("otap_status", sink0, behind_id);
    CHECK(status.content.get_scratchpad_status_resp().stored_scratchpad().seq() == sequence);
    CHECK(asker.answers(upload_id) == 1);
    const int boots = talk.boots();
    // And again when it is done: answered, not executed.
    asker.say("otap_load_scratchpad", sink0, long_upload);
    CHECK(wait_until([&] { return asker.answers(upload_id) == 2; }, Deadline(patience)));
    CHECK(talk.boots() == boots);
}

TEST_CASE("a repeated downlink reaches the mesh once, another with the same id does too", "[requests][order]")
{
    Conversation talk;
    const std::uint64_t id = talk.asker.next_id();
    for (const char* payload : {"one", "one", "two", "one"}) {
        api::WirepasMessage message;
        packet([&](auto& p) { p.set_payload(payload); })(message);
        message.mutable_send_packet_req()->mutable_header()->set_req_id(id);
        talk.asker.say("send_data", sink0, message, 1);
    }
    REQUIRE(wait_until([&] { return talk.asker.answers(id) >= 2; }, Deadline(patience)));
    talk.ask("send_data", {"a marker", api::OK, packet([](auto& p) { p.set_payload("three"); })});
    std::vector<std::string> payloads;
    REQUIRE(wait_until(
        [&] {
            const auto state = talk.gateway.simulator_state();
            for (const auto& sent : state.at("downlink"))
                payloads.push_back(sent.at("payload"));
            return !payloads.empty() && payloads.back() == hexadecimal("three");
        },
        Deadline(patience)));
    CHECK(payloads == std::vector<std::string>{hexadecimal("one"), hexadecimal("two"), hexadecimal("three")});
}

TEST_CASE("a sink that went silent holds up no other", "[requests][order]")
{
    Conversation talk;
    AnotherSink other(talk.gateway.stand(), 1);
    wait_until_online(talk.gateway.backend(), 2);
    talk.gateway.simulator({{"command", "silence"}});

    api::WirepasMessage message;
    packet()(message);
    const std::uint64_t id = talk.asker.next_id();
    message.mutable_send_packet_req()->mutable_header()->set_req_id(id);
    talk.asker.say("send_data", sink0, message);
    talk.ask("send_data", {"to the other sink", api::OK, packet(), "sink1"});
    talk.ask("otap_status", {"of the other sink", api::OK, status_of("sink1"), "sink1"});
    const auto configs =
        talk.ask("get_configs", {"with both", api::OK, [](auto& m) { m.mutable_get_configs_req(); }, ""});
    CHECK(configs.content.get_configs_resp().configs_size() == 2);
    talk.gateway.simulator({{"command", "speak"}});
    CHECK(wait_until([&] { return talk.asker.answers(id) == 1; }, Deadline(patience)));
}
