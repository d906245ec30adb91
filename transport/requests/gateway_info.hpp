/// get_gw_info, get_configs (docs/spec/gateway-backend-api.md, 4.3).
#pragma once

#include "gateway/task.hpp"
#include "transport/requests/context.hpp"
#include "transport/requests/request.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace transport {

void answer_gateway_info(const TransportSettings& settings, Request& request);

/// Reads all sinks for get_configs, one reading at a time; requests that come during a reading
/// share the next one, because the one under way may show older values.
class ConfigurationQueries {
public:
    explicit ConfigurationQueries(RequestContext& context) : context_(context) {}

    void add(RequestPtr request);
    [[nodiscard]] bool idle() const { return !reading_; }
    /// Called each time that nothing waits any more.
    void on_idle(std::function<void()> idle) { idle_ = std::move(idle); }
    /// Ends the reading; each request is answered INTERNAL_ERROR.
    void abandon();

private:
    gateway::Task<void> read();

    RequestContext& context_;
    std::vector<RequestPtr> waiting_;
    bool reading_ = false;
    std::function<void()> idle_;
    std::optional<gateway::TaskScope> tasks_{std::in_place};
};

} // namespace transport
