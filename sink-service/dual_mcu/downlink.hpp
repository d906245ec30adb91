/// Packets to the mesh, in order (spec/dual-mcu-api.md, 5.6, 5.7; spec/sink-dbus-api.md, 4).
#pragma once

#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/link.hpp"
#include "sink-service/dual_mcu/sink_state.hpp"
#include "sink-service/dual_mcu/tracking.hpp"

#include <deque>

namespace dual_mcu {

struct DownlinkSettings {
    std::size_t queue_limit = 64;                 ///< packets that wait for room in the sink
    std::chrono::milliseconds time_limit{5000};   ///< how long one may wait
    std::chrono::milliseconds retry_interval{20}; ///< while the sink has no room
    /// 0 off; else packets not reported sent, counted in MTUs, before more are refused at once.
    std::size_t limit = 0;
};

/// One queue, strictly first in first out: QoS is the sink's to apply, so that two packets of one
/// caller never overtake each other here. On the link's thread.
class Downlink {
public:
    Downlink(Link& link, const SinkState& state, DownlinkSettings settings);

    /// Queues the packet; ends when the sink has taken it (the last fragment of it), refused it, or
    /// the time limit passed while the sink had no room (out_of_memory).
    gateway::Task<Result<>> send(DownlinkPacket packet);

    /// The sink reported that a packet left it or was dropped (DATA_TX.indication).
    void reported(std::uint16_t pdu_id) { tracking_.release(pdu_id); }
    /// The sink rebooted: what it had is gone, and will not be reported.
    void sink_rebooted() { tracking_.clear(); }

    [[nodiscard]] std::size_t queued() const { return queue_.size(); }

private:
    struct Waiting;
    /// What every piece of a packet carries.
    struct Transmission {
        DownlinkPacket packet;
        Deadline accepted;
        bool fragmented = false;
        std::optional<std::uint16_t> tracked_as; ///< PDU id, while the downlink limit is on
        bool unconfirmed = false;                ///< sent, and nobody knows whether it arrived
    };

    [[nodiscard]] Result<> check(const DownlinkPacket& packet) const;
    [[nodiscard]] std::size_t weight(const DownlinkPacket& packet) const; ///< in MTUs, rounded up
    Result<> track(Transmission& transmission);
    [[nodiscard]] Deadline limit_of(const Transmission& transmission) const
    {
        return transmission.accepted + settings_.time_limit;
    }
    gateway::Task<Result<>> transmit(Transmission& transmission);
    gateway::Task<Result<>> await_room(const Transmission& transmission);
    gateway::Task<Result<>> transmit_piece(Transmission& transmission, FragmentInfo fragment, ByteView piece);
    gateway::Task<Result<std::uint8_t>> request(
        const Transmission& transmission, FragmentInfo fragment, ByteView piece);
    [[nodiscard]] std::uint32_t buffering_delay(const Transmission& transmission) const;

    Link& link_;
    const SinkState& state_;
    DownlinkSettings settings_;
    std::deque<Waiting*> queue_; ///< the first one is being sent
    Tracking tracking_;
    std::uint16_t next_packet_id_;
};

} // namespace dual_mcu
