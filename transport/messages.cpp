#include "transport/messages.hpp"

#include "transport/clock.hpp"

#include <stdexcept>
#include <sys/random.h>
#include <system_error>

namespace transport {
namespace {

constexpr std::uint32_t message_version = 1;
constexpr std::uint32_t api_version = 2;
constexpr std::array features = {
    api::CONFIGURATION_DATA_V1, api::SINK_KEY_MANAGEMENT_V1, api::SCRATCHPAD_CHUNK_V1};

api::StatusEvent& begin_status(
    api::GenericMessage& message, const TransportSettings& settings, std::uint64_t event_id,
    api::OnOffState state)
{
    api::StatusEvent& status = *message.mutable_wirepas()->mutable_status_event();
    api::EventHeader& header = *status.mutable_header();
    header.set_gw_id(settings.gateway_id);
    header.set_event_id(event_id);
    header.set_time_ms_epoch(now_ms());
    status.set_version(message_version);
    status.set_state(state);
    if (settings.gateway_model)
        status.set_gw_model(*settings.gateway_model);
    if (settings.gateway_version)
        status.set_gw_version(*settings.gateway_version);
    return status;
}

} // namespace

std::uint64_t RandomIds::next()
{
    if (left_ == 0) {
        if (getrandom(ids_.data(), sizeof ids_, 0) != static_cast<ssize_t>(sizeof ids_))
            throw std::system_error(errno, std::generic_category(), "cannot get random numbers");
        left_ = ids_.size();
    }
    return ids_.at(--left_);
}

std::string serialise(const api::GenericMessage& message)
{
    std::string octets;
    if (!message.IsInitialized())
        throw std::logic_error("a message lacks a required field: " + message.InitializationErrorString());
    message.SerializeToString(&octets);
    return octets;
}

std::string online_status(
    const TransportSettings& settings, const std::vector<api::SinkReadConfig>& configs,
    std::uint64_t event_id)
{
    api::GenericMessage message;
    api::StatusEvent& status = begin_status(message, settings, event_id, api::ON);
    for (const api::SinkReadConfig& config : configs)
        *status.add_configs() = config;
    if (settings.max_scratchpad_size)
        status.set_max_scratchpad_size(*settings.max_scratchpad_size);
    for (const api::GatewayFeature feature : features)
        status.add_gw_features(feature);
    return serialise(message);
}

std::string offline_status(const TransportSettings& settings, std::uint64_t event_id)
{
    api::GenericMessage message;
    begin_status(message, settings, event_id, api::OFF);
    return serialise(message);
}

api::GatewayInfo gateway_info(const TransportSettings& settings)
{
    api::GatewayInfo info;
    info.set_current_time_s_epoch(now_ms() / 1000);
    if (settings.gateway_model)
        info.set_gw_model(*settings.gateway_model);
    if (settings.gateway_version)
        info.set_gw_version(*settings.gateway_version);
    info.set_implemented_api_version(api_version);
    if (settings.max_scratchpad_size)
        info.set_max_scratchpad_size(*settings.max_scratchpad_size);
    for (const api::GatewayFeature feature : features)
        info.add_gw_features(feature);
    return info;
}

void fill_header(
    api::ResponseHeader& header, const TransportSettings& settings, std::uint64_t request_id,
    api::ErrorCode code)
{
    header.set_req_id(request_id);
    header.set_gw_id(settings.gateway_id);
    header.set_res(code);
    header.set_time_ms_epoch(now_ms());
}

} // namespace transport
