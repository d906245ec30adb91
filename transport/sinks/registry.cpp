#include "transport/sinks/registry.hpp"

#include "gateway/dbus/sink_contract.hpp"
#include "transport/sinks/bus_object.hpp"
#include "transport/sinks/deadlines.hpp"
#include "transport/sinks/raw_message.hpp"
#include "transport/sinks/sink.hpp"
#include "transport/sinks/sink_reading.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-bus.h>

namespace transport {
namespace {

constexpr const char* bus_name = "org.freedesktop.DBus";
constexpr const char* bus_path = "/org/freedesktop/DBus";
constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";
constexpr std::size_t max_early_signals = 1000;

/// For all sinks, so that no signal is missed between the appearance of a sink and a match of its own.
/// The bus sends each signal once, and in order, however many matches want it.
std::string signals_of(std::string_view interface)
{
    return fmt::format("type='signal',path='/com/wirepas/sink',interface='{}'", interface);
}

constexpr const char* owner_changes =
    "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',"
    "path='/org/freedesktop/DBus',arg0namespace='com.wirepas.sink'";

std::optional<std::string> sink_id_of(const std::string& name)
{
    const std::string_view prefix = gateway::sink_contract::name_prefix;
    if (!name.starts_with(prefix) || name.size() == prefix.size())
        return std::nullopt;
    return name.substr(prefix.size());
}

bool read_packet(sd_bus_message* signal, UplinkPacket& packet)
{
    const void* octets = nullptr;
    std::size_t size = 0;
    if (sd_bus_message_read(
            signal, "tuuyyuyy", &packet.timestamp_ms, &packet.source_address, &packet.destination_address,
            &packet.source_endpoint, &packet.destination_endpoint, &packet.travel_time_ms, &packet.qos,
            &packet.hop_count) < 0 ||
        sd_bus_message_read_array(signal, 'y', &octets, &size) < 0)
        return false;
    packet.payload = {static_cast<const std::uint8_t*>(octets), size};
    return true;
}

struct PropertiesChange {
    bool in_configuration = false;
    std::optional<std::uint32_t> network_address;
};

/// Nothing when the signal is not "sa{sv}as".
std::optional<PropertiesChange> read_properties_changed(sd_bus_message* signal)
{
    PropertiesChange change;
    const char* name = nullptr;
    if (sd_bus_message_skip(signal, "s") < 0 || sd_bus_message_enter_container(signal, 'a', "{sv}") < 0)
        return std::nullopt;
    int entered = 0;
    while ((entered = sd_bus_message_enter_container(signal, 'e', "sv")) > 0) {
        if (sd_bus_message_read(signal, "s", &name) < 0)
            return std::nullopt;
        change.in_configuration = change.in_configuration || is_in_configuration(name);
        if (name == std::string_view("NetworkAddress")) {
            std::uint32_t address = 0;
            if (sd_bus_message_read(signal, "v", "u", &address) < 0)
                return std::nullopt;
            change.network_address = address;
        } else if (sd_bus_message_skip(signal, "v") < 0) {
            return std::nullopt;
        }
        if (sd_bus_message_exit_container(signal) < 0)
            return std::nullopt;
    }
    if (entered < 0 || sd_bus_message_exit_container(signal) < 0 ||
        sd_bus_message_enter_container(signal, 'a', "s") < 0)
        return std::nullopt;
    while (sd_bus_message_read(signal, "s", &name) > 0)
        change.in_configuration = change.in_configuration || is_in_configuration(name);
    return change;
}

} // namespace

struct SinkRegistry::Bus {
    std::shared_ptr<sdbus::IConnection> connection = sdbus::createSystemBusConnection(); ///< sinks share it
    BusObject daemon{*connection, bus_name, bus_path};
    gateway::EventLoop::Handle serving;
    gateway::EventLoop::Handle stable;
    gateway::TaskScope tasks;
    std::vector<sdbus::Slot> matches;
    sdbus::Slot packet_match{nullptr, [](void*) {}};
    bool lost = false;
};

struct SinkRegistry::EarlySignal {
    std::string sender;
    std::unique_ptr<sd_bus_message, sd_bus_message* (*)(sd_bus_message*)> message;
};

SinkRegistry::SinkRegistry(gateway::EventLoop& loop, Handlers handlers)
    : loop_(loop), handlers_(std::move(handlers))
{
}

SinkRegistry::~SinkRegistry()
{
    for (const auto& [id, sink] : sinks_)
        sink->set_gone();
}

void SinkRegistry::start()
{
    connect();
}

void SinkRegistry::connect()
{
    try {
        bus_ = std::make_unique<Bus>();
        bus_->matches.push_back(bus_->connection->addMatch(
            owner_changes, [this](sdbus::Message& message) { on_owner_changed(message); }));
        for (const char* interface :
             {gateway::sink_contract::config_interface, gateway::sink_contract::delivery_interface,
              properties_interface})
            bus_->matches.push_back(bus_->connection->addMatch(
                signals_of(interface), [this](sdbus::Message& message) { on_signal(message); }));
        match_packets();
        bus_->serving = loop_.serve(*bus_->connection, [this] { lost(); });
        bus_->stable = loop_.after(stable_connection, [this] { back_off_.reset(); });
        bus_->tasks.start(list_names());
    } catch (const std::exception& error) {
        bus_.reset();
        spdlog::error(
            "cannot connect to D-Bus: {}: check that the bus runs and that DBUS_SYSTEM_BUS_ADDRESS, if set, "
            "is its "
            "address; trying again",
            error.what());
        try_again();
    }
}

void SinkRegistry::hear_packets(bool wanted)
{
    if (bus_ == nullptr || bus_->lost)
        return;
    if (!wanted) {
        bus_->packet_match.reset();
        return;
    }
    if (bus_->packet_match != nullptr)
        return;
    try {
        match_packets();
    } catch (const sdbus::Error& error) {
        spdlog::error("cannot hear packets by signal on D-Bus: {}; connecting again", error.what());
        loop_.post([this] { lost(); }); // the caller is in the middle of a sink's appearance
    }
}

void SinkRegistry::match_packets()
{
    bus_->packet_match = bus_->connection->addMatch(
        signals_of(gateway::sink_contract::data_interface),
        [this](sdbus::Message& message) { on_signal(message); });
}

void SinkRegistry::try_again()
{
    retry_ = loop_.after(back_off_.next(), [this] { connect(); });
}

void SinkRegistry::lost()
{
    if (bus_ == nullptr || std::exchange(bus_->lost, true))
        return;
    bus_->serving.reset();
    while (!sinks_.empty())
        remove(sinks_.begin()->first);
    listed_ = false;
    early_.clear();
    // The connection itself may be the caller: it is destroyed in a turn of its own.
    loop_.post([this] {
        bus_.reset();
        try_again();
    });
}

gateway::Task<void> SinkRegistry::list_names()
{
    auto names_call = bus_->daemon.call<std::vector<std::string>>(
        bus_name, "ListNames", deadline::read, [](sdbus::MethodCall&) {},
        [](sdbus::MethodReply& reply) {
            std::vector<std::string> names;
            reply >> names;
            return names;
        });
    const auto names = co_await names_call;
    if (!names) {
        spdlog::error("cannot list the names on D-Bus: {}", names.error().message);
        lost();
        co_return;
    }
    for (const std::string& name : *names) {
        if (!sink_id_of(name))
            continue;
        auto owner_call = bus_->daemon.call<std::string>(
            bus_name, "GetNameOwner", deadline::read, [&](sdbus::MethodCall& call) { call << name; },
            [](sdbus::MethodReply& reply) {
                std::string owner;
                reply >> owner;
                return owner;
            });
        const auto owner = co_await owner_call;
        if (owner)
            set_owner(name, *owner);
    }
    end_listing();
}

void SinkRegistry::end_listing()
{
    listed_ = true;
    handlers_.listed();
    for (std::deque<EarlySignal> signals = std::exchange(early_, {}); EarlySignal & signal : signals) {
        if (const auto found = by_owner_.find(signal.sender); found != by_owner_.end())
            dispatch(*found->second, signal.message.get());
        else
            ++foreign_signals_;
    }
}

void SinkRegistry::set_owner(const std::string& name, const std::string& owner)
{
    const auto id = sink_id_of(name);
    if (!id)
        return;
    if (const auto known = sinks_.find(*id); known != sinks_.end()) {
        if (known->second->owner() == owner)
            return;
        remove(*id);
    }
    if (owner.empty())
        return;
    auto sink = std::make_shared<Sink>(bus_->connection, *id, owner);
    sinks_[*id] = sink;
    by_owner_[owner] = sink;
    spdlog::info("{}: found on D-Bus (owner {})", *id, owner);
    handlers_.appeared(sink);
}

void SinkRegistry::remove(const std::string& id)
{
    const auto found = sinks_.find(id);
    const std::shared_ptr<Sink> sink = found->second;
    sinks_.erase(found);
    if (const auto owned = by_owner_.find(sink->owner()); owned != by_owner_.end() && owned->second == sink)
        by_owner_.erase(owned);
    spdlog::warn("{}: gone from D-Bus", sink->id());
    handlers_.disappeared(sink); // before what is under way ends: nothing that waits takes its place
    sink->set_gone();
    loop_.post([sink] { /* destroyed here: outside of replies to its calls */ });
}

void SinkRegistry::on_owner_changed(sdbus::Message& message)
{
    std::string name;
    std::string old_owner;
    std::string new_owner;
    try {
        message >> name >> old_owner >> new_owner;
    } catch (const sdbus::Error& error) {
        spdlog::error("NameOwnerChanged of the bus is unreadable: {}", error.what());
        return;
    }
    set_owner(name, new_owner);
}

void SinkRegistry::on_signal(sdbus::Message& message)
{
    const char* const sender = sd_bus_message_get_sender(raw(message));
    if (sender == nullptr)
        return;
    if (const auto found = by_owner_.find(sender); found != by_owner_.end()) {
        const std::shared_ptr<Sink> sink = found->second;
        dispatch(*sink, raw(message));
    } else if (!listed_ && early_.size() < max_early_signals) {
        early_.push_back({sender, {sd_bus_message_ref(raw(message)), sd_bus_message_unref}});
    } else {
        ++foreign_signals_;
    }
}

void SinkRegistry::dispatch(Sink& sink, sd_bus_message* signal)
{
    using namespace gateway::sink_contract; // NOLINT(google-build-using-namespace): constants
    if (sd_bus_message_is_signal(signal, data_interface, "MessageReceived") > 0) {
        UplinkPacket packet;
        if (read_packet(signal, packet))
            handlers_.packet(sink, packet);
        else
            spdlog::error("{}: MessageReceived without the signature tuuyyuyyay is dropped", sink.id());
    } else if (sd_bus_message_is_signal(signal, delivery_interface, "Packets") > 0) {
        dispatch_delivery(sink, signal);
    } else if (sd_bus_message_is_signal(signal, config_interface, "StackStarted") > 0) {
        handlers_.stack_changed(sink, true);
    } else if (sd_bus_message_is_signal(signal, config_interface, "StackStopped") > 0) {
        handlers_.stack_changed(sink, false);
    } else if (sd_bus_message_is_signal(signal, properties_interface, "PropertiesChanged") > 0) {
        if (const auto change = read_properties_changed(signal); !change)
            spdlog::error("{}: PropertiesChanged is unreadable and ignored", sink.id());
        else if (change->in_configuration)
            handlers_.properties_changed(sink, change->network_address);
    }
}

void SinkRegistry::dispatch_delivery(Sink& sink, sd_bus_message* signal)
{
    DeliveryMark mark;
    UplinkPacket packet;
    int entered = -1;
    if (sd_bus_message_read(signal, "t", &mark.stream) >= 0 &&
        sd_bus_message_enter_container(signal, 'a', "(ttuuyyuyyay)") >= 0) {
        while ((entered = sd_bus_message_enter_container(signal, 'r', "ttuuyyuyyay")) > 0) {
            if (sd_bus_message_read(signal, "t", &mark.number) < 0 || !read_packet(signal, packet) ||
                sd_bus_message_exit_container(signal) < 0) {
                entered = -1;
                break;
            }
            if (mark.number != 0) // means: without a number
                handlers_.delivered(sink, mark, packet);
        }
    }
    if (entered < 0)
        spdlog::error("{}: Packets without the signature ta(ttuuyyuyyay) is dropped", sink.id());
}

std::vector<std::shared_ptr<Sink>> SinkRegistry::all() const
{
    std::vector<std::shared_ptr<Sink>> list;
    list.reserve(sinks_.size());
    for (const auto& [id, sink] : sinks_)
        list.push_back(sink);
    return list;
}

std::shared_ptr<Sink> SinkRegistry::find(std::string_view id) const
{
    const auto found = sinks_.find(id);
    return found == sinks_.end() ? nullptr : found->second;
}

} // namespace transport
