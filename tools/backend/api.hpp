/// The schema's classes that appear in this folder's headers. Whoever uses their members includes
/// generic_message.pb.h as well.
#pragma once

namespace wirepas::proto::gateway_api {

class GetConfigsResp;
class GetGwInfoResp;
class GetScratchpadStatusResp;
class PacketReceivedEvent;
class ProcessScratchpadResp;
class ResponseHeader;
class ScratchpadInfo;
class SendPacketReq;
class SendPacketResp;
class SetConfigResp;
class SetScratchpadTargetAndActionResp;
class SinkNewConfig;
class SinkReadConfig;
class StatusEvent;
class TargetScratchpadAndAction;
class UploadScratchpadResp;
class WirepasMessage;

} // namespace wirepas::proto::gateway_api

namespace gateway::backend {

namespace api = wirepas::proto::gateway_api;

} // namespace gateway::backend
