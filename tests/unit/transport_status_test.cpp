#include "transport/status.hpp"

#include <catch2/catch.hpp>

using namespace transport;

namespace {

api::SinkReadConfig sink(const std::string& id, std::uint32_t channel = 1)
{
    api::SinkReadConfig config;
    config.set_sink_id(id);
    config.set_network_channel(channel);
    return config;
}

using Configs = std::vector<api::SinkReadConfig>;
using Indices = std::vector<std::size_t>;

} // namespace

TEST_CASE("nothing is published when nothing changed", "[status]")
{
    const Configs configs = {sink("sink0"), sink("sink1")};
    CHECK_FALSE(compare_status(configs, configs, false).due);
    CHECK_FALSE(compare_status({}, {}, false).due);
}

TEST_CASE("a new and a changed sink are told, others not", "[status]")
{
    const auto difference = compare_status(
        {sink("sink0"), sink("sink1")}, {sink("sink0"), sink("sink1", 2), sink("sink2")}, false);
    CHECK(difference.due);
    CHECK(difference.changed == Indices{1, 2});
}

TEST_CASE("a sink that is gone makes a status and no response", "[status]")
{
    const auto difference = compare_status({sink("sink0"), sink("sink1")}, {sink("sink1")}, false);
    CHECK(difference.due);
    CHECK(difference.changed.empty());
}

TEST_CASE("a forced status tells every sink, also none", "[status]")
{
    const Configs configs = {sink("sink0"), sink("sink1")};
    CHECK(compare_status(configs, configs, true).changed == Indices{0, 1});
    CHECK(compare_status({}, {}, true).due);
}

TEST_CASE("a status is never empty and always complete", "[status]")
{
    TransportSettings settings;
    settings.gateway_id = "gw-1";
    settings.gateway_model = "box";
    for (const std::string& octets :
         {offline_status(settings, 7), online_status(settings, {}, 8),
          online_status(settings, {sink("sink0")}, 9)}) {
        api::GenericMessage message;
        REQUIRE(message.ParseFromString(octets)); // strict
        const api::StatusEvent& status = message.wirepas().status_event();
        CHECK(status.version() == 1);
        CHECK(status.gw_features_size() == (status.state() == api::ON ? 3 : 0));
        CHECK_FALSE(status.has_max_scratchpad_size());
        CHECK(status.gw_model() == "box");
    }
}

TEST_CASE("an incomplete message never leaves", "[status]")
{
    api::GenericMessage message;
    message.mutable_wirepas()->mutable_status_event()->set_version(1);
    CHECK_THROWS_AS(serialise(message), std::logic_error);
}
