#include "transport/requests/gateway_info.hpp"

#include "transport/messages.hpp"
#include "transport/sinks/config_reader.hpp"

namespace transport {
namespace {

constexpr std::size_t max_waiting = 256;

} // namespace

void answer_gateway_info(const TransportSettings& settings, Request& request)
{
    request.answer(api::OK, [&](api::WirepasMessage& response) {
        *response.mutable_get_gateway_info_resp()->mutable_info() = gateway_info(settings);
    });
}

void ConfigurationQueries::add(RequestPtr request)
{
    if (waiting_.size() >= max_waiting) {
        request->answer(api::SINK_OUT_OF_MEMORY);
        return;
    }
    request->forget_content();
    waiting_.push_back(std::move(request));
    if (!reading_) {
        reading_ = true;
        tasks_->start(read());
    }
}

void ConfigurationQueries::abandon()
{
    tasks_.emplace();
    waiting_.clear();
    reading_ = false;
}

gateway::Task<void> ConfigurationQueries::read()
{
    while (!waiting_.empty()) {
        const std::vector<RequestPtr> answered = std::exchange(waiting_, {});
        auto reading = read_all_configurations(context_.loop, context_.sinks.all());
        const AllConfigurations all = co_await reading;
        for (const RequestPtr& request : answered)
            request->answer(api::OK, [&](api::WirepasMessage& response) {
                for (const api::SinkReadConfig& config : all.configs)
                    *response.mutable_get_configs_resp()->add_configs() = config;
            });
    }
    reading_ = false;
    if (idle_)
        idle_();
}

} // namespace transport
