#include "transport/requests/decode.hpp"

#include "transport/requests/request.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace transport {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int wirepas_field = 1; ///< of GenericMessage
constexpr std::size_t number_of_flags = 2;

/// The request's field in WirepasMessage.
int field_of(RequestKind kind)
{
    switch (kind) {
    case RequestKind::get_configs:
        return api::WirepasMessage::kGetConfigsReqFieldNumber;
    case RequestKind::set_config:
        return api::WirepasMessage::kSetConfigReqFieldNumber;
    case RequestKind::send_data:
        return api::WirepasMessage::kSendPacketReqFieldNumber;
    case RequestKind::otap_status:
        return api::WirepasMessage::kGetScratchpadStatusReqFieldNumber;
    case RequestKind::otap_load_scratchpad:
        return api::WirepasMessage::kUploadScratchpadReqFieldNumber;
    case RequestKind::otap_process_scratchpad:
        return api::WirepasMessage::kProcessScratchpadReqFieldNumber;
    case RequestKind::otap_set_target_scratchpad:
        return api::WirepasMessage::kSetScratchpadTargetAndActionReqFieldNumber;
    case RequestKind::set_configuration_data_item:
        return api::WirepasMessage::kSetConfigurationDataItemReqFieldNumber;
    case RequestKind::get_configuration_data_item:
        return api::WirepasMessage::kGetConfigurationDataItemReqFieldNumber;
    case RequestKind::get_gw_info:
        break;
    }
    return api::WirepasMessage::kGetGatewayInfoReqFieldNumber;
}

/// Calls `found(octets)` for each length-delimited field of this number, and skips all others; false
/// when the octets are no message, or `found` says so.
template<typename Found>
bool for_each_field(std::string_view octets, int number, Found found)
{
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(octets.data());
    CodedInputStream in(begin, static_cast<int>(octets.size()));
    while (const std::uint32_t tag = in.ReadTag()) {
        if (tag != WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
            if (!WireFormatLite::SkipField(&in, tag))
                return false;
            continue;
        }
        std::uint32_t length = 0;
        if (!in.ReadVarint32(&length))
            return false;
        const auto at = static_cast<std::size_t>(in.CurrentPosition());
        if (length > octets.size() - at || !found(octets.substr(at, length)) ||
            !in.Skip(static_cast<int>(length)))
            return false;
    }
    return in.ConsumedEntireMessage();
}

/// A flag counts once: a list of millions takes no memory.
void keep_each_flag_once(api::SinkNewConfig& config)
{
    auto& role = *config.mutable_node_role();
    bool low_latency = false;
    bool automatic = false;
    for (const int flag : role.flags()) {
        low_latency = low_latency || flag == api::NodeRole::LOW_LATENCY;
        automatic = automatic || flag == api::NodeRole::AUTOROLE;
    }
    api::NodeRole once;
    if (role.has_role())
        once.set_role(role.role());
    if (low_latency)
        once.add_flags(api::NodeRole::LOW_LATENCY);
    if (automatic)
        once.add_flags(api::NodeRole::AUTOROLE);
    role.Swap(&once);
}

} // namespace

tl::expected<std::unique_ptr<api::GenericMessage>, const char*> decode_request(
    std::string_view octets, RequestKind kind)
{
    if (octets.size() > max_request_size)
        return tl::unexpected<const char*>("it is longer than 17 MiB");
    auto message = std::make_unique<api::GenericMessage>();
    api::WirepasMessage& content = *message->mutable_wirepas();
    const int field = field_of(kind);
    const bool readable = for_each_field(octets, wirepas_field, [&](std::string_view wirepas) {
        return for_each_field(wirepas, field, [&](std::string_view request) {
            // As often as the field is there: each is merged into the ones before.
            CodedInputStream in(
                reinterpret_cast<const std::uint8_t*>(request.data()), static_cast<int>(request.size()));
            return mutable_request(content, kind).MergePartialFromCodedStream(&in) &&
                   in.ConsumedEntireMessage();
        });
    });
    if (!readable)
        return tl::unexpected<const char*>("it is not a GenericMessage");
    if (request_message(content, kind) == nullptr)
        return tl::unexpected<const char*>("it does not hold the request that its topic announces");
    if (!request_header(content, kind).has_req_id())
        return tl::unexpected<const char*>("it has no request id");
    if (kind == RequestKind::set_config &&
        content.set_config_req().config().node_role().flags_size() > static_cast<int>(number_of_flags))
        keep_each_flag_once(*content.mutable_set_config_req()->mutable_config());
    return message;
}

} // namespace transport
