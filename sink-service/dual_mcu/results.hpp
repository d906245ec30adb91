/// What a sink's result octets mean to higher layers (spec/dual-mcu-api.md, 8.2).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

namespace dual_mcu {

/// One row of 8.2: the code of each result octet; results beyond it are internal errors.
using ResultRow = std::span<const gateway::ApplicationCode>;

namespace results {
extern const ResultRow attribute_read;
extern const ResultRow attribute_write;
extern const ResultRow key_pair_write;
extern const ResultRow reserved_channels_read;
extern const ResultRow factory_reset;
extern const ResultRow app_config_read;
extern const ResultRow app_config_write;
extern const ResultRow sink_cost;
extern const ResultRow scratchpad_start;
extern const ResultRow scratchpad_block;
extern const ResultRow scratchpad_update;
extern const ResultRow scratchpad_clear;
extern const ResultRow target_write;
extern const ResultRow target_read;
extern const ResultRow block_read;
extern const ResultRow neighbour_scan;
extern const ResultRow send_data;
extern const ResultRow config_data_item_set;
extern const ResultRow config_data_item_get;
extern const ResultRow config_data_item_list;
} // namespace results

/// Success, or the code of `result` with a message that begins with `what`.
gateway::Result<> check_result(std::uint8_t result, ResultRow row, std::string_view what);

/// The confirm of STACK_START, a bit field (row "Stack start, gateway").
gateway::Result<> check_start_result(std::uint8_t status);

} // namespace dual_mcu
