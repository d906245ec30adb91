#include "transport/requests/configuration_data_item.hpp"

#include "transport/requests/error_mapping.hpp"
#include "transport/sinks/sink.hpp"

#include <spdlog/spdlog.h>

namespace transport::configuration_data_item {
namespace {

constexpr std::size_t max_payload = 80;
constexpr std::uint32_t max_endpoint = 65535;

} // namespace

api::ErrorCode check_endpoint(std::uint32_t endpoint)
{
    return endpoint > max_endpoint ? api::INVALID_DEST_ENDPOINT : api::OK;
}

api::ErrorCode check_values(const api::ConfigurationDataItem& item)
{
    if (const api::ErrorCode code = check_endpoint(item.endpoint()); code != api::OK)
        return code;
    return item.payload().size() > max_payload ? api::SINK_OUT_OF_MEMORY : api::OK;
}

gateway::Task<void> execute_set(RequestContext& context, RequestPtr request)
{
    const auto& item = request->content().set_configuration_data_item_req().configuration_data_item();
    auto call = request->sink->set_config_data_item(
        static_cast<std::uint16_t>(item.endpoint()),
        {reinterpret_cast<const std::uint8_t*>(item.payload().data()), item.payload().size()});
    const auto done = co_await call;
    if (!done)
        spdlog::warn("{}: set_configuration_data_item: {}", request->sink_id(), done.error().message);
    request->answer(done ? api::OK : error_code(done.error()));
    context.request_status();
}

gateway::Task<void> execute_get(RequestPtr request)
{
    const std::uint32_t endpoint = request->content().get_configuration_data_item_req().endpoint();
    auto call = request->sink->config_data_item(static_cast<std::uint16_t>(endpoint));
    const auto payload = co_await call;
    if (!payload) {
        request->answer(error_code(payload.error()));
        co_return;
    }
    request->answer(api::OK, [&](api::WirepasMessage& response) {
        auto* item = response.mutable_get_configuration_data_item_resp()->mutable_configuration_data_item();
        item->set_endpoint(endpoint);
        item->set_payload(payload->data(), payload->size());
    });
}

} // namespace transport::configuration_data_item
