#include "bench/timed_sink.hpp"

#include <poll.h>
#include <sys/prctl.h>

namespace bench {
namespace {

using simulator::Now;

constexpr Now longest_wait = std::chrono::milliseconds(20); // until it sees that it shall stop

Now device_time(TimedSink::Clock::time_point time)
{
    return std::chrono::duration_cast<Now>(time.time_since_epoch());
}

simulator::Persistent running_sink()
{
    simulator::Persistent persistent;
    persistent.node_address = 0x00A0B0C0;
    persistent.network_address = 0x123456;
    persistent.channel = 10;
    persistent.role = gateway::role::sink;
    persistent.autostart = true;
    return persistent;
}

/// The running number of a packet for the mesh; nothing in other frames.
std::optional<std::uint32_t> number_sent_by(const dual_mcu::Frame& frame)
{
    if (const auto packet = dual_mcu::decode<dual_mcu::DataTx>(frame))
        return gateway::Reader(packet->apdu).u32();
    if (const auto packet = dual_mcu::decode<dual_mcu::DataTxTt>(frame))
        return gateway::Reader(packet->apdu).u32();
    return std::nullopt;
}

} // namespace

TimedSink::TimedSink(simulator::LineSettings line, simulator::UplinkPlan plan, simulator::Profile profile)
    : pty_(directory_.path() / "port"),
      device_(std::move(profile), running_sink(), line, plan, 1, device_time(Clock::now())),
      thread_([this] { run(); })
{
}

TimedSink::~TimedSink()
{
    stopping_ = true;
    thread_.join();
}

TimedSink::Passage TimedSink::passage(std::uint32_t number)
{
    const std::lock_guard lock(mutex_);
    return number < passages_.size() ? passages_[number] : Passage{};
}

std::vector<TimedSink::Downlink> TimedSink::downlinks()
{
    const std::lock_guard lock(mutex_);
    return downlinks_;
}

void TimedSink::note_downlinks(gateway::ByteView octets, Clock::time_point now)
{
    for (const std::uint8_t octet : octets) {
        const auto event = host_decoder_.push(octet);
        const auto* frame = event ? std::get_if<dual_mcu::Frame>(&*event) : nullptr;
        if (frame == nullptr)
            continue;
        if (const auto number = number_sent_by(*frame)) {
            const std::lock_guard lock(mutex_);
            downlinks_.push_back({*number, now});
        }
    }
}

void TimedSink::note_arrivals(Clock::time_point now)
{
    const std::lock_guard lock(mutex_);
    while (passages_.size() < device_.uplink().generated())
        passages_.push_back({now, {}});
}

void TimedSink::write_host(Now now)
{
    const gateway::Bytes octets = device_.take_output(now);
    if (octets.empty())
        return;
    // Before the write: afterwards the host may have it already.
    const Clock::time_point sent = Clock::now();
    for (const std::uint8_t octet : octets) {
        const auto event = decoder_.push(octet);
        const auto* frame = event ? std::get_if<dual_mcu::Frame>(&*event) : nullptr;
        const auto packet =
            frame == nullptr ? std::nullopt : std::optional(dual_mcu::decode<dual_mcu::DataRx>(*frame));
        if (!packet || !*packet)
            continue;
        const std::uint32_t number = gateway::Reader((*packet)->apdu).u32();
        const std::lock_guard lock(mutex_);
        if (number < passages_.size())
            passages_[number].sent = sent;
    }
    for (gateway::ByteView left = octets; !left.empty();)
        left = left.subspan(pty_.write(left));
}

void TimedSink::run()
{
    prctl(PR_SET_TIMERSLACK, 1UL);
    while (!stopping_) {
        const Clock::time_point now = Clock::now();
        device_.advance(device_time(now));
        note_arrivals(now);
        write_host(device_time(now));

        Now wait = longest_wait;
        if (const auto next = device_.next_event())
            wait = std::clamp(*next - device_time(Clock::now()), Now{0}, wait);
        // With nobody at the other end the descriptor is always "ready".
        pollfd host{pty_.is_open() ? pty_.descriptor() : -1, POLLIN, 0};
        const timespec timeout{0, std::chrono::nanoseconds(wait).count()};
        if (ppoll(&host, 1, &timeout, nullptr) > 0)
            if (const auto octets = pty_.read(); octets && !octets->empty()) {
                const Clock::time_point read = Clock::now();
                device_.receive(*octets, device_time(read));
                note_downlinks(*octets, read);
            }
    }
}

} // namespace bench
