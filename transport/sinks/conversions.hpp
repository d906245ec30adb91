/// Between the sink's numbers and the messages of the backend API
/// (docs/spec/gateway-backend-api.md, 3.4, 3.5, 4.8).
#pragma once

#include "gateway/target_and_action.hpp"
#include "transport/api.hpp"

#include <cstdint>
#include <optional>

namespace transport {

/// Nothing for a role octet without a base role; bits without a flag are dropped.
std::optional<api::NodeRole> node_role_from(std::uint32_t octet);
std::uint8_t role_octet(const api::NodeRole& role);

/// Nothing for a type above 2.
std::optional<api::ScratchpadType> scratchpad_type_from(std::uint32_t stored_type);
api::ScratchpadStatus scratchpad_status_from(std::uint32_t stored_status);

/// Nothing for an action above 4.
std::optional<api::TargetScratchpadAndAction> target_from(const gateway::TargetAndAction& target);
/// The parameter octet that a request asks for: that of `delay`, else `raw`, else 0.
std::uint32_t delay_parameter(const api::TargetScratchpadAndAction& target);

} // namespace transport
