/// How requests find their handlers: each family of primitives gives a table of routes.
#pragma once

#include "simulator/sink/state.hpp"

#include <concepts>

namespace simulator {

/// What a request leads to.
struct Reply {
    dual_mcu::Payload confirm;
    Milliseconds silence{0}; ///< before the confirm: the device erases flash and hears nothing
    bool reboot = false;     ///< after the confirm
};

/// Nothing: the sink stays silent (2.7).
using MaybeReply = std::optional<Reply>;
using Handler = MaybeReply (*)(SinkState&, const dual_mcu::Frame&, Now);

struct Route {
    std::uint8_t primitive;
    Handler handler;
    std::uint16_t first_api = 0; ///< mesh API versions that know the primitive (7.1)
    std::uint16_t last_api = 0xFFFF;
};

template<typename Confirm>
Reply reply_with(const Confirm& confirm)
{
    return {dual_mcu::encode(confirm, 0).payload, Milliseconds{0}, false};
}

inline MaybeReply to_reply(MaybeReply reply)
{
    return reply;
}

template<typename Confirm>
    requires requires
    {
        Confirm::id;
    }
MaybeReply to_reply(const Confirm& confirm)
{
    return reply_with(confirm);
}

/// A handler that takes the decoded request; a payload that does not fit gets no answer.
template<typename Request, auto Function>
MaybeReply decoded(SinkState& state, const dual_mcu::Frame& frame, Now now)
{
    const auto request = dual_mcu::decode<Request>(frame);
    if (!request)
        return std::nullopt;
    return to_reply(Function(state, *request, now));
}

template<typename Request, auto Function>
constexpr Route route(std::uint16_t first_api = 0, std::uint16_t last_api = 0xFFFF)
{
    return {Request::id, &decoded<Request, Function>, first_api, last_api};
}

std::span<const Route> stack_routes();
std::span<const Route> attribute_routes();
std::span<const Route> app_config_routes();
std::span<const Route> data_routes();
std::span<const Route> scratchpad_routes();
std::span<const Route> target_routes();
std::span<const Route> neighbour_routes();
std::span<const Route> config_item_routes();
std::span<const Route> sink_cost_routes();
std::span<const Route> rare_routes();

} // namespace simulator
