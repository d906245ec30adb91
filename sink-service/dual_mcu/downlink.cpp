#include "sink-service/dual_mcu/downlink.hpp"

#include "gateway/address.hpp"
#include "sink-service/dual_mcu/attribute_access.hpp"
#include "sink-service/dual_mcu/results.hpp"

#include <fmt/format.h>
#include <random>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

constexpr std::uint16_t packet_id_mask = 0x0FFF;
constexpr std::uint16_t first_version_with_fragments = 17;
constexpr std::uint16_t last_version_with_buffering_delay = 18;
constexpr std::uint8_t result_out_of_memory = 4;

std::uint32_t to_wire_time(std::uint64_t milliseconds)
{
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(milliseconds * 128 / 1000, UINT32_MAX));
}

/// Random, so that a restarted host does not reuse ids that are half assembled at a receiver.
std::uint16_t random_packet_id()
{
    std::random_device device;
    return static_cast<std::uint16_t>(device()) & packet_id_mask;
}

} // namespace

/// A packet's place in the queue, while its sender waits for its turn.
struct Downlink::Waiting {
    explicit Waiting(Downlink& its_downlink) : downlink(its_downlink) { downlink.queue_.push_back(this); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting()
    {
        const bool was_first = downlink.queue_.front() == this;
        std::erase(downlink.queue_, this);
        if (!was_first || downlink.queue_.empty() || !downlink.queue_.front()->handle)
            return;
        // Resumed from the loop: this destructor runs inside another coroutine.
        Waiting* next = downlink.queue_.front();
        downlink.link_.post([&owner = downlink, next] {
            if (!owner.queue_.empty() && owner.queue_.front() == next && next->handle)
                std::exchange(next->handle, nullptr).resume();
        });
    }

    [[nodiscard]] bool await_ready() const { return downlink.queue_.front() == this; }
    void await_suspend(std::coroutine_handle<> suspended) { handle = suspended; }
    void await_resume() {}

    Downlink& downlink;
    std::coroutine_handle<> handle;
};

Downlink::Downlink(Link& link, const SinkState& state, DownlinkSettings settings)
    : link_(link), state_(state), settings_(settings), next_packet_id_(random_packet_id())
{
}

Result<> Downlink::check(const DownlinkPacket& packet) const
{
    const std::size_t size = packet.payload.size();
    if (size == 0 || size > gateway::max_packet_size)
        return fail(
            ApplicationCode::invalid_value,
            fmt::format("a packet of {} octets cannot be sent: give 1..{}", size, gateway::max_packet_size));
    if (packet.qos > gateway::max_qos)
        return fail(ApplicationCode::invalid_value, fmt::format("QoS {} is not 0 or 1", packet.qos));
    if (packet.hop_limit > gateway::max_hop_limit)
        return fail(
            ApplicationCode::invalid_value, fmt::format("hop limit {} is above 15", packet.hop_limit));
    if (size > state_.fixed.mtu && state_.fixed.mesh_api_version < first_version_with_fragments)
        return fail(
            ApplicationCode::invalid_value,
            fmt::format(
                "{} octets are more than the sink's MTU of {}, and its firmware (API {}) cannot fragment",
                size, state_.fixed.mtu, state_.fixed.mesh_api_version));
    if (queue_.size() >= settings_.queue_limit)
        return fail(
            ApplicationCode::out_of_memory,
            fmt::format("{} packets wait for the sink already: send slower", queue_.size()));
    return {};
}

std::size_t Downlink::weight(const DownlinkPacket& packet) const
{
    const std::size_t mtu = state_.fixed.mtu;
    return (packet.payload.size() + mtu - 1) / mtu;
}

/// Counts the packet against the downlink limit, where there is one.
Result<> Downlink::track(Transmission& transmission)
{
    if (settings_.limit == 0)
        return {};
    const Deadline now = Clock::now();
    tracking_.expire(now);
    const std::size_t own = weight(transmission.packet);
    if (tracking_.weight() + own <= settings_.limit)
        transmission.tracked_as = tracking_.reserve(own, transmission.packet.qos, now);
    if (!transmission.tracked_as)
        return fail(
            ApplicationCode::out_of_memory,
            fmt::format(
                "the downlink limit of {} is reached: {} wait in the sink, this packet weighs {}",
                settings_.limit, tracking_.weight(), own));
    return {};
}

gateway::Task<Result<>> Downlink::send(DownlinkPacket packet)
{
    if (const Result<> checked = check(packet); !checked)
        co_return fail(checked.error());
    Transmission transmission;
    transmission.accepted = Clock::now();
    transmission.fragmented = packet.payload.size() > state_.fixed.mtu;
    transmission.packet = std::move(packet);
    if (const Result<> counted = track(transmission); !counted)
        co_return fail(counted.error());

    Waiting place(*this);
    co_await place;
    const Result<> sent = co_await transmit(transmission);
    // When the outcome is unknown the slot stays until the report, or its expiry.
    if (!sent && transmission.tracked_as && !transmission.unconfirmed)
        tracking_.release(*transmission.tracked_as);
    co_return sent;
}

gateway::Task<Result<>> Downlink::transmit(Transmission& transmission)
{
    const ByteView payload = transmission.packet.payload;
    if (!transmission.fragmented) {
        const FragmentInfo whole{0, 0, true};
        co_return co_await transmit_piece(transmission, whole, payload);
    }
    const Result<> room = co_await await_room(transmission);
    if (!room)
        co_return fail(room.error());
    const std::size_t mtu = state_.fixed.mtu;
    FragmentInfo fragment;
    fragment.packet_id = next_packet_id_++ & packet_id_mask;
    for (std::size_t offset = 0; offset < payload.size(); offset += mtu) {
        const ByteView piece = payload.subspan(offset, std::min(mtu, payload.size() - offset));
        fragment.offset = static_cast<std::uint16_t>(offset);
        fragment.last = offset + piece.size() == payload.size();
        const Result<> sent = co_await transmit_piece(transmission, fragment, piece);
        if (!sent)
            co_return fail(sent.error());
    }
    co_return Result<>();
}

/// A packet that runs out of buffers in the middle is radio time wasted (R45). The sink's figure is
/// a hint: one that cannot be read, or a packet larger than all buffers, is simply tried.
gateway::Task<Result<>> Downlink::await_room(const Transmission& transmission)
{
    const std::size_t pieces = weight(transmission.packet);
    if (pieces > state_.fixed.pdu_buffer_size.value_or(0))
        co_return Result<>();
    while (true) {
        const auto free =
            co_await read_attribute(link_, AccessPoint::msap, msap::pdu_buffer_capacity, Turn::data);
        if (!free || to_integer(*free) >= pieces)
            co_return Result<>();
        if (Clock::now() + settings_.retry_interval > limit_of(transmission))
            co_return fail(
                ApplicationCode::out_of_memory,
                fmt::format("the sink has {} free buffers, the packet needs {}", to_integer(*free), pieces));
        co_await link_.delay(settings_.retry_interval);
    }
}

std::uint32_t Downlink::buffering_delay(const Transmission& transmission) const
{
    if (state_.fixed.mesh_api_version > last_version_with_buffering_delay)
        return 0;
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - transmission.accepted);
    return to_wire_time(transmission.packet.buffering_delay_ms + static_cast<std::uint64_t>(waited.count()));
}

/// One piece, offered again while the sink has no room for it.
gateway::Task<Result<>> Downlink::transmit_piece(
    Transmission& transmission, FragmentInfo fragment, ByteView piece)
{
    while (true) {
        const Result<std::uint8_t> result = co_await request(transmission, fragment, piece);
        if (!result) {
            transmission.unconfirmed = result.error().code == ApplicationCode::internal_error &&
                                       link_.status().state != LinkState::closed;
            co_return fail(result.error());
        }
        const bool may_wait = settings_.limit == 0 && *result == result_out_of_memory;
        if (!may_wait || Clock::now() + settings_.retry_interval > limit_of(transmission))
            co_return check_result(*result, results::send_data, "sending a packet");
        co_await link_.delay(settings_.retry_interval);
    }
}

gateway::Task<Result<std::uint8_t>> Downlink::request(
    const Transmission& transmission, FragmentInfo fragment, ByteView piece)
{
    const DownlinkPacket& packet = transmission.packet;
    TxHeader header;
    header.pdu_id = transmission.tracked_as.value_or(0);
    header.source_endpoint = packet.source_endpoint;
    header.destination = packet.destination;
    header.destination_endpoint = packet.destination_endpoint;
    header.qos = packet.qos;
    header.options.unacknowledged_csma_ca = packet.unacknowledged_csma_ca;
    header.options.hop_limit = packet.hop_limit;
    header.options.track = transmission.tracked_as && fragment.last;
    Apdu apdu;
    apdu.assign(piece);

    if (transmission.fragmented) {
        const DataTxFragment request{header, buffering_delay(transmission), fragment, apdu};
        const auto confirm =
            co_await link_.call(request, Turn::data, confirm_timeout, limit_of(transmission));
        if (!confirm)
            co_return fail(confirm.error());
        co_return confirm->result;
    }
    const DataTxTt request{header, buffering_delay(transmission), apdu};
    const auto confirm = co_await link_.call(request, Turn::data, confirm_timeout, limit_of(transmission));
    if (!confirm)
        co_return fail(confirm.error());
    co_return confirm->result;
}

} // namespace dual_mcu
