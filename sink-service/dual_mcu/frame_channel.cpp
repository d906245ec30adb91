#include "sink-service/dual_mcu/frame_channel.hpp"

#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/codec/management.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

/// Octets of an indication that a repetition may change: IndicationStatus, and the travel time of
/// received data, which the sink updates at each transmission (2.8).
bool may_differ(std::uint8_t primitive, std::size_t offset)
{
    const bool received_data = primitive == DataRx::id || primitive == DataRxFragment::id;
    return offset == 0 || (received_data && offset >= 12 && offset <= 15);
}

bool is_readable(int fd)
{
    pollfd watched{fd, POLLIN, 0};
    return fd >= 0 && ::poll(&watched, 1, 0) > 0;
}

} // namespace

FrameChannel::FrameChannel(
    SerialPort port, std::size_t leading_ends, int stop, LineCounters& counters, FlightRecorder& recorder,
    std::optional<Frame>& last_indication)
    : port_(std::move(port)),
      leading_ends_(leading_ends),
      stop_(stop),
      counters_(counters),
      recorder_(recorder),
      last_indication_(last_indication)
{
}

template<typename T>
Result<T> FrameChannel::note_failure(Result<T> result)
{
    // The port only fails when it is gone; everything else is a time-out, which is no failure here.
    if (!result)
        port_gone_ = true;
    return result;
}

Result<> FrameChannel::send(const Frame& frame)
{
    recorder_.record(FlightRecorder::Direction::to_sink, frame);
    ++counters_.frames_sent;
    return note_failure(port_.write(encode_slip(frame, leading_ends_), Clock::now() + write_timeout));
}

void FrameChannel::count(const SlipEvent& event)
{
    if (const auto* frame = std::get_if<Frame>(&event)) {
        ++counters_.frames_received;
        last_sign_of_life_ = Clock::now();
        recorder_.record(FlightRecorder::Direction::from_sink, *frame);
    } else if (const auto* report = std::get_if<ErrorReport>(&event)) {
        ++counters_.error_reports;
        spdlog::debug("the sink received a broken frame of {} octets", report->collected);
    } else if (const auto* dropped = std::get_if<DroppedOctets>(&event)) {
        ++counters_.frames_damaged;
        spdlog::debug("dropped {} octets: {}", dropped->collected, describe(dropped->reason));
    }
}

/// The next event before the deadline; nothing at the deadline, or when stopping.
Result<std::optional<SlipEvent>> FrameChannel::receive(Deadline deadline)
{
    while (true) {
        while (unread_at_ < unread_.size()) {
            if (auto event = decoder_.push(unread_[unread_at_++])) {
                count(*event);
                return event;
            }
        }
        const auto octets = note_failure(port_.read(deadline, stop_));
        if (!octets)
            return fail(octets.error());
        if (octets->empty() && (Clock::now() >= deadline || is_readable(stop_)))
            return std::nullopt;
        unread_.assign(octets->begin(), octets->end());
        unread_at_ = 0;
    }
}

Result<> FrameChannel::idle(Deadline deadline, int wake)
{
    return note_failure(port_.idle(deadline, wake));
}

Result<> FrameChannel::drain(std::chrono::milliseconds duration)
{
    const Deadline deadline = Clock::now() + duration;
    while (true) {
        const auto event = receive(deadline);
        if (!event)
            return fail(event.error());
        if (!*event)
            return {};
    }
}

void FrameChannel::note_stray(const Frame& frame)
{
    ++counters_.stray_frames;
    spdlog::debug("left over on the line, dropped: {}", describe(frame));
}

Result<std::optional<Frame>> FrameChannel::await_confirm(
    const Frame& request, Deadline deadline, bool& reported)
{
    const auto confirm = static_cast<std::uint8_t>(request.primitive | answer_bit);
    while (true) {
        const auto event = receive(deadline);
        if (!event)
            return fail(event.error());
        if (!*event)
            return std::nullopt;
        if (const auto* frame = std::get_if<Frame>(&**event)) {
            if (frame->primitive == confirm && frame->frame_id == request.frame_id)
                return *frame;
            note_stray(*frame);
        } else if (std::holds_alternative<ErrorReport>(**event) && !reported) {
            // It may belong to the response sent just before: a confirm that comes all the same
            // proves it.
            reported = true;
            deadline = std::min(deadline, Clock::now() + report_grace);
        }
    }
}

Result<Frame> FrameChannel::request(Frame request, std::chrono::milliseconds timeout)
{
    request.frame_id = next_frame_id_++;
    for (int repetition = 0; repetition <= max_repetitions; ++repetition) {
        // Late confirms and late reports must not be taken for answers to this request.
        if (const auto drained = drain(std::chrono::milliseconds(0)); !drained)
            return fail(drained.error());
        if (const auto sent = send(request); !sent)
            return fail(sent.error());

        bool reported = false;
        const auto confirm = await_confirm(request, Clock::now() + timeout, reported);
        if (!confirm)
            return fail(confirm.error());
        if (*confirm)
            return **confirm;
        if (!reported) {
            ++counters_.timeouts;
            return fail(
                ApplicationCode::internal_error,
                fmt::format("the sink did not confirm {} in time", name_of_primitive(request.primitive)));
        }
        if (repetition < max_repetitions)
            ++counters_.repetitions;
    }
    return fail(
        ApplicationCode::internal_error,
        fmt::format(
            "the sink received {} broken {} times: check the cable and the bit rate",
            name_of_primitive(request.primitive), max_repetitions + 1));
}

Result<std::optional<Frame>> FrameChannel::await_indication()
{
    const Deadline deadline = Clock::now() + indication_timeout;
    while (true) {
        const auto event = receive(deadline);
        if (!event)
            return fail(event.error());
        const auto* frame = *event ? std::get_if<Frame>(&**event) : nullptr;
        if (frame == nullptr) // late, or damaged: not acknowledged, so the sink sends it again
            return std::nullopt;
        if (!frame->is_answer())
            return *frame;
        note_stray(*frame);
    }
}

bool FrameChannel::is_repetition(const Frame& indication) const
{
    if (!last_indication_ || indication.primitive == StackStateIndication::id)
        return false;
    const ByteView now = indication.payload;
    const ByteView before = last_indication_->payload;
    if (indication.primitive != last_indication_->primitive ||
        indication.frame_id != last_indication_->frame_id || now.size() != before.size())
        return false;
    for (std::size_t offset = 0; offset < now.size(); ++offset)
        if (now[offset] != before[offset] && !may_differ(indication.primitive, offset))
            return false;
    return true;
}

Result<bool> FrameChannel::poll(const PollHandler& handler)
{
    const auto answer = request(encode(IndicationPoll{}, 0), confirm_timeout);
    if (!answer)
        return fail(answer.error());
    const auto confirm = decode<IndicationPoll::Confirm>(*answer);
    if (!confirm)
        return fail(confirm.error());
    if (confirm->result == 0)
        return false;

    while (true) {
        const auto awaited = await_indication();
        if (!awaited)
            return fail(awaited.error());
        if (!*awaited)
            return false; // the sink still has it; its next one is asked for after the interval (2.4)
        const Frame& indication = **awaited;
        const auto received = std::chrono::system_clock::now();
        const bool more_waits = !indication.payload.empty() && indication.payload.view()[0] != 0;

        // A repetition ends the chain: a sink that says the same for ever must not hold the line.
        const bool repeated = is_repetition(indication);
        last_indication_ = indication;
        const bool go_on = !repeated && handler.wants_more() && more_waits;
        const auto sent = send(encode_response(indication, go_on));
        if (repeated)
            ++counters_.duplicate_indications;
        else
            handler.indication(indication, received);
        if (!sent)
            return fail(sent.error());
        if (!go_on)
            return more_waits;
    }
}

} // namespace dual_mcu
