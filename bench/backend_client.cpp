#include "bench/backend_client.hpp"

#include "generic_message.pb.h"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <stdexcept>

namespace bench {
namespace {

namespace api = wirepas::proto::gateway_api;

constexpr std::uint32_t destination = 1001;
constexpr std::uint32_t scratchpad_sequence = 42;

/// The header of the responses that are asked for here; null in others.
const api::ResponseHeader* header_of(const api::WirepasMessage& message)
{
    if (message.has_send_packet_resp())
        return &message.send_packet_resp().header();
    if (message.has_upload_scratchpad_resp())
        return &message.upload_scratchpad_resp().header();
    return nullptr;
}

api::RequestHeader& header_for(api::WirepasMessage& message)
{
    return message.has_send_packet_req() ? *message.mutable_send_packet_req()->mutable_header()
                                         : *message.mutable_upload_scratchpad_req()->mutable_header();
}

/// Of the sinks whose state is known.
int sinks_in(const api::StatusEvent& status)
{
    return static_cast<int>(std::ranges::count_if(
        status.configs(), [](const api::SinkReadConfig& sink) { return sink.has_sink_state(); }));
}

} // namespace

BackendClient::BackendClient(std::uint16_t broker_port, Session session, OnPacket on_packet)
    : on_packet_(std::move(on_packet)),
      // A gateway does not execute an id again that it has seen a short while ago.
      last_request_(std::uint64_t{std::random_device()()} << 24),
      client_(connect_when_there(
          broker_port, "backend", session, [this](const MqttClient::Message& message) { take(message); }))
{
    client_.subscribe("gw-event/#", 1);
    client_.subscribe("gw-response/#", 2);
}

void BackendClient::expect(
    const char* awaited, const std::function<bool()>& done, std::chrono::milliseconds limit)
{
    if (!client_.run_until(done, Clock::now() + limit))
        throw std::runtime_error(fmt::format("{} did not come within {} s", awaited, limit.count() / 1000));
}

BackendClient::Clock::time_point BackendClient::wait_until_online(int sinks)
{
    expect("ONLINE with all sinks", [&] { return sinks_ == sinks; });
    return online_since_;
}

void BackendClient::wait_until_offline()
{
    expect("OFFLINE", [&] { return !sinks_; });
}

std::uint64_t BackendClient::send_data(const std::string& sink, std::string_view payload)
{
    api::GenericMessage message;
    api::SendPacketReq& request = *message.mutable_wirepas()->mutable_send_packet_req();
    request.set_destination_address(destination);
    request.set_source_endpoint(1);
    request.set_destination_endpoint(2);
    request.set_qos(0);
    request.set_payload(payload.data(), payload.size());
    return post("send_data", sink, message);
}

std::uint64_t BackendClient::upload(
    const std::string& sink, std::string_view piece, std::size_t offset, std::size_t whole)
{
    api::GenericMessage message;
    api::UploadScratchpadReq& request = *message.mutable_wirepas()->mutable_upload_scratchpad_req();
    request.set_seq(scratchpad_sequence);
    request.set_scratchpad(piece.data(), piece.size());
    if (piece.size() < whole) {
        request.mutable_chunk_info()->set_scratchpad_total_size(static_cast<std::uint32_t>(whole));
        request.mutable_chunk_info()->set_start_offset(static_cast<std::uint32_t>(offset));
    }
    return post("otap_load_scratchpad", sink, message);
}

template<typename Message>
std::uint64_t BackendClient::post(const char* command, const std::string& sink, Message& message)
{
    api::RequestHeader& header = header_for(*message.mutable_wirepas());
    header.set_req_id(++last_request_);
    header.set_sink_id(sink);
    client_.publish(
        fmt::format("gw-request/{}/{}/{}", command, gateway_id, sink), message.SerializeAsString(), 2);
    return last_request_;
}

BackendClient::Clock::time_point BackendClient::wait_for_ok(std::uint64_t request)
{
    expect("a response", [&] { return responses_.contains(request); });
    const Response response = responses_.at(request);
    if (!response.ok)
        throw std::runtime_error("the gateway refused a request");
    return response.received;
}

void BackendClient::take(const MqttClient::Message& message)
{
    if (message.topic.starts_with("gw-event/received_data/")) {
        take_packet(message);
        return;
    }
    api::GenericMessage generic;
    if (!generic.ParseFromArray(message.payload.data(), static_cast<int>(message.payload.size())))
        return;
    if (const api::ResponseHeader* header = header_of(generic.wirepas())) {
        responses_.emplace(header->req_id(), Response{header->res() == api::OK, message.received});
    } else if (generic.wirepas().has_status_event()) {
        const api::StatusEvent& status = generic.wirepas().status_event();
        sinks_.reset();
        if (status.state() == api::ON)
            sinks_ = sinks_in(status);
        online_since_ = message.received;
    }
}

void BackendClient::take_packet(const MqttClient::Message& message)
{
    // Kept between messages: its strings keep their memory.
    static thread_local api::GenericMessage generic;
    if (!generic.ParseFromArray(message.payload.data(), static_cast<int>(message.payload.size())))
        throw std::runtime_error("the gateway published an event that cannot be read");
    const api::PacketReceivedEvent& event = generic.wirepas().packet_received_event();
    const auto* octets = reinterpret_cast<const std::uint8_t*>(event.payload().data());
    event_topic_ = message.topic;
    event_size_ = message.payload.size();
    if (on_packet_)
        on_packet_(
            {event.header().sink_id(), gateway::Reader({octets, event.payload().size()}).u32(),
             message.received});
}

} // namespace bench
