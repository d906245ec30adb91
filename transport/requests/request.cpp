#include "transport/requests/request.hpp"

#include <exception>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace transport {

Request::~Request()
{
    try {
        answer(api::INTERNAL_ERROR);
    } catch (const std::exception& error) {
        spdlog::error("a request could not be answered: {}", error.what());
    }
}

void Request::answer(api::ErrorCode code, const Fill& fill)
{
    if (std::exchange(answered_, true))
        return;
    answer_(*this, code, fill);
}

api::ResponseHeader& response_header(api::WirepasMessage& response, RequestKind kind)
{
    switch (kind) {
    case RequestKind::get_gw_info:
        return *response.mutable_get_gateway_info_resp()->mutable_header();
    case RequestKind::get_configs:
        return *response.mutable_get_configs_resp()->mutable_header();
    case RequestKind::set_config:
        return *response.mutable_set_config_resp()->mutable_header();
    case RequestKind::send_data:
        return *response.mutable_send_packet_resp()->mutable_header();
    case RequestKind::otap_status:
        return *response.mutable_get_scratchpad_status_resp()->mutable_header();
    case RequestKind::otap_load_scratchpad:
        return *response.mutable_upload_scratchpad_resp()->mutable_header();
    case RequestKind::otap_process_scratchpad:
        return *response.mutable_process_scratchpad_resp()->mutable_header();
    case RequestKind::otap_set_target_scratchpad:
        return *response.mutable_set_scratchpad_target_and_action_resp()->mutable_header();
    case RequestKind::set_configuration_data_item:
        return *response.mutable_set_configuration_data_item_resp()->mutable_header();
    case RequestKind::get_configuration_data_item:
        return *response.mutable_get_configuration_data_item_resp()->mutable_header();
    }
    throw std::logic_error("no such kind of request");
}

google::protobuf::MessageLite& mutable_request(api::WirepasMessage& message, RequestKind kind)
{
    switch (kind) {
    case RequestKind::get_gw_info:
        return *message.mutable_get_gateway_info_req();
    case RequestKind::get_configs:
        return *message.mutable_get_configs_req();
    case RequestKind::set_config:
        return *message.mutable_set_config_req();
    case RequestKind::send_data:
        return *message.mutable_send_packet_req();
    case RequestKind::otap_status:
        return *message.mutable_get_scratchpad_status_req();
    case RequestKind::otap_load_scratchpad:
        return *message.mutable_upload_scratchpad_req();
    case RequestKind::otap_process_scratchpad:
        return *message.mutable_process_scratchpad_req();
    case RequestKind::otap_set_target_scratchpad:
        return *message.mutable_set_scratchpad_target_and_action_req();
    case RequestKind::set_configuration_data_item:
        return *message.mutable_set_configuration_data_item_req();
    case RequestKind::get_configuration_data_item:
        return *message.mutable_get_configuration_data_item_req();
    }
    throw std::logic_error("no such kind of request");
}

namespace {

/// Calls `with(request)` for the request that belongs to the kind, `without()` when it is absent.
template<typename With, typename Without>
decltype(auto) visit(const api::WirepasMessage& m, RequestKind kind, With with, Without without)
{
    switch (kind) {
    case RequestKind::get_gw_info:
        return m.has_get_gateway_info_req() ? with(m.get_gateway_info_req()) : without();
    case RequestKind::get_configs:
        return m.has_get_configs_req() ? with(m.get_configs_req()) : without();
    case RequestKind::set_config:
        return m.has_set_config_req() ? with(m.set_config_req()) : without();
    case RequestKind::send_data:
        return m.has_send_packet_req() ? with(m.send_packet_req()) : without();
    case RequestKind::otap_status:
        return m.has_get_scratchpad_status_req() ? with(m.get_scratchpad_status_req()) : without();
    case RequestKind::otap_load_scratchpad:
        return m.has_upload_scratchpad_req() ? with(m.upload_scratchpad_req()) : without();
    case RequestKind::otap_process_scratchpad:
        return m.has_process_scratchpad_req() ? with(m.process_scratchpad_req()) : without();
    case RequestKind::otap_set_target_scratchpad:
        return m.has_set_scratchpad_target_and_action_req() ? with(m.set_scratchpad_target_and_action_req())
                                                            : without();
    case RequestKind::set_configuration_data_item:
        return m.has_set_configuration_data_item_req() ? with(m.set_configuration_data_item_req())
                                                       : without();
    case RequestKind::get_configuration_data_item:
        return m.has_get_configuration_data_item_req() ? with(m.get_configuration_data_item_req())
                                                       : without();
    }
    return without();
}

} // namespace

const google::protobuf::MessageLite* request_message(const api::WirepasMessage& message, RequestKind kind)
{
    using Pointer = const google::protobuf::MessageLite*;
    return visit(
        message, kind, [](const auto& request) -> Pointer { return &request; },
        []() -> Pointer { return nullptr; });
}

const api::RequestHeader& request_header(const api::WirepasMessage& message, RequestKind kind)
{
    using Header = const api::RequestHeader&;
    return visit(
        message, kind, [](const auto& request) -> Header { return request.header(); },
        []() -> Header { return api::RequestHeader::default_instance(); });
}

} // namespace transport
