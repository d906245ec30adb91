// The rows of spec/otap-campaign.md, 2.3, about OTAPv2's targets: 6 to 13.
#include "tests/unit/mesh_bench.hpp"

using namespace mesh_test;

namespace {

Setup one_node(const Stored& stored, const Model& model = standard_model())
{
    Setup setup = chain_of(1, model);
    setup.nodes[0].stored = stored;
    return setup;
}

} // namespace

TEST_CASE("row 6 (v2): action 0 stops fetching, and a running delay", "[mesh][row-6]")
{
    Bench bench(one_node(file_42()));
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(1min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.target(101) == "03 2A 81 2D 1E 00 1E 00");

    bench.set_target(OtapAction::no_otap);
    bench.pass(1min);
    CHECK(bench.target(101) == "00 00 00 00 00 00 00 00");
    bench.pass(2h);
    CHECK(bench.stored(101) == fresh_42);
    bench.store_in_sink(file_41());
    clear_stored(bench.state(), bench.index(101));
    bench.pass(2h);
    CHECK(bench.stored(101) == empty);
}

TEST_CASE("row 6 (v1): targets are not heard by stacks below 5.1", "[mesh][row-6]")
{
    Bench bench(one_node(with_status(file_41(), 0), old_model()));
    CHECK(bench.stored(101) == processed_41);
    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::no_otap);
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(status_octets(bench.mesh.state(), bench.node(101)).size() == 39);
}

TEST_CASE("row 7 (v2): action 1 fetches what differs, and stops a running delay", "[mesh][row-7]")
{
    Bench bench(one_node(file_41()));
    bench.store_in_sink(file_42());
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_41(), thirty_minutes);
    bench.pass(1min);
    CHECK(bench.stored(101) == fresh_41);
    CHECK(bench.target(101) == "03 29 F1 23 1E 00 1E 00");

    bench.set_target(OtapAction::propagate_only, file_42());
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.target(101) == "01 2A 81 2D 00 00 00 00");
    bench.pass(2h);
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("rows 6, 7 (v2): a delay goes on under action 0 or 1 where the option says so", "[mesh][row-7]")
{
    const auto action = GENERATE(OtapAction::no_otap, OtapAction::propagate_only);
    Setup setup = one_node(file_42());
    setup.parameters.v2.stop_running_delay = false;
    Bench bench(std::move(setup));
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(1min);
    bench.set_target(action, file_42());
    bench.pass(1min);
    CHECK(bench.node(101).delay_ends != never);
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(31min);
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE("row 8 (v2): action 2 marks what is stored and restarts at once", "[mesh][row-8]")
{
    Bench bench(one_node(file_42()));
    CHECK(bench.stored(101) == fresh_42);
    bench.set_target(OtapAction::propagate_and_process, file_42());
    REQUIRE(bench.wait([&] { return bench.node(101).target.action == 2; }));
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 FF");
    CHECK(bench.node(101).activity == Activity::in_bootloader);
    CHECK(bench.mesh.now() < 20s);
}

TEST_CASE("row 8 (v2): action 2 for something else than what is stored does not process it", "[mesh][row-8]")
{
    Bench bench(one_node(file_41()));
    CHECK(bench.stored(101) == fresh_41);
    bench.set_target(OtapAction::propagate_and_process, file_42());
    bench.pass(2h);
    CHECK(bench.stored(101) == fresh_41);
    CHECK(bench.node(101).restarts == 0);
}

TEST_CASE("row 9 (v2): action 3 starts a delay; the same again goes on, another starts anew", "[mesh][row-9]")
{
    Bench bench(one_node(file_42()));
    CHECK(bench.stored(101) == fresh_42);
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(10min);
    CHECK(bench.target(101) == "03 2A 81 2D 1E 00 15 00");

    hear_target(bench.state(), bench.index(101)); // the same
    follow_target(bench.state(), bench.index(101));
    CHECK(bench.target(101) == "03 2A 81 2D 1E 00 15 00");
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), 0x6D); // 45 minutes
    bench.pass(10s);
    CHECK(bench.target(101) == "03 2A 81 2D 2D 00 2D 00");
    CHECK(bench.stored(101) == fresh_42);
}

TEST_CASE("row 10 (v2): after action 4 a node compares sequences", "[mesh][row-10]")
{
    Bench bench(one_node(with_status(file_41(), 0)));
    bench.store_in_sink(file_42());
    bench.pass(1h);
    CHECK(bench.stored(101) == processed_41);
    bench.set_target(OtapAction::legacy);
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
    CHECK(bench.target(101) == "04 00 00 00 00 00 00 00");
}

TEST_CASE("row 11 (v2): when the delay ends the node marks what is stored and restarts", "[mesh][row-11]")
{
    Bench bench(one_node(file_42()));
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(29min);
    CHECK(bench.stored(101) == fresh_42);
    REQUIRE(bench.wait([&] { return bench.node(101).activity == Activity::in_bootloader; }, 3min));
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 FF");
    bench.pass(1min);
    CHECK(bench.stored(101) == processed_42);
}

TEST_CASE("row 11 (v2): a delay whose scratchpad is gone processes nothing", "[mesh][row-11]")
{
    Bench bench(one_node(file_42()));
    bench.set_target(OtapAction::propagate_and_process_with_delay, file_42(), thirty_minutes);
    bench.pass(10min);
    CHECK(bench.stored(101) == fresh_42);
    clear_stored(bench.state(), bench.index(101));
    bench.pass(1h);
    CHECK(bench.stored(101) == empty);
    CHECK(bench.node(101).restarts == 0);
}

TEST_CASE("row 12 (v2): what is processed already is not processed again", "[mesh][row-12]")
{
    const auto action =
        GENERATE(OtapAction::propagate_and_process, OtapAction::propagate_and_process_with_delay);
    Bench bench(one_node(with_status(file_42(), 0)));
    CHECK(bench.stored(101) == processed_42);
    bench.set_target(action, file_42(), action == OtapAction::propagate_and_process ? 0 : thirty_minutes);
    bench.pass(2h);
    CHECK(bench.stored(101) == processed_42);
    CHECK(bench.node(101).restarts == 0);
}

TEST_CASE("row 13 (v2): what failed is not tried again", "[mesh][row-13]")
{
    const auto action =
        GENERATE(OtapAction::propagate_and_process, OtapAction::propagate_and_process_with_delay);
    Bench bench(one_node(with_status(file_42(), 4)));
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 04");
    bench.set_target(action, file_42(), action == OtapAction::propagate_and_process ? 0 : thirty_minutes);
    bench.pass(2h);
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 04");
    CHECK(bench.node(101).restarts == 0);
}

TEST_CASE("row 13 (v2): it is tried once in a boot where the option says so", "[mesh][row-13]")
{
    Model foreign = standard_model();
    foreign.bootloader.keys = test_keys("vendor_b"); // every run fails
    Setup setup = one_node(with_status(file_42(), 1), foreign);
    setup.parameters.v2.retry_on_error = true;
    Bench bench(std::move(setup));
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 01");
    bench.set_target(OtapAction::propagate_and_process, file_42());
    bench.pass(2h);
    CHECK(bench.stored(101) == "B0 84 01 00 81 2D 2A 02 04");
    CHECK(bench.node(101).restarts == 1);
    restart(bench.state(), bench.index(101));
    bench.pass(2h);
    CHECK(bench.node(101).restarts == 3);
}
