#include "tools/backend/requests.hpp"

#include "generic_message.pb.h"

#include <algorithm>
#include <stdexcept>

namespace gateway::backend {
namespace {

const std::string no_sink;

void set_octets(std::string& field, ByteView octets)
{
    field.assign(octets.begin(), octets.end());
}

} // namespace

api::GetGwInfoResp get_gateway_info(Backend& backend)
{
    api::WirepasMessage message;
    message.mutable_get_gateway_info_req();
    return backend.request(message, no_sink, limits::reading).get_gateway_info_resp();
}

api::GetConfigsResp get_configs(Backend& backend)
{
    api::WirepasMessage message;
    message.mutable_get_configs_req();
    return backend.request(message, no_sink, limits::reading).get_configs_resp();
}

api::SetConfigResp set_config(Backend& backend, const api::SinkNewConfig& config)
{
    api::WirepasMessage message;
    *message.mutable_set_config_req()->mutable_config() = config;
    return backend.request(message, config.sink_id(), limits::configuring).set_config_resp();
}

api::SendPacketResp send_data(Backend& backend, const std::string& sink_id, const api::SendPacketReq& packet)
{
    api::WirepasMessage message;
    *message.mutable_send_packet_req() = packet;
    return backend.request(message, sink_id, limits::sending).send_packet_resp();
}

api::GetScratchpadStatusResp otap_status(Backend& backend, const std::string& sink_id)
{
    api::WirepasMessage message;
    message.mutable_get_scratchpad_status_req();
    return backend.request(message, sink_id, limits::reading).get_scratchpad_status_resp();
}

api::UploadScratchpadResp upload_scratchpad(
    Backend& backend, const std::string& sink_id, std::uint32_t sequence, ByteView file)
{
    api::WirepasMessage message;
    message.mutable_upload_scratchpad_req()->set_seq(sequence);
    set_octets(*message.mutable_upload_scratchpad_req()->mutable_scratchpad(), file);
    return backend.request(message, sink_id, limits::uploading).upload_scratchpad_resp();
}

api::UploadScratchpadResp upload_scratchpad_in_pieces(
    Backend& backend, const std::string& sink_id, std::uint32_t sequence, ByteView file, std::size_t piece,
    const UploadProgress& progress)
{
    if (piece == 0 || file.empty())
        throw std::logic_error("an upload in pieces needs a file and pieces of at least one octet");
    api::UploadScratchpadResp response;
    for (std::size_t offset = 0; offset < file.size(); offset += piece) {
        const ByteView octets = file.subspan(offset, std::min(piece, file.size() - offset));
        api::WirepasMessage message;
        api::UploadScratchpadReq& request = *message.mutable_upload_scratchpad_req();
        request.set_seq(sequence);
        request.mutable_chunk_info()->set_scratchpad_total_size(static_cast<std::uint32_t>(file.size()));
        request.mutable_chunk_info()->set_start_offset(static_cast<std::uint32_t>(offset));
        set_octets(*request.mutable_scratchpad(), octets);
        response = backend.request(message, sink_id, limits::uploading).upload_scratchpad_resp();
        if (response.header().res() != api::OK)
            return response;
        if (progress)
            progress(offset + octets.size(), file.size());
    }
    return response;
}

api::UploadScratchpadResp clear_scratchpad(Backend& backend, const std::string& sink_id)
{
    api::WirepasMessage message;
    message.mutable_upload_scratchpad_req()->set_seq(0); // required, without meaning for a clear
    return backend.request(message, sink_id, limits::uploading).upload_scratchpad_resp();
}

api::ProcessScratchpadResp process_scratchpad(Backend& backend, const std::string& sink_id)
{
    api::WirepasMessage message;
    message.mutable_process_scratchpad_req();
    return backend.request(message, sink_id, limits::processing).process_scratchpad_resp();
}

api::SetScratchpadTargetAndActionResp set_target(
    Backend& backend, const std::string& sink_id, const api::TargetScratchpadAndAction& target)
{
    api::WirepasMessage message;
    *message.mutable_set_scratchpad_target_and_action_req()->mutable_target_and_action() = target;
    return backend.request(message, sink_id, limits::processing).set_scratchpad_target_and_action_resp();
}

} // namespace gateway::backend
