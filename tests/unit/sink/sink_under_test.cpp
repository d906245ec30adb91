#include "tests/unit/sink/sink_under_test.hpp"

namespace test {

dual_mcu::SinkSettings quick_settings(const std::string& port)
{
    dual_mcu::SinkSettings settings;
    settings.link.port = port;
    settings.upload.block_timeout = std::chrono::milliseconds(150);
    settings.upload.erase_timeout = std::chrono::milliseconds(500);
    return settings;
}

SinkUnderTest::SinkUnderTest(dual_mcu::SinkSettings settings) : sink_(std::move(settings), *this)
{
    sink_.link().start();
}

bool SinkUnderTest::wait_until(const std::function<bool(const Events&)>& condition)
{
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return condition(events_); });
}

SinkUnderTest::Events SinkUnderTest::events()
{
    const std::lock_guard lock(mutex_);
    return events_;
}

dual_mcu::LinkStatus SinkUnderTest::link_status()
{
    const auto ask = [](dual_mcu::Sink& sink) -> gateway::Task<dual_mcu::LinkStatus> {
        co_return sink.link().status();
    };
    return run(ask);
}

void SinkUnderTest::take_packets(bool yes)
{
    sink_.link().post([this, yes] { takes_packets_ = yes; });
}

void SinkUnderTest::note(const std::function<void(Events&)>& change)
{
    const std::lock_guard lock(mutex_);
    change(events_);
    changed_.notify_all();
}

void SinkUnderTest::online(const dual_mcu::SinkState& state)
{
    note([&](Events& events) {
        ++events.online;
        events.state = state;
    });
}

void SinkUnderTest::lost(const std::string& /*why*/)
{
    note([](Events& events) { ++events.lost; });
}

void SinkUnderTest::state_changed(const dual_mcu::SinkState& state)
{
    note([&](Events& events) { events.state = state; });
}

void SinkUnderTest::packet_received(dual_mcu::UplinkPacket packet)
{
    note([&](Events& events) { events.packets.push_back(std::move(packet)); });
}

void SinkUnderTest::stack_started()
{
    note([](Events& events) { ++events.started; });
}

void SinkUnderTest::stack_stopped()
{
    note([](Events& events) { ++events.stopped; });
}

} // namespace test
