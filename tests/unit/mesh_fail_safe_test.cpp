// The fail-safe of OTAPv1 (spec/otap-campaign.md, 2.3 row 29, 2.4), and how OTAPv1 compares (2.2).
#include "tests/unit/mesh_bench.hpp"

using namespace mesh_test;

namespace {

Setup old_nodes(std::size_t count, const Stored& stored)
{
    Setup setup = chain_of(count, old_model());
    for (NodeSetup& node : setup.nodes)
        node.stored = stored;
    return setup;
}

} // namespace

TEST_CASE("row 29 (v1): an hour without a route processes what is new", "[mesh][row-29][fail-safe]")
{
    Bench bench(old_nodes(2, file_42()));
    CHECK(bench.stored(101) == fresh_42);
    bench.run_sink(false); // a gateway unplugged, a stack left stopped
    bench.pass(59min);
    CHECK(bench.stored(101) == fresh_42);
    bench.pass(2min);
    CHECK(bench.stored(101) == processed_42);
    CHECK(bench.stored(102) == processed_42);
    CHECK(bench.state().counters.fail_safes == 2);
}

TEST_CASE("row 29 (v2): there is no fail-safe", "[mesh][row-29][fail-safe]")
{
    Setup setup = chain_of(1, standard_model());
    setup.nodes[0].stored = file_42();
    Bench bench(std::move(setup));
    bench.set_target(OtapAction::propagate_only, file_42());
    bench.pass(1min);
    CHECK(bench.stored(101) == fresh_42);
    bench.run_sink(false);
    bench.pass(24h);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("a sink that is back within the hour starts the fail-safe's hour anew", "[mesh][fail-safe]")
{
    Bench bench(old_nodes(1, file_42()));
    bench.run_sink(false);
    bench.pass(50min);
    bench.run_sink(true);
    bench.pass(1min);
    bench.run_sink(false);
    bench.pass(50min);
    CHECK(bench.stored(101) == fresh_42);
    bench.pass(15min);
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE("only the node that is carried away is taken by the fail-safe", "[mesh][fail-safe]")
{
    Bench bench(old_nodes(2, file_42()));
    move_node(bench.state(), bench.index(102), {});
    bench.pass(2h);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.stored(102) == processed_42);
}

TEST_CASE("a countdown keeps the fail-safe away", "[mesh][fail-safe]")
{
    Bench bench(old_nodes(1, file_42()));
    REQUIRE(bench.ask(101, "01 00 1A 01 2A 03 00 05 02 20 1C").starts_with("81 00")); // two hours
    bench.run_sink(false);
    bench.pass(110min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.state().counters.fail_safes == 0);
    bench.pass(30min); // then the countdown itself
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE("what was processed, or failed, is left alone by the fail-safe", "[mesh][fail-safe]")
{
    const std::uint8_t status = GENERATE(std::uint8_t{0}, std::uint8_t{4});
    Bench bench(old_nodes(1, with_status(file_42(), status)));
    const std::string before = bench.stored(101);
    bench.run_sink(false);
    bench.pass(24h);
    CHECK(bench.stored(101) == before);
    CHECK(bench.node(101).restarts == 0);
}

TEST_CASE("the fail-safe also takes what arrives after an hour without a route", "[mesh][fail-safe]")
{
    Setup setup = old_nodes(2, with_status(file_41(), 0));
    setup.nodes[1].stored = file_42();
    setup.nodes[1].powered = false;
    Bench bench(std::move(setup));
    bench.run_sink(false);
    bench.pass(3h);
    CHECK(bench.stored(101) == processed_41);
    power_on(bench.state(), bench.index(102));
    bench.pass(10min);
    CHECK(bench.stored(101) == processed_42);
    CHECK(bench.stored(102) == fresh_42); // its own hour has just begun
}

TEST_CASE("the fail-safe can be switched off, and its hour set", "[mesh][fail-safe]")
{
    Setup setup = old_nodes(1, file_42());
    setup.parameters.v1.fail_safe = GENERATE(true, false);
    setup.parameters.v1.fail_safe_after = 10min;
    const bool on = setup.parameters.v1.fail_safe;
    Bench bench(std::move(setup));
    bench.run_sink(false);
    bench.pass(20min);
    CHECK(bench.stored(101) == (on ? processed_42 : fresh_42));
}

TEST_CASE("OTAPv1 compares sequences on a circle", "[mesh][comparison]")
{
    const auto newer = [](int a, int b, SequenceRule rule = SequenceRule::strict) {
        return is_newer(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b), rule);
    };
    CHECK(newer(42, 41));
    CHECK_FALSE(newer(41, 42));
    CHECK_FALSE(newer(42, 42));
    CHECK(newer(1, 200));
    CHECK(newer(5, 250));
    CHECK(newer(127, 0));
    // Distance 128: the sources disagree.
    CHECK_FALSE(newer(200, 72));
    CHECK_FALSE(newer(72, 200));
    CHECK(newer(200, 72, SequenceRule::half));
    CHECK(newer(72, 200, SequenceRule::half));
    for (int a = 1; a <= 254; ++a)
        for (int b = 1; b <= 254; ++b)
            if (a != b && std::abs(a - b) != 128)
                REQUIRE(newer(a, b) != newer(b, a));
}

TEST_CASE(
    "OTAPv1: 0 takes no part, nothing takes anything, 255 takes anything and offers nothing",
    "[mesh][comparison]")
{
    constexpr auto rule = SequenceRule::strict;
    const Offer nothing{};
    const Offer zero{true, 0, 1};
    const Offer any{true, 255, 2};
    const Offer ours{true, 42, 3};
    CHECK(wants_newer(nothing, ours, rule));
    CHECK(wants_newer(any, ours, rule));
    CHECK_FALSE(wants_newer(zero, ours, rule));
    CHECK_FALSE(wants_newer(ours, zero, rule));
    CHECK_FALSE(wants_newer(ours, nothing, rule));
    CHECK_FALSE(wants_newer(ours, any, rule));
    CHECK_FALSE(wants_newer(any, any, rule));
    CHECK(wants_newer(nothing, any, rule));
    CHECK_FALSE(wants_newer(nothing, zero, rule));
}

TEST_CASE("a sequence clash stays for ever in OTAPv1, and OTAPv2 ends it", "[mesh][comparison]")
{
    Setup setup = chain_of(2, old_model());
    setup.models.push_back(standard_model());
    setup.nodes[1].model = 2;
    setup.nodes[0].stored = fresh("app-8k.otap", 42);
    setup.nodes[1].stored = fresh("app-8k.otap", 42);
    setup.links = {{0, 1}, {0, 2}};
    Bench bench(std::move(setup));
    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_only, file_42());
    bench.pass(24h);
    CHECK(bench.stored(101) == "F0 1F 00 00 F1 23 2A 01 FF");
    CHECK(bench.stored(102) == fresh_42);
}

TEST_CASE(
    "infection goes on against a network that follows targets, where nodes are too old for them",
    "[mesh][infection]")
{
    Setup setup = chain_of(3, standard_model());
    setup.models.push_back(old_model());
    setup.nodes[0].model = 2; // 101, in reach of 102 that is new
    for (NodeSetup& node : setup.nodes)
        node.stored = with_status(file_41(), 0);
    setup.nodes[1].stored = file_42(); // 102 is the stranger
    Bench bench(std::move(setup));
    bench.store_in_sink(with_status(file_41(), 0));
    bench.set_target(OtapAction::no_otap);
    bench.pass(24h);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.stored(103) == processed_41);
}
