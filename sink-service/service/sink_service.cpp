#include "sink-service/service/sink_service.hpp"

#include "gateway/dbus/sink_contract.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace sink_service {
namespace {

constexpr std::chrono::seconds longest_back_off{32};

std::string advice_for_name(const std::string& name)
{
    return fmt::format(
        "cannot own {} on the system bus: is another sink service running with this id (-i), or does the bus "
        "policy "
        "(com.wirepas.sink.conf) forbid it to this user?",
        name);
}

} // namespace

SinkService::SinkService(gateway::EventLoop& loop, ServiceSettings settings)
    : loop_(loop),
      name_(fmt::format("{}sink{}", gateway::sink_contract::name_prefix, settings.sink_id)),
      bridge_(loop, std::move(settings.sink), *this),
      delivery_(loop, bridge_, settings.hold),
      signal_for_all_(settings.signal_for_all)
{
}

SinkService::~SinkService()
{
    bridge_.stop();
}

void SinkService::start()
{
    connect();
    bridge_.start();
    feed_watchdog();
}

void SinkService::connect()
{
    try {
        connection_ = sdbus::createSystemBusConnection();
        serving_ = loop_.serve(*connection_, [this] { bus_lost(); });
        watch_callers();
    } catch (const sdbus::Error& error) {
        serving_.reset();
        connection_.reset();
        retry_connecting(error.getMessage());
        return;
    }
    bridge_.set_session(connection_);
    failed_connections_ = 0;
    if (online_)
        show();
}

/// Consumers and uploaders that leave the bus.
void SinkService::watch_callers()
{
    connection_->addMatch(
        "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='"
        "NameOwnerChanged',"
        "arg2=''",
        [this](sdbus::Message& message) {
            std::string name;
            message >> name;
            delivery_.left(name);
            bridge_.caller_left(name);
        },
        sdbus::floating_slot);
}

/// The service manager restarts the service when the link's thread does not turn any more.
void SinkService::feed_watchdog()
{
    const auto interval = gateway::watchdog_interval();
    if (!interval)
        return;
    watchdog_ = loop_.every(
        *interval / 3, [this] { bridge_.probe([] { gateway::notify_service_manager("WATCHDOG=1"); }); });
}

void SinkService::retry_connecting(const std::string& why)
{
    const auto pause =
        std::min(std::chrono::seconds(1 << std::min(failed_connections_++, 5)), longest_back_off);
    spdlog::warn(
        "cannot reach the system bus ({}): is dbus running, is DBUS_SYSTEM_BUS_ADDRESS right? trying again "
        "in {} s",
        why, pause.count());
    retry_ = loop_.after(pause, [this] { connect(); });
}

void SinkService::bus_lost()
{
    shown_.reset();
    serving_.reset();
    // Calls that are still being worked on keep it until they end.
    bridge_.set_session(nullptr);
    connection_.reset();
    delivery_.all_left();
    retry_connecting("the connection was lost");
}

void SinkService::show()
{
    shown_ = std::make_unique<Shown>(*connection_, bridge_, delivery_);
    try {
        connection_->requestName(name_);
    } catch (const sdbus::Error& error) {
        spdlog::error("{} ({})", advice_for_name(name_), error.getMessage());
        loop_.quit(1);
        return;
    }
    spdlog::info("{} is on the bus", name_);
    gateway::notify_service_manager("READY=1\nSTATUS=sink online");
}

void SinkService::hide()
{
    if (!shown_)
        return;
    try {
        connection_->releaseName(name_);
    } catch (const sdbus::Error& error) {
        spdlog::debug("releasing {}: {}", name_, error.getMessage());
    }
    shown_.reset();
}

void SinkService::sink_online()
{
    online_ = true;
    if (connection_ && !shown_)
        show();
}

void SinkService::sink_lost(const std::string& why)
{
    spdlog::error("the sink is lost ({}): {} leaves the bus until it answers again", why, name_);
    gateway::notify_service_manager("STATUS=sink lost, searching");
    online_ = false;
    hide();
}

template<typename Send>
void SinkService::emit(const Send& send)
{
    if (!shown_)
        return;
    try {
        send(*shown_);
    } catch (const sdbus::Error& error) {
        spdlog::warn("a D-Bus signal was not sent: {}", error.getMessage());
    }
}

void SinkService::state_changed(const dual_mcu::SinkState& before, const dual_mcu::SinkState& now)
{
    emit([&](Shown& shown) { shown.object.announce_changes(before, now); });
}

void SinkService::packet_received(const dual_mcu::UplinkPacket& packet)
{
    delivery_.packet_received(packet);
    if (!signal_for_all_ && delivery_.has_attached_consumer())
        return;
    if (!shown_ && unheard_packets_++ == 0)
        spdlog::warn(
            "packets from the mesh find no bus to go out on: only attached consumers get them later");
    emit([&](Shown& shown) {
        shown.object.emitMessageReceived(
            packet.received_ms, packet.source, packet.destination, packet.source_endpoint,
            packet.destination_endpoint, packet.travel_time_ms, packet.qos, packet.hop_count, packet.payload);
    });
}

void SinkService::stack_started()
{
    emit([](Shown& shown) { shown.object.emitStackStarted(); });
}

void SinkService::stack_stopped()
{
    emit([](Shown& shown) { shown.object.emitStackStopped(); });
}

void SinkService::upload_progressed(std::size_t octets, std::size_t total)
{
    emit([&](Shown& shown) {
        shown.extension.emitProgress(static_cast<std::uint32_t>(octets), static_cast<std::uint32_t>(total));
    });
}

} // namespace sink_service
