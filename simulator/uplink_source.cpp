#include "simulator/uplink_source.hpp"

namespace simulator {
namespace {

constexpr std::uint32_t first_source = 1001;
constexpr std::uint32_t sources = 5;
constexpr std::size_t number_octets = 4;

Now interval_of(const UplinkPlan& plan)
{
    return Now{static_cast<std::int64_t>(1e6 / plan.packets_per_second)};
}

} // namespace

UplinkPacket numbered_packet(std::uint32_t number, std::size_t octets)
{
    const std::uint32_t which = number % sources;
    UplinkPacket packet;
    packet.source = first_source + which;
    packet.source_endpoint = static_cast<std::uint8_t>(10 + which);
    packet.destination = gateway::any_sink_address;
    packet.destination_endpoint = static_cast<std::uint8_t>(20 + which);
    packet.qos = static_cast<std::uint8_t>(which == 0 ? 1 : 0);
    packet.hop_count = static_cast<std::uint8_t>(1 + which);
    packet.travel_time = 16 * (1 + which);
    gateway::Writer(packet.payload).u32(number);
    for (std::size_t i = packet.payload.size(); i < octets; ++i)
        packet.payload.push_back(static_cast<std::uint8_t>(number + i));
    packet.payload.resize(std::max(octets, number_octets));
    return packet;
}

void UplinkSource::pump(SimulatedSink& sink, Now now)
{
    if (!sink.state().live.running) {
        next_.reset();
        return;
    }
    if (plan_.as_many_as_polled) {
        while (!finished() && sink.has_indication_room())
            sink.received_from_mesh(
                numbered_packet(static_cast<std::uint32_t>(generated_++), plan_.octets), now);
        return;
    }
    if (plan_.packets_per_second <= 0)
        return;
    if (!next_)
        next_ = now + interval_of(plan_);
    while (!finished() && *next_ <= now) {
        if (plan_.count != UINT64_MAX && !sink.mesh_can_hold()) {
            next_ = now + interval_of(plan_); // each of a counted number shall come through
            return;
        }
        sink.received_from_mesh(numbered_packet(static_cast<std::uint32_t>(generated_++), plan_.octets), now);
        *next_ += interval_of(plan_);
    }
}

std::optional<Now> UplinkSource::next_event() const
{
    return finished() ? std::nullopt : next_;
}

} // namespace simulator
