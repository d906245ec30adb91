/// set_config (docs/spec/gateway-backend-api.md, 4.4).
#pragma once

#include "gateway/task.hpp"
#include "transport/requests/context.hpp"
#include "transport/requests/request.hpp"

namespace transport::set_config {

/// The code for a required part that is missing; OK when all are there.
api::ErrorCode check_complete(const api::SetConfigReq& request);

/// The first value that cannot be, in the order of the table; `known` is what the sink is known to
/// be, for its limits.
api::ErrorCode check_values(const api::SinkNewConfig& config, const api::SinkReadConfig& known);

/// Writes what differs, stopping and starting the stack where that needs it.
gateway::Task<void> execute(RequestContext& context, RequestPtr request);

/// Answers with the configuration as it is now.
gateway::Task<void> answer_with_configuration(RequestPtr request, api::ErrorCode code);

} // namespace transport::set_config
