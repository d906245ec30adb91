#include "sink-service/dual_mcu/sink.hpp"

#include <spdlog/spdlog.h>

namespace dual_mcu {
namespace {

constexpr std::chrono::seconds reassembly_check_interval{5};
constexpr std::chrono::seconds boot_report_window{5};
constexpr int reboot_attempts = 3; ///< to read a sink that has just rebooted

std::uint32_t to_milliseconds(std::uint32_t wire_time)
{
    const std::uint64_t milliseconds = static_cast<std::uint64_t>(wire_time) * 1000 / 128;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(milliseconds, UINT32_MAX));
}

std::uint64_t milliseconds_since_1970(std::chrono::system_clock::time_point time)
{
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
    return static_cast<std::uint64_t>(since.count());
}

} // namespace

Sink::Sink(SinkSettings settings, SinkObserver& observer)
    : observer_(observer),
      settings_(std::move(settings)),
      link_(settings_.link, *this),
      reader_(link_, state_),
      downlink_(link_, state_, settings_.downlink),
      reassembly_(settings_.reassembly)
{
}

gateway::Task<Result<>> Sink::start_up()
{
    const Result<> fixed = co_await reader_.read_fixed(Turn::exclusive);
    if (!fixed)
        co_return gateway::fail(fixed.error());
    co_await reader_.read_live(Turn::exclusive);
    co_await restore_sink_cost();
    co_await reader_.read_scratchpad(Turn::exclusive);
    // One that was known before and was away has perhaps rebooted: its report is news then.
    if (!known_)
        expect_boot_report();
    publish();
    if (std::exchange(untold_reboot_, false))
        raise_stack_event();
    co_return Result<>();
}

/// Holds exclusive access. The cost is volatile in the sink (R53, R54).
gateway::Task<> Sink::restore_sink_cost()
{
    const auto& cost = state_.live.sink_cost;
    if (!wanted_cost_ && cost)
        wanted_cost_ = *cost;
    if (!wanted_cost_ || (cost && *cost == *wanted_cost_))
        co_return;
    const SinkCostWrite request{*wanted_cost_};
    co_await link_.call(request, Turn::exclusive);
    co_await reader_.read_sink_cost(Turn::exclusive);
}

void Sink::lost(const std::string& why)
{
    known_ = false;
    observer_.lost(why);
}

void Sink::online()
{
    const auto& version = state_.fixed.firmware_version;
    spdlog::info(
        "sink online: firmware {}.{}.{}.{}, API {}, MTU {}, stack {}", version[0], version[1], version[2],
        version[3], state_.fixed.mesh_api_version, state_.fixed.mtu,
        state_.stack_runs() ? "running" : "stopped");
    known_ = true;
    observer_.online(state_);
    if (!std::exchange(keeping_fresh_, true))
        link_.spawn(keep_fresh());
}

gateway::Task<> Sink::keep_fresh()
{
    while (true) {
        co_await link_.delay(
            std::chrono::duration_cast<std::chrono::milliseconds>(settings_.refresh_interval));
        if (uploading_ || link_.status().state != LinkState::online)
            continue;
        co_await reader_.read_live(Turn::control);
        co_await reader_.read_scratchpad(Turn::control);
        publish();
    }
}

void Sink::publish()
{
    if (state_ == published_)
        return;
    if (published_.live.network_address != state_.live.network_address)
        reassembly_.clear(); // what is half assembled came from another network (5.7)
    published_ = state_;
    observer_.state_changed(state_);
}

void Sink::raise_stack_event()
{
    if (state_.stack_runs())
        observer_.stack_started();
    else
        observer_.stack_stopped();
}

void Sink::indication(const Frame& frame, std::chrono::system_clock::time_point received)
{
    if (Clock::now() - reassembly_checked_ > reassembly_check_interval) {
        reassembly_checked_ = Clock::now();
        reassembly_.expire(reassembly_checked_);
    }
    switch (frame.primitive) {
    case DataRx::id:
        if (const auto packet = decode<DataRx>(frame)) {
            take_packet(packet->header, {packet->apdu.view().begin(), packet->apdu.view().end()}, received);
            break;
        }
        spdlog::warn("dropped a damaged indication: {}", describe(frame));
        break;
    case DataRxFragment::id:
        if (const auto fragment = decode<DataRxFragment>(frame)) {
            if (auto payload = reassembly_.add(*fragment, Clock::now()))
                take_packet(fragment->header, std::move(*payload), received);
            break;
        }
        spdlog::warn("dropped a damaged indication: {}", describe(frame));
        break;
    case DataTxIndication::id:
        if (const auto report = decode<DataTxIndication>(frame))
            downlink_.reported(report->pdu_id);
        break;
    case StackStateIndication::id:
        if (const auto report = decode<StackStateIndication>(frame))
            take_boot_report(report->status);
        break;
    default:
        // Acknowledged all the same: an unknown indication would block the queue for ever.
        spdlog::debug("not used: {}", describe(frame));
    }
}

void Sink::take_packet(
    const RxHeader& header, gateway::Bytes payload, std::chrono::system_clock::time_point received)
{
    UplinkPacket packet;
    packet.received_ms = milliseconds_since_1970(received);
    packet.source = header.source;
    packet.destination = header.destination;
    packet.source_endpoint = header.source_endpoint;
    packet.destination_endpoint = header.destination_endpoint;
    packet.travel_time_ms = to_milliseconds(header.travel_time);
    packet.qos = header.qos;
    packet.hop_count = header.hop_count;
    packet.payload = std::move(payload);
    observer_.packet_received(std::move(packet));
}

/// The report says how the sink came up, whatever we did to it since.
void Sink::expect_boot_report()
{
    expected_boot_report_ = ExpectedBootReport{state_.stack_runs(), Clock::now() + boot_report_window};
}

void Sink::take_boot_report(std::uint8_t status)
{
    const auto expected = std::exchange(expected_boot_report_, std::nullopt);
    const bool running = (status & stack_status::stopped) == 0;
    if (expected && Clock::now() < expected->until && running == expected->running)
        return; // told already, when the stop or the start-up ended
    downlink_.sink_rebooted();
    link_.spawn(after_boot_report());
}

/// The sink rebooted by itself: a firmware update, a watchdog, a power cut.
gateway::Task<> Sink::after_boot_report()
{
    spdlog::warn("the sink has rebooted by itself");
    untold_reboot_ = true;
    Result<> fixed;
    {
        const Link::ExclusiveAccess access = co_await link_.exclusive_access();
        for (int attempt = 0; attempt < reboot_attempts; ++attempt) {
            fixed = co_await reader_.read_fixed(Turn::exclusive);
            if (fixed)
                break;
        }
        if (fixed) {
            co_await reader_.read_live(Turn::exclusive);
            co_await restore_sink_cost();
            co_await reader_.read_scratchpad(Turn::exclusive);
        }
    }
    if (!fixed) { // what is known is of before the reboot: the start-up reads it, and tells
        link_.start_again("after its reboot: " + fixed.error().message);
        co_return;
    }
    publish();
    untold_reboot_ = false;
    raise_stack_event();
}

gateway::Task<Result<>> Sink::send(DownlinkPacket packet)
{
    return downlink_.send(std::move(packet));
}

} // namespace dual_mcu
