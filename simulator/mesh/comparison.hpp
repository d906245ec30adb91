/// Which scratchpad a node wants (spec/otap-campaign.md, 2.2). Pure.
#pragma once

#include "gateway/target_and_action.hpp"
#include "simulator/mesh/parameters.hpp"

namespace simulator::mesh {

/// What one node tells its neighbours about its scratchpad, or knows about its own.
struct Offer {
    bool present = false;
    std::uint8_t sequence = 0;
    std::uint16_t crc = 0;
};

/// On the circle of 8-bit numbers.
bool is_newer(std::uint8_t sequence, std::uint8_t than, SequenceRule rule);

/// OTAPv1: what is newer wins.
bool wants_newer(const Offer& own, const Offer& neighbour, SequenceRule rule);

/// OTAPv2: what the target names, and nothing else.
bool wants_target(const Offer& own, const Offer& neighbour, const gateway::TargetAndAction& target);

/// The stacks that know targets.
bool knows_targets(const std::array<std::uint8_t, 4>& stack);

} // namespace simulator::mesh
