/// The API's requests, one function each (spec/gateway-backend-api.md, 4). All throw BackendError when
/// no response came in time; what the gateway made of a request is in the response's header.
#pragma once

#include "gateway/bytes.hpp"
#include "tools/backend/backend.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace gateway::backend {

/// Longer than a gateway may take (4.2), so that its own answer is seen.
namespace limits {
inline constexpr std::chrono::seconds reading{30};
inline constexpr std::chrono::seconds sending{90};
inline constexpr std::chrono::seconds configuring{180};
inline constexpr std::chrono::seconds uploading{1800};
inline constexpr std::chrono::seconds processing{330};
} // namespace limits

api::GetGwInfoResp get_gateway_info(Backend& backend);
api::GetConfigsResp get_configs(Backend& backend);
/// `config.sink_id` says which sink.
api::SetConfigResp set_config(Backend& backend, const api::SinkNewConfig& config);
/// The header of `packet` is filled here.
api::SendPacketResp send_data(Backend& backend, const std::string& sink_id, const api::SendPacketReq& packet);
api::GetScratchpadStatusResp otap_status(Backend& backend, const std::string& sink_id);

/// A whole file in one request. `sequence` is 1..254.
api::UploadScratchpadResp upload_scratchpad(
    Backend& backend, const std::string& sink_id, std::uint32_t sequence, ByteView file);

/// Told after each piece that was accepted: octets so far, octets of the file.
using UploadProgress = std::function<void(std::size_t done, std::size_t total)>;

/// A file in pieces of at most `piece` octets, in order (4.7). Gives the response of the last piece, or
/// of the first that was refused.
api::UploadScratchpadResp upload_scratchpad_in_pieces(
    Backend& backend, const std::string& sink_id, std::uint32_t sequence, ByteView file, std::size_t piece,
    const UploadProgress& progress = {});

api::UploadScratchpadResp clear_scratchpad(Backend& backend, const std::string& sink_id);
api::ProcessScratchpadResp process_scratchpad(Backend& backend, const std::string& sink_id);
api::SetScratchpadTargetAndActionResp set_target(
    Backend& backend, const std::string& sink_id, const api::TargetScratchpadAndAction& target);

} // namespace gateway::backend
