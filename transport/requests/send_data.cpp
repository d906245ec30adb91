#include "transport/requests/send_data.hpp"

#include "gateway/address.hpp"
#include "transport/requests/error_mapping.hpp"
#include "transport/sinks/sink.hpp"

#include <spdlog/spdlog.h>

namespace transport::send_data {

api::ErrorCode check_values(const api::SendPacketReq& packet)
{
    if (packet.hop_limit() > gateway::max_hop_limit)
        return api::INVALID_MAX_HOP_COUNT;
    if (packet.source_endpoint() > 255)
        return api::INVALID_SRC_ENDPOINT;
    if (packet.destination_endpoint() > 255)
        return api::INVALID_DEST_ENDPOINT;
    if (packet.qos() > gateway::max_qos)
        return api::INVALID_QOS;
    if (packet.payload().empty() || packet.payload().size() > gateway::max_packet_size)
        return api::INVALID_DATA_PAYLOAD;
    return api::OK;
}

gateway::Task<void> execute(RequestPtr request)
{
    const api::SendPacketReq& wanted = request->content().send_packet_req();
    DownlinkPacket packet;
    packet.destination_address = wanted.destination_address();
    packet.source_endpoint = static_cast<std::uint8_t>(wanted.source_endpoint());
    packet.destination_endpoint = static_cast<std::uint8_t>(wanted.destination_endpoint());
    packet.initial_delay_ms = wanted.initial_delay_ms();
    packet.qos = static_cast<std::uint8_t>(wanted.qos());
    packet.unacknowledged_csma_ca = wanted.is_unack_csma_ca();
    packet.hop_limit = static_cast<std::uint8_t>(wanted.hop_limit());
    packet.payload = {
        reinterpret_cast<const std::uint8_t*>(wanted.payload().data()), wanted.payload().size()};

    auto call = request->sink->send_message(packet);
    const auto result = co_await call;
    if (result) {
        request->answer(error_code(gateway::application_code_from(*result)));
    } else {
        spdlog::warn("{}: send_data: {}", request->sink_id(), result.error().message);
        request->answer(error_code(result.error()));
    }
}

} // namespace transport::send_data
