// The examples of docs/spec/gateway-backend-api.md, 14, octet by octet.
#include "gateway/bytes.hpp"
#include "generic_message.pb.h"

#include <catch2/catch.hpp>

namespace api = wirepas::proto::gateway_api;

namespace {

std::string octets(std::string_view hex)
{
    const auto bytes = gateway::from_hex(hex);
    REQUIRE(bytes);
    return {bytes->begin(), bytes->end()};
}

std::string hex(const std::string& text)
{
    return gateway::to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// Both ways: what we write is the example, and the example reads as what we wrote.
void check_example(const api::GenericMessage& message, std::string_view example)
{
    CHECK(hex(message.SerializeAsString()) == hex(octets(example)));
    api::GenericMessage parsed;
    REQUIRE(parsed.ParseFromString(octets(example)));
    CHECK(parsed.DebugString() == message.DebugString());
}

void fill(api::ResponseHeader& header, std::uint64_t id, api::ErrorCode code)
{
    header.set_req_id(id);
    header.set_gw_id("gw-1");
    header.set_res(code);
    header.set_time_ms_epoch(1608644981005);
}

void fill(api::EventHeader& header, std::uint64_t id, std::uint64_t time)
{
    header.set_gw_id("gw-1");
    header.set_event_id(id);
    header.set_time_ms_epoch(time);
}

void fill(api::ScratchpadInfo& info, std::uint32_t length, std::uint32_t crc, std::uint32_t sequence)
{
    info.set_len(length);
    info.set_crc(crc);
    info.set_seq(sequence);
}

api::SinkReadConfig example_sink()
{
    api::SinkReadConfig sink;
    sink.set_sink_id("sink0");
    sink.mutable_node_role()->set_role(api::NodeRole::SINK);
    sink.mutable_node_role()->add_flags(api::NodeRole::LOW_LATENCY);
    sink.set_node_address(0x1234);
    sink.set_network_address(0x0CBBAA);
    sink.set_network_channel(5);
    sink.mutable_app_config()->set_diag_interval_s(60);
    sink.mutable_app_config()->set_app_config_data("hi");
    sink.mutable_app_config()->set_seq(3);
    sink.set_are_keys_set(false);
    sink.mutable_current_ac_range()->set_min_ms(2000);
    sink.mutable_current_ac_range()->set_max_ms(8000);
    sink.mutable_ac_limits()->set_min_ms(2000);
    sink.mutable_ac_limits()->set_max_ms(8000);
    sink.set_max_mtu(102);
    sink.mutable_channel_limits()->set_min_channel(1);
    sink.mutable_channel_limits()->set_max_channel(27);
    sink.set_hw_magic(10);
    sink.set_stack_profile(1);
    sink.set_app_config_max_size(80);
    sink.mutable_firmware_version()->set_major(5);
    sink.mutable_firmware_version()->set_minor(4);
    sink.mutable_firmware_version()->set_maint(0);
    sink.mutable_firmware_version()->set_dev(59);
    sink.set_sink_state(api::ON);
    fill(*sink.mutable_stored_scratchpad(), 208, 0x6C33, 101);
    sink.set_stored_status(api::NEW);
    sink.set_stored_type(api::PRESENT);
    fill(*sink.mutable_processed_scratchpad(), 1024, 0xC0DB, 7);
    sink.set_firmware_area_id(0x00846B74);
    sink.mutable_target_and_action()->set_action(api::PROPAGATE_AND_PROCESS_WITH_DELAY);
    sink.mutable_target_and_action()->set_target_sequence(101);
    sink.mutable_target_and_action()->set_target_crc(0x6C33);
    sink.mutable_target_and_action()->set_delay(api::TEN_MINUTES);
    auto* item = sink.add_configuration_data_content();
    item->set_endpoint(0x1234);
    item->set_payload("abc");
    return sink;
}

} // namespace

TEST_CASE("a gateway info request and its response are the examples of the specification", "[proto]")
{
    api::GenericMessage request;
    auto* header = request.mutable_wirepas()->mutable_get_gateway_info_req()->mutable_header();
    header->set_req_id(0x0123456789ABCDEF);
    header->set_time_ms_epoch(1608644981000);
    check_example(request, "0A 15 7A 13 0A 11 08 EF 9B AF CD F8 AC D1 91 01 18 88 E2 D9 D5 E8 2E");

    api::GenericMessage message;
    auto* response = message.mutable_wirepas()->mutable_get_gateway_info_resp();
    fill(*response->mutable_header(), 0x0123456789ABCDEF, api::OK);
    auto* info = response->mutable_info();
    info->set_current_time_s_epoch(1608644981);
    info->set_gw_model("box");
    info->set_gw_version("1.0");
    info->set_implemented_api_version(2);
    info->set_max_scratchpad_size(32768);
    info->add_gw_features(api::CONFIGURATION_DATA_V1);
    info->add_gw_features(api::SINK_KEY_MANAGEMENT_V1);
    info->add_gw_features(api::SCRATCHPAD_CHUNK_V1);
    check_example(
        message, "0A 3C 82 01 39 0A 19 08 EF 9B AF CD F8 AC D1 91 01 12 04 67 77 2D 31 20"
                 "00 28 8D E2 D9 D5 E8 2E 12 1C 08 F5 F2 87 FF 05 12 03 62 6F 78 1A 03 31"
                 "2E 30 20 02 28 80 80 02 30 02 30 03 30 01");
}

TEST_CASE("received data events are the examples of the specification", "[proto]")
{
    api::GenericMessage message;
    auto* event = message.mutable_wirepas()->mutable_packet_received_event();
    SECTION("with payload and hop count")
    {
        fill(*event->mutable_header(), 0x1122334455667788, 1608644981500);
        event->mutable_header()->set_sink_id("sink0");
        event->set_source_address(1234);
        event->set_destination_address(1);
        event->set_source_endpoint(10);
        event->set_destination_endpoint(20);
        event->set_travel_time_ms(1500);
        event->set_rx_time_ms_epoch(1608644981498);
        event->set_qos(1);
        event->set_payload("\x01\x02\xAB\xCD");
        event->set_hop_count(2);
        event->set_network_address(0x0CBBAA);
        check_example(
            message, "0A 43 42 41 0A 1E 0A 04 67 77 2D 31 12 05 73 69 6E 6B 30 18 88 EF 99 AB"
                     "C5 E8 8C 91 11 20 FC E5 D9 D5 E8 2E 10 D2 09 18 01 20 0A 28 14 30 DC 0B"
                     "38 FA E5 D9 D5 E8 2E 40 01 4A 04 01 02 AB CD 58 02 60 AA F7 32");
    }
    SECTION("whitened")
    {
        fill(*event->mutable_header(), 0, 1608644981500);
        event->mutable_header()->set_sink_id("sink0");
        event->set_source_address(0xDEADBEEF);
        event->set_destination_address(0);
        event->set_source_endpoint(0);
        event->set_destination_endpoint(255);
        event->set_travel_time_ms(0);
        event->set_rx_time_ms_epoch(1608644981498);
        event->set_qos(0);
        event->set_payload_size(4);
        event->set_network_address(0x0CBBAA);
        check_example(
            message, "0A 38 42 36 0A 16 0A 04 67 77 2D 31 12 05 73 69 6E 6B 30 18 00 20 FC E5"
                     "D9 D5 E8 2E 10 EF FD B6 F5 0D 18 00 20 00 28 FF 01 30 00 38 FA E5 D9 D5"
                     "E8 2E 40 00 50 04 60 AA F7 32");
    }
}

TEST_CASE("status events are the examples of the specification", "[proto]")
{
    api::GenericMessage message;
    auto* status = message.mutable_wirepas()->mutable_status_event();
    status->set_version(1);
    status->set_gw_model("box");
    status->set_gw_version("1.0");
    SECTION("last will")
    {
        fill(*status->mutable_header(), 7, 1608644980000);
        status->set_state(api::OFF);
        check_example(
            message, "0A 21 0A 1F 0A 0F 0A 04 67 77 2D 31 18 07 20 A0 DA D9 D5 E8 2E 10 01 18"
                     "02 2A 03 62 6F 78 32 03 31 2E 30");
    }
    SECTION("online with one sink")
    {
        fill(*status->mutable_header(), 8, 1608644982000);
        status->set_state(api::ON);
        *status->add_configs() = example_sink();
        status->set_max_scratchpad_size(32768);
        status->add_gw_features(api::CONFIGURATION_DATA_V1);
        status->add_gw_features(api::SINK_KEY_MANAGEMENT_V1);
        status->add_gw_features(api::SCRATCHPAD_CHUNK_V1);
        check_example(
            message, "0A B9 01 0A B6 01 0A 0F 0A 04 67 77 2D 31 18 08 20 F0 E9 D9 D5 E8 2E 10"
                     "01 18 01 22 8A 01 0A 05 73 69 6E 6B 30 12 04 08 01 10 01 18 B4 24 20 AA"
                     "F7 32 28 05 32 08 08 3C 12 02 68 69 18 03 40 00 4A 06 08 D0 0F 10 C0 3E"
                     "52 06 08 D0 0F 10 C0 3E 58 66 62 04 08 01 10 1B 68 0A 70 01 78 50 82 01"
                     "08 08 05 10 04 18 00 20 3B 88 01 01 92 01 09 08 D0 01 10 B3 D8 01 18 65"
                     "98 01 02 A0 01 02 AA 01 09 08 80 08 10 DB 81 03 18 07 B0 01 F4 D6 91 04"
                     "BA 01 0A 08 04 10 65 18 B3 D8 01 20 01 C2 01 08 08 B4 24 12 03 61 62 63"
                     "2A 03 62 6F 78 32 03 31 2E 30 38 80 80 02 40 02 40 03 40 01");
    }
}

TEST_CASE("requests to a sink and their answers are the examples of the specification", "[proto]")
{
    api::GenericMessage message;
    api::WirepasMessage& root = *message.mutable_wirepas();
    SECTION("send_data")
    {
        auto* request = root.mutable_send_packet_req();
        request->mutable_header()->set_req_id(9);
        request->set_destination_address(0xFFFFFFFF);
        request->set_source_endpoint(10);
        request->set_destination_endpoint(20);
        request->set_qos(1);
        request->set_payload("\xB8\xB9");
        request->set_hop_limit(3);
        check_example(
            message, "0A 18 32 16 0A 02 08 09 10 FF FF FF FF 0F 18 0A 20 14 28 01 32 02 B8 B9 48 03");
    }
    SECTION("its refusal while the stack is stopped")
    {
        auto* header = root.mutable_send_packet_resp()->mutable_header();
        fill(*header, 9, api::INVALID_SINK_STATE);
        header->set_sink_id("sink0");
        check_example(
            message,
            "0A 1C 3A 1A 0A 18 08 09 12 04 67 77 2D 31 1A 05 73 69 6E 6B 30 20 09 28 8D E2 D9 D5 E8 2E");
    }
    SECTION("set_config for a sink that does not exist")
    {
        auto* response = root.mutable_set_config_resp();
        fill(*response->mutable_header(), 5, api::INVALID_SINK_ID);
        response->mutable_header()->set_sink_id("sink9");
        response->mutable_config()->set_sink_id("sink9");
        check_example(
            message, "0A 25 2A 23 0A 18 08 05 12 04 67 77 2D 31 1A 05 73 69 6E 6B 39 20 02 28"
                     "8D E2 D9 D5 E8 2E 12 07 0A 05 73 69 6E 6B 39");
    }
    SECTION("a piece of a scratchpad")
    {
        auto* request = root.mutable_upload_scratchpad_req();
        request->mutable_header()->set_req_id(6);
        request->mutable_header()->set_sink_id("sink0");
        request->set_seq(51);
        request->set_scratchpad(std::string("\x01\x02\x03\x04"));
        request->mutable_chunk_info()->set_scratchpad_total_size(99504);
        request->mutable_chunk_info()->set_start_offset(1000);
        check_example(
            message, "0A 1E 5A 1C 0A 09 08 06 12 05 73 69 6E 6B 30 10 33 1A 04 01 02 03 04 22"
                     "07 08 B0 89 06 10 E8 07");
    }
}

TEST_CASE("the schema has the compatible alias and closed enumerations", "[proto]")
{
    CHECK(api::INVLAID_SEQUENCE_NUMBER == api::INVALID_SEQUENCE_NUMBER);
    CHECK(api::UNKNOWN_ERROR_CODE == -1);

    // An unknown number counts as an absent field: header {req_id 1}, target_and_action {action 9}.
    api::SetScratchpadTargetAndActionReq request;
    REQUIRE(request.ParsePartialFromString(octets("0A 02 08 01 12 02 08 09")));
    CHECK_FALSE(request.target_and_action().has_action());
    CHECK_FALSE(request.IsInitialized());
}

TEST_CASE("repeated enumerations are read packed and unpacked", "[proto]")
{
    for (const char* form : {"08 01 10 01 10 02", "08 01 12 02 01 02"}) {
        api::NodeRole role;
        REQUIRE(role.ParseFromString(octets(form)));
        CHECK(role.flags_size() == 2);
    }
}
