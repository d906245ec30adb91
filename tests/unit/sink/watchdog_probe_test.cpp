/// What feeds systemd's watchdog: an answer of the link's thread, not of the loop alone.
#include "sink-service/service/sink_bridge.hpp"

#include <catch2/catch.hpp>
#include <semaphore>

using namespace sink_service;

namespace {

class NobodyListens final : public SinkEvents {
    void sink_online() override {}
    void sink_lost(const std::string& /*why*/) override {}
    void state_changed(const dual_mcu::SinkState& /*before*/, const dual_mcu::SinkState& /*now*/) override {}
    void packet_received(const dual_mcu::UplinkPacket& /*packet*/) override {}
    void stack_started() override {}
    void stack_stopped() override {}
    void upload_progressed(std::size_t /*octets*/, std::size_t /*total*/) override {}
};

dual_mcu::SinkSettings without_port()
{
    dual_mcu::SinkSettings settings;
    settings.link.port = "/nonexistent"; // the thread turns all the same: it tries to open it
    return settings;
}

/// Lets the loop turn some times more, then calls.
void after_turns(gateway::EventLoop& loop, int turns, const std::function<void()>& call)
{
    loop.post([&loop, turns, call] {
        if (turns > 0)
            after_turns(loop, turns - 1, call);
        else
            call();
    });
}

} // namespace

TEST_CASE("a link whose thread turns answers the probe", "[watchdog]")
{
    gateway::EventLoop loop;
    NobodyListens events;
    SinkBridge bridge(loop, without_port(), events);
    bridge.start();
    int answers = 0;
    std::function<void()> probe = [&] {
        bridge.probe([&] {
            if (++answers < 3)
                probe();
            else
                loop.quit(0);
        });
    };
    probe();
    loop.run();
    bridge.stop();
    CHECK(answers == 3);
}

TEST_CASE("a link whose thread is stuck answers no probe, though the loop turns", "[watchdog]")
{
    gateway::EventLoop loop;
    NobodyListens events;
    SinkBridge bridge(loop, without_port(), events);
    bridge.start();

    std::binary_semaphore let_go{0};
    bool answered = false;
    bool answered_while_stuck = false;
    const auto while_stuck = [&] {
        bridge.probe([&] {
            answered = true;
            loop.quit(0);
        });
        after_turns(loop, 1000, [&] {
            answered_while_stuck = answered;
            let_go.release();
        });
    };
    bridge.run<void>(
        [&](dual_mcu::Sink&) -> gateway::Task<gateway::Result<>> {
            loop.post(while_stuck);
            let_go.acquire(); // an operation that does not come back
            co_return gateway::Result<>{};
        },
        [](const gateway::Result<>&) {});
    loop.run();
    bridge.stop();
    CHECK_FALSE(answered_while_stuck);
    CHECK(answered);
}
