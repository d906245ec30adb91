// GET_NBORS, SCAN_NBORS and INSTALL_QUALITY (spec/dual-mcu-api.md, 3.2.10 to 3.2.12).
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

constexpr std::uint16_t first_api_with_install_quality = 15;

namespace scan_result {
constexpr std::uint8_t started = 0;
constexpr std::uint8_t stack_stopped = 1;
constexpr std::uint8_t access_denied = 2;
} // namespace scan_result

/// Locked: 105 zero octets. A list that the stack cannot deliver: no answer.
MaybeReply list(SinkState& state, const dual_mcu::GetNeighbours& /*request*/, Now /*now*/)
{
    dual_mcu::NeighboursConfirm confirm;
    if (state.locked(feature::neighbours))
        return reply_with(confirm);
    if (state.around.neighbours_unavailable)
        return std::nullopt;
    if (state.live.running) {
        confirm.count = std::min(state.around.neighbours.size(), dual_mcu::max_neighbours);
        std::copy_n(state.around.neighbours.begin(), confirm.count, confirm.entries.begin());
    }
    return reply_with(confirm);
}

dual_mcu::SimpleConfirm<0xA1> scan(SinkState& state, const dual_mcu::ScanNeighbours& /*request*/, Now now)
{
    if (state.locked(feature::neighbour_scan))
        return {scan_result::access_denied};
    if (!state.live.running)
        return {scan_result::stack_stopped};
    if (!state.live.scan_done)
        state.live.scan_done = now + state.profile.scan_time;
    return {scan_result::started};
}

dual_mcu::InstallQualityConfirm install_quality(
    SinkState& state, const dual_mcu::InstallQuality& /*request*/, Now /*now*/)
{
    return state.around.install_quality;
}

constexpr std::array routes = {
    route<dual_mcu::GetNeighbours, list>(),
    route<dual_mcu::ScanNeighbours, scan>(),
    route<dual_mcu::InstallQuality, install_quality>(first_api_with_install_quality),
};

} // namespace

std::span<const Route> neighbour_routes()
{
    return routes;
}

} // namespace simulator
