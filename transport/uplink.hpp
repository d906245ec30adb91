/// From packets of the mesh to events for the backends (docs/spec/gateway-backend-api.md, 7). For
/// the loop's thread.
#pragma once

#include "transport/messages.hpp"
#include "transport/mqtt/publisher.hpp"
#include "transport/mqtt/topics.hpp"
#include "transport/network_address.hpp"
#include "transport/sinks/registry.hpp"
#include "transport/siphash.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace transport {

class Uplink {
public:
    /// A packet that becomes no event.
    using DiscardHandler = std::function<void(const std::string& sink_id, const DeliveryMark&)>;

    Uplink(
        gateway::EventLoop& loop, const TransportSettings& settings, const Topics& topics,
        Publisher& publisher, RandomIds& ids, DiscardHandler discarded);
    Uplink(const Uplink&) = delete;
    Uplink& operator=(const Uplink&) = delete;
    ~Uplink();

    void sink_appeared(const std::shared_ptr<Sink>& sink);
    /// Packets that still wait for the network address go out with the last known.
    void sink_disappeared(const Sink& sink);
    /// The network address may have changed.
    void refresh(const Sink& sink);
    void set_network_address(const Sink& sink, std::uint32_t address);

    /// Packets that waited for the machine's clock may go.
    void clock_settled();

    void packet(const Sink& sink, const UplinkPacket& packet, const DeliveryMark& mark);

    [[nodiscard]] std::uint64_t published() const { return published_; }
    [[nodiscard]] std::uint64_t ignored() const { return ignored_; }

private:
    struct Source;

    void publish(
        const std::string& sink_id, std::optional<std::uint32_t> network_address, const UplinkPacket& packet,
        const DeliveryMark& mark);
    void flush(Source& source);
    Source* source_of(const Sink& sink);

    gateway::EventLoop& loop_;
    const TransportSettings& settings_;
    const Topics& topics_;
    Publisher& publisher_;
    RandomIds& ids_;
    DiscardHandler discarded_;
    const HashKey event_id_key_;
    std::map<std::string, std::unique_ptr<Source>, std::less<>> sources_;
    api::GenericMessage event_; ///< built again for each packet, so that its memory is reused
    std::uint64_t counted_id_ = 0;
    std::uint64_t published_ = 0;
    std::uint64_t ignored_ = 0;
};

/// Fills an event; `event` may hold the one before. Pure.
void fill_event(
    api::PacketReceivedEvent& event, const UplinkPacket& packet, bool whitened,
    std::optional<std::uint32_t> network_address);

/// The same packet gives the same id, whoever publishes it and how often: keyed by the gateway's id,
/// over the sink service's stream and the packet's number. Pure.
std::uint64_t event_id_of(const HashKey& key, std::string_view sink_id, const DeliveryMark& mark);
HashKey event_id_key(std::string_view gateway_id);

} // namespace transport
