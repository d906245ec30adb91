#include "transport/requests/configuration_data_item.hpp"
#include "transport/requests/router.hpp"
#include "transport/requests/scratchpad.hpp"
#include "transport/requests/send_data.hpp"
#include "transport/requests/set_config.hpp"
#include "transport/requests/target.hpp"

namespace transport {

api::ErrorCode check_complete(const api::WirepasMessage& content, RequestKind kind)
{
    if (kind == RequestKind::set_config)
        return set_config::check_complete(content.set_config_req());
    return request_message(content, kind)->IsInitialized() ? api::OK : api::INVALID_PARAM;
}

api::ErrorCode check_values(
    const api::WirepasMessage& content, RequestKind kind, const api::SinkReadConfig& known_sink)
{
    switch (kind) {
    case RequestKind::set_config:
        return set_config::check_values(content.set_config_req().config(), known_sink);
    case RequestKind::send_data:
        return send_data::check_values(content.send_packet_req());
    case RequestKind::otap_load_scratchpad:
        return scratchpad::check_values(content.upload_scratchpad_req(), known_sink.sink_id());
    case RequestKind::otap_set_target_scratchpad:
        return target::check_values(content.set_scratchpad_target_and_action_req().target_and_action());
    case RequestKind::set_configuration_data_item:
        return configuration_data_item::check_values(
            content.set_configuration_data_item_req().configuration_data_item());
    case RequestKind::get_configuration_data_item:
        return configuration_data_item::check_endpoint(content.get_configuration_data_item_req().endpoint());
    case RequestKind::get_gw_info:
    case RequestKind::get_configs:
    case RequestKind::otap_status:
    case RequestKind::otap_process_scratchpad:
        break;
    }
    return api::OK;
}

bool is_guarded(const api::WirepasMessage& content, RequestKind kind)
{
    switch (kind) {
    case RequestKind::get_gw_info:
    case RequestKind::get_configs:
    case RequestKind::otap_status:
    case RequestKind::get_configuration_data_item:
        return false;
    case RequestKind::otap_load_scratchpad:
        return scratchpad::form_of(content.upload_scratchpad_req()) != scratchpad::UploadForm::piece;
    default:
        return true;
    }
}

} // namespace transport
