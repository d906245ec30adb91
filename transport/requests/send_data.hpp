/// send_data (docs/spec/gateway-backend-api.md, 4.5).
#pragma once

#include "gateway/task.hpp"
#include "transport/requests/request.hpp"

namespace transport::send_data {

/// Checks 2 to 6.
api::ErrorCode check_values(const api::SendPacketReq& packet);

gateway::Task<void> execute(RequestPtr request);

} // namespace transport::send_data
