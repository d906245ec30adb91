/// set_configuration_data_item, get_configuration_data_item (docs/spec/gateway-backend-api.md, 4.10).
#pragma once

#include "gateway/task.hpp"
#include "transport/requests/context.hpp"
#include "transport/requests/request.hpp"

namespace transport::configuration_data_item {

api::ErrorCode check_values(const api::ConfigurationDataItem& item);
api::ErrorCode check_endpoint(std::uint32_t endpoint);

gateway::Task<void> execute_set(RequestContext& context, RequestPtr request);
gateway::Task<void> execute_get(RequestPtr request);

} // namespace transport::configuration_data_item
