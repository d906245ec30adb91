/// Random numbers that depend on nothing but what they are for: seed, node, purpose and moment. A new
/// feature or another node does not shift anybody's numbers, and no state has to be kept
/// (spec/otap-campaign.md, 13.1).
#pragma once

#include "simulator/mesh/time.hpp"

namespace simulator::mesh {

/// What a number is drawn for. Values are part of the algorithm: append, never renumber.
enum class Purpose : std::uint32_t {
    uplink_loss = 1,
    uplink_delay = 2,
    uplink_duplicate = 3,
    uplink_late = 4,
    downlink_loss = 5,
    downlink_delay = 6,
    detection = 7,
    transfer_break = 8,
    transfer_break_moment = 9,
    transfer_corruption = 10,
    choice_of_neighbour = 11,
    target_spread = 12,
    countdown = 13,
    flash_error = 14,
    route = 15,
    report_phase = 16,
    unasked_delay = 17,
    topology = 18,
    damage = 19,
    sleep_phase = 20,
    uplink_reorder = 21,
};

class Random {
public:
    explicit Random(std::uint64_t seed) : seed_(seed) {}

    /// 64 bits; `extra` tells several draws at one moment apart.
    [[nodiscard]] std::uint64_t bits(
        std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra = 0) const;

    /// 0 to below 1.
    [[nodiscard]] double fraction(
        std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra = 0) const;

    /// True with `probability`; draws nothing costly when it is 0.
    [[nodiscard]] bool happens(
        double probability, std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra = 0) const;

    /// 0 to below `bound`, which is not 0.
    [[nodiscard]] std::uint64_t below(
        std::uint64_t bound, std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra = 0) const;

    /// `least` to `most`.
    [[nodiscard]] Time between(
        Time least, Time most, std::uint32_t node, Purpose purpose, Time moment,
        std::uint32_t extra = 0) const;

private:
    std::uint64_t seed_;
};

} // namespace simulator::mesh
