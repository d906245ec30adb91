#include "transport/sinks/conversions.hpp"

#include "gateway/address.hpp"

#include <algorithm>
#include <array>

namespace transport {
namespace {

struct NamedDelay {
    api::ProcessingDelay delay;
    std::uint8_t octet;
};

constexpr std::array named_delays = {
    NamedDelay{api::TEN_MINUTES, 0x4A}, NamedDelay{api::THIRTY_MINUTES, 0x5E},
    NamedDelay{api::ONE_HOUR, 0x81},    NamedDelay{api::SIX_HOURS, 0x86},
    NamedDelay{api::ONE_DAY, 0xC1},     NamedDelay{api::TWO_DAYS, 0xC2},
    NamedDelay{api::FIVE_DAYS, 0xC5},
};

} // namespace

std::optional<api::NodeRole> node_role_from(std::uint32_t octet)
{
    const std::uint32_t base = octet & gateway::role::base_mask;
    if (!api::NodeRole::BaseRole_IsValid(static_cast<int>(base)))
        return std::nullopt;
    api::NodeRole role;
    role.set_role(static_cast<api::NodeRole::BaseRole>(base));
    if ((octet & gateway::role::low_latency) != 0)
        role.add_flags(api::NodeRole::LOW_LATENCY);
    if ((octet & gateway::role::autorole) != 0)
        role.add_flags(api::NodeRole::AUTOROLE);
    return role;
}

std::uint8_t role_octet(const api::NodeRole& role)
{
    unsigned octet = static_cast<unsigned>(role.role());
    for (const int flag : role.flags()) {
        if (flag == api::NodeRole::LOW_LATENCY)
            octet |= gateway::role::low_latency;
        if (flag == api::NodeRole::AUTOROLE)
            octet |= gateway::role::autorole;
    }
    return static_cast<std::uint8_t>(octet);
}

std::optional<api::ScratchpadType> scratchpad_type_from(std::uint32_t stored_type)
{
    switch (stored_type) {
    case 0:
        return api::BLANK;
    case 1:
        return api::PRESENT;
    case 2:
        return api::PROCESS;
    default:
        return std::nullopt;
    }
}

api::ScratchpadStatus scratchpad_status_from(std::uint32_t stored_status)
{
    if (stored_status == 0)
        return api::SUCCESS;
    return stored_status == 255 ? api::NEW : api::ERROR;
}

std::optional<api::TargetScratchpadAndAction> target_from(const gateway::TargetAndAction& target)
{
    if (target.action > static_cast<std::uint8_t>(gateway::OtapAction::legacy))
        return std::nullopt;
    api::TargetScratchpadAndAction made;
    made.set_action(static_cast<api::ScratchpadAction>(target.action + 1));
    made.set_target_sequence(target.sequence);
    made.set_target_crc(target.crc);
    const auto named = std::ranges::find(named_delays, target.parameter, &NamedDelay::octet);
    if (made.action() == api::PROPAGATE_AND_PROCESS_WITH_DELAY && named != named_delays.end())
        made.set_delay(named->delay);
    else
        made.set_raw(target.parameter);
    return made;
}

std::uint32_t delay_parameter(const api::TargetScratchpadAndAction& target)
{
    if (target.has_raw())
        return target.raw();
    if (!target.has_delay())
        return 0;
    const auto named = std::ranges::find(named_delays, target.delay(), &NamedDelay::delay);
    return named == named_delays.end() ? 0 : named->octet;
}

} // namespace transport
