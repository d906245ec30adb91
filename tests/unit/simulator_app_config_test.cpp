#include "tests/unit/simulator_bench.hpp"

using namespace simulator_test;
using namespace dual_mcu;

namespace {

AppConfig config(
    std::uint8_t first, std::uint16_t interval, std::uint8_t sequence = 0, std::size_t size = app_config_size)
{
    gateway::Bytes octets(size, 0);
    octets[0] = first;
    AppConfig made{sequence, interval, {}};
    made.octets.assign(octets);
    return made;
}

ConfigDataItem item(const char* hex)
{
    ConfigDataItem made;
    REQUIRE(made.assign(*gateway::from_hex(hex)));
    return made;
}

} // namespace

TEST_CASE(
    "an application configuration is stored, indicated and distributed when it changes",
    "[simulator][app-config]")
{
    Bench bench({running()}, with_api(19));
    bench.drain();
    CHECK(bench.result(AppConfigRead{}) == 1);
    CHECK(bench.result(AppConfigWrite{config(7, 120, 99)}) == 0);
    const AppConfig stored = config(7, 120, 1); // the host's sequence is ignored from API 16 on
    CHECK(bench.call(AppConfigRead{})->config == stored);
    CHECK(bench.next<AppConfigRx>().config == stored);
    CHECK(bench.result(AppConfigWrite{config(7, 120)}) == 0);
    CHECK_FALSE(bench.next_indication().has_value());
    CHECK(bench.call(AppConfigRead{})->config.sequence == 1);
    const auto distributed = bench.sink.take_for_mesh();
    REQUIRE(distributed.size() == 1);
    CHECK(std::get<simulator::AppConfigDistributed>(distributed[0]).config == stored);
    CHECK(bench.msap_read(msap::stack_status) == "00");
}

TEST_CASE(
    "application configuration indications are collapsed until they are sent", "[simulator][app-config]")
{
    Bench bench({running()}, with_api(19));
    bench.drain();
    for (std::uint8_t i = 1; i <= 3; ++i)
        CHECK(bench.result(AppConfigWrite{config(i, 0)}) == 0);
    CHECK(bench.next<AppConfigRx>().config == config(3, 0, 3));
    CHECK_FALSE(bench.next_indication().has_value());
}

TEST_CASE("an application configuration is refused in the order of its results", "[simulator][app-config]")
{
    Bench router(configured(0x02));
    CHECK(router.result(AppConfigWrite{config(1, 31)}) == 1);
    Bench bench;
    for (const std::uint16_t interval : {1, 31, 601, 65535})
        CHECK(bench.result(AppConfigWrite{config(1, interval)}) == 2);
    for (const std::uint16_t interval : {0, 30, 60, 120, 300, 600, 1800})
        CHECK(bench.result(AppConfigWrite{config(1, interval)}) == 0);
}

TEST_CASE("up to API 15 the sequence must be newer", "[simulator][app-config]")
{
    Bench bench(configured(), with_api(15));
    CHECK(bench.result(AppConfigWrite{config(1, 0, 255)}) == 3);
    CHECK(bench.result(AppConfigWrite{config(1, 0, 200)}) == 0);
    CHECK(bench.result(AppConfigWrite{config(2, 0, 200)}) == 3);
    CHECK(bench.result(AppConfigWrite{config(2, 0, 199)}) == 3);
    CHECK(bench.result(AppConfigWrite{config(2, 0, 1)}) == 0);
    CHECK(bench.call(AppConfigRead{})->config.sequence == 1);
}

TEST_CASE("the sequence of an application configuration wraps after 254", "[simulator][app-config]")
{
    Bench bench;
    for (int i = 0; i < 300; ++i)
        CHECK(bench.result(AppConfigWrite{config(static_cast<std::uint8_t>(i), i < 256 ? 0 : 30)}) == 0);
    CHECK(bench.call(AppConfigRead{})->config.sequence == 300 - 255);
}

TEST_CASE("stacks up to 3.1 have ids and a size of their own", "[simulator][app-config]")
{
    Profile profile = with_api(13);
    profile.firmware = {3, 1, 0, 0};
    Bench old(configured(), profile);
    old.drain();
    CHECK(old.csap_read(csap::app_config_data_size) == "10");
    CHECK_FALSE(old.call(AppConfigWrite{config(1, 0)}).has_value());
    CHECK_FALSE(old.call(AppConfigRead{}).has_value());
    CHECK(old.result(LegacyAppConfigWrite{config(1, 0, 5, 16)}) == 0);
    CHECK(old.call(LegacyAppConfigRead{})->config == config(1, 0, 5, 16));
    CHECK(old.next<LegacyAppConfigRx>().config.sequence == 5);
    Bench current;
    CHECK_FALSE(current.call(LegacyAppConfigRead{}).has_value());
    CHECK_FALSE(current.call(AppConfigWrite{config(1, 0, 0, 16)}).has_value());
}

TEST_CASE("optional items are set, read, listed and deleted", "[simulator][items]")
{
    Bench bench;
    bench.drain();
    CHECK(bench.result(ConfigDataItemSet{0x4156, item("95 85 75")}) == 0);
    CHECK(bench.next<ConfigDataItemRx>() == ConfigDataItemRx{false, 0x4156, item("95 85 75")});
    CHECK(bench.call(ConfigDataItemGet{0x4156})->value == item("95 85 75"));
    CHECK(bench.result(ConfigDataItemSet{0x4156, item("95 85 75")}) == 0);
    CHECK_FALSE(bench.next_indication().has_value()); // nothing new
    const auto list = bench.call(ConfigDataItemList{});
    CHECK(list->count == 1);
    CHECK(list->endpoints[0] == 0x4156);
    CHECK(bench.result(ConfigDataItemSet{0x4156, {}}) == 0);
    CHECK(bench.result(ConfigDataItemGet{0x4156}) == 1);
    CHECK(bench.call(ConfigDataItemList{})->count == 0);
}

TEST_CASE("a sink takes 16 optional items", "[simulator][items]")
{
    Bench bench;
    for (std::uint16_t i = 1; i <= 16; ++i)
        CHECK(bench.result(ConfigDataItemSet{i, item("01")}) == 0);
    CHECK(bench.result(ConfigDataItemSet{17, item("01")}) == 3);
    CHECK(bench.result(ConfigDataItemSet{16, item("02")}) == 0);
    CHECK(bench.call(ConfigDataItemList{})->count == 16);
    bench.boot();
    CHECK(bench.call(ConfigDataItemList{})->count == 16);
    CHECK(bench.result(FactoryReset{}) == 0);
    CHECK(bench.call(ConfigDataItemList{})->count == 0);
}

TEST_CASE("items are set on sinks only and read on any role", "[simulator][items]")
{
    Bench router(configured(0x02));
    CHECK(router.result(ConfigDataItemSet{1, item("01")}) == 1);
    CHECK(router.result(ConfigDataItemGet{1}) == 1);
    Bench bench;
    CHECK(bench.result(ConfigDataItemSet{0, item("01")}) == 2);
}

TEST_CASE("items with a fixed format are the same data as the older primitives", "[simulator][items]")
{
    Bench bench;
    bench.drain();
    CHECK(bench.result(ConfigDataItemGet{0xF9FF}) == 1);
    CHECK(bench.result(AppConfigWrite{config(5, 600)}) == 0);
    CHECK(bench.next<AppConfigRx>().config.octets.view()[0] == 5);
    CHECK(bench.next<ConfigDataItemRx>().endpoint == 0xF7FF);
    CHECK(bench.next<ConfigDataItemRx>().endpoint == 0xF9FF);
    CHECK(bench.call(ConfigDataItemGet{0xF9FF})->value.size() == 80);
    CHECK(bench.call(ConfigDataItemGet{0xF7FF})->value == item("0C"));
    CHECK(bench.result(ConfigDataItemSet{0xF7FF, item("0A")}) == 0);
    CHECK(bench.call(AppConfigRead{})->config.diagnostics_interval == 120);
    CHECK(bench.result(ConfigDataItemSet{0xF7FF, item("0B")}) == 4);
    CHECK(bench.result(ConfigDataItemSet{0xF7FF, item("0A 0A")}) == 4);
    CHECK(bench.result(ConfigDataItemSet{0xF9FF, item("01")}) == 4);
    CHECK(bench.result(ConfigDataItemSet{0xFAFA, item("35 CD AB 03 4A")}) == 0);
    CHECK(bench.call(ScratchpadTargetRead{})->target == ScratchpadTarget{53, 0xABCD, 3, 0x4A});
    CHECK(bench.result(ConfigDataItemSet{0xFAFA, item("35 CD AB 07 4A")}) == 4);
    CHECK(bench.result(ConfigDataItemSet{0xFAFA, {}}) == 4);
    CHECK(bench.call(ConfigDataItemList{})->count == 0);

    Profile profile;
    profile.stack_profile = 0x12;
    Bench dect(configured(), profile);
    CHECK(dect.result(ConfigDataItemSet{0xF9FF, item("01")}) == 0); // an endpoint like any other there
    CHECK(dect.result(ConfigDataItemSet{0x4004, item("01")}) == 4);
}
