/// From the sink's answers to the backend's error codes (docs/spec/gateway-backend-api.md, 5).
#pragma once

#include "gateway/scratchpad_file.hpp"
#include "transport/api.hpp"
#include "transport/sinks/bus_call.hpp"

namespace transport {

api::ErrorCode error_code(gateway::ApplicationCode code);

/// `invalid_value` answers code 4 where the request names the fault better than INVALID_PARAM.
api::ErrorCode error_code(const BusFailure& failure, api::ErrorCode invalid_value = api::INVALID_PARAM);

/// For an upload, whose file has passed our checks.
api::ErrorCode upload_error_code(const BusFailure& failure);

api::ErrorCode error_code(gateway::ScratchpadFault fault);

} // namespace transport
