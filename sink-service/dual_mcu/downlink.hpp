/// Packets to the mesh, in order (spec/dual-mcu-api.md, 5.6, 5.7; spec/sink-dbus-api.md, 4).
#pragma once

#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/link.hpp"
#include "sink-service/dual_mcu/sink_state.hpp"

#include <deque>

namespace dual_mcu {

struct DownlinkSettings {
    std::size_t queue_limit = 64;                 ///< packets that wait for room in the sink
    std::chrono::milliseconds time_limit{5000};   ///< how long one may wait
    std::chrono::milliseconds retry_interval{20}; ///< while the sink has no room
};

/// One queue, strictly first in first out: QoS is the sink's to apply, so that two packets of one
/// caller never overtake each other here. On the link's thread.
class Downlink {
public:
    Downlink(Link& link, const SinkState& state, DownlinkSettings settings);

    /// Queues the packet; ends when the sink has taken it (the last fragment of it), refused it, or
    /// the time limit passed while the sink had no room (out_of_memory).
    gateway::Task<Result<>> send(DownlinkPacket packet);

    [[nodiscard]] std::size_t queued() const { return queue_.size(); }

private:
    struct Waiting;

    [[nodiscard]] Result<> check(const DownlinkPacket& packet) const;
    gateway::Task<Result<>> transmit(const DownlinkPacket& packet, Deadline accepted);
    gateway::Task<Result<>> transmit_piece(
        const DownlinkPacket& packet, FragmentInfo fragment, ByteView piece, Deadline accepted);
    gateway::Task<Result<std::uint8_t>> request(
        const TxHeader& header, std::uint32_t delay, bool fragmented, FragmentInfo fragment, Apdu apdu);
    [[nodiscard]] std::uint32_t buffering_delay(const DownlinkPacket& packet, Deadline accepted) const;

    Link& link_;
    const SinkState& state_;
    DownlinkSettings settings_;
    std::deque<Waiting*> queue_; ///< the first one is being sent
    std::uint16_t next_packet_id_;
};

} // namespace dual_mcu
