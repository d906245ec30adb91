#include "simulator/state_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <unistd.h>

namespace simulator {
namespace {

using nlohmann::json;

std::string hex_of(gateway::ByteView octets)
{
    return gateway::to_hex(octets);
}

gateway::Bytes octets_of(const json& text)
{
    auto octets = gateway::from_hex(text.get<std::string>());
    if (!octets)
        throw std::runtime_error("an octet string is not hexadecimal");
    return std::move(*octets);
}

template<typename T>
json number_or_null(const std::optional<T>& value)
{
    return value ? json(*value) : json(nullptr);
}

template<typename Array>
json octets_or_null(const std::optional<Array>& value)
{
    return value ? json(hex_of(*value)) : json(nullptr);
}

template<typename T>
void read_number(const json& from, const char* name, std::optional<T>& value)
{
    const auto found = from.find(name);
    value = found == from.end() || found->is_null() ? std::nullopt : std::optional(found->get<T>());
}

template<typename Array>
void read_octets(const json& from, const char* name, std::optional<Array>& value)
{
    value.reset();
    const auto found = from.find(name);
    if (found == from.end() || found->is_null())
        return;
    const gateway::Bytes octets = octets_of(*found);
    Array array{};
    if (octets.size() != array.size())
        throw std::runtime_error(
            fmt::format("{} has {} octets instead of {}", name, octets.size(), array.size()));
    std::ranges::copy(octets, array.begin());
    value = array;
}

template<typename Octets>
void read_static(const json& text, Octets& octets)
{
    if (!octets.assign(octets_of(text)))
        throw std::runtime_error("an octet string is too long");
}

json scratchpad_json(const Persistent& persistent)
{
    const StoredScratchpad& stored = persistent.stored;
    const ProcessedScratchpad& processed = persistent.processed;
    return {
        {"image", stored.image ? json(hex_of(*stored.image)) : json(nullptr)},
        {"crc", stored.crc},
        {"sequence", stored.sequence},
        {"type", stored.type},
        {"status", stored.status},
        {"processed",
         {{"size", processed.size},
          {"crc", processed.crc},
          {"sequence", processed.sequence},
          {"area_id", processed.area_id}}},
        {"target",
         {{"sequence", persistent.target.sequence},
          {"crc", persistent.target.crc},
          {"action", persistent.target.action},
          {"parameter", persistent.target.parameter}}},
    };
}

void read_scratchpad(const json& from, Persistent& persistent)
{
    StoredScratchpad& stored = persistent.stored;
    if (!from.at("image").is_null())
        stored.image = std::make_shared<const gateway::Bytes>(octets_of(from.at("image")));
    stored.crc = from.at("crc").get<std::uint16_t>();
    stored.sequence = from.at("sequence").get<std::uint8_t>();
    stored.type = from.at("type").get<std::uint8_t>();
    stored.status = from.at("status").get<std::uint8_t>();
    const json& processed = from.at("processed");
    persistent.processed = {
        processed.at("size").get<std::uint32_t>(), processed.at("crc").get<std::uint16_t>(),
        processed.at("sequence").get<std::uint8_t>(), processed.at("area_id").get<std::uint32_t>()};
    const json& target = from.at("target");
    persistent.target = {
        target.at("sequence").get<std::uint8_t>(), target.at("crc").get<std::uint16_t>(),
        target.at("action").get<std::uint8_t>(), target.at("parameter").get<std::uint8_t>()};
}

json items_json(const Persistent& persistent)
{
    json items = json::array();
    for (const auto& [endpoint, value] : persistent.optional_items)
        items.push_back({{"endpoint", endpoint}, {"value", hex_of(value)}});
    return items;
}

json to_json(const Persistent& persistent)
{
    json app_config = nullptr;
    if (const auto& config = persistent.app_config)
        app_config = {
            {"sequence", config->sequence},
            {"diagnostics_interval", config->diagnostics_interval},
            {"octets", hex_of(config->octets)}};
    return {
        {"node_address", number_or_null(persistent.node_address)},
        {"network_address", number_or_null(persistent.network_address)},
        {"channel", number_or_null(persistent.channel)},
        {"role", number_or_null(persistent.role)},
        {"autostart", persistent.autostart},
        {"cipher_key", octets_or_null(persistent.cipher_key)},
        {"authentication_key", octets_or_null(persistent.authentication_key)},
        {"lock_key", octets_or_null(persistent.lock_key)},
        {"lock_bits", persistent.lock_bits},
        {"offline_scan", number_or_null(persistent.offline_scan)},
        {"channel_map", persistent.channel_map},
        {"access_cycle_range", number_or_null(persistent.access_cycle_range)},
        {"multicast_groups", persistent.multicast_groups},
        {"network_key_pair", octets_or_null(persistent.network_key_pair)},
        {"management_key_pair", octets_or_null(persistent.management_key_pair)},
        {"app_config", app_config},
        {"items", items_json(persistent)},
        {"scratchpad", scratchpad_json(persistent)},
        {"firmware", octets_or_null(persistent.firmware)},
    };
}

Persistent from_json(const json& from)
{
    Persistent persistent;
    read_number(from, "node_address", persistent.node_address);
    read_number(from, "network_address", persistent.network_address);
    read_number(from, "channel", persistent.channel);
    read_number(from, "role", persistent.role);
    persistent.autostart = from.at("autostart").get<bool>();
    read_octets(from, "cipher_key", persistent.cipher_key);
    read_octets(from, "authentication_key", persistent.authentication_key);
    read_octets(from, "lock_key", persistent.lock_key);
    persistent.lock_bits = from.at("lock_bits").get<std::uint32_t>();
    read_number(from, "offline_scan", persistent.offline_scan);
    persistent.channel_map = from.at("channel_map").get<std::uint32_t>();
    read_number(from, "access_cycle_range", persistent.access_cycle_range);
    from.at("multicast_groups").get_to(persistent.multicast_groups);
    read_octets(from, "network_key_pair", persistent.network_key_pair);
    read_octets(from, "management_key_pair", persistent.management_key_pair);
    if (const json& config = from.at("app_config"); !config.is_null()) {
        dual_mcu::AppConfig read;
        read.sequence = config.at("sequence").get<std::uint8_t>();
        read.diagnostics_interval = config.at("diagnostics_interval").get<std::uint16_t>();
        read_static(config.at("octets"), read.octets);
        persistent.app_config = read;
    }
    for (const json& item : from.at("items"))
        read_static(item.at("value"), persistent.optional_items[item.at("endpoint").get<std::uint16_t>()]);
    read_scratchpad(from.at("scratchpad"), persistent);
    read_octets(from, "firmware", persistent.firmware);
    return persistent;
}

[[noreturn]] void fail_to(const std::string& what, const std::filesystem::path& file)
{
    throw std::runtime_error(fmt::format(
        "cannot {} the state file {}: {}", what, file.string(), std::generic_category().message(errno)));
}

void write_all(int descriptor, std::string_view text, const std::filesystem::path& file)
{
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            ::close(descriptor);
            fail_to("write", file);
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
}

} // namespace

std::optional<Persistent> load_state(const std::filesystem::path& file)
{
    if (!std::filesystem::exists(file))
        return std::nullopt;
    std::ifstream input(file);
    if (!input)
        fail_to("read", file);
    try {
        return from_json(json::parse(input));
    } catch (const std::exception& error) {
        throw std::runtime_error(
            fmt::format("the state file {} makes no sense ({}): remove it", file.string(), error.what()));
    }
}

void save_state(const std::filesystem::path& file, const Persistent& persistent)
{
    std::filesystem::path fresh = file;
    fresh += ".new";
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0)
        fail_to("write", fresh);
    write_all(descriptor, to_json(persistent).dump(1) + "\n", fresh);
    const bool kept = ::fsync(descriptor) == 0;
    if (::close(descriptor) != 0 || !kept || ::rename(fresh.c_str(), file.c_str()) != 0)
        fail_to("write", file);
}

} // namespace simulator
