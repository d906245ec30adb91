#include "sink-service/dual_mcu/downlink.hpp"

#include "gateway/address.hpp"
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

gateway::Task<Result<>> Downlink::send(DownlinkPacket packet)
{
    if (const Result<> checked = check(packet); !checked)
        co_return fail(checked.error());
    const Deadline accepted = Clock::now();
    Waiting place(*this);
    co_await place;
    co_return co_await transmit(packet, accepted);
}

gateway::Task<Result<>> Downlink::transmit(const DownlinkPacket& packet, Deadline accepted)
{
    const ByteView payload = packet.payload;
    const std::size_t mtu = state_.fixed.mtu;
    if (payload.size() <= mtu)
        co_return co_await transmit_piece(packet, {}, payload, accepted);

    FragmentInfo fragment;
    fragment.packet_id = next_packet_id_++ & packet_id_mask;
    for (std::size_t offset = 0; offset < payload.size(); offset += mtu) {
        const ByteView piece = payload.subspan(offset, std::min(mtu, payload.size() - offset));
        fragment.offset = static_cast<std::uint16_t>(offset);
        fragment.last = offset + piece.size() == payload.size();
        const Result<> sent = co_await transmit_piece(packet, fragment, piece, accepted);
        if (!sent)
            co_return fail(sent.error());
    }
    co_return Result<>();
}

std::uint32_t Downlink::buffering_delay(const DownlinkPacket& packet, Deadline accepted) const
{
    if (state_.fixed.mesh_api_version > last_version_with_buffering_delay)
        return 0;
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - accepted).count();
    return to_wire_time(packet.buffering_delay_ms + static_cast<std::uint64_t>(waited));
}

/// One piece, offered again while the sink has no room for it.
gateway::Task<Result<>> Downlink::transmit_piece(
    const DownlinkPacket& packet, FragmentInfo fragment, ByteView piece, Deadline accepted)
{
    TxHeader header;
    header.source_endpoint = packet.source_endpoint;
    header.destination = packet.destination;
    header.destination_endpoint = packet.destination_endpoint;
    header.qos = packet.qos;
    header.options.unacknowledged_csma_ca = packet.unacknowledged_csma_ca;
    header.options.hop_limit = packet.hop_limit;
    const bool fragmented = packet.payload.size() > state_.fixed.mtu;
    Apdu apdu;
    apdu.assign(piece);

    while (true) {
        const std::uint32_t delay = buffering_delay(packet, accepted);
        const Result<std::uint8_t> result = co_await request(header, delay, fragmented, fragment, apdu);
        if (!result)
            co_return fail(result.error());
        const bool no_room = *result == result_out_of_memory;
        if (!no_room || Clock::now() + settings_.retry_interval > accepted + settings_.time_limit)
            co_return check_result(*result, results::send_data, "sending a packet");
        co_await link_.delay(settings_.retry_interval);
    }
}

gateway::Task<Result<std::uint8_t>> Downlink::request(
    const TxHeader& header, std::uint32_t delay, bool fragmented, FragmentInfo fragment, Apdu apdu)
{
    if (fragmented) {
        const DataTxFragment piece{header, delay, fragment, apdu};
        const auto confirm = co_await link_.call(piece, Turn::data);
        if (!confirm)
            co_return fail(confirm.error());
        co_return confirm->result;
    }
    const DataTxTt whole{header, delay, apdu};
    const auto confirm = co_await link_.call(whole, Turn::data);
    if (!confirm)
        co_return fail(confirm.error());
    co_return confirm->result;
}

} // namespace dual_mcu
