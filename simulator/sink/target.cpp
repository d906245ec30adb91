// SCRATCHPAD_TARGET_WRITE and READ, and what the target makes the sink do by itself
// (spec/dual-mcu-api.md, 3.2.19, 3.2.20, 6.5, 6.6).
#include "gateway/target_and_action.hpp"
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

using gateway::OtapAction;

constexpr std::uint16_t first_api = 15;
constexpr std::uint16_t first_api_without_legacy_action = 19;

namespace result {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t not_a_sink = 1;
constexpr std::uint8_t invalid_value = 2;
constexpr std::uint8_t access_denied = 3;
} // namespace result

bool is_valid(const SinkState& state, const dual_mcu::ScratchpadTarget& target)
{
    switch (OtapAction{target.action}) {
    case OtapAction::no_otap:
        return true;
    case OtapAction::propagate_only:
    case OtapAction::propagate_and_process:
        return target.sequence != 0;
    case OtapAction::propagate_and_process_with_delay: {
        // Repeating the delay that is set is refused, whatever else changes.
        const dual_mcu::ScratchpadTarget& set = state.persistent.target;
        const bool same_delay = set.action == target.action && set.parameter == target.parameter;
        return target.sequence != 0 && gateway::is_valid_delay(target.parameter) && !same_delay;
    }
    case OtapAction::legacy:
        return state.profile.api_version < first_api_without_legacy_action;
    }
    return false;
}

Now delay_of(const SinkState& state)
{
    using std::chrono::hours;
    using std::chrono::minutes;
    const dual_mcu::ScratchpadTarget& target = state.persistent.target;
    if (OtapAction{target.action} == OtapAction::propagate_and_process)
        return state.profile.own_processing_delay;
    const int amount = target.parameter & 0x3F;
    const int unit = target.parameter >> 6;
    const Now delay = unit == 1   ? Now{minutes{amount}}
                      : unit == 2 ? Now{hours{amount}}
                                  : Now{hours{24 * amount}};
    return Now{static_cast<std::int64_t>(static_cast<double>(delay.count()) / state.profile.time_factor)};
}

dual_mcu::ScratchpadTargetWrite::Confirm write_target(
    SinkState& state, const dual_mcu::ScratchpadTargetWrite& request, Now now)
{
    if (state.locked(feature::otap))
        return {result::access_denied};
    if (!state.is_sink())
        return {result::not_a_sink};
    return {store_target(state, request.target, now)};
}

dual_mcu::ScratchpadTargetReadConfirm read_target(
    SinkState& state, const dual_mcu::ScratchpadTargetRead& /*request*/, Now /*now*/)
{
    return {result::success, state.persistent.target};
}

constexpr std::array routes = {
    route<dual_mcu::ScratchpadTargetWrite, write_target>(first_api),
    route<dual_mcu::ScratchpadTargetRead, read_target>(first_api),
};

} // namespace

std::uint8_t store_target(SinkState& state, const dual_mcu::ScratchpadTarget& target, Now now)
{
    if (!is_valid(state, target))
        return result::invalid_value;
    if (state.persistent.target != target) {
        state.persistent.target = target;
        give_to_mesh(state, TargetDistributed{target});
        indicate_item(state, FixedItem::target, now);
        plan_own_processing(state, now);
    }
    return result::success;
}

void plan_own_processing(SinkState& state, Now now)
{
    const dual_mcu::ScratchpadTarget& target = state.persistent.target;
    const StoredScratchpad& stored = state.persistent.stored;
    const bool processes =
        target.action == static_cast<std::uint8_t>(OtapAction::propagate_and_process) ||
        target.action == static_cast<std::uint8_t>(OtapAction::propagate_and_process_with_delay);
    const bool fresh = stored.image && stored.status == dual_mcu::scratchpad_status::fresh;
    state.live.own_processing.reset();
    if (state.live.running && processes && fresh && stored.sequence == target.sequence &&
        stored.crc == target.crc && !state.locked(feature::otap))
        state.live.own_processing = now + delay_of(state);
}

std::span<const Route> target_routes()
{
    return routes;
}

} // namespace simulator
