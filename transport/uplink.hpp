/// From packets of the mesh to events for the backends (docs/spec/gateway-backend-api.md, 7). For
/// the loop's thread.
#pragma once

#include "transport/messages.hpp"
#include "transport/mqtt/publisher.hpp"
#include "transport/mqtt/topics.hpp"
#include "transport/network_address.hpp"
#include "transport/sinks/registry.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace transport {

class Uplink {
public:
    Uplink(
        gateway::EventLoop& loop, const TransportSettings& settings, const Topics& topics,
        Publisher& publisher, RandomIds& ids);
    Uplink(const Uplink&) = delete;
    Uplink& operator=(const Uplink&) = delete;
    ~Uplink();

    void sink_appeared(const std::shared_ptr<Sink>& sink);
    /// Packets that still wait for the network address go out with the last known.
    void sink_disappeared(const Sink& sink);
    /// The network address may have changed.
    void refresh(const Sink& sink);
    void set_network_address(const Sink& sink, std::uint32_t address);

    void packet(const Sink& sink, const UplinkPacket& packet);

    [[nodiscard]] std::uint64_t published() const { return published_; }
    [[nodiscard]] std::uint64_t ignored() const { return ignored_; }

private:
    struct Source;

    void publish(
        const std::string& sink_id, std::optional<std::uint32_t> network_address, const UplinkPacket& packet);
    void flush(Source& source);
    Source* source_of(const Sink& sink);

    gateway::EventLoop& loop_;
    const TransportSettings& settings_;
    const Topics& topics_;
    Publisher& publisher_;
    RandomIds& ids_;
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

} // namespace transport
