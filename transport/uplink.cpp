#include "transport/uplink.hpp"

#include "transport/clock.hpp"
#include "transport/sinks/sink.hpp"

#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr int event_qos = 1;
constexpr std::size_t max_waiting = 10'000; ///< packets of a sink whose network address is not known

struct WaitingPacket {
    UplinkPacket packet; ///< its payload views `payload`
    gateway::Bytes payload;
    DeliveryMark mark;
};

} // namespace

struct Uplink::Source {
    NetworkAddress network_address;
    std::deque<WaitingPacket> waiting;
    std::uint64_t dropped = 0;
    std::string sink_id;
};

Uplink::Uplink(
    gateway::EventLoop& loop, const TransportSettings& settings, const Topics& topics, Publisher& publisher,
    RandomIds& ids, DiscardHandler discarded)
    : loop_(loop),
      settings_(settings),
      topics_(topics),
      publisher_(publisher),
      ids_(ids),
      discarded_(std::move(discarded)),
      event_id_key_(event_id_key(settings.gateway_id))
{
}

Uplink::~Uplink() = default;

void Uplink::sink_appeared(const std::shared_ptr<Sink>& sink)
{
    auto& source = sources_[sink->id()];
    source.reset(new Source{
        {loop_, sink,
         [this, id = sink->id()] {
             const auto found = sources_.find(id);
             if (found != sources_.end() && found->second && !clock_holds_packets())
                 flush(*found->second);
         }},
        {},
        0,
        sink->id()});
}

void Uplink::sink_disappeared(const Sink& sink)
{
    const auto found = sources_.find(sink.id());
    if (found == sources_.end())
        return;
    flush(*found->second);
    // Its reading may be what notices the disappearance: it is destroyed in a turn of its own.
    loop_.post([gone = std::shared_ptr<Source>(std::move(found->second))] {});
    sources_.erase(found);
}

Uplink::Source* Uplink::source_of(const Sink& sink)
{
    const auto found = sources_.find(sink.id());
    return found == sources_.end() ? nullptr : found->second.get();
}

void Uplink::refresh(const Sink& sink)
{
    if (Source* const source = source_of(sink))
        source->network_address.refresh();
}

void Uplink::set_network_address(const Sink& sink, std::uint32_t address)
{
    if (Source* const source = source_of(sink))
        source->network_address.set(address);
}

void Uplink::packet(const Sink& sink, const UplinkPacket& packet, const DeliveryMark& mark)
{
    if (settings_.ignored_endpoints.contains(packet.destination_endpoint)) {
        ++ignored_;
        discarded_(sink.id(), mark);
        return;
    }
    Source* const source = source_of(sink);
    if (source == nullptr)
        return;
    if (!source->network_address.unsettled() && !clock_holds_packets()) {
        publish(source->sink_id, source->network_address.value(), packet, mark);
        return;
    }
    if (source->waiting.size() >= max_waiting) {
        discarded_(source->sink_id, source->waiting.front().mark);
        source->waiting.pop_front();
        ++source->dropped;
    }
    source->waiting.push_back({packet, {packet.payload.begin(), packet.payload.end()}, mark});
}

void Uplink::clock_settled()
{
    for (const auto& [id, source] : sources_)
        if (source && !source->network_address.unsettled())
            flush(*source);
}

void Uplink::flush(Source& source)
{
    if (const std::uint64_t dropped = std::exchange(source.dropped, 0); dropped > 0)
        spdlog::error(
            "{}: {} packets are lost: more than {} came before its network address could be read or the "
            "clock "
            "was set",
            source.sink_id, dropped, max_waiting);
    for (std::deque<WaitingPacket> packets = std::exchange(source.waiting, {});
         WaitingPacket & waiting : packets) {
        waiting.packet.payload = waiting.payload;
        publish(source.sink_id, source.network_address.value(), waiting.packet, waiting.mark);
    }
}

void fill_event(
    api::PacketReceivedEvent& event, const UplinkPacket& packet, bool whitened,
    std::optional<std::uint32_t> network_address)
{
    event.set_source_address(packet.source_address);
    event.set_destination_address(packet.destination_address);
    event.set_source_endpoint(packet.source_endpoint);
    event.set_destination_endpoint(packet.destination_endpoint);
    event.set_travel_time_ms(packet.travel_time_ms);
    event.set_rx_time_ms_epoch(packet.timestamp_ms);
    event.set_qos(packet.qos);
    if (whitened) {
        event.clear_payload();
        event.set_payload_size(static_cast<std::uint32_t>(packet.payload.size()));
    } else {
        event.set_payload(packet.payload.data(), packet.payload.size());
        event.clear_payload_size();
    }
    if (packet.hop_count > 0)
        event.set_hop_count(packet.hop_count);
    else
        event.clear_hop_count();
    if (network_address)
        event.set_network_address(*network_address);
    else
        event.clear_network_address();
}

HashKey event_id_key(std::string_view gateway_id)
{
    return siphash128({0, 0}, gateway_id);
}

std::uint64_t event_id_of(const HashKey& key, std::string_view sink_id, const DeliveryMark& mark)
{
    std::string hashed;
    for (const std::uint64_t word : {mark.stream, mark.number})
        for (unsigned shift = 0; shift < 64; shift += 8)
            hashed += static_cast<char>(word >> shift & 0xFF);
    hashed += sink_id;
    return siphash128(key, hashed)[0];
}

void Uplink::publish(
    const std::string& sink_id, std::optional<std::uint32_t> network_address, const UplinkPacket& packet,
    const DeliveryMark& mark)
{
    // Everything in an event with a number comes from the delivery: sent again after a crash, it is
    // the same event (docs/outbox.md).
    const bool numbered = mark.number != 0;
    const std::uint64_t made_ms = numbered ? corrected_ms(packet.timestamp_ms) : now_ms();
    api::PacketReceivedEvent& event = *event_.mutable_wirepas()->mutable_packet_received_event();
    api::EventHeader& header = *event.mutable_header();
    header.set_gw_id(settings_.gateway_id);
    header.set_sink_id(sink_id);
    header.set_event_id(
        settings_.count_event_ids ? counted_id_++
        : numbered                ? event_id_of(event_id_key_, sink_id, mark)
                                  : ids_.next());
    header.set_time_ms_epoch(made_ms);
    fill_event(
        event, packet, settings_.whitened_endpoints.contains(packet.destination_endpoint), network_address);
    event.set_rx_time_ms_epoch(corrected_ms(packet.timestamp_ms));
    ++published_;
    auto made = std::make_shared<Event>();
    made->publication = make_publication(
        topics_.received_data(sink_id, network_address, packet.source_endpoint, packet.destination_endpoint),
        serialise(event_), event_qos, false);
    made->sink_id = sink_id;
    made->made_ms = made_ms;
    made->mark = mark;
    publisher_.publish_event(std::move(made));
}

} // namespace transport
