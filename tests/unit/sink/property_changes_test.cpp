#include "sink-service/service/property_changes.hpp"

#include <catch2/catch.hpp>

using namespace sink_service;

TEST_CASE("only what changed and can be read is announced", "[properties]")
{
    dual_mcu::SinkState before;
    before.live.node_address = 1U;
    before.live.sink_cost = std::uint8_t{3};
    dual_mcu::SinkState now = before;
    CHECK(property_changes(before, now).config.empty());
    CHECK(property_changes(before, now).otap.empty());

    now.live.node_address = 2U;
    now.live.sink_cost = tl::unexpected(gateway::ApplicationCode::internal_error);
    now.live.access_cycle_range = dual_mcu::Range<std::uint16_t>{2000, 4000};
    CHECK(
        property_changes(before, now).config ==
        std::vector<std::string>{"ACRangeMinCur", "ACRangeMaxCur", "NodeAddress"});

    now.scratchpad = dual_mcu::ScratchpadStatusConfirm{};
    CHECK(property_changes(before, now).otap.size() == 9);
}
