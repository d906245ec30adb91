// DATA_TX, DATA_TX_TT, DATA_TX_FRAG and MAX_QUEUE_TIME (spec/dual-mcu-api.md, 3.1, 3.2.26, chapter 5).
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"
#include "simulator/sink/ticks.hpp"

namespace simulator {
namespace {

namespace result {
constexpr std::uint8_t accepted = 0;
constexpr std::uint8_t stack_stopped = 1;
constexpr std::uint8_t invalid_qos = 2;
constexpr std::uint8_t out_of_memory = 4;
constexpr std::uint8_t invalid_length = 6;
constexpr std::uint8_t too_many_tracked = 7;
constexpr std::uint8_t pdu_id_in_use = 8;
constexpr std::uint8_t reserved_endpoint = 9;
constexpr std::uint8_t access_denied = 10;
constexpr std::uint8_t invalid_fragment = 13;
} // namespace result

constexpr std::uint16_t first_api_with_fragments = 17;
constexpr std::uint16_t last_api_with_queue_time = 18;
constexpr std::size_t max_tracked = 16;
constexpr std::size_t max_partial = 16;
constexpr std::uint8_t first_reserved_endpoint = 240;
constexpr std::uint8_t remote_api_source = 255;
constexpr std::uint8_t remote_api_destination = 240;

enum class Form : std::uint8_t { plain, with_delay, fragment };

struct Request {
    PacketBuffer packet;
    bool fragment_info_valid = true;
};

/// Decoded here, not by the codec: the sink judges bits and lengths that the codec would mask.
std::optional<Request> read_request(gateway::ByteView payload, Form form)
{
    constexpr std::uint16_t packet_id_mask = 0x0FFF;
    constexpr std::uint16_t reserved_offset_bits = 0x7000;
    constexpr std::uint16_t last_bit = 0x8000;
    Request request;
    PacketBuffer& packet = request.packet;
    dual_mcu::Reader reader(payload);
    packet.header.pdu_id = reader.u16();
    packet.header.source_endpoint = reader.u8();
    packet.header.destination = reader.u32();
    packet.header.destination_endpoint = reader.u8();
    packet.header.qos = reader.u8();
    packet.header.options = dual_mcu::tx_options_from(reader.u8());
    if (form != Form::plain)
        packet.buffering_delay = reader.u32();
    std::uint16_t packet_id = 0;
    std::uint16_t offset = 0;
    if (form == Form::fragment) {
        packet_id = reader.u16();
        offset = reader.u16();
    }
    const std::uint8_t size = reader.u8();
    const gateway::ByteView octets = reader.bytes(size);
    if (!reader.finished())
        return std::nullopt;
    packet.octets.assign(octets.begin(), octets.end());
    if (form == Form::fragment) {
        const auto place = static_cast<std::uint16_t>(offset & packet_id_mask);
        packet.fragment = dual_mcu::FragmentInfo{
            static_cast<std::uint16_t>(packet_id & packet_id_mask), place, (offset & last_bit) != 0};
        request.fragment_info_valid = packet_id <= packet_id_mask && (offset & reserved_offset_bits) == 0 &&
                                      place + octets.size() <= gateway::max_packet_size;
    }
    return request;
}

bool is_remote_api(const dual_mcu::TxHeader& header)
{
    return header.source_endpoint == remote_api_source &&
           header.destination_endpoint == remote_api_destination;
}

std::uint8_t judge(const SinkState& state, const Request& request)
{
    const PacketBuffer& packet = request.packet;
    const dual_mcu::TxHeader& header = packet.header;
    const bool remote_api = is_remote_api(header);
    if (state.locked(feature::data_tx) || (remote_api && state.locked(feature::remote_api)))
        return result::access_denied;
    if (!state.live.running)
        return result::stack_stopped;
    if (header.qos > gateway::max_qos)
        return result::invalid_qos;
    if (packet.octets.empty() || packet.octets.size() > state.profile.mtu)
        return result::invalid_length;
    const bool reserved = header.source_endpoint >= first_reserved_endpoint ||
                          header.destination_endpoint >= first_reserved_endpoint;
    if (reserved && !remote_api)
        return result::reserved_endpoint;
    if (!request.fragment_info_valid)
        return result::invalid_fragment;
    if (header.options.track) {
        if (state.live.tracked.contains(header.pdu_id))
            return result::pdu_id_in_use;
        if (state.live.tracked.size() >= max_tracked)
            return result::too_many_tracked;
    }
    return state.free_buffers() == 0 ? result::out_of_memory : result::accepted;
}

template<typename Primitive, Form Kind>
MaybeReply transmit(SinkState& state, const dual_mcu::Frame& frame, Now now)
{
    auto request = read_request(frame.payload, Kind);
    if (!request)
        return std::nullopt;
    PacketBuffer& packet = request->packet;
    const std::uint16_t pdu_id = packet.header.pdu_id;
    const std::uint8_t verdict = judge(state, *request);
    if (verdict == result::accepted) {
        if (packet.header.options.track)
            state.live.tracked.insert(pdu_id);
        const Now radio_free =
            state.live.buffers.empty() ? now : std::max(now, state.live.buffers.back().leaves);
        packet.accepted = now;
        packet.leaves = radio_free + state.profile.transmit_time;
        state.live.buffers.push_back(std::move(packet));
    }
    return reply_with(typename Primitive::Confirm{pdu_id, verdict, state.free_buffers()});
}

void deliver(SinkState& state, DownlinkPacket packet, Now now)
{
    if (packet.header.destination == state.persistent.node_address) {
        UplinkPacket looped;
        looped.source = packet.source;
        looped.source_endpoint = packet.header.source_endpoint;
        looped.destination = packet.header.destination;
        looped.destination_endpoint = packet.header.destination_endpoint;
        looped.qos = packet.header.qos;
        looped.hop_count = 0;
        looped.payload = std::move(packet.payload);
        if (!indicate_packet(state, looped, now) && state.held.size() < state.profile.held_packets)
            state.held.push_back({std::move(looped), now});
        return;
    }
    ++state.counters.downlink_packets;
    give_to_mesh(state, std::move(packet));
}

/// True when both are fragments of one packet.
bool agree(const dual_mcu::TxHeader& a, const dual_mcu::TxHeader& b)
{
    return a.pdu_id == b.pdu_id && a.destination == b.destination && a.qos == b.qos &&
           a.source_endpoint == b.source_endpoint && a.destination_endpoint == b.destination_endpoint &&
           a.options.hop_limit == b.options.hop_limit;
}

/// The whole packet, with the fragment that completes it. Fragments come in order; anything else
/// makes the packet one that no receiver can put together.
std::optional<DownlinkPacket> join(SinkState& state, PacketBuffer& buffer)
{
    auto& partial = state.live.partial;
    const std::uint16_t id = buffer.fragment->packet_id;
    auto found = partial.find(id);
    if (found != partial.end() && (buffer.fragment->offset != found->second.octets.size() ||
                                   !agree(found->second.header, buffer.header))) {
        ++state.counters.downlink_broken;
        partial.erase(found);
        found = partial.end();
    }
    if (found == partial.end()) {
        if (buffer.fragment->offset != 0)
            return std::nullopt;
        if (partial.size() == max_partial) {
            ++state.counters.downlink_broken;
            partial.erase(partial.begin());
        }
        found = partial.emplace(id, PartialDownlink{buffer.header, buffer.buffering_delay, 0, {}}).first;
    }
    PartialDownlink& packet = found->second;
    packet.octets.insert(packet.octets.end(), buffer.octets.begin(), buffer.octets.end());
    ++packet.fragments;
    if (!buffer.fragment->last)
        return std::nullopt;
    DownlinkPacket whole{
        buffer.header, 0, packet.buffering_delay, packet.fragments, std::move(packet.octets)};
    partial.erase(found);
    return whole;
}

void leave(SinkState& state, PacketBuffer& buffer, Now now)
{
    const bool dropped = state.around.downlink_dropped;
    if (buffer.header.options.track) {
        state.live.tracked.erase(buffer.header.pdu_id);
        // Lost when there is no memory for it (2.9).
        if (has_indication_room(state, 1)) {
            dual_mcu::DataTxIndication indication;
            indication.pdu_id = buffer.header.pdu_id;
            indication.source_endpoint = buffer.header.source_endpoint;
            indication.destination = buffer.header.destination;
            indication.destination_endpoint = buffer.header.destination_endpoint;
            indication.time_in_buffers = aged(0, buffer.leaves - buffer.accepted);
            indication.result = dropped ? 1 : 0;
            state.live.indications.push(indication, now);
        }
    }
    if (dropped)
        return;
    std::optional<DownlinkPacket> whole;
    if (buffer.fragment)
        whole = join(state, buffer);
    else
        whole = DownlinkPacket{buffer.header, 0, buffer.buffering_delay, 1, std::move(buffer.octets)};
    if (whole) {
        whole->source = state.persistent.node_address.value_or(0);
        deliver(state, std::move(*whole), now);
    }
}

dual_mcu::MaxQueueTimeWrite::Confirm write_queue_time(
    SinkState& state, const dual_mcu::MaxQueueTimeWrite& request, Now /*now*/)
{
    constexpr std::uint8_t invalid = 3;
    constexpr std::uint16_t shortest = 2;
    constexpr std::uint16_t longest = 65534;
    if (request.qos > gateway::max_qos || request.seconds < shortest || request.seconds > longest)
        return {invalid};
    state.live.max_queue_time.at(request.qos) = request.seconds;
    return {0};
}

dual_mcu::MaxQueueTimeRead::Confirm read_queue_time(
    SinkState& state, const dual_mcu::MaxQueueTimeRead& request, Now /*now*/)
{
    constexpr std::uint8_t invalid = 3;
    if (request.qos > gateway::max_qos)
        return {invalid, 0};
    return {0, state.live.max_queue_time.at(request.qos)};
}

constexpr std::array routes = {
    Route{dual_mcu::DataTx::id, &transmit<dual_mcu::DataTx, Form::plain>},
    Route{dual_mcu::DataTxTt::id, &transmit<dual_mcu::DataTxTt, Form::with_delay>},
    Route{
        dual_mcu::DataTxFragment::id, &transmit<dual_mcu::DataTxFragment, Form::fragment>,
        first_api_with_fragments},
    route<dual_mcu::MaxQueueTimeWrite, write_queue_time>(0, last_api_with_queue_time),
    route<dual_mcu::MaxQueueTimeRead, read_queue_time>(0, last_api_with_queue_time),
};

} // namespace

void transmit_due(SinkState& state, Now now)
{
    auto& buffers = state.live.buffers;
    while (!buffers.empty() && buffers.front().leaves <= now) {
        PacketBuffer buffer = std::move(buffers.front());
        buffers.pop_front();
        leave(state, buffer, now);
    }
}

std::span<const Route> data_routes()
{
    return routes;
}

} // namespace simulator
