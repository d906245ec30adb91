#include "tools/watch/packet_source.hpp"

#include "generic_message.pb.h"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace gateway::tools {
namespace {

constexpr std::size_t most_waiting = 100'000; ///< for a terminal that is too slow; then the oldest go

Packet from_event(const backend::api::PacketReceivedEvent& event)
{
    Packet packet;
    packet.gateway_id = event.header().gw_id();
    packet.sink_id = event.header().sink_id();
    packet.time_ms = event.rx_time_ms_epoch();
    packet.source = event.source_address();
    packet.destination = event.destination_address();
    packet.source_endpoint = event.source_endpoint();
    packet.destination_endpoint = event.destination_endpoint();
    packet.travel_time_ms = event.travel_time_ms();
    packet.qos = event.qos();
    packet.hops = event.hop_count();
    packet.size = event.has_payload() ? event.payload().size() : event.payload_size();
    if (event.has_payload())
        packet.payload.emplace(event.payload().begin(), event.payload().end());
    return packet;
}

class ConnectedPackets : public BrokerPackets {
public:
    explicit ConnectedPackets(backend::BackendOptions options)
        : name_("gateway " + options.gateway_id + " at " + options.host + ':' + std::to_string(options.port)),
          backend_(with_callback(std::move(options)))
    {
    }

    std::optional<Packet> next(stand::Deadline deadline) override
    {
        std::unique_lock lock(mutex_);
        const bool came = changed_.wait_until(
            lock, stand::interruption(), deadline.at(), [this] { return !waiting_.empty(); });
        if (stand::interruption().stop_requested())
            throw stand::Interrupted();
        if (!came)
            return std::nullopt;
        Packet packet = std::move(waiting_.front());
        waiting_.pop_front();
        return packet;
    }

    [[nodiscard]] std::uint64_t dropped() const override
    {
        const std::lock_guard lock(mutex_);
        return dropped_;
    }

    [[nodiscard]] std::string name() const override { return name_; }
    backend::Backend& connection() override { return backend_; }

private:
    backend::BackendOptions with_callback(backend::BackendOptions options)
    {
        options.on_packet = [this](const backend::api::PacketReceivedEvent& event) {
            add(from_event(event));
        };
        return options;
    }

    /// On the MQTT client's thread.
    void add(Packet packet)
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() == most_waiting) {
            waiting_.pop_front();
            ++dropped_;
        }
        waiting_.push_back(std::move(packet));
        changed_.notify_all();
    }

    std::string name_;
    mutable std::mutex mutex_; ///< of the three below
    std::condition_variable_any changed_;
    std::deque<Packet> waiting_;
    std::uint64_t dropped_ = 0;
    backend::Backend backend_; ///< last: its thread uses all the others
};

} // namespace

std::unique_ptr<BrokerPackets> packets_of_broker(backend::BackendOptions options)
{
    return std::make_unique<ConnectedPackets>(std::move(options));
}

} // namespace gateway::tools
