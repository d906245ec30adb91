/// Takes the packets of the sinks in: by the delivery interface where a sink service has one, else
/// by signal (docs/spec/gateway-backend-api.md, 7.1; docs/spec/sink-dbus-api.md, 9). For the loop's
/// thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "transport/mqtt/event_store.hpp"
#include "transport/sinks/delivery_ledger.hpp"
#include "transport/sinks/registry.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace transport {

class Intake {
public:
    /// Each packet once, those of a sink in their order. `mark` has number 0 when it came by signal.
    using PacketHandler = std::function<void(Sink&, const UplinkPacket&, const DeliveryMark& mark)>;

    /// `consumer`: this service's name at the sink services. `hear_signals` is told whether any sink's
    /// packets come, or may come, by signal; where none do, hearing them costs as much as the packets.
    Intake(
        gateway::EventLoop& loop, std::string consumer, PacketHandler handler,
        std::function<void(bool)> hear_signals);
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;
    ~Intake();

    /// What an earlier run stored: before any sink appears.
    void remember_stored(std::span<const EventStore::StreamEnd> streams);

    void sink_appeared(const std::shared_ptr<Sink>& sink);
    void sink_disappeared(const Sink& sink);
    void signalled(Sink& sink, const UplinkPacket& packet);
    void delivered(Sink& sink, const DeliveryMark& mark, const UplinkPacket& packet);

    /// The sink service may forget this packet.
    void safe(const std::string& sink_id, const DeliveryMark& mark);
    /// Acknowledges now what is safe; before the service ends.
    void acknowledge_all();

    /// Whether packets of this sink come by the delivery interface.
    [[nodiscard]] bool is_attached(const std::string& sink_id) const;

private:
    struct Source;

    gateway::Task<void> attach(Source& source);
    /// Takes the packets that come by signal, those so far first.
    void take_signals(Source& source);
    void choose_signals();
    void acknowledge_soon(Source& source);
    void acknowledge(Source& source);

    gateway::EventLoop& loop_;
    std::string consumer_;
    PacketHandler handler_;
    std::function<void(bool)> hear_signals_;
    /// Kept for sinks that are away: their stream may go on.
    std::map<std::string, DeliveryLedger, std::less<>> ledgers_;
    std::map<std::string, std::vector<DeliveryMark>, std::less<>> stored_;
    std::map<std::string, std::unique_ptr<Source>, std::less<>> sources_;
};

} // namespace transport
