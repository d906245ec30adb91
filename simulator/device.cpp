#include "simulator/device.hpp"

namespace simulator {
namespace {

using dual_mcu::Dropped;
using dual_mcu::ErrorReport;

constexpr Now frame_time_limit = Milliseconds{450}; // 1.9
constexpr std::size_t request_buffers = 4;
constexpr std::size_t crc_octets = 2;
constexpr std::size_t header_octets = 3;
constexpr std::int64_t bits_per_octet = 10;

template<typename T>
void keep_earliest(std::optional<T>& earliest, std::optional<T> other)
{
    if (other && (!earliest || *other < *earliest))
        earliest = other;
}

} // namespace

Device::Device(
    Profile profile, Persistent persistent, LineSettings line, UplinkPlan uplink, std::uint64_t seed, Now now)
    : sink_(profile, std::move(persistent), now), line_(line), uplink_(uplink), faults_(seed)
{
}

Now Device::line_time(std::size_t octets) const
{
    if (line_.baud == 0)
        return Now{0};
    return Now{static_cast<std::int64_t>(octets) * bits_per_octet * 1'000'000 / line_.baud};
}

void Device::receive(gateway::ByteView octets, Now now)
{
    if (!powered_)
        return;
    input_line_free_ = std::max(input_line_free_, now) + line_time(octets.size());
    input_.push_back({gateway::Bytes(octets.begin(), octets.end()), input_line_free_});
    input_octets_ += octets.size();
    advance(now);
}

std::optional<Now> Device::next_input() const
{
    return input_.empty() ? std::nullopt : std::optional(input_.front().arrives);
}

void Device::advance(Now now)
{
    if (!powered_)
        return;
    for (;;) {
        if (boots_at_ && *boots_at_ <= now && (!next_input() || *boots_at_ <= *next_input())) {
            finish_reboot();
        } else if (next_input() && *next_input() <= now) {
            const Octets input = std::move(input_.front());
            input_.pop_front();
            input_octets_ -= input.octets.size();
            decode(input);
        } else if (!waiting_.empty() && busy_until_ <= now && !rebooting()) {
            const Received received = std::move(waiting_.front());
            waiting_.pop_front();
            serve(received, std::max(received.arrived, busy_until_));
        } else {
            break;
        }
    }
    if (rebooting())
        return;
    uplink_.pump(sink_, now);
    apply(sink_.advance(now), now);
}

void Device::decode(const Octets& input)
{
    if (input.arrives < std::max(deaf_until_, silent_until_))
        return;
    for (const std::uint8_t octet : input.octets) {
        // A host that stalls in the middle of a frame has lost it.
        if (decoder_.in_frame() && input.arrives - frame_began_ > frame_time_limit)
            decoder_.reset();
        if (!decoder_.in_frame())
            frame_began_ = input.arrives;
        if (auto event = decoder_.push(octet); event && waiting_.size() < request_buffers)
            waiting_.push_back({std::move(*event), input.arrives});
    }
}

void Device::serve(const Received& received, Now now)
{
    const Milliseconds limit = sink_.state().profile.request_age_limit();
    if (limit.count() != 0 && now - received.arrived > limit)
        return;
    if (const auto* frame = std::get_if<dual_mcu::Frame>(&received.event)) {
        if (frame->payload.size() + header_octets > sink_.state().profile.receive_limit())
            report({Dropped::too_long, frame->payload.size() + dual_mcu::frame_overhead}, now);
        else
            handle(*frame, now);
    } else if (const auto* dropped = std::get_if<dual_mcu::DroppedOctets>(&received.event)) {
        report(*dropped, now);
    } else {
        report({Dropped::bad_crc, dual_mcu::frame_overhead}, now); // a host sends no reports
    }
}

void Device::handle(const dual_mcu::Frame& frame, Now now)
{
    const Reception reception = faults_.receive(frame);
    if (reception.reboot_before) {
        reboot(now);
    } else if (reception.damaged) {
        report({Dropped::bad_crc, frame.payload.size() + dual_mcu::frame_overhead}, now);
    } else if (!reception.lost) {
        uplink_.pump(sink_, now);
        apply(sink_.handle(frame, now), now);
        if (reception.reboot_after && !rebooting())
            reboot(std::max(now, output_line_free_));
    }
}

/// What a device says of a broken frame (1.8); nothing about escapes and length octets.
void Device::report(const dual_mcu::DroppedOctets& dropped, Now now)
{
    if (!sink_.state().profile.reports_errors())
        return;
    const std::size_t most = sink_.state().profile.receive_limit() + crc_octets;
    const auto collected = static_cast<std::uint16_t>(std::min(dropped.collected, most));
    switch (dropped.reason) {
    case Dropped::bad_crc:
        send_raw(dual_mcu::encode_error_report({ErrorReport::Reason::crc_mismatch, collected}), now);
        break;
    case Dropped::too_long:
        send_raw(dual_mcu::encode_error_report({ErrorReport::Reason::bad_size, collected}), now);
        break;
    case Dropped::too_short: {
        const auto reason =
            collected < crc_octets ? ErrorReport::Reason::too_short : ErrorReport::Reason::bad_size;
        send_raw(dual_mcu::encode_error_report({reason, collected}), now);
        break;
    }
    case Dropped::bad_escape:
    case Dropped::bad_length:
        break;
    }
}

void Device::apply(const Answer& answer, Now now)
{
    const Now ready = now + answer.silence;
    busy_until_ = std::max(busy_until_, ready);
    for (const dual_mcu::Frame& frame : answer.frames)
        send(frame, ready);
    if (answer.reboot)
        reboot(std::max(ready, output_line_free_)); // the confirm is flushed first (2.11)
}

void Device::send(const dual_mcu::Frame& frame, Now now)
{
    for (Emission& emission : faults_.send(frame))
        emit(std::move(emission), now);
}

void Device::send_raw(gateway::Bytes octets, Now now)
{
    emit({std::move(octets), {}, {}}, now);
}

void Device::emit(Emission emission, Now now)
{
    if (now < silent_until_ || !powered_)
        return;
    const Now time = line_time(emission.octets.size());
    Octets output{std::move(emission.octets), std::max(output_line_free_, now) + emission.pause + time};
    if (emission.delay.count() == 0)
        output_line_free_ = output.arrives;
    else
        output.arrives += emission.delay; // the line is free for others meanwhile
    const auto place = std::ranges::upper_bound(output_, output.arrives, {}, &Octets::arrives);
    output_.insert(place, std::move(output));
}

gateway::Bytes Device::take_output(Now now)
{
    gateway::Bytes octets;
    while (!output_.empty() && output_.front().arrives <= now) {
        octets.insert(octets.end(), output_.front().octets.begin(), output_.front().octets.end());
        output_.pop_front();
    }
    return octets;
}

std::optional<Now> Device::next_event() const
{
    if (!powered_)
        return std::nullopt;
    std::optional<Now> earliest = next_input();
    keep_earliest(earliest, boots_at_);
    if (!output_.empty())
        keep_earliest(earliest, std::optional(output_.front().arrives));
    if (rebooting())
        return earliest;
    if (!waiting_.empty())
        keep_earliest(earliest, std::optional(busy_until_));
    keep_earliest(earliest, sink_.next_event());
    keep_earliest(earliest, uplink_.next_event());
    return earliest;
}

void Device::reboot(Now now)
{
    if (!powered_)
        return;
    const Profile& profile = sink_.state().profile;
    boots_at_ =
        now + profile.reboot_time + (sink_.will_process() ? profile.processing_time : Milliseconds{0});
    deaf_until_ = *boots_at_;
    waiting_.clear();
    decoder_.reset();
}

void Device::power_off()
{
    powered_ = false;
    boots_at_.reset();
    forget_octets();
    sink_.lose_power();
}

void Device::power_on(Now now)
{
    if (std::exchange(powered_, true))
        return;
    reboot(now);
}

void Device::forget_octets()
{
    decoder_.reset();
    input_.clear();
    input_octets_ = 0;
    waiting_.clear();
    output_.clear();
    input_line_free_ = output_line_free_ = busy_until_ = Now{0};
}

void Device::be_silent(std::optional<Milliseconds> duration, Now now)
{
    silent_until_ = duration ? now + *duration : Now::max();
    decoder_.reset();
    waiting_.clear();
}

void Device::finish_reboot()
{
    const Now now = *boots_at_;
    boots_at_.reset();
    busy_until_ = now;
    sink_.boot(now);
    send_raw({0x00, dual_mcu::slip_end}, now); // pins are initialised again (2.11)
}

} // namespace simulator
