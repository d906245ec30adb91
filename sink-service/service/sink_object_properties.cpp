/// Properties of a sink: reads from the last known state, writes through the bridge.
#include "sink-service/dual_mcu/attribute_access.hpp"
#include "sink-service/service/answers.hpp"
#include "sink-service/service/introspection.hpp"
#include "sink-service/service/property_changes.hpp"
#include "sink-service/service/sink_object.hpp"

#include <fmt/format.h>

namespace sink_service {
namespace {

using dual_mcu::AccessPoint;
using dual_mcu::AttributeValue;
using dual_mcu::from_integer;
using dual_mcu::Reading;
using dual_mcu::Sink;
using gateway::ApplicationCode;
using gateway::sink_contract::config_interface;
using gateway::sink_contract::otap_interface;
namespace csap = dual_mcu::csap;

constexpr std::uint32_t network_address_limit = 0xFFFFFF;

/// A property's value; a bus error when the sink did not give it.
template<typename T>
T read(const char* function, const Reading<T>& reading)
{
    if (!reading)
        throw as_bus_error(function, {reading.error(), "the value could not be read from the sink"});
    return *reading;
}

/// Every write takes PropertyAnswers' way; the adaptor's setters exist because the contract has them.
[[noreturn]] void written_another_way()
{
    throw std::logic_error("property writes are answered by PropertyAnswers");
}

/// The outcome of a write as its caller gets it.
std::function<void(gateway::Result<>)> reporting(const char* function, const Property::Written& written)
{
    return [function, written](const gateway::Result<>& outcome) {
        written(outcome ? std::nullopt : std::optional(as_bus_error(function, outcome.error())));
    };
}

} // namespace

SinkObject::SinkObject(sdbus::IConnection& connection, SinkBridge& bridge)
    : AdaptorInterfaces(connection, gateway::sink_contract::object_path),
      bridge_(bridge),
      properties_(getObject(), properties()),
      introspection_(getObject(), answer_introspection)
{
    registerAdaptor();
}

SinkObject::~SinkObject()
{
    unregisterAdaptor();
}

std::vector<Property> SinkObject::properties()
{
    std::vector<Property> all;
    const auto add = [&all](const char* interface, const char* name, std::function<PropertyValue()> get) {
        all.push_back({interface, name, std::move(get)});
    };
    add(config_interface, "StackProfile", [this] { return StackProfile(); });
    add(config_interface, "HwMagic", [this] { return HwMagic(); });
    add(config_interface, "MaxMtu", [this] { return MaxMtu(); });
    add(config_interface, "ChRangeMin", [this] { return ChRangeMin(); });
    add(config_interface, "ChRangeMax", [this] { return ChRangeMax(); });
    add(config_interface, "ACRangeMin", [this] { return ACRangeMin(); });
    add(config_interface, "ACRangeMax", [this] { return ACRangeMax(); });
    add(config_interface, "PDUBufferSize", [this] { return PDUBufferSize(); });
    add(config_interface, "AppConfigMaxSize", [this] { return AppConfigMaxSize(); });
    add(config_interface, "FirmwareVersion", [this] { return FirmwareVersion(); });
    add(config_interface, "CurrentAC", [this] { return CurrentAC(); });
    add(config_interface, "CipherKeySet", [this] { return CipherKeySet(); });
    add(config_interface, "AuthenticationKeySet", [this] { return AuthenticationKeySet(); });
    add(config_interface, "StackStatus", [this] { return StackStatus(); });
    add(config_interface, "ACRangeMinCur", [this] { return ACRangeMinCur(); });
    add(config_interface, "ACRangeMaxCur", [this] { return ACRangeMaxCur(); });
    add(otap_interface, "StoredLen", [this] { return StoredLen(); });
    add(otap_interface, "StoredCrc", [this] { return StoredCrc(); });
    add(otap_interface, "StoredSeq", [this] { return StoredSeq(); });
    add(otap_interface, "StoredStatus", [this] { return StoredStatus(); });
    add(otap_interface, "StoredType", [this] { return StoredType(); });
    add(otap_interface, "ProcessedLen", [this] { return ProcessedLen(); });
    add(otap_interface, "ProcessedCrc", [this] { return ProcessedCrc(); });
    add(otap_interface, "ProcessedSeq", [this] { return ProcessedSeq(); });
    add(otap_interface, "FirmwareAreaId", [this] { return FirmwareAreaId(); });
    add_writable_properties(all);
    return all;
}

void SinkObject::add_writable_properties(std::vector<Property>& all)
{
    const auto add_number = [&](const char* name, const char* type, std::function<PropertyValue()> get,
                                const char* function, std::uint16_t id, std::size_t octets) {
        all.push_back(
            {config_interface, name, std::move(get), type,
             [this, function, id, octets](const PropertyValue& value, const Property::Written& written) {
                 const std::uint32_t number = std::holds_alternative<std::uint8_t>(value)
                                                  ? std::get<std::uint8_t>(value)
                                                  : std::get<std::uint32_t>(value);
                 write(function, id, number, octets, written);
             }});
    };
    add_number(
        "NodeAddress", "u", [this] { return NodeAddress(); }, "WPC_set_node_address", csap::node_address, 4);
    add_number(
        "NodeRole", "y", [this] { return NodeRole(); }, "WPC_set_role", csap::node_role, 1);
    add_number(
        "NetworkAddress", "u", [this] { return NetworkAddress(); }, "WPC_set_network_address",
        csap::network_address, 3);
    add_number(
        "NetworkChannel", "y", [this] { return NetworkChannel(); }, "WPC_set_network_channel",
        csap::network_channel, 1);
    add_number(
        "ChannelMap", "u", [this] { return ChannelMap(); }, "WPC_set_channel_map", csap::channel_map, 4);
    all.push_back(
        {config_interface, "SinkCost", [this] { return SinkCost(); }, "y",
         [this](const PropertyValue& value, const Property::Written& written) {
             bridge_.run<void>(
                 [cost = std::get<std::uint8_t>(value)](Sink& sink) { return sink.write_sink_cost(cost); },
                 reporting("WPC_set_sink_cost", written));
         }});

    const auto add_key = [&](const char* name, std::function<PropertyValue()> get, const char* function,
                             std::uint16_t id) {
        all.push_back(
            {config_interface, name, std::move(get), "ay",
             [this, function, id](const PropertyValue& value, const Property::Written& written) {
                 write_key(function, id, std::get<Octets>(value), written);
             }});
    };
    add_key(
        "CipherKey", [this] { return CipherKey(); }, "WPC_set_cipher_key", csap::cipher_key);
    add_key(
        "AuthenticationKey", [this] { return AuthenticationKey(); }, "WPC_set_authentication_key",
        csap::authentication_key);
}

void SinkObject::write(
    const char* function, std::uint16_t id, std::uint32_t number, std::size_t octets,
    const Property::Written& written)
{
    const auto report = reporting(function, written);
    if (id == csap::network_address && number > network_address_limit) {
        report(gateway::fail(
            ApplicationCode::invalid_value,
            fmt::format("network address 0x{:x} is outside 1..0xFFFFFE", number)));
        return;
    }
    const AttributeValue value = from_integer(number, octets);
    bridge_.run<void>(
        [id, value](Sink& sink) { return sink.write_attribute(AccessPoint::csap, id, value); }, report);
}

void SinkObject::write_key(
    const char* function, std::uint16_t id, const Octets& key, const Property::Written& written)
{
    const auto report = reporting(function, written);
    if (key.size() != dual_mcu::key_size) {
        report(gateway::fail(
            ApplicationCode::invalid_value,
            fmt::format("a key has {} octets, not {}", dual_mcu::key_size, key.size())));
        return;
    }
    const AttributeValue value = *AttributeValue::from(key);
    bridge_.run<void>(
        [id, value](Sink& sink) { return sink.write_attribute(AccessPoint::csap, id, value); }, report);
}

void SinkObject::announce_changes(const dual_mcu::SinkState& before, const dual_mcu::SinkState& now)
{
    const PropertyChanges changes = property_changes(before, now);
    if (!changes.config.empty())
        getObject().emitPropertiesChangedSignal(gateway::sink_contract::config_interface, changes.config);
    if (!changes.otap.empty())
        getObject().emitPropertiesChangedSignal(gateway::sink_contract::otap_interface, changes.otap);
}

std::uint16_t SinkObject::StackProfile()
{
    return read("WPC_get_stack_profile", state().fixed.stack_profile);
}

std::uint16_t SinkObject::HwMagic()
{
    return read("WPC_get_hw_magic", state().fixed.hw_magic);
}

std::uint8_t SinkObject::MaxMtu()
{
    return state().fixed.mtu;
}

std::uint8_t SinkObject::ChRangeMin()
{
    return read("WPC_get_channel_limits", state().fixed.channel_limits).min;
}

std::uint8_t SinkObject::ChRangeMax()
{
    return read("WPC_get_channel_limits", state().fixed.channel_limits).max;
}

std::uint16_t SinkObject::ACRangeMin()
{
    return read("WPC_get_access_cycle_limits", state().fixed.access_cycle_limits).min;
}

std::uint16_t SinkObject::ACRangeMax()
{
    return read("WPC_get_access_cycle_limits", state().fixed.access_cycle_limits).max;
}

std::uint8_t SinkObject::PDUBufferSize()
{
    return read("WPC_get_pdu_buffer_size", state().fixed.pdu_buffer_size);
}

std::uint16_t SinkObject::AppConfigMaxSize()
{
    return read("WPC_get_app_config_data_size", state().fixed.app_config_size);
}

std::vector<std::uint16_t> SinkObject::FirmwareVersion()
{
    const auto& version = state().fixed.firmware_version;
    return {version.begin(), version.end()};
}

std::uint16_t SinkObject::CurrentAC()
{
    return read("WPC_get_current_access_cycle", state().live.current_access_cycle);
}

bool SinkObject::CipherKeySet()
{
    return read("WPC_is_cipher_key_set", state().live.cipher_key_set);
}

bool SinkObject::AuthenticationKeySet()
{
    return read("WPC_is_authentication_key_set", state().live.authentication_key_set);
}

std::uint8_t SinkObject::StackStatus()
{
    return read("WPC_get_stack_status", state().live.stack_status);
}

std::uint16_t SinkObject::ACRangeMinCur()
{
    return read("WPC_get_access_cycle_range", state().live.access_cycle_range).min;
}

std::uint16_t SinkObject::ACRangeMaxCur()
{
    return read("WPC_get_access_cycle_range", state().live.access_cycle_range).max;
}

std::uint32_t SinkObject::NodeAddress()
{
    return read("WPC_get_node_address", state().live.node_address);
}

std::uint8_t SinkObject::NodeRole()
{
    return read("WPC_get_role", state().live.node_role);
}

std::uint32_t SinkObject::NetworkAddress()
{
    return read("WPC_get_network_address", state().live.network_address);
}

std::uint8_t SinkObject::NetworkChannel()
{
    return read("WPC_get_network_channel", state().live.network_channel);
}

std::uint8_t SinkObject::SinkCost()
{
    return read("WPC_get_sink_cost", state().live.sink_cost);
}

std::uint32_t SinkObject::ChannelMap()
{
    return read("WPC_get_channel_map", state().live.channel_map);
}

SinkObject::Octets SinkObject::CipherKey()
{
    return Octets(dual_mcu::key_size, 0xFF);
}

SinkObject::Octets SinkObject::AuthenticationKey()
{
    return Octets(dual_mcu::key_size, 0xFF);
}

void SinkObject::NodeAddress(const std::uint32_t& /*value*/)
{
    written_another_way();
}

void SinkObject::NodeRole(const std::uint8_t& /*value*/)
{
    written_another_way();
}

void SinkObject::NetworkAddress(const std::uint32_t& /*value*/)
{
    written_another_way();
}

void SinkObject::NetworkChannel(const std::uint8_t& /*value*/)
{
    written_another_way();
}

void SinkObject::SinkCost(const std::uint8_t& /*value*/)
{
    written_another_way();
}

void SinkObject::ChannelMap(const std::uint32_t& /*value*/)
{
    written_another_way();
}

void SinkObject::CipherKey(const Octets& /*value*/)
{
    written_another_way();
}

void SinkObject::AuthenticationKey(const Octets& /*value*/)
{
    written_another_way();
}

} // namespace sink_service
