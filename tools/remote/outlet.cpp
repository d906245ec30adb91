#include "tools/remote/outlet.hpp"

#include "tools/backend/requests.hpp"

#include "generic_message.pb.h"

namespace gateway::tools {
namespace {

namespace api = backend::api;

class BusOutlet : public Outlet {
public:
    explicit BusOutlet(const std::string& bus_address) : bus_(bus_address) {}

    std::vector<std::string> sinks() override { return bus_.sinks(); }

    std::string send(const std::string& sink, const local::OutgoingPacket& packet) override
    {
        const ApplicationCode code = local::Sink(bus_, bus_.choose_sink(sink)).send(packet);
        if (code == ApplicationCode::ok)
            return {};
        std::string text(describe(code));
        const std::string_view advice = local::advice(code);
        return advice.empty() ? text : text + "; " + std::string(advice);
    }

private:
    local::Bus bus_;
};

class BrokerOutlet : public Outlet {
public:
    explicit BrokerOutlet(backend::Backend& connection) : backend_(connection) {}

    std::vector<std::string> sinks() override
    {
        constexpr std::chrono::seconds limit{10}; // the status is retained
        const api::StatusEvent status = backend_.wait_for_status(
            "ONLINE", [](const api::StatusEvent& event) { return event.state() == api::ON; }, limit);
        std::vector<std::string> ids;
        for (const api::SinkReadConfig& sink : status.configs())
            ids.push_back(sink.sink_id());
        return ids;
    }

    std::string send(const std::string& sink, const local::OutgoingPacket& packet) override
    {
        api::SendPacketReq request;
        request.set_destination_address(packet.destination);
        request.set_source_endpoint(packet.source_endpoint);
        request.set_destination_endpoint(packet.destination_endpoint);
        request.set_qos(packet.qos);
        request.set_payload(packet.payload.data(), packet.payload.size());
        const api::ErrorCode code = backend::send_data(backend_, sink, request).header().res();
        return code == api::OK ? std::string() : "the gateway answered " + api::ErrorCode_Name(code);
    }

private:
    backend::Backend& backend_;
};

} // namespace

std::unique_ptr<Outlet> outlet_of_bus(const std::string& bus_address)
{
    return std::make_unique<BusOutlet>(bus_address);
}

std::unique_ptr<Outlet> outlet_of_broker(backend::Backend& connection)
{
    return std::make_unique<BrokerOutlet>(connection);
}

} // namespace gateway::tools
