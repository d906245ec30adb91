#include "tools/local/sink.hpp"

#include "gateway/dbus/sink_contract.hpp"

#include <fmt/format.h>
#include <sdbus-c++/sdbus-c++.h>

namespace gateway::local {
namespace {

constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";
constexpr const char* health_interface = "org.opengateway.sink.health1";

// Reads come from the service's memory, but the reference asks the sink.
constexpr std::chrono::seconds read_limit(10);
constexpr std::chrono::seconds write_limit(30);
constexpr std::chrono::seconds stack_limit(180); ///< a stop is a reboot (spec/sink-dbus-api.md, 3.2)

bool is_missing(const sdbus::Error& error)
{
    const std::string& name = error.getName();
    return name.ends_with(".UnknownMethod") || name.ends_with(".UnknownProperty") ||
           name.ends_with(".UnknownInterface") || name.ends_with(".UnknownObject");
}

const char* interface_of(std::string_view property)
{
    const bool otap =
        property.starts_with("Stored") || property.starts_with("Processed") || property == "FirmwareAreaId";
    return otap ? sink_contract::otap_interface : sink_contract::config_interface;
}

/// The sink's refusal in a D-Bus error; throws BusError when it is none.
Error refusal(const std::string& call, const sdbus::Error& error)
{
    if (const auto code = sink_contract::parse_error(error.getMessage())) {
        std::string text = fmt::format("{}: refused: {}", call, describe(*code));
        // Behind the number a service may say more about this very case.
        const std::size_t more = error.getMessage().find("): ");
        if (more != std::string::npos)
            text += fmt::format(" ({})", error.getMessage().substr(more + 3));
        if (const std::string_view hint = advice(*code); !hint.empty())
            text += fmt::format("; {}", hint);
        return {*code, text};
    }
    if (is_missing(error))
        return {ApplicationCode::not_supported, fmt::format("{}: this sink service has no such thing", call)};
    throw bus_error(call, error);
}

} // namespace

std::string_view advice(ApplicationCode code)
{
    switch (code) {
    case ApplicationCode::stack_not_stopped:
        return "stop the stack first: wirepas-gateway sinks stop";
    case ApplicationCode::stack_is_stopped:
        return "start the stack first: wirepas-gateway sinks start";
    case ApplicationCode::role_not_set:
    case ApplicationCode::node_address_not_set:
    case ApplicationCode::network_address_not_set:
    case ApplicationCode::network_channel_not_set:
        return "set it with wirepas-gateway sinks configure";
    case ApplicationCode::access_denied:
        return "a feature lock of the sink forbids it; unlock it with its key";
    case ApplicationCode::invalid_value:
        return "see the limits in wirepas-gateway sinks show";
    case ApplicationCode::unknown_destination:
        return "check the address, and that the node is in the network";
    case ApplicationCode::out_of_memory:
        return "try again a little later";
    case ApplicationCode::internal_error:
        return "look at the sink service's log, or run wirepas-gateway doctor";
    case ApplicationCode::not_supported:
        return "newer firmware or another sink service has it";
    default:
        return {};
    }
}

Sink::Sink(Bus& bus, std::string id)
    : id_(std::move(id)),
      proxy_(
          sdbus::createProxy(bus.connection(), sink_contract::name_prefix + id_, sink_contract::object_path))
{
}

Sink::~Sink() = default;

template<typename T>
Result<T> Sink::property(const char* name)
{
    const std::string call = fmt::format("{}: reading {}", id_, name);
    try {
        sdbus::Variant value;
        proxy_->callMethod("Get")
            .onInterface(properties_interface)
            .withTimeout(read_limit)
            .withArguments(std::string(interface_of(name)), std::string(name))
            .storeResultsTo(value);
        if (!value.containsValueOfType<T>())
            return fail(
                ApplicationCode::internal_error,
                fmt::format("{}: the service answered type {}", call, value.peekValueType()));
        return value.get<T>();
    } catch (const sdbus::Error& error) {
        return fail(refusal(call, error));
    }
}

template<typename T>
void Sink::set(const char* name, const T& value)
{
    try {
        proxy_->callMethod("Set")
            .onInterface(properties_interface)
            .withTimeout(write_limit)
            .withArguments(std::string(interface_of(name)), std::string(name), sdbus::Variant(value));
    } catch (const sdbus::Error& error) {
        throw SinkRefused(refusal(fmt::format("{}: setting {}", id_, name), error));
    }
}

Result<bool> Sink::boolean(const char* name)
{
    return property<bool>(name);
}

Result<std::uint8_t> Sink::octet(const char* name)
{
    return property<std::uint8_t>(name);
}

Result<std::uint16_t> Sink::word(const char* name)
{
    return property<std::uint16_t>(name);
}

Result<std::uint32_t> Sink::number(const char* name)
{
    return property<std::uint32_t>(name);
}

Result<std::vector<std::uint16_t>> Sink::words(const char* name)
{
    return property<std::vector<std::uint16_t>>(name);
}

Result<AppConfig> Sink::app_config()
{
    AppConfig config;
    try {
        proxy_->callMethod("GetAppConfig")
            .onInterface(sink_contract::config_interface)
            .withTimeout(write_limit)
            .storeResultsTo(config.sequence, config.diagnostics_interval, config.data);
        return config;
    } catch (const sdbus::Error& error) {
        return fail(refusal(id_ + ": reading the app config", error));
    }
}

Result<TargetAndAction> Sink::target()
{
    TargetAndAction target;
    try {
        proxy_->callMethod("GetTargetScratchpad")
            .onInterface(sink_contract::otap_interface)
            .withTimeout(write_limit)
            .storeResultsTo(target.sequence, target.crc, target.action, target.parameter);
        return target;
    } catch (const sdbus::Error& error) {
        return fail(refusal(id_ + ": reading target and action", error));
    }
}

Result<LinkHealth> Sink::health()
{
    LinkHealth health;
    try {
        proxy_->callMethod("GetStatus")
            .onInterface(health_interface)
            .withTimeout(read_limit)
            .storeResultsTo(health.state, health.port, health.bits_per_second, health.counters);
        return health;
    } catch (const sdbus::Error& error) {
        return fail(refusal(id_ + ": reading the state of the link", error));
    }
}

void Sink::set_octet(const char* name, std::uint8_t value)
{
    set(name, value);
}

void Sink::set_number(const char* name, std::uint32_t value)
{
    set(name, value);
}

void Sink::set_key(const char* name, const Key& key)
{
    set(name, Bytes(key.begin(), key.end()));
}

void Sink::clear_keys()
{
    for (const char* method : {"ClearCipherKey", "ClearAuthenticationKey"}) {
        try {
            proxy_->callMethod(method)
                .onInterface(sink_contract::config_interface)
                .withTimeout(write_limit)
                .storeResultsTo();
        } catch (const sdbus::Error& error) {
            throw SinkRefused(refusal(fmt::format("{}: {}", id_, method), error));
        }
    }
}

void Sink::set_access_cycle(std::uint16_t min, std::uint16_t max)
{
    try {
        bool done = false;
        proxy_->callMethod("SetACRange")
            .onInterface(sink_contract::config_interface)
            .withTimeout(write_limit)
            .withArguments(min, max)
            .storeResultsTo(done);
    } catch (const sdbus::Error& error) {
        throw SinkRefused(refusal(id_ + ": setting the access cycle range", error));
    }
}

void Sink::set_app_config(const AppConfig& config)
{
    try {
        bool done = false;
        proxy_->callMethod("SetAppConfig")
            .onInterface(sink_contract::config_interface)
            .withTimeout(write_limit)
            .withArguments(config.sequence, config.diagnostics_interval, config.data)
            .storeResultsTo(done);
    } catch (const sdbus::Error& error) {
        throw SinkRefused(refusal(id_ + ": setting the app config", error));
    }
}

void Sink::set_stack(bool running)
{
    bool done = false;
    try {
        proxy_->callMethod("SetStackState")
            .onInterface(sink_contract::config_interface)
            .withTimeout(stack_limit)
            .withArguments(running)
            .storeResultsTo(done);
    } catch (const sdbus::Error& error) {
        throw SinkRefused(
            refusal(fmt::format("{}: {} the stack", id_, running ? "starting" : "stopping"), error));
    }
    if (!done) // false, without a reason (3.2)
        throw SinkRefused(
            {ApplicationCode::internal_error,
             fmt::format(
                 "{}: the stack did not {}; {}", id_, running ? "start" : "stop",
                 running ? "role, node address, network address and channel must be set: see "
                           "wirepas-gateway sinks show, and the sink service's log"
                         : "look at the sink service's log")});
}

ApplicationCode Sink::send(const OutgoingPacket& packet)
{
    std::uint32_t code = 0;
    try {
        proxy_->callMethod("SendMessage")
            .onInterface(sink_contract::data_interface)
            .withTimeout(write_limit)
            .withArguments(
                packet.destination, packet.source_endpoint, packet.destination_endpoint,
                packet.initial_delay_ms, packet.qos, packet.unacknowledged_csma_ca, packet.hop_limit,
                packet.payload)
            .storeResultsTo(code);
    } catch (const sdbus::Error& error) {
        return refusal(id_ + ": sending a packet", error).code;
    }
    return application_code_from(code);
}

} // namespace gateway::local
