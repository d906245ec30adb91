#include "sink-service/service/extension_object.hpp"

#include "sink-service/service/answers.hpp"

#include <fmt/format.h>

namespace sink_service {
namespace {

using gateway::ApplicationCode;
using Counters = std::map<std::string, std::uint64_t>;
using Packet = sdbus::Struct<
    std::uint64_t, std::uint64_t, std::uint32_t, std::uint32_t, std::uint8_t, std::uint8_t, std::uint32_t,
    std::uint8_t, std::uint8_t, std::vector<std::uint8_t>>;

Packet to_wire(const HeldPacket& held)
{
    const dual_mcu::UplinkPacket& packet = held.packet;
    return {
        held.number,
        packet.received_ms,
        packet.source,
        packet.destination,
        packet.source_endpoint,
        packet.destination_endpoint,
        packet.travel_time_ms,
        packet.qos,
        packet.hop_count,
        packet.payload};
}

Counters to_wire(const dual_mcu::LinkStatus& status)
{
    const dual_mcu::LineCounters& line = status.counters;
    return {
        {"frames_sent", line.frames_sent},
        {"frames_received", line.frames_received},
        {"frames_damaged", line.frames_damaged},
        {"error_reports", line.error_reports},
        {"repetitions", line.repetitions},
        {"stray_frames", line.stray_frames},
        {"timeouts", line.timeouts},
        {"duplicate_indications", line.duplicate_indications},
        {"connections", status.connections}};
}

[[noreturn]] void unknown_consumer(const char* function, const std::string& consumer)
{
    throw as_bus_error(
        function,
        {ApplicationCode::not_registered,
         fmt::format(
             "no consumer is called '{}' (forgotten after it was away too long?): attach again", consumer)});
}

} // namespace

ExtensionObject::ExtensionObject(sdbus::IConnection& connection, SinkBridge& bridge, Delivery& delivery)
    : AdaptorInterfaces(connection, gateway::sink_contract::object_path), bridge_(bridge), delivery_(delivery)
{
    registerAdaptor();
    delivery_.send_with(
        [this](std::uint64_t stream, const DeliveryHold::Batch& batch) { send(stream, batch); });
}

ExtensionObject::~ExtensionObject()
{
    delivery_.send_with(nullptr);
    unregisterAdaptor();
}

std::string ExtensionObject::caller() const
{
    return getObject().getCurrentlyProcessedMessage()->getSender();
}

std::tuple<std::uint64_t, std::uint64_t> ExtensionObject::Attach(const std::string& consumer)
{
    if (consumer.empty())
        throw as_bus_error("Attach", {ApplicationCode::invalid_value, "a consumer needs a name of its own"});
    const auto attached = delivery_.attach(consumer, caller());
    if (!attached)
        throw as_bus_error(
            "Attach", {ApplicationCode::out_of_memory, "too many consumers: detach one first"});
    return {attached->first, attached->second};
}

void ExtensionObject::Acknowledge(const std::string& consumer, const std::uint64_t& number)
{
    if (!delivery_.acknowledge(consumer, number))
        unknown_consumer("Acknowledge", consumer);
}

void ExtensionObject::Detach(const std::string& consumer)
{
    if (!delivery_.detach(consumer))
        unknown_consumer("Detach", consumer);
}

void ExtensionObject::send(std::uint64_t stream, const DeliveryHold::Batch& batch)
{
    std::vector<Packet> packets;
    packets.reserve(batch.packets.size());
    for (const auto& held : batch.packets)
        packets.push_back(to_wire(*held));
    answer("Packets", [&] {
        auto signal =
            getObject().createSignal(org::opengateway::sink::delivery1_adaptor::INTERFACE_NAME, "Packets");
        signal.setDestination(batch.owner);
        signal << stream << packets;
        getObject().emitSignal(signal);
    });
}

void ExtensionObject::GetStatus(sdbus::Result<std::string, std::string, std::uint32_t, Counters>&& result)
{
    using dual_mcu::LinkStatus;
    bridge_.run<LinkStatus>(
        [](dual_mcu::Sink& sink) -> gateway::Task<gateway::Result<LinkStatus>> {
            co_return sink.link().status();
        },
        answering<LinkStatus>(
            "GetStatus", std::move(result),
            // Answered perhaps when this object is gone.
            [&delivery = delivery_](auto& pending, const LinkStatus& status) {
                Counters counters = to_wire(status);
                counters["packets_held"] = delivery.packets_held();
                pending.returnResults(
                    std::string(dual_mcu::describe(status.state)), status.port, status.bits_per_second,
                    counters);
            }));
}

bool ExtensionObject::Cancel()
{
    return bridge_.cancel_upload();
}

} // namespace sink_service
