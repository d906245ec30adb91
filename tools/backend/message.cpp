#include "tools/backend/message.hpp"

#include "generic_message.pb.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <stdexcept>
#include <vector>

namespace gateway::backend {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct Command {
    int field; ///< of WirepasMessage
    std::string_view name;
    bool has_sink;
};

constexpr std::array commands = {
    Command{api::WirepasMessage::kGetGatewayInfoReqFieldNumber, "get_gw_info", false},
    Command{api::WirepasMessage::kGetConfigsReqFieldNumber, "get_configs", false},
    Command{api::WirepasMessage::kSetConfigReqFieldNumber, "set_config", true},
    Command{api::WirepasMessage::kSendPacketReqFieldNumber, "send_data", true},
    Command{api::WirepasMessage::kGetScratchpadStatusReqFieldNumber, "otap_status", true},
    Command{api::WirepasMessage::kUploadScratchpadReqFieldNumber, "otap_load_scratchpad", true},
    Command{api::WirepasMessage::kProcessScratchpadReqFieldNumber, "otap_process_scratchpad", true},
    Command{
        api::WirepasMessage::kSetScratchpadTargetAndActionReqFieldNumber, "otap_set_target_scratchpad", true},
    Command{
        api::WirepasMessage::kSetConfigurationDataItemReqFieldNumber, "set_configuration_data_item", true},
    Command{
        api::WirepasMessage::kGetConfigurationDataItemReqFieldNumber, "get_configuration_data_item", true},
};

/// The sub-message that is set; null when there is none.
const FieldDescriptor* content(const Message& message)
{
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    return fields.empty() ? nullptr : fields.front();
}

std::uint64_t now_ms()
{
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
}

} // namespace

std::string address_request(
    api::WirepasMessage& message, std::uint64_t request_id, std::string_view gateway_id,
    std::string_view sink_id)
{
    const FieldDescriptor* field = content(message);
    const auto* const command = std::ranges::find_if(
        commands, [&](const Command& known) { return field != nullptr && field->number() == known.field; });
    if (command == commands.end())
        throw std::logic_error("a message without a request cannot be sent to a gateway");

    Message* request = message.GetReflection()->MutableMessage(&message, field);
    const FieldDescriptor* header_field = request->GetDescriptor()->FindFieldByName("header");
    api::RequestHeader header;
    header.set_req_id(request_id);
    header.set_time_ms_epoch(now_ms());
    if (command->has_sink)
        header.set_sink_id(std::string(sink_id));
    request->GetReflection()->MutableMessage(request, header_field)->CopyFrom(header);

    std::string topic = "gw-request/" + std::string(command->name) + '/' + std::string(gateway_id);
    if (command->has_sink)
        topic += '/' + std::string(sink_id);
    return topic;
}

const api::ResponseHeader* response_header(const api::WirepasMessage& message)
{
    const FieldDescriptor* field = content(message);
    if (field == nullptr)
        return nullptr;
    const Message& response = message.GetReflection()->GetMessage(message, field);
    const FieldDescriptor* header = response.GetDescriptor()->FindFieldByName("header");
    if (header == nullptr || header->message_type() != api::ResponseHeader::descriptor())
        return nullptr;
    return static_cast<const api::ResponseHeader*>(&response.GetReflection()->GetMessage(response, header));
}

std::uint64_t random_request_id()
{
    std::random_device random;
    std::uniform_int_distribution<std::uint64_t> identifiers(1);
    return identifiers(random);
}

} // namespace gateway::backend
