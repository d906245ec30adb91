#include "sink-service/dual_mcu/results.hpp"

#include "sink-service/dual_mcu/codec/management.hpp"

#include <fmt/format.h>

namespace dual_mcu {
namespace {

using enum gateway::ApplicationCode;
using Code = gateway::ApplicationCode;

constexpr std::array attribute_read_codes = {
    ok, internal_error, stack_not_stopped, internal_error, attribute_not_set, access_denied, access_denied};
constexpr std::array attribute_write_codes = {
    ok, internal_error, stack_not_stopped, internal_error, invalid_value, internal_error, access_denied};
constexpr std::array key_pair_write_codes = {
    ok, not_supported, stack_not_stopped, internal_error, invalid_value, internal_error, access_denied};
constexpr std::array reserved_channels_read_codes = {
    ok, internal_error, stack_not_stopped, internal_error, invalid_value, access_denied, access_denied};
constexpr std::array factory_reset_codes = {
    ok, stack_not_stopped, internal_error, access_denied, internal_error};
constexpr std::array app_config_read_codes = {ok, no_config, access_denied};
constexpr std::array app_config_write_codes = {
    ok, node_not_a_sink, invalid_diagnostics_interval, invalid_sequence, access_denied};
constexpr std::array sink_cost_codes = {ok, node_not_a_sink, access_denied};
constexpr std::array scratchpad_start_codes = {
    ok, stack_not_stopped, invalid_value, internal_error, access_denied};
constexpr std::array scratchpad_block_codes = {
    ok,
    ok,
    data_error,
    stack_not_stopped,
    no_scratchpad_start,
    invalid_start_address,
    invalid_number_of_bytes,
    invalid_scratchpad};
constexpr std::array scratchpad_update_codes = {ok, stack_not_stopped, no_valid_scratchpad, access_denied};
constexpr std::array scratchpad_clear_codes = {ok, stack_not_stopped, access_denied};
constexpr std::array target_write_codes = {ok, node_not_a_sink, invalid_value, access_denied};
constexpr std::array target_read_codes = {ok};
constexpr std::array block_read_codes = {
    ok,           stack_not_stopped, invalid_start_address, invalid_number_of_bytes, no_valid_scratchpad,
    access_denied};
constexpr std::array neighbour_scan_codes = {ok, stack_is_stopped, access_denied};
constexpr std::array send_data_codes = {
    ok,
    stack_is_stopped,
    invalid_value,
    invalid_value,
    out_of_memory,
    unknown_destination,
    invalid_value,
    internal_error,
    internal_error,
    invalid_value,
    access_denied,
    invalid_value};
constexpr std::array config_data_item_set_codes = {ok,         node_not_a_sink, invalid_value, out_of_memory,
                                                   data_error, not_supported};
constexpr std::array config_data_item_get_codes = {ok, invalid_value, not_supported};
constexpr std::array config_data_item_list_codes = {ok, not_supported};

} // namespace

namespace results {
const ResultRow attribute_read = attribute_read_codes;
const ResultRow attribute_write = attribute_write_codes;
const ResultRow key_pair_write = key_pair_write_codes;
const ResultRow reserved_channels_read = reserved_channels_read_codes;
const ResultRow factory_reset = factory_reset_codes;
const ResultRow app_config_read = app_config_read_codes;
const ResultRow app_config_write = app_config_write_codes;
const ResultRow sink_cost = sink_cost_codes;
const ResultRow scratchpad_start = scratchpad_start_codes;
const ResultRow scratchpad_block = scratchpad_block_codes;
const ResultRow scratchpad_update = scratchpad_update_codes;
const ResultRow scratchpad_clear = scratchpad_clear_codes;
const ResultRow target_write = target_write_codes;
const ResultRow target_read = target_read_codes;
const ResultRow block_read = block_read_codes;
const ResultRow neighbour_scan = neighbour_scan_codes;
const ResultRow send_data = send_data_codes;
const ResultRow config_data_item_set = config_data_item_set_codes;
const ResultRow config_data_item_get = config_data_item_get_codes;
const ResultRow config_data_item_list = config_data_item_list_codes;
} // namespace results

gateway::Result<> check_result(std::uint8_t result, ResultRow row, std::string_view what)
{
    const Code code = result < row.size() ? row[result] : internal_error;
    if (code == ok)
        return {};
    return gateway::fail(
        code, fmt::format("{} was answered with result {} ({})", what, result, gateway::describe(code)));
}

gateway::Result<> check_start_result(std::uint8_t status)
{
    struct Reason {
        std::uint8_t bit;
        Code code;
        std::string_view text;
    };
    // In this order: bit 0 accompanies every refusal (R37).
    static constexpr std::array reasons = {
        Reason{stack_status::access_denied, access_denied, "the sink's feature lock denies it"},
        Reason{
            stack_status::network_address_missing, network_address_not_set, "set the network address first"},
        Reason{stack_status::node_address_missing, node_address_not_set, "set the node address first"},
        Reason{stack_status::channel_missing, network_channel_not_set, "set the network channel first"},
        Reason{stack_status::role_missing, role_not_set, "set the node role first"},
        Reason{stack_status::app_config_missing, internal_error, "the application configuration is missing"},
        Reason{stack_status::stopped, internal_error, "the sink gives no reason"},
    };
    for (const Reason& reason : reasons)
        if ((status & reason.bit) != 0)
            return gateway::fail(reason.code, fmt::format("the stack does not start: {}", reason.text));
    return {};
}

} // namespace dual_mcu
