#include "tools/local/sink_facts.hpp"

#include "gateway/address.hpp"
#include "tools/local/values.hpp"
#include "tools/terminal/table.hpp"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <ostream>

namespace gateway::local {
namespace {

using nlohmann::json;
using tools::Style;
using tools::Table;

constexpr std::uint8_t status_stopped = 0x01;
/// Bits 1 to 5 of the stack status (spec/dual-mcu-api.md, 4.2).
constexpr std::array<std::string_view, 5> missing_parts = {
    "network address", "node address", "network channel", "node role", "app config"};

std::vector<std::string_view> missing(std::uint8_t status)
{
    std::vector<std::string_view> parts;
    for (std::size_t bit = 0; bit < missing_parts.size(); ++bit)
        if ((status & (2U << bit)) != 0)
            parts.push_back(missing_parts[bit]);
    return parts;
}

std::string why_absent(const Error& error)
{
    switch (error.code) {
    case ApplicationCode::attribute_not_set:
    case ApplicationCode::no_config:
        return "not set";
    case ApplicationCode::not_supported:
        return "not supported by this sink";
    default:
        return error.message;
    }
}

std::string_view action_in_words(std::uint8_t action)
{
    constexpr std::array<std::string_view, 5> words = {
        "no OTAP", "propagate only", "propagate and process", "propagate and process with delay", "legacy"};
    return action < words.size() ? words[action] : "unknown action";
}

std::string_view stored_type_in_words(std::uint8_t type)
{
    constexpr std::array<std::string_view, 3> words = {"blank", "present", "marked for processing"};
    return type < words.size() ? words[type] : "unknown";
}

std::string stored_status_in_words(std::uint8_t status)
{
    if (status == 255)
        return "new";
    return status == 0 ? "success" : fmt::format("error {}", status);
}

std::string file_in_words(const StoredFile& file)
{
    if (!file.length || !file.crc || !file.sequence)
        return "unknown";
    if (*file.length == 0)
        return "none";
    return fmt::format("{} octets, CRC 0x{:04X}, sequence {}", *file.length, *file.crc, *file.sequence);
}

std::string target_in_words(const TargetAndAction& target)
{
    std::string text(action_in_words(target.action));
    if (target.sequence != 0)
        text += fmt::format(", sequence {}, CRC 0x{:04X}", target.sequence, target.crc);
    if (target.action == 3)
        text += fmt::format(
            ", after {} {}", target.parameter & 0x3F,
            std::array{"?", "minutes", "hours", "days"}[target.parameter >> 6]);
    return text;
}

std::string link_in_words(const LinkHealth& link)
{
    std::string text = link.state + " on " + link.port;
    if (link.bits_per_second != 0)
        text += fmt::format(", {} bit/s", link.bits_per_second);
    return text;
}

template<typename T>
json optional(const Result<T>& result)
{
    return result ? json(*result) : json();
}

json file_json(const StoredFile& file)
{
    if (!file.length || *file.length == 0)
        return {};
    return {{"length", *file.length}, {"crc", optional(file.crc)}, {"sequence", optional(file.sequence)}};
}

} // namespace

ByteView without_padding(ByteView data)
{
    while (!data.empty() && data.back() == 0)
        data = data.first(data.size() - 1);
    return data;
}

std::string app_config_in_words(const AppConfig& config)
{
    const ByteView data = without_padding(config.data);
    const std::string interval =
        config.diagnostics_interval == 0 ? "off" : fmt::format("every {} s", config.diagnostics_interval);
    return fmt::format(
        "sequence {}, diagnostics {}, data {}", config.sequence, interval,
        data.empty() ? "all 0" : to_hex(data));
}

std::string stack_in_words(const SinkFacts& facts)
{
    if (!facts.stack_status)
        return "unknown";
    if ((*facts.stack_status & status_stopped) == 0)
        return "running";
    const auto parts = missing(*facts.stack_status);
    return parts.empty() ? "stopped" : fmt::format("stopped, {} missing", fmt::join(parts, ", "));
}

std::string version_in_words(const std::vector<std::uint16_t>& version)
{
    return fmt::format("{}", fmt::join(version, "."));
}

void print_facts(std::ostream& out, const Style& style, const SinkFacts& facts)
{
    Table table;
    const auto line = [&](const char* name, std::string text) {
        table.add({style.faint(name), std::move(text)});
    };
    const auto fact = [&](const char* name, const auto& value, const auto& in_words) {
        line(name, value ? in_words(*value) : style.faint(why_absent(value.error())));
    };
    const auto plain = [](auto value) { return fmt::format("{}", value); };
    const auto octets = [](auto value) { return fmt::format("{} octets", value); };
    const auto milliseconds = [](auto value) { return fmt::format("{} ms", value); };

    line("sink", style.bold(facts.id));
    fact("link", facts.link, link_in_words);
    line("stack", stack_runs(facts) ? style.good("running") : style.bad(stack_in_words(facts)));
    fact("node address", facts.node_address, address_in_words);
    fact("node role", facts.node_role, role_in_words);
    fact("network address", facts.network_address, network_address_in_words);
    fact("network channel", facts.network_channel, [&](std::uint8_t channel) {
        if (!facts.channel_min || !facts.channel_max)
            return plain(channel);
        return fmt::format("{} of {} to {}", channel, *facts.channel_min, *facts.channel_max);
    });
    if (facts.channel_map)
        line("channel map", fmt::format("0x{:08X}", *facts.channel_map));
    const auto is_set = [](bool set) { return std::string(set ? "set" : "not set"); };
    fact("cipher key", facts.cipher_key_set, is_set);
    fact("authentication key", facts.authentication_key_set, is_set);
    fact("access cycle range", facts.access_cycle_min, [&](std::uint16_t min) {
        std::string text = fmt::format("{} to {} ms", min, facts.access_cycle_max.value_or(0));
        if (facts.access_cycle_lowest && facts.access_cycle_highest)
            text +=
                fmt::format(" (limits {} to {} ms)", *facts.access_cycle_lowest, *facts.access_cycle_highest);
        return text;
    });
    fact("access cycle now", facts.access_cycle, milliseconds);
    fact("sink cost", facts.sink_cost, plain);
    fact("app config", facts.app_config, app_config_in_words);
    fact("app config, at most", facts.app_config_max_size, octets);
    fact("firmware", facts.firmware_version, version_in_words);
    fact("firmware area", facts.firmware_area_id, [](auto id) { return fmt::format("0x{:08X}", id); });
    fact("stack profile", facts.stack_profile, plain);
    fact("hardware magic", facts.hardware_magic, plain);
    fact("MTU", facts.max_mtu, octets);
    fact("packet buffers", facts.pdu_buffers, plain);
    fact("stored scratchpad", facts.stored.length, [&](std::uint32_t length) {
        std::string text = file_in_words(facts.stored);
        if (length != 0 && facts.stored_status && facts.stored_type)
            text += fmt::format(
                ", {}, {}", stored_type_in_words(*facts.stored_type),
                stored_status_in_words(*facts.stored_status));
        return text;
    });
    fact(
        "processed scratchpad", facts.processed.length, [&](auto) { return file_in_words(facts.processed); });
    fact("target and action", facts.target, target_in_words);
    table.print(out, style);
}

json to_json(const SinkFacts& facts)
{
    json made = {
        {"sink", facts.id},
        {"stack", facts.stack_status ? json(stack_runs(facts) ? "running" : "stopped") : json()},
        {"missing", facts.stack_status ? json(missing(*facts.stack_status)) : json()},
        {"node_address", optional(facts.node_address)},
        {"node_role", facts.node_role ? json(role_in_words(*facts.node_role)) : json()},
        {"network_address", optional(facts.network_address)},
        {"network_channel", optional(facts.network_channel)},
        {"channel_limits", {{"min", optional(facts.channel_min)}, {"max", optional(facts.channel_max)}}},
        {"channel_map", optional(facts.channel_map)},
        {"cipher_key_set", optional(facts.cipher_key_set)},
        {"authentication_key_set", optional(facts.authentication_key_set)},
        {"access_cycle_ms",
         {{"min", optional(facts.access_cycle_min)},
          {"max", optional(facts.access_cycle_max)},
          {"now", optional(facts.access_cycle)}}},
        {"access_cycle_limits_ms",
         {{"min", optional(facts.access_cycle_lowest)}, {"max", optional(facts.access_cycle_highest)}}},
        {"sink_cost", optional(facts.sink_cost)},
        {"app_config_max_size", optional(facts.app_config_max_size)},
        {"firmware", facts.firmware_version ? json(version_in_words(*facts.firmware_version)) : json()},
        {"firmware_area_id", optional(facts.firmware_area_id)},
        {"stack_profile", optional(facts.stack_profile)},
        {"hardware_magic", optional(facts.hardware_magic)},
        {"max_mtu", optional(facts.max_mtu)},
        {"packet_buffers", optional(facts.pdu_buffers)},
        {"stored_scratchpad", file_json(facts.stored)},
        {"stored_status", facts.stored_status ? json(stored_status_in_words(*facts.stored_status)) : json()},
        {"stored_type", facts.stored_type ? json(stored_type_in_words(*facts.stored_type)) : json()},
        {"processed_scratchpad", file_json(facts.processed)},
    };
    made["app_config"] = nullptr;
    if (facts.app_config)
        made["app_config"] = {
            {"sequence", facts.app_config->sequence},
            {"diagnostics_interval_s", facts.app_config->diagnostics_interval},
            {"data", packed_hex(facts.app_config->data)}};
    made["target"] = nullptr;
    if (facts.target)
        made["target"] = {
            {"action", action_in_words(facts.target->action)},
            {"sequence", facts.target->sequence},
            {"crc", facts.target->crc},
            {"parameter", facts.target->parameter}};
    made["link"] = nullptr;
    if (facts.link)
        made["link"] = {
            {"state", facts.link->state},
            {"port", facts.link->port},
            {"bits_per_second", facts.link->bits_per_second},
            {"counters", facts.link->counters}};
    return made;
}

} // namespace gateway::local
