/// Packets for consumers that acknowledge: sends what is held, and stops the link when too much is.
#pragma once

#include "gateway/event_loop.hpp"
#include "sink-service/service/delivery_hold.hpp"
#include "sink-service/service/sink_bridge.hpp"

namespace sink_service {

/// Lives as long as the service: the hold survives the bus. On the loop's thread.
class Delivery {
public:
    /// Sends one batch to its owner, with the stream id.
    using Send = std::function<void(std::uint64_t stream, const DeliveryHold::Batch& batch)>;

    Delivery(gateway::EventLoop& loop, SinkBridge& bridge, HoldSettings settings);

    void packet_received(const dual_mcu::UplinkPacket& packet);

    /// Stream and the oldest number; nothing when there are too many consumers.
    std::optional<std::pair<std::uint64_t, std::uint64_t>> attach(
        const std::string& consumer, const std::string& owner);
    bool acknowledge(const std::string& consumer, std::uint64_t number);
    bool detach(const std::string& consumer);
    void left(const std::string& owner);
    void all_left();

    /// How batches leave while there is a bus; nothing while there is none.
    void send_with(Send send);

    [[nodiscard]] bool has_attached_consumer() const { return hold_.has_attached_consumer(); }
    [[nodiscard]] std::size_t packets_held() const { return hold_.packets(); }

private:
    void flush_soon();
    void flush();
    void tell_link();

    gateway::EventLoop& loop_;
    SinkBridge& bridge_;
    DeliveryHold hold_;
    Send send_;
    bool flush_posted_ = false;
    bool hold_full_ = false; ///< as it was last logged
    bool link_paused_ = false;
    gateway::EventLoop::Handle expiry_;
};

} // namespace sink_service
