#include "sink-service/dual_mcu/state_reader.hpp"

#include "sink-service/dual_mcu/attribute_access.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace dual_mcu {
namespace {

constexpr auto csap_point = AccessPoint::csap;
constexpr auto msap_point = AccessPoint::msap;
constexpr std::uint16_t first_version_without_channel_map = 4; ///< firmware major (7.2)
constexpr unsigned max_known_mtu = 180;

constexpr std::array live_csap = {
    csap::node_address, csap::network_address, csap::network_channel, csap::node_role, csap::channel_map};
constexpr std::array live_msap = {msap::access_cycle_range, msap::current_access_cycle};

} // namespace

template<typename T>
gateway::Task<> StateReader::read_integer(
    AccessPoint access_point, std::uint16_t id, Turn turn, Reading<T>& reading)
{
    const auto value = co_await read_attribute(link_, access_point, id, turn);
    reading.take(value.map([](const AttributeValue& octets) { return static_cast<T>(to_integer(octets)); }));
}

template<typename T>
gateway::Task<> StateReader::read_range(
    AccessPoint access_point, std::uint16_t id, Turn turn, Reading<Range<T>>& reading)
{
    const auto value = co_await read_attribute(link_, access_point, id, turn);
    if (!value) {
        reading.take(gateway::fail(value.error()));
        co_return;
    }
    Reader octets(*value);
    Range<T> range;
    for (T* bound : {&range.min, &range.max})
        *bound = sizeof(T) == 1 ? static_cast<T>(octets.u8()) : static_cast<T>(octets.u16());
    reading = range;
}

gateway::Task<Result<>> StateReader::read_fixed(Turn turn)
{
    StaticAttributes fixed = state_.fixed;
    const auto version = co_await read_attribute(link_, csap_point, csap::mesh_api_version, turn);
    if (!version)
        co_return gateway::fail(version.error().with_context("the sink's API version is unknown"));
    fixed.mesh_api_version = static_cast<std::uint16_t>(to_integer(*version));

    for (std::size_t i = 0; i < fixed.firmware_version.size(); ++i) {
        const auto id = static_cast<std::uint16_t>(csap::firmware_major + i);
        const auto number = co_await read_attribute(link_, csap_point, id, turn);
        if (!number)
            co_return gateway::fail(number.error().with_context("the sink's firmware version is unknown"));
        fixed.firmware_version[i] = static_cast<std::uint16_t>(to_integer(*number));
    }

    const auto mtu = co_await read_attribute(link_, csap_point, csap::mtu, turn);
    const std::uint32_t octets = mtu ? to_integer(*mtu) : 0;
    if (octets == 0 || octets > max_known_mtu)
        spdlog::warn("the sink's MTU of {} is not usable: {} is used", octets, fixed.mtu);
    else
        fixed.mtu = static_cast<std::uint8_t>(octets);

    co_await read_integer(csap_point, csap::pdu_buffer_size, turn, fixed.pdu_buffer_size);
    co_await read_range(csap_point, csap::channel_limits, turn, fixed.channel_limits);
    co_await read_integer(csap_point, csap::app_config_data_size, turn, fixed.app_config_size);
    co_await read_integer(csap_point, csap::hw_magic, turn, fixed.hw_magic);
    co_await read_integer(csap_point, csap::stack_profile, turn, fixed.stack_profile);
    co_await read_range(msap_point, msap::access_cycle_limits, turn, fixed.access_cycle_limits);

    Reading<std::uint8_t> block;
    co_await read_integer(msap_point, msap::scratchpad_block_max, turn, block);
    const unsigned usable = block ? std::min<unsigned>(*block, max_scratchpad_block) / 4 * 4 : 0;
    fixed.scratchpad_block_max = usable == 0 ? max_scratchpad_block : static_cast<std::uint8_t>(usable);

    state_.fixed = fixed;
    co_return co_await read_stack_status(turn);
}

gateway::Task<Result<>> StateReader::read_stack_status(Turn turn)
{
    const auto status = co_await read_attribute(link_, msap_point, msap::stack_status, turn);
    state_.live.stack_status.take(status.map(
        [](const AttributeValue& octets) { return static_cast<std::uint8_t>(to_integer(octets)); }));
    if (!status)
        co_return gateway::fail(status.error().with_context("the state of the stack is unknown"));
    co_return Result<>();
}

gateway::Task<> StateReader::read_live(Turn turn)
{
    co_await read_stack_status(turn);
    for (const std::uint16_t id : live_csap)
        co_await read_one(csap_point, id, turn);
    for (const std::uint16_t id : live_msap)
        co_await read_one(msap_point, id, turn);
    co_await read_keys(turn);
    co_await read_sink_cost(turn);
}

gateway::Task<> StateReader::read_one(AccessPoint access_point, std::uint16_t id, Turn turn)
{
    LiveAttributes& live = state_.live;
    if (access_point == csap_point) {
        switch (id) {
        case csap::node_address:
            co_return co_await read_integer(access_point, id, turn, live.node_address);
        case csap::network_address:
            co_return co_await read_integer(access_point, id, turn, live.network_address);
        case csap::network_channel:
            co_return co_await read_integer(access_point, id, turn, live.network_channel);
        case csap::node_role:
            co_return co_await read_integer(access_point, id, turn, live.node_role);
        case csap::channel_map:
            if (state_.fixed.firmware_version[0] >= first_version_without_channel_map)
                live.channel_map = tl::unexpected(gateway::ApplicationCode::attribute_not_set);
            else
                co_await read_integer(access_point, id, turn, live.channel_map);
            co_return;
        default:
            co_return co_await read_keys(turn);
        }
    }
    if (id == msap::access_cycle_range)
        co_await read_range(access_point, id, turn, live.access_cycle_range);
    else
        co_await read_integer(access_point, msap::current_access_cycle, turn, live.current_access_cycle);
}

gateway::Task<> StateReader::read_key(std::uint16_t id, Turn turn, Reading<bool>& reading)
{
    reading.take(co_await is_key_set(link_, id, turn));
}

gateway::Task<> StateReader::read_keys(Turn turn)
{
    co_await read_key(csap::cipher_key, turn, state_.live.cipher_key_set);
    co_await read_key(csap::authentication_key, turn, state_.live.authentication_key_set);
}

gateway::Task<> StateReader::read_sink_cost(Turn turn)
{
    const auto confirm = co_await link_.call(SinkCostRead{}, turn);
    const Result<> checked = confirm
                                 ? check_result(confirm->result, results::sink_cost, "reading the sink cost")
                                 : Result<>(gateway::fail(confirm.error()));
    state_.live.sink_cost.take(checked.map([&] { return confirm->cost; }));
}

gateway::Task<Result<>> StateReader::read_scratchpad(Turn turn)
{
    const auto status = co_await link_.call(ScratchpadStatus{}, turn);
    if (!status) {
        state_.scratchpad.take(gateway::fail(status.error()));
        co_return gateway::fail(status.error().with_context("the scratchpad status is unknown"));
    }
    // A sink whose feature lock hides the status answers zeros, the firmware version included (6.3).
    if (*status == ScratchpadStatusConfirm{})
        state_.scratchpad = tl::unexpected(gateway::ApplicationCode::access_denied);
    else
        state_.scratchpad = *status;
    co_return Result<>();
}

} // namespace dual_mcu
