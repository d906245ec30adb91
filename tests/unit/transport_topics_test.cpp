#include "transport/mqtt/topics.hpp"

#include <catch2/catch.hpp>

using namespace transport;

TEST_CASE("the ten filters name this gateway, in the reference's order", "[topics]")
{
    const auto filters = Topics("gw-1").request_filters();
    REQUIRE(filters.size() == 10);
    CHECK(filters.front() == "gw-request/get_gw_info/gw-1");
    CHECK(filters[1] == "gw-request/get_configs/gw-1");
    CHECK(filters[3] == "gw-request/send_data/gw-1/+");
    CHECK(filters.back() == "gw-request/get_configuration_data_item/gw-1/+");
}

TEST_CASE("a request topic gives its kind and its sink level as it is", "[topics]")
{
    const Topics topics("gw-1");
    const auto send = topics.parse_request("gw-request/send_data/gw-1/sink0");
    REQUIRE(send);
    CHECK(send->kind == RequestKind::send_data);
    CHECK(send->sink_id == "sink0");

    const auto empty_level = topics.parse_request("gw-request/send_data/gw-1/");
    REQUIRE(empty_level);
    CHECK(empty_level->sink_id.empty());

    const auto info = topics.parse_request("gw-request/get_gw_info/gw-1");
    REQUIRE(info);
    CHECK(info->kind == RequestKind::get_gw_info);
}

TEST_CASE("topics that are no request to this gateway are refused", "[topics]")
{
    const Topics topics("gw-1");
    for (const char* topic :
         {"", "gw-request", "gw-request/", "gw-request/send_data", "gw-request/send_data/gw-1",
          "gw-request/send_data/gw-2/sink0", "gw-request/send_data/GW-1/sink0",
          "gw-request/unknown/gw-1/sink0", "gw-request/send_data/gw-1/sink0/more",
          "gw-request/get_gw_info/gw-1/sink0", "gw-response/send_data/gw-1/sink0",
          "/gw-request/send_data/gw-1/sink0"}) {
        CAPTURE(topic);
        CHECK_FALSE(topics.parse_request(topic));
    }
}

TEST_CASE("topics are built to the letter", "[topics]")
{
    const Topics topics("gw-1");
    CHECK(topics.response(RequestKind::get_gw_info, "ignored") == "gw-response/get_gw_info/gw-1");
    CHECK(topics.response(RequestKind::otap_status, "sink0") == "gw-response/otap_status/gw-1/sink0");
    CHECK(topics.response(RequestKind::send_data, "") == "gw-response/send_data/gw-1/");
    CHECK(topics.status() == "gw-event/status/gw-1");
    CHECK(
        topics.received_data("sink0", 0x0CBBAA, 10, 20) == "gw-event/received_data/gw-1/sink0/834474/10/20");
    CHECK(
        topics.received_data("sink0", std::nullopt, 0, 255) ==
        "gw-event/received_data/gw-1/sink0/None/0/255");
}

TEST_CASE("what cannot be one level of a topic is recognised", "[topics]")
{
    for (const char* level :
         {"sink0", "a.b", "-",
          "s\xC3\xBC"
          "d"}) {
        CAPTURE(level);
        CHECK(is_topic_level(level));
    }
    for (const std::string& level :
         {std::string(), std::string("a/b"), std::string("+"), std::string("sink#"), std::string("a\0b", 3),
          std::string("\xFF"), std::string("\xC3"), std::string("\xC0\x80"), std::string("\xED\xA0\x80"),
          std::string(129, 'a')}) {
        CAPTURE(level);
        CHECK_FALSE(is_topic_level(level));
    }
    CHECK(is_topic_level(std::string(128, 'a')));
}
