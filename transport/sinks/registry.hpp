/// The sinks on the bus: finds them, follows their owners, receives their signals
/// (docs/spec/sink-dbus-api.md, 1). For the loop's thread.
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/event_loop.hpp"
#include "gateway/task.hpp"
#include "transport/back_off.hpp"
#include "transport/mqtt/publication.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sd_bus_message;
namespace sdbus {
class Message;
}

namespace transport {

class Sink;

/// The arguments of MessageReceived; the payload is a view of the signal.
struct UplinkPacket {
    std::uint64_t timestamp_ms = 0; ///< since 1970, when the packet was complete
    std::uint32_t source_address = 0;
    std::uint32_t destination_address = 0;
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint32_t travel_time_ms = 0;
    std::uint8_t qos = 0;
    std::uint8_t hop_count = 0;
    gateway::ByteView payload;
};

class SinkRegistry {
public:
    /// Called from the loop. Signals of a sink come in the order of the bus.
    struct Handlers {
        std::function<void(const std::shared_ptr<Sink>&)> appeared;
        std::function<void()> listed; ///< all sinks that were on the bus at the start have appeared
        std::function<void(const std::shared_ptr<Sink>&)> disappeared; ///< its calls have ended already
        std::function<void(Sink&, bool running)> stack_changed;
        /// Values of the configuration changed; the network address, when it is among them.
        std::function<void(Sink&, std::optional<std::uint32_t> network_address)> properties_changed;
        std::function<void(Sink&, const UplinkPacket&)> packet; ///< by MessageReceived
        /// By the delivery interface: after its Sink was attached.
        std::function<void(Sink&, const DeliveryMark&, const UplinkPacket&)> delivered;
    };

    SinkRegistry(gateway::EventLoop& loop, Handlers handlers);
    SinkRegistry(const SinkRegistry&) = delete;
    SinkRegistry& operator=(const SinkRegistry&) = delete;
    ~SinkRegistry();

    /// Connects to the system bus and stays connected, however often that takes.
    void start();
    /// Whether MessageReceived is received; it is from the start.
    void hear_packets(bool wanted);

    /// In the order of their ids, octet by octet.
    [[nodiscard]] std::vector<std::shared_ptr<Sink>> all() const;
    [[nodiscard]] std::shared_ptr<Sink> find(std::string_view id) const; ///< null: no such sink
    /// False until the names on the bus have been listed: there may be sinks not seen yet.
    [[nodiscard]] bool listed() const { return listed_; }

    /// Signals dropped because their sender owned no sink's name.
    [[nodiscard]] std::uint64_t foreign_signals() const { return foreign_signals_; }

private:
    struct Bus;
    struct EarlySignal;

    void connect();
    void match_packets();
    void lost();
    void try_again();
    gateway::Task<void> list_names();
    void set_owner(const std::string& name, const std::string& owner);
    void remove(const std::string& id);
    void on_owner_changed(sdbus::Message& message);
    void on_signal(sdbus::Message& message);
    void dispatch(Sink& sink, sd_bus_message* signal);
    void dispatch_delivery(Sink& sink, sd_bus_message* signal);
    void end_listing();

    gateway::EventLoop& loop_;
    Handlers handlers_;
    BackOff back_off_;
    gateway::EventLoop::Handle retry_;
    std::unique_ptr<Bus> bus_;
    std::map<std::string, std::shared_ptr<Sink>, std::less<>> sinks_;
    std::unordered_map<std::string, std::shared_ptr<Sink>> by_owner_;
    std::deque<EarlySignal> early_; ///< of senders not known yet while names are listed
    bool listed_ = false;
    std::uint64_t foreign_signals_ = 0;
};

} // namespace transport
