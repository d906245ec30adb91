// The rows of spec/otap-campaign.md, 2.3, about the Remote API's countdown and restarts: 14 to 18, 20.
#include "tests/unit/mesh_bench.hpp"

using namespace mesh_test;

namespace {

Setup one_node(const Stored& stored, const Model& model = old_model())
{
    Setup setup = chain_of(1, model);
    setup.nodes[0].stored = stored;
    return setup;
}

const std::string trigger_42 = "01 00 1A 01 2A 03 00 05 02 2C 01"; // 300 s

} // namespace

TEST_CASE("row 14: a trigger starts a countdown with up to 20 s more", "[mesh][row-14]")
{
    const bool legacy = GENERATE(true, false);
    Bench bench(one_node(file_42(), legacy ? old_model() : standard_model()));
    CHECK(bench.stored(101) == fresh_42);
    const std::string answer = bench.ask(101, trigger_42);
    REQUIRE(answer.starts_with("81 00 9A 01 2A 83 00 85 02 "));
    const auto octets = *gateway::from_hex(answer);
    const unsigned seconds = octets[9] + 256U * octets[10];
    CHECK(seconds >= 300);
    CHECK(seconds <= 320);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 14: with its lock key a locked node is triggered too", "[mesh][row-14]")
{
    Setup setup = one_node(file_42());
    for (std::size_t i = 0; i < 16; ++i)
        setup.nodes[0].lock_key[i] = static_cast<std::uint8_t>(i);
    setup.nodes[0].lock_bits = 0x7FFFFFFF;
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.ask(101, trigger_42) == "F8 01 01 FB 01 1A FB 01 03 FB 01 05");
    CHECK(bench.ask(101, "02 10 FF 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F") == "F8 01 02");
    CHECK(bench.ask(101, "02 10 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 1A 01 2A 03 00 05 02 0A 00")
              .starts_with("82 00 9A 01 2A 83 00 85 02 "));
    bench.pass(2min);
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE(
    "row 14 (v2): where the option says so, a node that follows targets refuses updates", "[mesh][row-14]")
{
    Setup setup = one_node(file_42(), standard_model());
    setup.parameters.v2.remote_update_allowed = false;
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.ask(101, trigger_42).starts_with("81 00 F8 01 1A 83 00 85 02 "));
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 15: a trigger for another sequence buffers nothing", "[mesh][row-15]")
{
    const bool legacy = GENERATE(true, false);
    Bench bench(one_node(file_41(), legacy ? old_model() : standard_model()));
    CHECK(bench.stored(101) == fresh_41);
    CHECK(bench.ask(101, trigger_42).starts_with("81 00 FD 01 1A 83 00 85 02 "));
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_41);
    CHECK(bench.node(101).restarts == 0); // it counted down, to nothing
}

TEST_CASE("row 16: a second trigger is refused, and the countdown goes on", "[mesh][row-16]")
{
    Bench bench(one_node(file_42()));
    CHECK(bench.stored(101) == fresh_42);
    REQUIRE(bench.ask(101, trigger_42).starts_with("81 00"));
    const Time ends = bench.node(101).countdown_ends;
    CHECK(bench.ask(101, "01 00 1A 01 2A 03 00 05 02 E1 00") == "FB 01 01 FB 01 1A FB 01 03 FB 01 05");
    CHECK(bench.node(101).countdown_ends == ends);
    bench.pass(6min);
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE("row 17: when the countdown ends the node marks what is stored and restarts", "[mesh][row-17]")
{
    const bool legacy = GENERATE(true, false);
    Bench bench(one_node(file_42(), legacy ? old_model() : standard_model()));
    REQUIRE(bench.ask(101, trigger_42).starts_with("81 00"));
    bench.pass(4min);
    CHECK(bench.stored(101) == fresh_42);
    REQUIRE(bench.wait([&] { return bench.node(101).activity == Activity::in_bootloader; }, 2min));
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 FF");
    CHECK(bench.node(101).countdown_ends == never);
}

TEST_CASE("row 18: Cancel and Update 0 stop a countdown", "[mesh][row-18]")
{
    const std::string undo = GENERATE("04 00", "05 02 00 00");
    Bench bench(one_node(file_42()));
    REQUIRE(bench.ask(101, trigger_42).starts_with("81 00"));
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.ask(101, undo) == (undo == "04 00" ? "84 00" : "85 02 00 00"));
    CHECK(bench.ask(101, "05 00") == "85 02 00 00");
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.node(101).restarts == 0);
}

TEST_CASE("row 18 (v2): the delay of an action does not care", "[mesh][row-18]")
{
    Bench bench(one_node(file_42(), standard_model()));
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(1min);
    REQUIRE(bench.ask(101, "04 00") == "84 00");
    CHECK(bench.stored(101) == fresh_42);
    bench.pass(31min);
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE("row 20 (v1): a restart for another reason ends the countdown", "[mesh][row-20]")
{
    Bench bench(one_node(file_42()));
    REQUIRE(bench.ask(101, trigger_42).starts_with("81 00"));
    CHECK(bench.stored(101) == fresh_42);
    restart(bench.state(), bench.index(101));
    bench.pass(1min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.ask(101, "05 00") == "85 02 00 00");
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE(
    "row 20 (v2): after a restart the delay begins again, or goes on where the option says so",
    "[mesh][row-20]")
{
    const bool survives = GENERATE(true, false);
    Setup setup = one_node(file_42(), standard_model());
    setup.parameters.v2.delay_survives_reboot = survives;
    Bench bench(std::move(setup));
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(20min);
    CHECK(bench.stored(101) == fresh_42);
    restart(bench.state(), bench.index(101));
    bench.pass(1min);
    CHECK(bench.target(101) == (survives ? "03 2A 81 2D 1E 00 0A 00" : "03 2A 81 2D 1E 00 1E 00"));
    CHECK(bench.stored(101) == fresh_42);
    bench.pass(15min);
    CHECK(bench.stored(101) == (survives ? processed_42 : fresh_42));
    bench.pass(20min);
    CHECK(bench.stored(101) == processed_42);
}
