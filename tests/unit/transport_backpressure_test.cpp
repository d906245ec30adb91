// What black-hole protection does to sinks (docs/spec/gateway-backend-api.md, 8.4, gateway, rules 2 to
// 12), against sink services whose answers the test decides.
#include "transport_bench.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace transport;
using transport_test::Bench;
using transport_test::BenchOptions;
using transport_test::Calls;
using transport_test::FakeSink;

namespace {

constexpr BufferingSettings by_cost{.max_buffered_packets = 10, .minimal_sink_cost = 7};
constexpr BufferingSettings by_stop{.max_buffered_packets = 10, .stop_stack = true};
const Backlog full{11, false, std::nullopt};
const Backlog empty{0, true, std::nullopt};

bool has(const Calls& calls, const std::string& call)
{
    return std::ranges::find(calls, call) != calls.end();
}

auto contains(const std::string& call)
{
    return [call](const Calls& calls) { return has(calls, call); };
}

api::WirepasMessage state_request(std::uint64_t id, api::OnOffState state)
{
    api::WirepasMessage message;
    auto* request = message.mutable_set_config_req();
    request->mutable_header()->set_req_id(id);
    request->mutable_config()->set_sink_id("sink0");
    request->mutable_config()->set_sink_state(state);
    return message;
}

api::WirepasMessage clear_request(std::uint64_t id)
{
    api::WirepasMessage message;
    auto* request = message.mutable_upload_scratchpad_req();
    request->mutable_header()->set_req_id(id);
    request->set_seq(0);
    return message;
}

bool is_tripped(Bench& bench)
{
    bool tripped = false;
    bench.on_loop([&] { tripped = bench.backpressure().tripped(); });
    return tripped;
}

void trip(Bench& bench)
{
    bench.set_backlog(full);
    REQUIRE(bench.wait_until([&] { return bench.backpressure().tripped(); }));
}

void recover(Bench& bench)
{
    bench.set_backlog(empty);
    REQUIRE(bench.wait_until([&] { return !bench.backpressure().tripped(); }));
}

} // namespace

TEST_CASE("the cost rises with the trip and falls with the recovery, on every sink", "[backpressure]")
{
    Bench bench({.sinks = {"sink0", "sink1"}, .buffering = by_cost, .protection = true});
    for (const char* id : {"sink0", "sink1"})
        REQUIRE(bench.wait_for_calls(1, id));
    trip(bench);
    for (const char* id : {"sink0", "sink1"})
        REQUIRE(bench.wait_for_calls(2, id));
    recover(bench);
    for (const char* id : {"sink0", "sink1"}) {
        REQUIRE(bench.wait_for_calls(3, id));
        CHECK(bench.calls(id) == Calls{"SinkCost=7", "SinkCost=254", "SinkCost=7"});
    }
    CHECK(bench.stopped_sinks_file().empty());
}

TEST_CASE("the minimal cost is set without protection too, and again after a reboot", "[backpressure]")
{
    Bench bench({.buffering = {.minimal_sink_cost = 3}, .protection = true});
    REQUIRE(bench.wait_for_calls(1));
    bench.sink([](FakeSink& fake) { fake.emit_stack_started(); });
    REQUIRE(bench.wait_for_calls(2));
    CHECK(bench.calls() == Calls{"SinkCost=3", "SinkCost=3"});
}

TEST_CASE("a cost that cannot be written is tried again", "[backpressure]")
{
    Bench bench({.buffering = by_cost, .protection = true, .prepare = [](FakeSink& fake) {
                     fake.errors = {{"set SinkCost", 28}};
                 }});
    REQUIRE(bench.wait_for_calls(3));
    bench.sink([](FakeSink& fake) { fake.errors.clear(); });
    REQUIRE(bench.wait_for_calls(4));
    bench.sink([](FakeSink& fake) { CHECK(fake.values.at("SinkCost") == 7); });
}

TEST_CASE("a node that is no sink is left alone until its stack starts anew", "[backpressure]")
{
    Bench bench(
        {.sinks = {"sink0", "sink1"},
         .buffering = by_cost,
         .protection = true,
         .prepare = [](FakeSink& fake) {
             fake.errors = {{"set SinkCost", 10}};
         }});
    REQUIRE(bench.wait_for_calls(1));
    bench.sink([](FakeSink& fake) { fake.errors.clear(); });
    bench.sink([](FakeSink& fake) { fake.errors.clear(); }, "sink1");
    bench.sink([](FakeSink& fake) { fake.emit_stack_started(); }, "sink1");
    REQUIRE(bench.wait_for_calls(2, "sink1"));
    trip(bench);
    REQUIRE(bench.wait_for_calls(3, "sink1"));
    CHECK(bench.calls("sink1") == Calls{"SinkCost=7", "SinkCost=7", "SinkCost=254"});
    CHECK(bench.calls() == Calls{"SinkCost=7"});
}

TEST_CASE("a silent sink delays no other", "[backpressure]")
{
    Bench bench(
        {.sinks = {"sink0", "sink1"},
         .buffering = by_stop,
         .protection = true,
         .prepare = [](FakeSink& fake) { fake.silent = {"SetStackState"}; }});
    bench.sink([](FakeSink& fake) { fake.silent.clear(); }, "sink1");
    trip(bench);
    CHECK(bench.wait_for(contains("stop"), "sink0"));
    CHECK(bench.wait_until(
        [&] { return bench.stopped_sinks_file() == "sink0 black-hole\nsink1 black-hole\n"; }));
    recover(bench);
    CHECK(bench.wait_for(contains("start"), "sink1"));
    CHECK_FALSE(has(bench.calls("sink0"), "start"));
}

TEST_CASE("running stacks stop and come back; one that an operator had stopped stays so", "[backpressure]")
{
    Bench bench({.sinks = {"sink0", "sink1"}, .buffering = by_stop, .protection = true});
    bench.sink([](FakeSink& fake) { fake.values["StackStatus"] = 1; }, "sink1");
    trip(bench);
    REQUIRE(bench.wait_for(contains("stop")));
    CHECK(bench.stopped_sinks_file() == "sink0 black-hole\n");
    recover(bench);
    REQUIRE(bench.wait_for(contains("start")));
    CHECK(bench.wait_until([&] { return bench.stopped_sinks_file().empty(); }));
    CHECK(bench.calls() == Calls{"SinkCost=0", "stop", "start"});
    CHECK(bench.calls("sink1") == Calls{"SinkCost=0"});
}

TEST_CASE("a start or stop that fails is repeated until it holds", "[backpressure]")
{
    Bench bench({.buffering = by_stop, .protection = true, .prepare = [](FakeSink& fake) {
                     fake.stop_succeeds = fake.start_succeeds = false;
                 }});
    trip(bench);
    REQUIRE(bench.wait_for([](const Calls& calls) { return std::ranges::count(calls, "stop") >= 3; }));
    bench.sink([](FakeSink& fake) { fake.stop_succeeds = true; });
    REQUIRE(bench.wait_until([&] { return bench.stopped_sinks_file() == "sink0 black-hole\n"; }));
    bench.sink([](FakeSink& fake) { fake.values["StackStatus"] = 1; });
    recover(bench);
    REQUIRE(bench.wait_for([](const Calls& calls) { return std::ranges::count(calls, "start") >= 3; }));
    CHECK(bench.stopped_sinks_file() == "sink0 black-hole\n");
    bench.sink([](FakeSink& fake) { fake.start_succeeds = true; });
    CHECK(bench.wait_until([&] { return bench.stopped_sinks_file().empty(); }));
    bench.sink([](FakeSink& fake) { CHECK(fake.values.at("StackStatus") == 0); });
}

TEST_CASE("a run that finds stopped sinks is tripped until packets flow", "[backpressure]")
{
    // sink2 is not there: it stays in the list.
    Bench bench(
        {.buffering = by_stop,
         .protection = true,
         .prepare = [](FakeSink& fake) { fake.values["StackStatus"] = 1; },
         .stopped_sinks = "sink0 black-hole\nsink2 black-hole\n"});
    CHECK(is_tripped(bench)); // there is no connection
    CHECK_FALSE(has(bench.calls(), "start"));
    recover(bench);
    REQUIRE(bench.wait_for(contains("start")));
    CHECK(bench.wait_until([&] { return bench.stopped_sinks_file() == "sink2 black-hole\n"; }));
}

TEST_CASE("protection that was switched off starts what it had stopped", "[backpressure]")
{
    const BufferingSettings settings = GENERATE(BufferingSettings{}, by_cost);
    Bench bench(
        {.buffering = settings,
         .protection = true,
         .prepare = [](FakeSink& fake) { fake.values["StackStatus"] = 1; },
         .stopped_sinks = "sink0 black-hole\n"});
    REQUIRE(bench.wait_for(contains("start")));
    CHECK(bench.wait_until([&] { return bench.stopped_sinks_file().empty(); }));
}

TEST_CASE("a sink that a request had stopped when the service was killed starts again", "[backpressure]")
{
    Bench bench(
        {.protection = true,
         .prepare = [](FakeSink& fake) { fake.values["StackStatus"] = 1; },
         .stopped_sinks = "sink0 request\n"});
    REQUIRE(bench.wait_for(contains("start")));
    CHECK(bench.wait_until([&] { return bench.stopped_sinks_file().empty(); }));
}

TEST_CASE("a request enters its stop before it stops, and takes it out after the start", "[backpressure]")
{
    Bench bench(
        {.protection = true, .prepare = [](FakeSink& fake) { fake.silent = {"ClearLocalScratchpad"}; }});
    bench.send("otap_load_scratchpad", clear_request(1));
    REQUIRE(bench.wait_for(contains("ClearLocalScratchpad")));
    CHECK(bench.stopped_sinks_file() == "sink0 request\n");
    bench.sink([](FakeSink& fake) { fake.release_name(); });
    REQUIRE(bench.answers(1).size() == 1);
    CHECK(bench.stopped_sinks_file() == "sink0 request\n"); // the sink is gone: it starts when it is back
}

TEST_CASE("a stack that a request stops during the trip stays stopped until the recovery", "[backpressure]")
{
    Bench bench({.buffering = by_stop, .protection = true, .prepare = [](FakeSink& fake) {
                     fake.silent = {"ClearLocalScratchpad"};
                 }});
    bench.send("otap_load_scratchpad", clear_request(1));
    REQUIRE(bench.wait_for(contains("ClearLocalScratchpad")));
    trip(bench);
    bench.sink([](FakeSink& fake) { fake.answer_silent("ClearLocalScratchpad"); });
    REQUIRE(bench.answers(1).size() == 1);
    CHECK(bench.answers(1)[0].upload_scratchpad_resp().header().res() == api::OK);
    CHECK(bench.wait_until([&] { return bench.stopped_sinks_file() == "sink0 black-hole\n"; }));
    CHECK_FALSE(has(bench.calls(), "start"));
    recover(bench);
    CHECK(bench.wait_for(contains("start")));
}

TEST_CASE("the operator wins: OFF stays off after the recovery", "[backpressure]")
{
    Bench bench({.buffering = by_stop, .protection = true});
    trip(bench);
    REQUIRE(bench.wait_until([&] { return bench.stopped_sinks_file() == "sink0 black-hole\n"; }));
    bench.send("set_config", state_request(1, api::OFF));
    REQUIRE(bench.answers(1).size() == 1);
    CHECK(bench.answers(1)[0].set_config_resp().header().res() == api::OK);
    CHECK(bench.stopped_sinks_file().empty());
    recover(bench);
    trip(bench);
    recover(bench);
    CHECK_FALSE(has(bench.calls(), "start"));
}

TEST_CASE("the operator wins: ON stays on until the next trip", "[backpressure]")
{
    Bench bench({.buffering = by_stop, .protection = true});
    trip(bench);
    REQUIRE(bench.wait_until([&] { return bench.stopped_sinks_file() == "sink0 black-hole\n"; }));
    REQUIRE(bench.wait_for(contains("stop")));
    bench.send("set_config", state_request(1, api::ON));
    REQUIRE(bench.answers(1).size() == 1);
    CHECK(bench.answers(1)[0].set_config_resp().header().res() == api::OK);
    CHECK(bench.stopped_sinks_file().empty());
    bench.send("otap_load_scratchpad", clear_request(2)); // and is started again after a request
    REQUIRE(bench.answers(2).size() == 2);
    bench.sink([](FakeSink& fake) { CHECK(fake.values.at("StackStatus") == 0); });
    CHECK(is_tripped(bench));
    recover(bench);
    trip(bench);
    CHECK(bench.wait_until([&] { return bench.stopped_sinks_file() == "sink0 black-hole\n"; }));
}
