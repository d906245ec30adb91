/// otap_status, otap_load_scratchpad, otap_process_scratchpad
/// (docs/spec/gateway-backend-api.md, 4.6, 4.7, 4.9).
#pragma once

#include "gateway/task.hpp"
#include "transport/requests/context.hpp"
#include "transport/requests/request.hpp"

namespace transport::scratchpad {

enum class UploadForm : std::uint8_t { clear, whole, piece };
UploadForm form_of(const api::UploadScratchpadReq& request);

/// The checks that need neither the sink nor the state of a chunked upload.
api::ErrorCode check_values(const api::UploadScratchpadReq& request, const std::string& sink_id);

gateway::Task<void> execute_status(RequestPtr request);
/// `key` and `duplicate` recognise the repetition of a piece that completed its upload.
gateway::Task<void> execute_upload(
    RequestContext& context, RequestPtr request, RequestKey key, bool duplicate);
gateway::Task<void> execute_process(RequestContext& context, RequestPtr request);

} // namespace transport::scratchpad
