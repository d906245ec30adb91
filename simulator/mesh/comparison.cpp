#include "simulator/mesh/comparison.hpp"

namespace simulator::mesh {
namespace {

constexpr std::uint8_t takes_no_part = 0;
constexpr std::uint8_t takes_anything = 255;
constexpr unsigned half_circle = 128;

} // namespace

bool is_newer(std::uint8_t sequence, std::uint8_t than, SequenceRule rule)
{
    const unsigned distance = (sequence - than) & 0xFFU;
    return distance != 0 &&
           (distance < half_circle || (distance == half_circle && rule == SequenceRule::half));
}

bool wants_newer(const Offer& own, const Offer& neighbour, SequenceRule rule)
{
    if (!neighbour.present || neighbour.sequence == takes_no_part)
        return false;
    if (!own.present)
        return true; // also what has 255: an empty node is the only one to whom that is offered (2.1)
    if (own.sequence == takes_no_part || neighbour.sequence == takes_anything)
        return false;
    return own.sequence == takes_anything || is_newer(neighbour.sequence, own.sequence, rule);
}

bool wants_target(const Offer& own, const Offer& neighbour, const gateway::TargetAndAction& target)
{
    const auto is_target = [&target](const Offer& offer) {
        return offer.present && offer.sequence == target.sequence && offer.crc == target.crc;
    };
    switch (gateway::OtapAction{target.action}) {
    case gateway::OtapAction::propagate_only:
    case gateway::OtapAction::propagate_and_process:
    case gateway::OtapAction::propagate_and_process_with_delay:
        return is_target(neighbour) && !is_target(own);
    case gateway::OtapAction::no_otap:
    case gateway::OtapAction::legacy:
        break;
    }
    return false;
}

bool knows_targets(const std::array<std::uint8_t, 4>& stack)
{
    return stack[0] > 5 || (stack[0] == 5 && stack[1] >= 1);
}

} // namespace simulator::mesh
