// STACK_START, STACK_STOP, FACTORY_RESET (spec/dual-mcu-api.md, 3.2.2, 3.2.3, 3.3.1).
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

namespace status = dual_mcu::stack_status;

constexpr std::uint8_t cannot_start = status::network_address_missing | status::node_address_missing |
                                      status::channel_missing | status::role_missing;
constexpr std::uint8_t stop_access_denied = 128;

namespace reset_result {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t stack_running = 1;
constexpr std::uint8_t wrong_key = 2;
constexpr std::uint8_t access_denied = 3;
} // namespace reset_result

std::uint8_t missing(const SinkState& state)
{
    const Persistent& settings = state.persistent;
    std::uint8_t bits = 0;
    if (!settings.network_address)
        bits |= status::network_address_missing;
    if (!settings.node_address)
        bits |= status::node_address_missing;
    if (!settings.channel)
        bits |= status::channel_missing;
    if (!settings.role)
        bits |= status::role_missing;
    if (state.is_sink() && !settings.app_config)
        bits |= status::app_config_missing;
    return bits;
}

/// The flag is stored before the start is tried: it changes even when the start fails.
MaybeReply start(SinkState& state, const dual_mcu::StackStart& request, Now now)
{
    using Confirm = dual_mcu::StackStart::Confirm;
    if (state.locked(feature::stack_start))
        return reply_with(Confirm{status::access_denied});
    if (state.around.storage_fails)
        return std::nullopt;
    state.persistent.autostart = request.auto_start;
    if (!try_to_start(state))
        return reply_with(Confirm{static_cast<std::uint8_t>(status::stopped | missing(state))});
    plan_own_processing(state, now);
    return reply_with(Confirm{0});
}

/// Always a reboot, also when the stack does not run.
MaybeReply stop(SinkState& state, const dual_mcu::StackStop& /*request*/, Now /*now*/)
{
    using Confirm = dual_mcu::SimpleConfirm<0x86>;
    if (state.locked(feature::stack_stop))
        return reply_with(Confirm{stop_access_denied});
    if (state.around.storage_fails)
        return std::nullopt;
    state.persistent.autostart = false;
    Reply reply = reply_with(Confirm{0});
    reply.reboot = true;
    return reply;
}

dual_mcu::FactoryReset::Confirm reset(SinkState& state, const dual_mcu::FactoryReset& request, Now /*now*/)
{
    if (state.locked(feature::factory_reset))
        return {reset_result::access_denied};
    if (state.live.running)
        return {reset_result::stack_running};
    if (request.key != dual_mcu::factory_reset_key)
        return {reset_result::wrong_key};
    // The scratchpad, where the firmware came from, and the target are no settings.
    Persistent fresh;
    fresh.role = automatic_role;
    fresh.target = state.persistent.target;
    fresh.stored = state.persistent.stored;
    fresh.processed = state.persistent.processed;
    fresh.firmware = state.persistent.firmware;
    state.persistent = std::move(fresh);
    return {reset_result::success};
}

constexpr std::array routes = {
    route<dual_mcu::StackStart, start>(),
    route<dual_mcu::StackStop, stop>(),
    route<dual_mcu::FactoryReset, reset>(),
};

} // namespace

std::uint8_t stack_status_of(const SinkState& state)
{
    return static_cast<std::uint8_t>((state.live.running ? 0 : status::stopped) | missing(state));
}

bool try_to_start(SinkState& state)
{
    if ((missing(state) & cannot_start) == 0)
        state.live.running = true;
    return state.live.running;
}

std::span<const Route> stack_routes()
{
    return routes;
}

} // namespace simulator
