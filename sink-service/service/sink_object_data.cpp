#include "sink-service/service/answers.hpp"
#include "sink-service/service/sink_object.hpp"

namespace sink_service {

using dual_mcu::Sink;

void SinkObject::SendMessage(
    sdbus::Result<std::uint32_t>&& result, std::uint32_t dst_addr, std::uint8_t src_ep, std::uint8_t dst_ep,
    std::uint32_t buffering_delay, std::uint8_t qos, bool is_unack_csma_ca, std::uint8_t hop_limit,
    Octets payload)
{
    dual_mcu::DownlinkPacket packet;
    packet.destination = dst_addr;
    packet.source_endpoint = src_ep;
    packet.destination_endpoint = dst_ep;
    packet.buffering_delay_ms = buffering_delay;
    packet.qos = qos;
    packet.unacknowledged_csma_ca = is_unack_csma_ca;
    packet.hop_limit = hop_limit;
    packet.payload = std::move(payload);

    auto pending = std::make_shared<sdbus::Result<std::uint32_t>>(std::move(result));
    bridge_.run<void>(
        [packet = std::move(packet)](Sink& sink) { return sink.send(packet); },
        [pending](const gateway::Result<>& outcome) {
            // The code is a return value here, not an error.
            const auto code = outcome ? gateway::ApplicationCode::ok : outcome.error().code;
            if (!outcome)
                spdlog::debug("a packet was refused: {}", outcome.error().message);
            answer("SendMessage", [&] { pending->returnResults(static_cast<std::uint32_t>(code)); });
        });
}

const dual_mcu::ScratchpadStatusConfirm& SinkObject::scratchpad() const
{
    const auto& reading = state().scratchpad;
    if (!reading)
        throw as_bus_error(
            "WPC_get_scratchpad_status",
            {reading.error(), "the scratchpad status could not be read from the sink"});
    return *reading;
}

std::uint32_t SinkObject::StoredLen()
{
    return scratchpad().stored_size;
}

std::uint16_t SinkObject::StoredCrc()
{
    return scratchpad().stored_crc;
}

std::uint8_t SinkObject::StoredSeq()
{
    return scratchpad().stored_sequence;
}

std::uint8_t SinkObject::StoredStatus()
{
    return scratchpad().stored_status;
}

std::uint8_t SinkObject::StoredType()
{
    return scratchpad().stored_type;
}

std::uint32_t SinkObject::ProcessedLen()
{
    return scratchpad().processed_size;
}

std::uint16_t SinkObject::ProcessedCrc()
{
    return scratchpad().processed_crc;
}

std::uint8_t SinkObject::ProcessedSeq()
{
    return scratchpad().processed_sequence;
}

std::uint32_t SinkObject::FirmwareAreaId()
{
    return scratchpad().firmware_area_id;
}

void SinkObject::UploadScratchpad(sdbus::Result<>&& result, std::uint8_t seq, Octets scratchpad)
{
    bridge_.upload(
        seq, std::move(scratchpad), getObject().getCurrentlyProcessedMessage()->getSender(),
        answering_done("WPC_upload_local_scratchpad", std::move(result)));
}

void SinkObject::ClearLocalScratchpad(sdbus::Result<>&& result)
{
    bridge_.run<void>(
        [](Sink& sink) { return sink.clear_scratchpad(); },
        answering_done("WPC_clear_local_scratchpad", std::move(result)));
}

void SinkObject::ProcessScratchpad(sdbus::Result<>&& result)
{
    bridge_.run<void>(
        [](Sink& sink) { return sink.process_scratchpad(); },
        answering_done("WPC_update_local_scratchpad", std::move(result)));
}

void SinkObject::SetTargetScratchpad(
    sdbus::Result<bool>&& result, std::uint8_t seq, std::uint16_t crc, std::uint8_t action,
    std::uint8_t param)
{
    const gateway::TargetAndAction target{seq, crc, action, param};
    bridge_.run<void>(
        [target](Sink& sink) { return sink.set_target(target); },
        answering_true("WPC_write_target_scratchpad", std::move(result)));
}

void SinkObject::GetTargetScratchpad(
    sdbus::Result<std::uint8_t, std::uint16_t, std::uint8_t, std::uint8_t>&& result)
{
    using gateway::TargetAndAction;
    bridge_.run<TargetAndAction>(
        [](Sink& sink) { return sink.get_target(); },
        answering<TargetAndAction>(
            "WPC_read_target_scratchpad", std::move(result),
            [](auto& pending, const TargetAndAction& target) {
                pending.returnResults(target.sequence, target.crc, target.action, target.parameter);
            }));
}

} // namespace sink_service
