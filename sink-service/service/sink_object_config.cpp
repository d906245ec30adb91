#include "sink-service/dual_mcu/attribute_access.hpp"
#include "sink-service/service/answers.hpp"
#include "sink-service/service/sink_object.hpp"

#include <fmt/format.h>

namespace sink_service {
namespace {

using dual_mcu::AccessPoint;
using dual_mcu::AttributeValue;
using dual_mcu::from_integer;
using dual_mcu::Sink;
using gateway::ApplicationCode;
namespace csap = dual_mcu::csap;
namespace msap = dual_mcu::msap;

AttributeValue removed_key()
{
    return *AttributeValue::from(gateway::Bytes(dual_mcu::key_size, 0xFF));
}

} // namespace

void SinkObject::SetStackState(sdbus::Result<bool>&& result, bool state)
{
    auto pending = std::make_shared<sdbus::Result<bool>>(std::move(result));
    bridge_.run<void>(
        [state](Sink& sink) { return state ? sink.start_stack() : sink.stop_stack(); },
        [pending, state](const gateway::Result<>& outcome) {
            // By contract failure is `false`, not an error: the log says why.
            if (!outcome)
                spdlog::warn(
                    "the stack was not {}: {}", state ? "started" : "stopped", outcome.error().message);
            answer("SetStackState", [&] { pending->returnResults(outcome.has_value()); });
        });
}

void SinkObject::clear_key(sdbus::Result<>&& result, std::string_view function, std::uint16_t id)
{
    bridge_.run<void>(
        [id](Sink& sink) { return sink.write_attribute(AccessPoint::csap, id, removed_key()); },
        answering_done(function, std::move(result)));
}

void SinkObject::ClearCipherKey(sdbus::Result<>&& result)
{
    clear_key(std::move(result), "WPC_remove_cipher_key", csap::cipher_key);
}

void SinkObject::ClearAuthenticationKey(sdbus::Result<>&& result)
{
    clear_key(std::move(result), "WPC_remove_authentication_key", csap::authentication_key);
}

void SinkObject::SetAppConfig(
    sdbus::Result<bool>&& result, std::uint8_t seq, std::uint16_t interval, Octets data)
{
    bridge_.run<void>(
        [seq, interval, data = std::move(data)](Sink& sink) {
            return sink.write_app_config(seq, interval, data);
        },
        answering_true("WPC_set_app_config_data", std::move(result)));
}

void SinkObject::GetAppConfig(sdbus::Result<std::uint8_t, std::uint16_t, Octets>&& result)
{
    bridge_.run<dual_mcu::AppConfig>(
        [](Sink& sink) { return sink.read_app_config(); },
        answering<dual_mcu::AppConfig>(
            "WPC_get_app_config_data", std::move(result),
            [](auto& pending, const dual_mcu::AppConfig& config) {
                const gateway::ByteView octets = config.octets;
                pending.returnResults(
                    config.sequence, config.diagnostics_interval, Octets(octets.begin(), octets.end()));
            }));
}

void SinkObject::SetACRange(sdbus::Result<bool>&& result, std::uint16_t min, std::uint16_t max)
{
    const AttributeValue range = from_integer(static_cast<std::uint32_t>(max) << 16 | min, 4);
    bridge_.run<void>(
        [range](Sink& sink) {
            return sink.write_attribute(AccessPoint::msap, msap::access_cycle_range, range);
        },
        answering_true("WPC_set_access_cycle_range", std::move(result)));
}

void SinkObject::SetConfigDataItem(sdbus::Result<>&& result, std::uint16_t endpoint, Octets payload)
{
    bridge_.run<void>(
        [endpoint, payload = std::move(payload)](Sink& sink) {
            return sink.set_config_data_item(endpoint, payload);
        },
        answering_done("WPC_set_config_data_item", std::move(result)));
}

void SinkObject::GetConfigDataItem(sdbus::Result<Octets>&& result, std::uint16_t endpoint)
{
    bridge_.run<gateway::Bytes>(
        [endpoint](Sink& sink) { return sink.get_config_data_item(endpoint); },
        answering<gateway::Bytes>(
            "WPC_get_config_data_item", std::move(result),
            [](auto& pending, const gateway::Bytes& value) { pending.returnResults(value); }));
}

void SinkObject::GetConfigDataContent(sdbus::Result<std::vector<Item>>&& result)
{
    using Items = std::vector<std::pair<std::uint16_t, gateway::Bytes>>;
    bridge_.run<Items>(
        [](Sink& sink) { return sink.get_config_data_content(); },
        answering<Items>(
            "WPC_get_config_data_item_list", std::move(result), [](auto& pending, const Items& items) {
                std::vector<Item> content;
                for (const auto& [endpoint, value] : items)
                    content.emplace_back(endpoint, value);
                pending.returnResults(content);
            }));
}

void SinkObject::write_key_pair(
    sdbus::Result<>&& result, std::string_view function, std::uint16_t id, const Octets& cipher,
    const Octets& authentication, std::uint8_t sequence)
{
    auto done = answering_done(function, std::move(result));
    if (cipher.size() != dual_mcu::key_size || authentication.size() != dual_mcu::key_size) {
        done(gateway::fail(
            ApplicationCode::invalid_value, fmt::format(
                                                "keys have {} octets, not {} and {}", dual_mcu::key_size,
                                                cipher.size(), authentication.size())));
        return;
    }
    AttributeValue pair;
    gateway::Writer writer(pair);
    writer.bytes(cipher);
    writer.bytes(authentication);
    writer.u8(sequence);
    bridge_.run<void>([id, pair](Sink& sink) { return sink.write_key_pair(id, pair); }, std::move(done));
}

void SinkObject::SetNetworkSecurityKeys(
    sdbus::Result<>&& result, Octets cipher, Octets authentication, std::uint8_t sequence)
{
    write_key_pair(
        std::move(result), "WPC_set_network_key_pair", csap::network_key_pair, cipher, authentication,
        sequence);
}

void SinkObject::SetManagementSecurityKeys(
    sdbus::Result<>&& result, Octets cipher, Octets authentication, std::uint8_t sequence)
{
    write_key_pair(
        std::move(result), "WPC_set_management_key_pair", csap::management_key_pair, cipher, authentication,
        sequence);
}

} // namespace sink_service
