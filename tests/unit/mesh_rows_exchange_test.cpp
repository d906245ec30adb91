// The rows of spec/otap-campaign.md, 2.3, about what nodes fetch: 1 to 5, 19, 31 to 36. Each test makes
// its row happen and looks at the node's status bytes before and after.
#include "tests/unit/mesh_bench.hpp"

using namespace mesh_test;

namespace {

/// One node, by whose stack a row's column is chosen.
Setup one_node(const Model& model)
{
    return chain_of(1, model);
}

} // namespace

TEST_CASE("row 1 (v1): a node leaves the mesh, erases its copy and fetches what is newer", "[mesh][row-1]")
{
    Setup setup = one_node(old_model());
    setup.nodes[0].stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == processed_41);

    bench.store_in_sink(file_42());
    REQUIRE(bench.wait([&] { return bench.node(101).fetches(); }));
    CHECK(bench.stored(101) == empty);
    CHECK(bench.ask(101, "19 00") == "silence");
    REQUIRE(bench.wait([&] { return !bench.node(101).fetches(); }));
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 1 (v2): a node fetches what the target names, newer or not", "[mesh][row-1]")
{
    Setup setup = one_node(standard_model());
    setup.nodes[0].stored = with_status(fresh("app-8k.otap", 50), 0);
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == "F0 1F 00 00 F1 23 32 02 00");

    bench.store_in_sink(file_42());
    bench.pass(1h);
    CHECK(bench.stored(101) == "F0 1F 00 00 F1 23 32 02 00"); // no target, no transfer
    bench.set_target(OtapAction::propagate_only, file_42());
    REQUIRE(bench.wait([&] { return bench.node(101).fetches(); }));
    CHECK(bench.stored(101) == empty);
    CHECK(bench.ask(101, "19 00") == "silence");
    bench.pass(2min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 2: what does not fit a node's memory is never fetched", "[mesh][row-2]")
{
    const bool legacy = GENERATE(true, false);
    Model model = legacy ? old_model() : standard_model();
    model.capacity = 99'503;
    Setup setup = one_node(model);
    setup.nodes[0].stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == processed_41);

    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_only, file_42());
    bench.pass(24h);
    CHECK(bench.stored(101) == processed_41);
    CHECK(bench.state().counters.transfers == 0);
}

TEST_CASE("row 3: after a transfer the node stores it as new, rejoins and reports unasked", "[mesh][row-3]")
{
    const bool legacy = GENERATE(true, false);
    Bench bench(one_node(legacy ? old_model() : standard_model()));
    CHECK(bench.stored(101) == empty);

    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_only, file_42());
    REQUIRE(bench.wait([&] { return bench.node(101).stored.image != nullptr; }));
    CHECK(bench.stored(101) == fresh_42);
    bench.heard.clear();
    bench.pass(1min);
    REQUIRE(bench.heard.size() == 1);
    CHECK(bench.heard[0].packet.source == 101);
    CHECK(bench.heard[0].packet.source_endpoint == 240);
    CHECK(bench.heard[0].packet.destination_endpoint == 255);
    CHECK(gateway::to_hex(gateway::ByteView(bench.heard[0].packet.payload).subspan(2, 9)) == fresh_42);
}

TEST_CASE("row 3 (v2): the target's order is followed at once after a transfer", "[mesh][row-3]")
{
    Bench bench(one_node(standard_model()));
    CHECK(bench.stored(101) == empty);
    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_and_process, file_42());
    REQUIRE(bench.wait([&] { return bench.node(101).activity == Activity::in_bootloader; }));
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 FF");
    bench.pass(1min);
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE("row 4: a transfer that arrives damaged leaves nothing, and is tried again", "[mesh][row-4]")
{
    const bool legacy = GENERATE(true, false);
    Setup setup = one_node(legacy ? old_model() : standard_model());
    setup.parameters.exchange.corrupt_probability = 1;
    setup.nodes[0].stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == processed_41);

    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_only, file_42());
    REQUIRE(bench.wait([&] { return bench.state().counters.transfers_failed == 1; }));
    CHECK(bench.stored(101) == empty);
    CHECK(bench.node(101).runs()); // without a restart
    bench.state().parameters.exchange.corrupt_probability = 0;
    REQUIRE(bench.wait([&] { return bench.state().counters.transfers == 2; }));
    bench.pass(2min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE(
    "row 5: a neighbour that vanishes in a transfer leaves an empty node that fetches again", "[mesh][row-5]")
{
    const bool legacy = GENERATE(true, false);
    Setup setup = one_node(legacy ? old_model() : standard_model());
    setup.nodes[0].stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == processed_41);

    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_only, file_42());
    REQUIRE(bench.wait([&] { return bench.node(101).fetches(); }));
    bench.pass(5s);
    bench.run_sink(false);
    CHECK(bench.node(101).activity == Activity::boots);
    CHECK(bench.stored(101) == empty);
    bench.run_sink(true);
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 5: so does a node that loses power in a transfer", "[mesh][row-5]")
{
    const bool legacy = GENERATE(true, false);
    Setup setup = one_node(legacy ? old_model() : standard_model());
    setup.nodes[0].stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == processed_41);

    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_only, file_42());
    REQUIRE(bench.wait([&] { return bench.node(101).fetches(); }));
    bench.pass(5s);
    power_off(bench.state(), bench.index(101));
    CHECK(bench.mesh.state().nodes[0].serves == 0);
    bench.pass(1min);
    power_on(bench.state(), bench.index(101));
    bench.pass(3s);
    CHECK(bench.stored(101) == empty);
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 19: something newer that arrives in a countdown is fetched", "[mesh][row-19]")
{
    const auto late = GENERATE(LateProcess::newest, LateProcess::armed, LateProcess::none);
    Setup setup = one_node(old_model());
    setup.parameters.v1.late_process = late;
    setup.nodes[0].stored = file_41();
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == fresh_41);
    REQUIRE(bench.ask(101, "01 00 1A 01 29 03 00 05 02 2C 01").starts_with("81 00 9A 01 29 83 00 85 02"));
    bench.store_in_sink(file_42());
    bench.pass(3min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.node(101).countdown_ends != never);

    bench.pass(10min); // what is processed then is not known: a choice
    switch (late) {
    case LateProcess::newest:
        CHECK(bench.stored(101) == processed_42);
        break;
    case LateProcess::armed: // and then fetches the newer one again
        CHECK(bench.processed(101).substr(45, 23) == "F0 1F 00 00 F1 23 29 03");
        CHECK(bench.stored(101) == fresh_42);
        break;
    case LateProcess::none:
        CHECK(bench.stored(101) == fresh_42);
        break;
    }
}

TEST_CASE("row 31 (v1): a stranger with something newer infects the network", "[mesh][row-31][infection]")
{
    Setup setup = chain_of(3, old_model());
    for (NodeSetup& node : setup.nodes)
        node.stored = with_status(file_41(), 0);
    setup.models[0].stack = old_model().stack;
    setup.nodes[2].stored = file_42(); // 103, from elsewhere
    setup.nodes[2].powered = false;
    Bench bench(std::move(setup));
    bench.store_in_sink(with_status(file_41(), 0));
    bench.pass(1h);
    CHECK(bench.stored(101) == processed_41);
    CHECK(bench.stored(102) == processed_41);

    power_on(bench.state(), bench.index(103));
    bench.pass(30min);
    CHECK(bench.stored(102) == fresh_42);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.stored(sink_address) == fresh_42); // sinks are nodes too
    CHECK(bench.done_to_sinks == std::vector<std::string>{"erased", "received"});
}

TEST_CASE(
    "row 31 (v2): a stranger with something newer changes nothing, and adopts the target",
    "[mesh][row-31][infection]")
{
    Setup setup = chain_of(2, standard_model());
    setup.nodes[0].stored = with_status(file_41(), 0);
    setup.nodes[1].stored = file_42();
    setup.nodes[1].powered = false;
    Bench bench(std::move(setup));
    bench.store_in_sink(with_status(file_41(), 0));
    bench.set_target(OtapAction::propagate_only, file_41());
    bench.pass(10min);
    CHECK(bench.stored(101) == processed_41);
    CHECK(bench.stored(102) == fresh_42);

    power_on(bench.state(), bench.index(102));
    bench.pass(30min);
    CHECK(bench.stored(101) == processed_41);
    CHECK(bench.stored(102) == fresh_41);
    CHECK(bench.target(102) == "01 29 F1 23 00 00 00 00");
}

TEST_CASE("row 32: who joins with something older or nothing fetches ours", "[mesh][row-32]")
{
    const bool legacy = GENERATE(true, false);
    const bool has_something = GENERATE(true, false);
    Setup setup = one_node(legacy ? old_model() : standard_model());
    if (has_something)
        setup.nodes[0].stored = with_status(file_41(), 0);
    setup.nodes[0].powered = false;
    Bench bench(std::move(setup));
    bench.store_in_sink(file_42());
    if (!legacy)
        bench.set_target(OtapAction::propagate_only, file_42());
    bench.pass(10min);
    CHECK(bench.stored(101) == (has_something ? processed_41 : empty));

    power_on(bench.state(), bench.index(101));
    bench.pass(5min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 32 (v2): without a target for it, who joins with nothing stays empty", "[mesh][row-32]")
{
    Bench bench(one_node(standard_model()));
    bench.store_in_sink(file_42());
    CHECK(bench.stored(101) == empty);
    bench.pass(2h);
    CHECK(bench.stored(101) == empty);
}

TEST_CASE("row 33 (v1): who wakes fetches, and has missed the trigger", "[mesh][row-33]")
{
    Setup setup = chain_of(2, old_model());
    setup.models.push_back(old_model());
    setup.models[2].sleep = Sleep{2h, 10min};
    setup.nodes[1].model = 2;
    for (NodeSetup& node : setup.nodes)
        node.stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    const auto sleeps = [&] { return bench.node(102).activity == Activity::sleeps; };
    REQUIRE(bench.wait(sleeps));
    bench.store_in_sink(file_42());
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.stored(102) == processed_41);
    bench.mesh.send_down(
        0,
        {gateway::broadcast_address, 255, 240, 0, 0, *gateway::from_hex("01 00 1A 01 2A 03 00 05 02 3C 00")});
    bench.pass(5min);
    CHECK(bench.stored(101) == processed_42);

    REQUIRE(bench.wait([&] { return !sleeps(); }));
    bench.pass(10min);
    CHECK(bench.stored(102) == fresh_42);
    bench.pass(24h);
    CHECK(bench.stored(102) == fresh_42); // never triggered
}

TEST_CASE("row 33 (v2): who wakes does what the target of now says", "[mesh][row-33]")
{
    Setup setup = chain_of(2, standard_model());
    setup.models.push_back(standard_model());
    setup.models[2].sleep = Sleep{2h, 10min};
    setup.nodes[1].model = 2;
    for (NodeSetup& node : setup.nodes)
        node.stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    const auto sleeps = [&] { return bench.node(102).activity == Activity::sleeps; };
    REQUIRE(bench.wait(sleeps));
    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_and_process, file_42());
    bench.pass(30min);
    CHECK(bench.stored(101) == processed_42);
    CHECK(bench.stored(102) == processed_41);

    REQUIRE(bench.wait([&] { return !sleeps(); }));
    bench.pass(10min);
    CHECK(bench.stored(102) == processed_42);
}

TEST_CASE("row 34 (v1): a scratchpad that was cleared comes back", "[mesh][row-34]")
{
    Setup setup = one_node(old_model());
    setup.nodes[0].stored = file_42();
    Bench bench(std::move(setup));
    bench.store_in_sink(file_42());
    CHECK(bench.stored(101) == fresh_42);
    clear_stored(bench.state(), bench.index(101));
    CHECK(bench.stored(101) == empty);
    bench.pass(5min);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 34 (v2): a scratchpad that was cleared comes back with actions 1 to 3 alone", "[mesh][row-34]")
{
    const auto action = GENERATE(OtapAction::no_otap, OtapAction::propagate_only);
    Setup setup = one_node(standard_model());
    setup.nodes[0].stored = file_42();
    Bench bench(std::move(setup));
    bench.store_in_sink(file_42());
    bench.set_target(action, file_42());
    bench.pass(1min);
    CHECK(bench.stored(101) == fresh_42);
    clear_stored(bench.state(), bench.index(101));
    CHECK(bench.stored(101) == empty);
    bench.pass(5min);
    CHECK(bench.stored(101) == (action == OtapAction::no_otap ? empty : fresh_42));
}

TEST_CASE("row 35: who moves to a sink with another target follows that one", "[mesh][row-35]")
{
    Setup setup = chain_of(1, standard_model());
    setup.nodes[0].stored = file_42();
    SinkSetup other = setup.sinks[0];
    other.name = "sink1";
    other.node.address = 2;
    setup.sinks.push_back(other);
    setup.links = {{0, 2}}; // sinks are 0 and 1, the node is 2
    Bench bench(std::move(setup));
    bench.store_in_sink(file_42(), 0);
    bench.store_in_sink(file_42(), 1);
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes, 0);
    bench.pass(1min);
    CHECK(bench.target(101) == "03 2A 81 2D 1E 00 1E 00");
    bench.pass(10min);
    const Time ends = bench.node(101).delay_ends;

    SECTION("with the same delay it goes on")
    {
        bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes, 1);
        move_node(bench.state(), bench.index(101), std::array<NodeIndex, 1>{1});
        bench.pass(1min);
        CHECK(bench.node(101).sink == 1);
        CHECK(bench.node(101).delay_ends == ends);
        CHECK(bench.target(101) == "03 2A 81 2D 1E 00 13 00");
    }
    SECTION("with another delay it starts anew")
    {
        bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), 0x41, 1); // one minute
        move_node(bench.state(), bench.index(101), std::array<NodeIndex, 1>{1});
        REQUIRE(bench.wait([&] { return bench.node(101).target.parameter == 0x41; }));
        CHECK(bench.target(101) == "03 2A 81 2D 01 00 01 00");
        bench.pass(2min);
        CHECK(bench.stored(101) == processed_42);
    }
    SECTION("with no OTAP the delay stops")
    {
        bench.set_target(OtapAction::no_otap, {}, 0, 1);
        move_node(bench.state(), bench.index(101), std::array<NodeIndex, 1>{1});
        bench.pass(2h);
        CHECK(bench.target(101) == "00 00 00 00 00 00 00 00");
        CHECK(bench.stored(101) == fresh_42);
    }
}

TEST_CASE("row 36: a locked node takes no more part", "[mesh][row-36]")
{
    const bool legacy = GENERATE(true, false);
    const bool restarts = GENERATE(true, false); // spec/remote-api.md, 14, and the row: an option
    Setup setup = chain_of(2, legacy ? old_model() : standard_model());
    setup.parameters.remote.lock_restarts = restarts;
    setup.nodes[0].stored = with_status(file_41(), 0);
    setup.nodes[1].stored = with_status(file_41(), 0);
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == processed_41);
    const std::string lock =
        "01 00 0D 06 16 00 FF FF FF 7F 0D 12 17 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E "
        "0F 03 00 05 02 0A 00";
    CHECK(bench.ask(101, lock).starts_with("81 00 8D 06 16 00 FF FF FF 7F 8D 02 17 00 83 00 85 02"));
    bench.pass(1min);
    CHECK(bench.node(101).restarts == (restarts ? 1 : 0));
    CHECK(bench.ask(101, "0E 02 16 00 0E 02 17 00") == "8E 06 16 00 FF FF FF 7F F9 03 0E 17 00");

    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_and_process, file_42());
    bench.pass(2h);
    CHECK(bench.stored(101) == processed_41); // it accepts nothing,
    CHECK(bench.stored(102) == processed_41); // and offers nothing
}
