#include "transport/metrics/link_health.hpp"

#include "transport/sinks/sink.hpp"

namespace transport {

gateway::Task<std::vector<std::optional<LinkHealth>>> read_link_health(
    std::vector<std::shared_ptr<Sink>> sinks)
{
    std::vector<BusCall<LinkHealth>> calls;
    calls.reserve(sinks.size());
    for (const auto& sink : sinks)
        calls.push_back(sink->link_health());
    std::vector<std::optional<LinkHealth>> read(sinks.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
        BusCall<LinkHealth>& call = calls[i];
        auto health = co_await call;
        if (health)
            read[i] = std::move(*health);
    }
    co_return read;
}

} // namespace transport
