// Requests against a sink service whose answers the test decides
// (docs/spec/gateway-backend-api.md, 4.4 to 4.9, 5.2).
#include "transport/sinks/deadlines.hpp"
#include "transport_bench.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <utility>

using namespace transport;
using transport_test::Bench;
using transport_test::Calls;
using transport_test::FakeSink;

namespace {

std::string fixture(const std::string& name)
{
    std::ifstream in(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

api::WirepasMessage set_config_request(std::uint64_t id, const api::SinkNewConfig& config)
{
    api::WirepasMessage message;
    auto* request = message.mutable_set_config_req();
    request->mutable_header()->set_req_id(id);
    *request->mutable_config() = config;
    request->mutable_config()->set_sink_id("sink0");
    return message;
}

api::SetConfigResp set_config(Bench& bench, const api::SinkNewConfig& config)
{
    bench.send("set_config", set_config_request(1, config));
    const auto answers = bench.answers(1);
    REQUIRE(answers.size() == 1);
    return answers[0].set_config_resp();
}

api::WirepasMessage upload_request(std::uint64_t id, std::uint32_t sequence, const std::string& file)
{
    api::WirepasMessage message;
    auto* request = message.mutable_upload_scratchpad_req();
    request->mutable_header()->set_req_id(id);
    request->set_seq(sequence);
    request->set_scratchpad(file);
    return message;
}

api::WirepasMessage packet_request(std::uint64_t id, const std::string& payload)
{
    api::WirepasMessage message;
    auto* request = message.mutable_send_packet_req();
    request->mutable_header()->set_req_id(id);
    request->set_destination_address(1);
    request->set_source_endpoint(1);
    request->set_destination_endpoint(1);
    request->set_qos(0);
    request->set_payload(payload);
    return message;
}

} // namespace

TEST_CASE("set_config stops a running stack once, writes in order, and starts it again", "[sink][set_config]")
{
    Bench bench;
    api::SinkNewConfig config;
    config.set_network_channel(12);
    config.set_node_address(77);
    config.mutable_app_config()->set_seq(1);
    config.mutable_app_config()->set_diag_interval_s(60);
    config.mutable_app_config()->set_app_config_data("hi");
    const auto response = set_config(bench, config);
    CHECK(response.header().res() == api::OK);
    CHECK(bench.calls() == Calls{"stop", "NodeAddress=77", "NetworkChannel=12", "SetAppConfig hi", "start"});
    CHECK(response.config().network_channel() == 12);
    CHECK(response.config().sink_state() == api::ON);
    CHECK(bench.statuses_requested() == 1);
}

TEST_CASE("a value that the sink has already is neither written nor a reason to stop", "[sink][set_config]")
{
    Bench bench;
    api::SinkNewConfig config;
    config.set_network_channel(5);
    config.mutable_node_role()->set_role(api::NodeRole::SINK);
    config.mutable_current_ac_range()->set_min_ms(2000);
    config.mutable_current_ac_range()->set_max_ms(8000);
    CHECK(set_config(bench, config).header().res() == api::OK);
    CHECK(bench.calls().empty());
}

TEST_CASE("sink_state alone only changes the state", "[sink][set_config]")
{
    Bench bench;
    api::SinkNewConfig config;
    config.set_sink_state(api::OFF);
    const auto response = set_config(bench, config);
    CHECK(response.header().res() == api::OK);
    CHECK(response.config().sink_state() == api::OFF);
    CHECK(bench.calls() == Calls{"stop"});
}

TEST_CASE("a stack that does not stop skips what needs it stopped, and nothing else", "[sink][set_config]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.stop_succeeds = false; });
    api::SinkNewConfig config;
    config.set_network_channel(12);
    config.mutable_app_config()->set_seq(1);
    config.mutable_app_config()->set_diag_interval_s(0);
    config.mutable_app_config()->set_app_config_data("hi");
    CHECK(set_config(bench, config).header().res() == api::INVALID_SINK_STATE);
    CHECK(bench.calls() == Calls{"stop", "SetAppConfig hi"});
}

TEST_CASE("a stop without an answer may still be under way: a start follows it", "[sink][set_config]")
{
    Bench bench;
    const auto usual = std::exchange(deadline::set_stack_state, std::chrono::milliseconds(100));
    bench.sink([](FakeSink& fake) { fake.silent = {"SetStackState"}; });
    api::SinkNewConfig config;
    config.set_network_channel(12);
    CHECK(set_config(bench, config).header().res() == api::SINK_TIMEOUT);
    deadline::set_stack_state = usual;
    CHECK(bench.calls() == Calls{"stop", "start"}); // though the stack reads as running
}

TEST_CASE("a stack that does not start again is not answered OK", "[sink][set_config]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.start_succeeds = false; });
    api::SinkNewConfig config;
    config.set_network_channel(12);
    CHECK(set_config(bench, config).header().res() == api::INVALID_SINK_STATE);
}

TEST_CASE("the first error is the answer, in the field's own words", "[sink][set_config]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) {
        fake.errors = {{"set NetworkChannel", 4}, {"SetNetworkSecurityKeys", 16}};
        fake.start_succeeds = false;
    });
    api::SinkNewConfig config;
    config.set_network_channel(12);
    config.mutable_network_keys()->set_cipher(std::string(16, 'c'));
    config.mutable_network_keys()->set_authentication(std::string(16, 'a'));
    config.mutable_network_keys()->set_sequence(2);
    CHECK(set_config(bench, config).header().res() == api::INVALID_NETWORK_CHANNEL);
    CHECK(bench.calls() == Calls{"stop", "NetworkChannel=12", "SetNetworkSecurityKeys 2", "start"});
}

TEST_CASE("a refused set_config touches nothing and shows the configuration", "[sink][set_config]")
{
    Bench bench;
    api::SinkNewConfig config;
    config.set_network_channel(12);
    config.set_network_address(0);
    const auto response = set_config(bench, config);
    CHECK(response.header().res() == api::INVALID_NETWORK_ADDRESS);
    CHECK(response.config().network_channel() == 5);
    CHECK(bench.calls().empty());
}

TEST_CASE("downlink packets reach the sink in order and are answered with its code", "[sink][send_data]")
{
    Bench bench;
    Calls expected;
    for (std::uint64_t i = 1; i <= 40; ++i) {
        bench.send("send_data", packet_request(i, std::to_string(i)));
        expected.push_back("SendMessage " + std::to_string(i));
    }
    const auto answers = bench.answers(40);
    REQUIRE(answers.size() == 40);
    for (const auto& answer : answers)
        CHECK(answer.send_packet_resp().header().res() == api::OK);
    CHECK(bench.calls() == expected);

    bench.sink([](FakeSink& fake) { fake.send_result = 9; });
    bench.send("send_data", packet_request(99, "x"));
    CHECK(bench.answers(41).back().send_packet_resp().header().res() == api::INVALID_SINK_STATE);
}

TEST_CASE("when the sink goes, what is under way and what waits is answered at once", "[sink][send_data]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.silent = {"SendMessage"}; });
    for (std::uint64_t i = 1; i <= 20; ++i)
        bench.send("send_data", packet_request(i, "x"));
    REQUIRE(bench.wait_for_calls(16));
    bench.sink([](FakeSink& fake) { fake.release_name(); });
    const auto answers = bench.answers(20);
    REQUIRE(answers.size() == 20);
    for (const auto& answer : answers)
        CHECK(answer.send_packet_resp().header().res() == api::INVALID_SINK_ID);
    CHECK(bench.calls().size() == 16); // no more than that was under way
}

TEST_CASE("what waits for a sink that goes is not executed", "[sink][scratchpad]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.silent = {"SetAppConfig"}; });
    api::SinkNewConfig config;
    config.mutable_app_config()->set_seq(1);
    config.mutable_app_config()->set_diag_interval_s(60);
    config.mutable_app_config()->set_app_config_data("hi");
    bench.send("set_config", set_config_request(1, config));
    REQUIRE(bench.wait_for_calls(1));
    api::WirepasMessage piece = upload_request(2, 51, std::string(100, 'x'));
    auto* info = piece.mutable_upload_scratchpad_req()->mutable_chunk_info();
    info->set_scratchpad_total_size(8176);
    info->set_start_offset(0);
    bench.send("otap_load_scratchpad", piece);
    bench.sink([](FakeSink& fake) { fake.release_name(); });
    auto answers = bench.answers(2);
    REQUIRE(answers.size() == 2);
    if (answers[0].has_set_config_resp())
        std::swap(answers[0], answers[1]);
    CHECK(answers[0].upload_scratchpad_resp().header().res() == api::INVALID_SINK_ID);
    CHECK(answers[1].set_config_resp().header().res() == api::INVALID_SINK_ID);
}

TEST_CASE("readings under way at the end of the service are answered INTERNAL_ERROR", "[sink][stop]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.silent = {"GetAppConfig"}; });
    api::WirepasMessage ask;
    for (std::uint64_t id = 1; id <= 2; ++id) { // the second waits for the first
        ask.mutable_get_configs_req()->mutable_header()->set_req_id(id);
        bench.send("get_configs", ask, "");
    }
    api::SinkNewConfig refused;
    refused.set_network_address(0);
    bench.send("set_config", set_config_request(3, refused));
    bench.on_loop([&] {
        bench.router().stop([] {});
        CHECK_FALSE(bench.router().idle());
        bench.router().abandon();
        CHECK(bench.router().idle());
    });
    const auto answers = bench.answers(3);
    REQUIRE(answers.size() == 3);
    for (const auto& answer : answers)
        CHECK(
            (answer.has_set_config_resp() ? answer.set_config_resp().header()
                                          : answer.get_configs_resp().header())
                .res() == api::INTERNAL_ERROR);
}

TEST_CASE("a repeated request is answered again and not executed", "[sink][repetition]")
{
    Bench bench;
    bench.send("send_data", packet_request(7, "once"));
    REQUIRE(bench.answers(1).size() == 1);
    bench.send("send_data", packet_request(7, "once"));
    const auto answers = bench.answers(2);
    REQUIRE(answers.size() == 2);
    CHECK(answers[1].send_packet_resp().header().res() == api::OK);
    CHECK(bench.calls() == Calls{"SendMessage once"});
}

TEST_CASE("an upload stops the stack, gives the file, and starts it again", "[sink][scratchpad]")
{
    Bench bench;
    bench.send("otap_load_scratchpad", upload_request(1, 51, fixture("app-8k.otap")));
    const auto answers = bench.answers(1);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].upload_scratchpad_resp().header().res() == api::OK);
    CHECK(bench.calls() == Calls{"stop", "UploadScratchpad 51 8176", "start"});
}

TEST_CASE("a damaged file never reaches the sink", "[sink][scratchpad]")
{
    Bench bench;
    bench.send("otap_load_scratchpad", upload_request(1, 51, fixture("bad-crc.otap")));
    bench.send("otap_load_scratchpad", upload_request(2, 51, ""));
    bench.send("otap_load_scratchpad", upload_request(3, 255, fixture("app-8k.otap")));
    const auto answers = bench.answers(3);
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].upload_scratchpad_resp().header().res() == api::INVALID_SCRATCHPAD);
    CHECK(answers[1].upload_scratchpad_resp().header().res() == api::INVALID_SCRATCHPAD_SIZE);
    CHECK(answers[2].upload_scratchpad_resp().header().res() == api::INVALID_SEQUENCE_NUMBER);
    CHECK(bench.calls().empty());
}

TEST_CASE(
    "the stack is started again when an upload fails, and the upload's code answers", "[sink][scratchpad]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.errors = {{"UploadScratchpad", 17}}; });
    bench.send("otap_load_scratchpad", upload_request(1, 51, fixture("app-8k.otap")));
    const auto answers = bench.answers(1);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].upload_scratchpad_resp().header().res() == api::INVALID_SCRATCHPAD);
    CHECK(bench.calls() == Calls{"stop", "UploadScratchpad 51 8176", "start"});
}

TEST_CASE("a stack that was stopped stays stopped; no scratchpad is a clear", "[sink][scratchpad]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.values["StackStatus"] = 1; });
    api::WirepasMessage clear;
    clear.mutable_upload_scratchpad_req()->mutable_header()->set_req_id(1);
    clear.mutable_upload_scratchpad_req()->set_seq(0);
    bench.send("otap_load_scratchpad", clear);
    const auto answers = bench.answers(1);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].upload_scratchpad_resp().header().res() == api::OK);
    CHECK(bench.calls() == Calls{"ClearLocalScratchpad"});
}

TEST_CASE("pieces reach the sink as one file; the last one repeated is not executed", "[sink][scratchpad]")
{
    Bench bench;
    const std::string file = fixture("app-8k.otap");
    const auto piece = [&](std::uint64_t id, std::uint32_t offset, std::size_t size) {
        api::WirepasMessage message = upload_request(id, 51, file.substr(offset, size));
        auto* info = message.mutable_upload_scratchpad_req()->mutable_chunk_info();
        info->set_scratchpad_total_size(static_cast<std::uint32_t>(file.size()));
        info->set_start_offset(offset);
        return message;
    };
    bench.send("otap_load_scratchpad", piece(1, 0, 4000));
    bench.send("otap_load_scratchpad", piece(2, 4000, 8000));
    bench.send("otap_load_scratchpad", piece(2, 4000, 8000));
    bench.send("otap_load_scratchpad", piece(3, 4000, 100));
    const auto answers = bench.answers(4);
    REQUIRE(answers.size() == 4);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(answers[i].upload_scratchpad_resp().header().res() == api::OK);
    CHECK(answers[3].upload_scratchpad_resp().header().res() == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    CHECK(bench.calls() == Calls{"stop", "UploadScratchpad 51 8176", "start"});
}

TEST_CASE("processing without a scratchpad starts the stack again and says so", "[sink][scratchpad]")
{
    Bench bench;
    bench.sink([](FakeSink& fake) { fake.errors = {{"ProcessScratchpad", 19}}; });
    api::WirepasMessage process;
    process.mutable_process_scratchpad_req()->mutable_header()->set_req_id(1);
    bench.send("otap_process_scratchpad", process);
    const auto answers = bench.answers(1);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].process_scratchpad_resp().header().res() == api::NO_SCRATCHPAD_PRESENT);
    CHECK(bench.calls() == Calls{"stop", "ProcessScratchpad", "start"});
}

TEST_CASE("the scratchpad status leaves out what could not be read", "[sink][scratchpad]")
{
    Bench bench;
    api::WirepasMessage ask;
    ask.mutable_get_scratchpad_status_req()->mutable_header()->set_req_id(1);
    bench.sink([](FakeSink& fake) { fake.errors = {{"get StoredCrc", 28}}; });
    bench.send("otap_status", ask);
    REQUIRE(bench.answers(1).size() == 1);
    const auto partly = bench.answers(1)[0].get_scratchpad_status_resp();
    CHECK(partly.header().res() == api::OK);
    CHECK_FALSE(partly.has_stored_scratchpad());
    CHECK(partly.processed_scratchpad().crc() == 0xC0DB);
    CHECK(partly.target_and_action().delay() == api::TEN_MINUTES);

    bench.sink([](FakeSink& fake) {
        for (const char* name :
             {"StoredStatus", "StoredType", "StoredSeq", "StoredCrc", "StoredLen", "ProcessedSeq",
              "ProcessedCrc", "ProcessedLen", "FirmwareAreaId"})
            fake.errors[std::string("get ") + name] = 28;
    });
    bench.send("otap_status", ask);
    REQUIRE(bench.answers(2).size() == 2);
    const auto nothing = bench.answers(2)[1].get_scratchpad_status_resp();
    CHECK(nothing.header().res() == api::INTERNAL_ERROR);
    CHECK_FALSE(nothing.has_target_and_action());
}

TEST_CASE("a target is completed from the stored scratchpad", "[sink][target]")
{
    Bench bench;
    const auto ask = [&](std::uint64_t id, const api::TargetScratchpadAndAction& wanted) {
        api::WirepasMessage message;
        auto* request = message.mutable_set_scratchpad_target_and_action_req();
        request->mutable_header()->set_req_id(id);
        *request->mutable_target_and_action() = wanted;
        bench.send("otap_set_target_scratchpad", message);
        const auto answers = bench.answers(id);
        return answers.size() == id ? answers.back().set_scratchpad_target_and_action_resp().header().res()
                                    : api::UNKNOWN_ERROR_CODE;
    };
    api::TargetScratchpadAndAction wanted;
    wanted.set_action(api::PROPAGATE_ONLY);
    wanted.set_raw(0x4A);
    CHECK(ask(1, wanted) == api::OK);
    wanted.set_action(api::NO_OTAP);
    wanted.set_target_sequence(9);
    CHECK(ask(2, wanted) == api::OK);
    CHECK(bench.calls() == Calls{"SetTargetScratchpad 101 27699 1 0", "SetTargetScratchpad 0 0 0 0"});

    // The sink refuses an unchanged delay; it reads back as wanted, so that is no error.
    bench.sink([](FakeSink& fake) { fake.errors = {{"SetTargetScratchpad", 4}}; });
    api::TargetScratchpadAndAction delayed;
    delayed.set_action(api::PROPAGATE_AND_PROCESS_WITH_DELAY);
    delayed.set_delay(api::TEN_MINUTES);
    CHECK(ask(3, delayed) == api::OK);
    delayed.set_delay(api::ONE_DAY);
    CHECK(ask(4, delayed) == api::INVALID_PARAM);

    bench.sink([](FakeSink& fake) { fake.values["StoredSeq"] = 0; });
    CHECK(ask(5, delayed) == api::INVALID_PARAM);
}
