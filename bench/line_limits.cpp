#include "bench/line_limits.hpp"

#include "simulator/uplink_source.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"
#include "sink-service/dual_mcu/codec/slip.hpp"

namespace bench {
namespace {

using namespace dual_mcu;

constexpr std::uint32_t averaged_packets = 10000;

std::size_t from_host(const Frame& frame)
{
    return encode_slip(frame, host_leading_ends).size();
}

std::size_t from_sink(const Frame& frame)
{
    return encode_slip(frame, sink_leading_ends).size();
}

template<typename Request>
std::size_t octets_of_exchange(
    const Request& request, const typename Request::Confirm& confirm, std::uint8_t id)
{
    return from_host(encode(request, id)) + from_sink(encode(confirm, id));
}

/// As the simulated sink reports it.
DataRx indication_of(const simulator::UplinkPacket& packet)
{
    DataRx indication;
    indication.more = true;
    indication.header.source = packet.source;
    indication.header.source_endpoint = packet.source_endpoint;
    indication.header.destination = packet.destination;
    indication.header.destination_endpoint = packet.destination_endpoint;
    indication.header.qos = packet.qos;
    indication.header.hop_count = packet.hop_count;
    indication.header.travel_time = packet.travel_time;
    indication.apdu.assign(packet.payload);
    return indication;
}

} // namespace

double octets_of_uplink_exchange(std::size_t payload)
{
    std::size_t octets = 0;
    for (std::uint32_t number = 0; number < averaged_packets; ++number) {
        const DataRx indication = indication_of(simulator::numbered_packet(number, payload));
        const Frame frame = encode(indication, static_cast<std::uint8_t>(number));
        octets += from_sink(frame) + from_host(encode_response(frame, true));
    }
    return static_cast<double>(octets) / averaged_packets;
}

std::size_t octets_of_upload(gateway::ByteView scratchpad)
{
    std::uint8_t id = 0;
    const ScratchpadStart start{static_cast<std::uint32_t>(scratchpad.size()), 1};
    std::size_t octets = octets_of_exchange(start, {0}, id++);
    for (std::size_t offset = 0; offset < scratchpad.size();) {
        ScratchpadBlock block;
        block.offset = static_cast<std::uint32_t>(offset);
        const std::size_t size = std::min(max_scratchpad_block, scratchpad.size() - offset);
        block.octets.assign(scratchpad.subspan(offset, size));
        octets += octets_of_exchange(block, {0}, id++);
        offset += size;
    }
    return octets + octets_of_exchange(ScratchpadStatus{}, {}, id);
}

} // namespace bench
