#include "gateway/dbus/sink_contract.hpp"
#include "tools/watch/packet_source.hpp"

#include <array>
#include <deque>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <sdbus-c++/sdbus-c++.h>

namespace gateway::tools {
namespace {

/// Names of sinks, by the unique name of who owns them: signals bear the latter.
class BusPackets : public PacketSource {
public:
    explicit BusPackets(const std::string& address) : bus_(address)
    {
        // Before the names are listed, so that no change is missed.
        owner_changes_ = bus_.connection().addMatch(
            "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
            "member='NameOwnerChanged',arg0namespace='com.wirepas.sink'",
            [this](sdbus::Message& message) { on_owner_changed(message); });
        packets_ = bus_.connection().addMatch(
            fmt::format(
                "type='signal',interface='{}',member='MessageReceived',path='{}'",
                sink_contract::data_interface, sink_contract::object_path),
            [this](sdbus::Message& message) { on_packet(message); });
        for (const std::string& id : bus_.sinks())
            sinks_[bus_.owner(sink_contract::name_prefix + id)] = id;
    }

    std::optional<Packet> next(stand::Deadline deadline) override
    {
        try {
            while (waiting_.empty()) {
                if (bus_.connection().processPendingRequest())
                    continue;
                if (!stand::wait_readable(std::array{bus_.connection().getEventLoopPollData().fd}, deadline))
                    return std::nullopt;
            }
        } catch (const sdbus::Error& error) {
            throw local::bus_error("packets from the bus", error);
        }
        Packet packet = std::move(waiting_.front());
        waiting_.pop_front();
        return packet;
    }

    [[nodiscard]] std::string name() const override
    {
        return fmt::format(
            "{} on the bus", sinks_.size() == 1 ? "1 sink" : fmt::format("{} sinks", sinks_.size()));
    }

private:
    void on_owner_changed(sdbus::Message& message)
    {
        std::string name;
        std::string before;
        std::string after;
        message >> name >> before >> after;
        const std::string id =
            name.substr(std::min(name.size(), std::string_view(sink_contract::name_prefix).size()));
        sinks_.erase(before);
        if (!after.empty())
            sinks_[after] = id;
        std::cerr << id << (after.empty() ? " has left the bus\n" : " has come onto the bus\n");
    }

    void on_packet(sdbus::Message& message)
    {
        const auto sink = sinks_.find(message.getSender());
        if (sink == sinks_.end())
            return; // owns no sink's name: not for anybody
        Packet packet;
        std::uint8_t source_endpoint = 0;
        std::uint8_t destination_endpoint = 0;
        std::uint8_t qos = 0;
        std::uint8_t hops = 0;
        Bytes payload;
        message >> packet.time_ms >> packet.source >> packet.destination >> source_endpoint >>
            destination_endpoint >> packet.travel_time_ms >> qos >> hops >> payload;
        packet.sink_id = sink->second;
        packet.source_endpoint = source_endpoint;
        packet.destination_endpoint = destination_endpoint;
        packet.qos = qos;
        packet.hops = hops;
        packet.size = payload.size();
        packet.payload = std::move(payload);
        waiting_.push_back(std::move(packet)); // one at most: `next` takes it before the next message
    }

    std::map<std::string, std::string> sinks_;
    std::deque<Packet> waiting_;
    local::Bus bus_;
    sdbus::Slot owner_changes_; ///< behind the bus: gone before it
    sdbus::Slot packets_;
};

} // namespace

std::unique_ptr<PacketSource> packets_of_bus(const std::string& bus_address)
{
    return std::make_unique<BusPackets>(bus_address);
}

} // namespace gateway::tools
