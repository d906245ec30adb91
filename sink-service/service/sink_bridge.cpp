#include "sink-service/service/sink_bridge.hpp"

#include <fmt/format.h>

namespace sink_service {
namespace {

using gateway::ApplicationCode;

} // namespace

SinkBridge::SinkBridge(gateway::EventLoop& loop, dual_mcu::SinkSettings settings, SinkEvents& events)
    : loop_(loop), events_(events), sink_(std::move(settings), *this)
{
}

tl::unexpected<gateway::Error> SinkBridge::too_many()
{
    return gateway::fail(
        ApplicationCode::out_of_memory,
        fmt::format("{} calls to this sink are under way already", max_operations));
}

void SinkBridge::upload(std::uint8_t sequence, gateway::Bytes file, std::string caller, Done<void> done)
{
    const std::size_t total = file.size();
    // A hundredth is often enough to watch, and rare enough to cost nothing.
    const auto progress = [this, total, step = total / 100](std::size_t octets) {
        const std::size_t before =
            octets < dual_mcu::max_scratchpad_block ? 0 : octets - dual_mcu::max_scratchpad_block;
        if (octets == total || step == 0 || octets / step != before / step)
            loop_.post([this, octets, total] { events_.upload_progressed(octets, total); });
    };
    const auto mine = uploaders_.insert(uploaders_.end(), std::move(caller));
    run<void>(
        [sequence, file = std::move(file), progress](dual_mcu::Sink& sink) {
            return sink.upload_scratchpad(sequence, file, progress);
        },
        [this, mine, done = std::move(done)](const gateway::Result<>& outcome) {
            uploaders_.erase(mine);
            done(outcome);
        });
}

bool SinkBridge::cancel_upload()
{
    if (uploaders_.empty())
        return false;
    sink_.link().post([this] { sink_.cancel_upload(); });
    return true;
}

void SinkBridge::caller_left(const std::string& caller)
{
    if (!uploaders_.empty() && caller == uploaders_.front())
        cancel_upload();
}

void SinkBridge::pause(bool paused)
{
    paused_ = paused;
    if (!paused)
        wake_link();
}

void SinkBridge::probe(std::function<void()> alive)
{
    sink_.link().post([this, alive = std::move(alive)] { loop_.post(alive); });
}

void SinkBridge::dump_flight_recorder()
{
    sink_.link().post([this] { sink_.link().dump_flight_recorder("asked for by SIGUSR1"); });
}

void SinkBridge::take_state(const dual_mcu::SinkState& state)
{
    const dual_mcu::SinkState before = std::exchange(state_, state);
    events_.state_changed(before, state_);
}

void SinkBridge::online(const dual_mcu::SinkState& state)
{
    loop_.post([this, state] {
        take_state(state);
        events_.sink_online();
    });
}

void SinkBridge::lost(const std::string& why)
{
    loop_.post([this, why] { events_.sink_lost(why); });
}

void SinkBridge::state_changed(const dual_mcu::SinkState& state)
{
    loop_.post([this, state] { take_state(state); });
}

void SinkBridge::packet_received(dual_mcu::UplinkPacket packet)
{
    ++packets_under_way_;
    loop_.post([this, packet = std::move(packet)] { deliver(packet); });
}

void SinkBridge::deliver(const dual_mcu::UplinkPacket& packet)
{
    events_.packet_received(packet);
    if (packets_under_way_.fetch_sub(1) == max_packets_under_way)
        wake_link();
}

/// A call to the link would end its exchange with the sink: only when it may wait for room.
void SinkBridge::wake_link()
{
    sink_.link().post([] {});
}

void SinkBridge::stack_started()
{
    loop_.post([this] { events_.stack_started(); });
}

void SinkBridge::stack_stopped()
{
    loop_.post([this] { events_.stack_stopped(); });
}

} // namespace sink_service
