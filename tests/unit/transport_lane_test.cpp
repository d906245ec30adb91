#include "transport/requests/lane.hpp"

#include <catch2/catch.hpp>
#include <coroutine>
#include <list>

using namespace transport;

namespace {

/// A coroutine waits here until it is let go.
struct Gate {
    std::coroutine_handle<> waiting;
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
    void await_resume() const {}
};

gateway::Task<void> wait_at(Gate& gate)
{
    co_await gate;
}

gateway::Task<void> end_at_once()
{
    co_return;
}

gateway::Task<void> throw_at_once()
{
    throw std::runtime_error("unexpected");
    co_return;
}

struct Jobs {
    LaneJob make(const std::string& name, bool pipelined = false)
    {
        LaneJob job;
        job.pipelined = pipelined;
        Gate& gate = gates.emplace_back();
        job.run = [this, name, &gate] {
            started.push_back(name);
            return wait_at(gate);
        };
        job.refuse = [this, name](api::ErrorCode code) { refused.emplace_back(name, code); };
        return job;
    }
    void let_go(std::size_t index)
    {
        auto gate = gates.begin();
        std::advance(gate, index);
        gate->waiting.resume();
    }

    std::list<Gate> gates;
    std::vector<std::string> started;
    std::vector<std::pair<std::string, api::ErrorCode>> refused;
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a lane runs one request at a time, in order", "[lane]")
{
    gateway::EventLoop loop;
    Jobs jobs;
    Lane lane(loop);
    lane.add(jobs.make("1"));
    lane.add(jobs.make("2"));
    lane.add(jobs.make("3"));
    CHECK(jobs.started == Names{"1"});
    jobs.let_go(0);
    CHECK(jobs.started == Names{"1", "2"});
    jobs.let_go(1);
    jobs.let_go(2);
    CHECK(jobs.started == Names{"1", "2", "3"});
    CHECK(lane.idle());
}

TEST_CASE("send_data is pipelined up to 16; everything else waits for it", "[lane]")
{
    gateway::EventLoop loop;
    Jobs jobs;
    Lane lane(loop);
    for (int i = 0; i < 18; ++i)
        lane.add(jobs.make("send", true));
    lane.add(jobs.make("config"));
    lane.add(jobs.make("send after", true));
    CHECK(jobs.started.size() == 16);
    jobs.let_go(3);
    CHECK(jobs.started.size() == 17);
    for (std::size_t i = 0; i < 18; ++i)
        if (i != 3)
            jobs.let_go(i);
    CHECK(jobs.started.back() == "config");
    jobs.let_go(18);
    CHECK(jobs.started.back() == "send after");
}

TEST_CASE("a full lane refuses at once, by number and by octets", "[lane]")
{
    gateway::EventLoop loop;
    Jobs jobs;
    Lane lane(loop);
    lane.add(jobs.make("running"));
    SECTION("number")
    {
        for (std::size_t i = 0; i < Lane::max_waiting; ++i)
            lane.add(jobs.make("waiting"));
        CHECK(jobs.refused.empty());
        lane.add(jobs.make("too many"));
    }
    SECTION("octets")
    {
        LaneJob large = jobs.make("large");
        large.octets = Lane::max_octets;
        lane.add(std::move(large));
        CHECK(jobs.refused.empty());
        LaneJob small = jobs.make("too many");
        small.octets = 1;
        lane.add(std::move(small));
    }
    REQUIRE(jobs.refused.size() == 1);
    CHECK(jobs.refused.front() == std::pair(std::string("too many"), api::SINK_OUT_OF_MEMORY));
}

TEST_CASE("a request waits no longer than its patience", "[lane]")
{
    gateway::EventLoop loop;
    Jobs jobs;
    Lane lane(loop);
    lane.add(jobs.make("running"));
    LaneJob impatient = jobs.make("impatient");
    impatient.patience = std::chrono::seconds(0);
    impatient.refuse = [&](api::ErrorCode code) {
        jobs.refused.emplace_back("impatient", code);
        loop.quit(0);
    };
    lane.add(std::move(impatient));
    lane.add(jobs.make("patient"));
    loop.run();
    REQUIRE(jobs.refused.size() == 1);
    CHECK(jobs.refused.front().second == api::SINK_TIMEOUT);
    jobs.let_go(0);
    CHECK(jobs.started == Names{"running", "patient"});
}

TEST_CASE("a cleared lane refuses all that wait and lets the running one end", "[lane]")
{
    gateway::EventLoop loop;
    Jobs jobs;
    Lane lane(loop);
    for (const char* name : {"running", "1", "2"})
        lane.add(jobs.make(name));
    lane.clear(api::INVALID_SINK_ID);
    CHECK(jobs.refused.size() == 2);
    CHECK_FALSE(lane.idle());
    jobs.let_go(0);
    CHECK(lane.idle());
}

TEST_CASE("many requests that end at once do not nest", "[lane]")
{
    gateway::EventLoop loop;
    Jobs jobs;
    Lane lane(loop);
    lane.add(jobs.make("running"));
    int ended = 0;
    for (std::size_t i = 0; i < Lane::max_waiting; ++i) {
        LaneJob job = jobs.make("quick");
        job.run = [&ended] {
            ++ended;
            return end_at_once();
        };
        lane.add(std::move(job));
    }
    jobs.let_go(0);
    CHECK(ended == static_cast<int>(Lane::max_waiting));
    CHECK(lane.idle());
}

TEST_CASE("a request that fails unexpectedly is answered and the lane goes on", "[lane]")
{
    gateway::EventLoop loop;
    Jobs jobs;
    Lane lane(loop);
    LaneJob job = jobs.make("broken");
    job.run = [] { return throw_at_once(); };
    lane.add(std::move(job));
    REQUIRE(jobs.refused.size() == 1);
    CHECK(jobs.refused.front().second == api::INTERNAL_ERROR);
    lane.add(jobs.make("next"));
    CHECK(jobs.started == Names{"next"});
}
