/// otap_set_target_scratchpad (docs/spec/gateway-backend-api.md, 4.8).
#pragma once

#include "gateway/task.hpp"
#include "transport/requests/context.hpp"
#include "transport/requests/request.hpp"

namespace transport::target {

/// Rules 1 and 2, which come before the sink is looked up.
api::ErrorCode check_numbers(const api::TargetScratchpadAndAction& wanted);
/// Rules 7 to 9 for what the request itself gives.
api::ErrorCode check_values(const api::TargetScratchpadAndAction& wanted);

gateway::Task<void> execute(RequestContext& context, RequestPtr request);

} // namespace transport::target
