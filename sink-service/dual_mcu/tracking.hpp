/// Packets handed to the sink whose transmission it will report, and the downlink limit that counts
/// them (spec/dual-mcu-api.md, 5.6).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace dual_mcu {

/// The sink tracks at most 16 packets. A slot is reserved before the packet is sent, because the
/// report may come before the confirm is looked at. Pure: the caller gives the time.
class Tracking {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::size_t max_packets = 16;

    /// A PDU id that no tracked packet has, or nothing when all slots are taken.
    std::optional<std::uint16_t> reserve(std::size_t weight, std::uint8_t qos, TimePoint now);

    /// The packet was reported, refused, or never sent. False when the id is not tracked.
    bool release(std::uint16_t pdu_id);

    /// The sink rebooted: nothing will be reported.
    void clear();

    /// Frees what the sink must have given up long ago: reports can be lost.
    void expire(TimePoint now);

    /// Weights of the packets not reported yet.
    [[nodiscard]] std::size_t weight() const;

private:
    struct Slot {
        std::uint16_t pdu_id = 0;
        std::size_t weight = 0;
        TimePoint expires{};
    };

    [[nodiscard]] bool in_use(std::uint16_t pdu_id) const;

    std::array<std::optional<Slot>, max_packets> slots_;
    std::uint16_t next_pdu_id_ = 0;
};

} // namespace dual_mcu
