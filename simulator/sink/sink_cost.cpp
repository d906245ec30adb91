// SINK_COST_WRITE and SINK_COST_READ (spec/dual-mcu-api.md, 3.2.13).
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

constexpr std::uint8_t not_a_sink = 1;
constexpr std::uint8_t access_denied = 2;
constexpr std::uint8_t highest_cost = 254; // the firmware caps 255

dual_mcu::SinkCostWrite::Confirm write_cost(
    SinkState& state, const dual_mcu::SinkCostWrite& request, Now /*now*/)
{
    if (state.locked(feature::sink_cost_write))
        return {access_denied};
    if (!state.is_sink())
        return {not_a_sink};
    state.live.sink_cost = std::min(request.cost, highest_cost);
    give_to_mesh(state, SinkCostChanged{state.live.sink_cost});
    return {0};
}

dual_mcu::SinkCostReadConfirm read_cost(
    SinkState& state, const dual_mcu::SinkCostRead& /*request*/, Now /*now*/)
{
    if (state.locked(feature::sink_cost_read))
        return {access_denied, 0};
    if (!state.is_sink())
        return {not_a_sink, 0};
    return {0, state.live.sink_cost};
}

constexpr std::array routes = {
    route<dual_mcu::SinkCostWrite, write_cost>(),
    route<dual_mcu::SinkCostRead, read_cost>(),
};

} // namespace

std::span<const Route> sink_cost_routes()
{
    return routes;
}

} // namespace simulator
