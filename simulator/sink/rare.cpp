// Primitives that no gateway sends, with the answers a sink still gives: the obsolete remote
// scratchpad requests (spec/dual-mcu-api.md, 7.1) and long sleep (3.2.27), which only a non-router has.
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

constexpr std::uint8_t non_router_role = 0x03;
constexpr std::uint32_t longest_sleep = 604800; // seconds
constexpr std::uint32_t shortest_wait = 4;      // seconds for the application configuration
constexpr std::uint32_t longest_wait = 600;

namespace sleep_result {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t wrong_state = 1;
constexpr std::uint8_t wrong_role = 2;
constexpr std::uint8_t invalid_value = 5;
} // namespace sleep_result
constexpr std::uint8_t sleep_inactive = 2;

template<std::uint8_t Result>
MaybeReply refuse(SinkState& /*state*/, const dual_mcu::Frame& /*frame*/, Now /*now*/)
{
    return reply_with(dual_mcu::SimpleConfirm<0>{Result});
}

/// A sleep that was accepted is over at once: the simulated device has nothing to save.
MaybeReply sleep(SinkState& state, const dual_mcu::Frame& frame, Now /*now*/)
{
    using Confirm = dual_mcu::SimpleConfirm<0>;
    dual_mcu::Reader reader(frame.payload);
    const std::uint32_t seconds = reader.u32();
    const std::uint32_t wait = reader.u32();
    if (!reader.finished())
        return std::nullopt;
    if (state.persistent.role != non_router_role)
        return reply_with(Confirm{sleep_result::wrong_role});
    if (!state.live.running)
        return reply_with(Confirm{sleep_result::wrong_state});
    if (seconds > longest_sleep || (wait != 0 && (wait < shortest_wait || wait > longest_wait)))
        return reply_with(Confirm{sleep_result::invalid_value});
    return reply_with(Confirm{sleep_result::success});
}

MaybeReply stop_sleep(SinkState& /*state*/, const dual_mcu::Frame& frame, Now /*now*/)
{
    if (!frame.payload.empty())
        return std::nullopt;
    return reply_with(dual_mcu::SimpleConfirm<0>{sleep_result::wrong_state});
}

MaybeReply sleep_state(SinkState& /*state*/, const dual_mcu::Frame& frame, Now /*now*/)
{
    if (!frame.payload.empty())
        return std::nullopt;
    Reply reply;
    dual_mcu::PayloadWriter writer(reply.confirm);
    writer.u8(sleep_inactive);
    writer.u32(0);
    return reply;
}

MaybeReply last_sleep(SinkState& /*state*/, const dual_mcu::Frame& frame, Now /*now*/)
{
    if (!frame.payload.empty())
        return std::nullopt;
    Reply reply;
    dual_mcu::PayloadWriter(reply.confirm).u32(0);
    return reply;
}

constexpr std::array routes = {
    Route{0x1C, &refuse<4>, 15},     // REMOTE_STATUS
    Route{0x1E, &refuse<6>, 15, 18}, // REMOTE_UPDATE
    Route{0x40, &sleep},
    Route{0x41, &stop_sleep},
    Route{0x42, &sleep_state},
    Route{0x4C, &last_sleep},
};

} // namespace

std::span<const Route> rare_routes()
{
    return routes;
}

} // namespace simulator
