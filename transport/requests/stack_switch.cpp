#include "transport/requests/stack_switch.hpp"

#include <spdlog/spdlog.h>

namespace transport {

gateway::Task<BusResult<bool>> read_running(std::shared_ptr<Sink> sink)
{
    auto call = sink->read(SinkInterface::config, "StackStatus");
    auto status = co_await call;
    if (!status)
        co_return tl::unexpected(status.error());
    const bool running = !status->empty() && (status->front() & 1U) == 0;
    co_return running;
}

gateway::Task<api::ErrorCode> switch_stack(std::shared_ptr<Sink> sink, bool running)
{
    const char* const what = running ? "start" : "stop";
    auto call = sink->set_stack_state(running);
    const auto done = co_await call;
    if (done && *done)
        co_return api::OK;
    if (done) {
        spdlog::error("{}: the stack did not {}: look at the sink service's log", sink->id(), what);
        co_return api::INVALID_SINK_STATE;
    }
    spdlog::error("{}: the stack did not {}: {}", sink->id(), what, done.error().message);
    if (done.error().fault == BusFault::deadline)
        co_return api::SINK_TIMEOUT;
    if (done.error().fault == BusFault::gone)
        co_return api::INVALID_SINK_ID;
    co_return api::INVALID_SINK_STATE;
}

} // namespace transport
