#include "transport/sinks/sink.hpp"

#include "gateway/dbus/sink_contract.hpp"
#include "transport/sinks/bus_object.hpp"
#include "transport/sinks/deadlines.hpp"
#include "transport/sinks/raw_message.hpp"
#include "transport/sinks/sink_memory.hpp"

#include <stdexcept>

namespace transport {
namespace {

using gateway::sink_contract::config_interface;
using gateway::sink_contract::data_interface;
using gateway::sink_contract::delivery_interface;
using gateway::sink_contract::health_interface;
using gateway::sink_contract::otap_interface;

constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";

const char* interface_name(SinkInterface interface)
{
    return interface == SinkInterface::config ? config_interface : otap_interface;
}

/// For methods that take nothing.
constexpr auto nothing_to_write = [](sdbus::MethodCall&) {};

Done read_nothing(sdbus::MethodReply&)
{
    return {};
}

bool read_boolean(sdbus::MethodReply& reply)
{
    bool value = false;
    reply >> value;
    return value;
}

/// For methods that answer true, or fail with an error.
Done read_true(sdbus::MethodReply& reply)
{
    if (!read_boolean(reply))
        throw std::runtime_error("false, without saying why");
    return {};
}

gateway::Bytes read_bytes(sdbus::MethodReply& reply)
{
    const gateway::ByteView octets = read_octets(reply);
    return {octets.begin(), octets.end()};
}

PropertyValue numbers_of(const sdbus::Variant& variant)
{
    const std::string type = variant.peekValueType();
    if (type == "b")
        return {variant.get<bool>() ? 1U : 0U};
    if (type == "y")
        return {variant.get<std::uint8_t>()};
    if (type == "q")
        return {variant.get<std::uint16_t>()};
    if (type == "u")
        return {variant.get<std::uint32_t>()};
    if (type == "aq") {
        const auto values = variant.get<std::vector<std::uint16_t>>();
        return {values.begin(), values.end()};
    }
    throw std::runtime_error("a value of type " + type);
}

/// The writable properties differ in their D-Bus type.
sdbus::Variant variant_for(std::string_view property, std::uint32_t value)
{
    if (property == "NodeRole" || property == "NetworkChannel" || property == "SinkCost")
        return sdbus::Variant(static_cast<std::uint8_t>(value));
    return sdbus::Variant(value);
}

auto write_pair(const KeyPair& keys)
{
    return [keys](sdbus::MethodCall& call) {
        append_octets(call, keys.cipher);
        append_octets(call, keys.authentication);
        call << keys.sequence;
    };
}

} // namespace

class Sink::Calls : public BusObject {
public:
    using BusObject::BusObject;
};

Sink::Sink(std::shared_ptr<sdbus::IConnection> connection, std::string id, std::string owner)
    : connection_(std::move(connection)),
      id_(std::move(id)),
      owner_(std::move(owner)),
      calls_(std::make_unique<Calls>(*connection_, owner_, gateway::sink_contract::object_path)),
      memory_(std::make_unique<SinkMemory>())
{
    memory_->config.set_sink_id(id_);
}

Sink::~Sink() = default;

void Sink::set_gone()
{
    gone_ = true;
    calls_->give_up(id_ + " is gone");
}

void Sink::abandon_upload()
{
    calls_->abandon("the service stops");
}

BusCall<PropertyValue> Sink::read(SinkInterface interface, const char* property)
{
    return calls_->call<PropertyValue>(
        properties_interface, "Get", deadline::read,
        [&](sdbus::MethodCall& call) { call << interface_name(interface) << property; },
        [](sdbus::MethodReply& reply) {
            sdbus::Variant value;
            reply >> value;
            return numbers_of(value);
        });
}

BusCall<Done> Sink::write(const char* property, std::uint32_t value)
{
    return calls_->call<Done>(
        properties_interface, "Set", deadline::write,
        [&](sdbus::MethodCall& call) {
            call << config_interface << property << variant_for(property, value);
        },
        read_nothing);
}

BusCall<Done> Sink::write_key(const char* property, gateway::ByteView key)
{
    return calls_->call<Done>(
        properties_interface, "Set", deadline::write,
        [&](sdbus::MethodCall& call) {
            call << config_interface << property
                 << sdbus::Variant(std::vector<std::uint8_t>(key.begin(), key.end()));
        },
        read_nothing);
}

BusCall<bool> Sink::set_stack_state(bool running)
{
    return calls_->call<bool>(
        config_interface, "SetStackState", deadline::set_stack_state,
        [&](sdbus::MethodCall& call) { call << running; }, read_boolean);
}

BusCall<AppConfig> Sink::app_config()
{
    return calls_->call<AppConfig>(
        config_interface, "GetAppConfig", deadline::read, nothing_to_write, [](sdbus::MethodReply& reply) {
            AppConfig config;
            reply >> config.sequence >> config.interval_s;
            config.data = read_bytes(reply);
            return config;
        });
}

BusCall<Done> Sink::set_app_config(std::uint8_t sequence, std::uint16_t interval_s, gateway::ByteView data)
{
    return calls_->call<Done>(
        config_interface, "SetAppConfig", deadline::write,
        [&](sdbus::MethodCall& call) {
            call << sequence << interval_s;
            append_octets(call, data);
        },
        read_true);
}

BusCall<Done> Sink::set_access_cycle_range(std::uint16_t min_ms, std::uint16_t max_ms)
{
    return calls_->call<Done>(
        config_interface, "SetACRange", deadline::write,
        [&](sdbus::MethodCall& call) { call << min_ms << max_ms; }, read_true);
}

BusCall<std::vector<ConfigDataItem>> Sink::config_data_content()
{
    return calls_->call<std::vector<ConfigDataItem>>(
        config_interface, "GetConfigDataContent", deadline::read, nothing_to_write,
        [](sdbus::MethodReply& reply) {
            std::vector<sdbus::Struct<std::uint16_t, std::vector<std::uint8_t>>> list;
            reply >> list;
            std::vector<ConfigDataItem> items;
            items.reserve(list.size());
            for (auto& item : list)
                items.push_back({std::get<0>(item), std::move(std::get<1>(item))});
            return items;
        });
}

BusCall<gateway::Bytes> Sink::config_data_item(std::uint16_t endpoint)
{
    return calls_->call<gateway::Bytes>(
        config_interface, "GetConfigDataItem", deadline::read,
        [&](sdbus::MethodCall& call) { call << endpoint; }, read_bytes);
}

BusCall<Done> Sink::set_config_data_item(std::uint16_t endpoint, gateway::ByteView payload)
{
    return calls_->call<Done>(
        config_interface, "SetConfigDataItem", deadline::write,
        [&](sdbus::MethodCall& call) {
            call << endpoint;
            append_octets(call, payload);
        },
        read_nothing);
}

BusCall<Done> Sink::set_network_keys(const KeyPair& keys)
{
    return calls_->call<Done>(
        config_interface, "SetNetworkSecurityKeys", deadline::write, write_pair(keys), read_nothing);
}

BusCall<Done> Sink::set_management_keys(const KeyPair& keys)
{
    return calls_->call<Done>(
        config_interface, "SetManagementSecurityKeys", deadline::write, write_pair(keys), read_nothing);
}

BusCall<std::uint32_t> Sink::send_message(const DownlinkPacket& packet)
{
    return calls_->call<std::uint32_t>(
        data_interface, "SendMessage", deadline::write,
        [&](sdbus::MethodCall& call) {
            call << packet.destination_address << packet.source_endpoint << packet.destination_endpoint
                 << packet.initial_delay_ms << packet.qos << packet.unacknowledged_csma_ca
                 << packet.hop_limit;
            append_octets(call, packet.payload);
        },
        [](sdbus::MethodReply& reply) {
            std::uint32_t code = 0;
            reply >> code;
            return code;
        });
}

BusCall<Attached> Sink::attach(const std::string& consumer)
{
    return calls_->call<Attached>(
        delivery_interface, "Attach", deadline::read, [&](sdbus::MethodCall& call) { call << consumer; },
        [](sdbus::MethodReply& reply) {
            Attached attached;
            reply >> attached.stream >> attached.oldest;
            return attached;
        });
}

void Sink::acknowledge(const std::string& consumer, std::uint64_t number)
{
    calls_->send(
        delivery_interface, "Acknowledge", [&](sdbus::MethodCall& call) { call << consumer << number; });
}

BusCall<Done> Sink::upload_scratchpad(std::uint8_t sequence, gateway::ByteView file)
{
    return calls_->call<Done>(
        otap_interface, "UploadScratchpad", deadline::upload_scratchpad(file.size()),
        [&](sdbus::MethodCall& call) {
            call << sequence;
            append_octets(call, file);
        },
        read_nothing, true);
}

BusCall<Done> Sink::clear_scratchpad()
{
    return calls_->call<Done>(
        otap_interface, "ClearLocalScratchpad", deadline::clear_scratchpad, nothing_to_write, read_nothing);
}

BusCall<Done> Sink::process_scratchpad()
{
    return calls_->call<Done>(
        otap_interface, "ProcessScratchpad", deadline::process_scratchpad, nothing_to_write, read_nothing);
}

BusCall<LinkHealth> Sink::link_health()
{
    return calls_->call<LinkHealth>(
        health_interface, "GetStatus", deadline::link_health, nothing_to_write,
        [](sdbus::MethodReply& reply) {
            LinkHealth health;
            std::string port;
            reply >> health.state >> port >> health.bits_per_second >> health.counters;
            return health;
        });
}

BusCall<gateway::TargetAndAction> Sink::target(std::chrono::microseconds limit)
{
    return calls_->call<gateway::TargetAndAction>(
        otap_interface, "GetTargetScratchpad", limit, nothing_to_write, [](sdbus::MethodReply& reply) {
            gateway::TargetAndAction target;
            reply >> target.sequence >> target.crc >> target.action >> target.parameter;
            return target;
        });
}

BusCall<Done> Sink::set_target(const gateway::TargetAndAction& target)
{
    return calls_->call<Done>(
        otap_interface, "SetTargetScratchpad", deadline::write,
        [&](sdbus::MethodCall& call) {
            call << target.sequence << target.crc << target.action << target.parameter;
        },
        read_true);
}

} // namespace transport
