/// Stopping and starting a sink's stack around an operation (docs/spec/gateway-backend-api.md, 4.4,
/// 4.7).
#pragma once

#include "gateway/task.hpp"
#include "transport/api.hpp"
#include "transport/sinks/sink.hpp"

#include <memory>

namespace transport {

/// Result of reading StackStatus: whether the stack runs.
gateway::Task<BusResult<bool>> read_running(std::shared_ptr<Sink> sink);

/// SetStackState; a `false` of the sink counts as INVALID_SINK_STATE, like every failure but a
/// deadline (SINK_TIMEOUT) and a sink that is gone (INVALID_SINK_ID).
gateway::Task<api::ErrorCode> switch_stack(std::shared_ptr<Sink> sink, bool running);

} // namespace transport
