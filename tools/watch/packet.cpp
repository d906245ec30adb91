#include "tools/watch/packet.hpp"

#include "tools/local/values.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

constexpr std::size_t octets_off_terminal = 32;
constexpr std::size_t fewest_octets = 4;

std::tm broken_down(std::uint64_t time_ms, bool utc)
{
    const auto seconds = static_cast<std::time_t>(time_ms / 1000);
    std::tm made{};
    if (utc)
        gmtime_r(&seconds, &made);
    else
        localtime_r(&seconds, &made);
    return made;
}

std::string local_time(std::uint64_t time_ms)
{
    const std::tm at = broken_down(time_ms, false);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", at.tm_hour, at.tm_min, at.tm_sec, time_ms % 1000);
}

std::string travel_time(std::uint32_t milliseconds)
{
    if (milliseconds < 10'000)
        return fmt::format("{} ms", milliseconds);
    return fmt::format("{:.1f} s", milliseconds / 1000.0);
}

std::string columns_of(
    std::string_view time, std::string_view sink, std::string_view source, std::string_view endpoints,
    std::string_view hops, std::string_view travel, std::string_view qos, std::string_view size)
{
    std::string text = padded(time, 12);
    text += "  " + padded(sink, 6);
    text += "  " + padded(source, 10);
    text += "  " + padded(endpoints, 9);
    text += "  " + padded(hops, 4);
    text += "  " + padded(travel, 8);
    text += "  " + padded(qos, 6);
    text += "  " + padded(size, 4) + "  ";
    return text;
}

std::string payload_text(const Style& style, const Packet& packet, bool full, std::size_t used)
{
    if (!packet.payload)
        return style.faint("kept back by the gateway");
    const ByteView payload = *packet.payload;
    std::size_t room = octets_off_terminal;
    if (style.terminal)
        room = std::max(fewest_octets, style.width > used ? (style.width - used - 1) / 2 : 0);
    if (full || payload.size() <= room)
        return local::packed_hex(payload);
    return local::packed_hex(payload.first(room)) + (style.unicode ? "…" : "...");
}

template<typename T>
bool contains_or_empty(const std::vector<T>& all, const auto&... any_of)
{
    return all.empty() || ((std::ranges::find(all, any_of) != all.end()) || ...);
}

} // namespace

bool passes(const PacketFilter& filter, const Packet& packet)
{
    return (filter.sink_id.empty() || filter.sink_id == packet.sink_id) &&
           contains_or_empty(filter.sources, packet.source) &&
           contains_or_empty(filter.endpoints, packet.source_endpoint, packet.destination_endpoint);
}

std::string packet_head(const Style& style)
{
    return style.bold(
        columns_of("time", "sink", "source", "endpoints", "hops", "travel", "QoS", "size") + "payload");
}

std::string packet_line(const Style& style, const Packet& packet, bool full)
{
    std::string text = columns_of(
        local_time(packet.time_ms), packet.sink_id, std::to_string(packet.source),
        fmt::format("{}{}{}", packet.source_endpoint, style.unicode ? "→" : ">", packet.destination_endpoint),
        packet.hops == 0 ? "-" : std::to_string(packet.hops), travel_time(packet.travel_time_ms),
        packet.qos == 0 ? "normal" : "high", std::to_string(packet.size));
    text += payload_text(style, packet, full, columns(text));
    return text;
}

std::string utc_time(std::uint64_t time_ms)
{
    const std::tm at = broken_down(time_ms, true);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", at.tm_year + 1900, at.tm_mon + 1, at.tm_mday,
        at.tm_hour, at.tm_min, at.tm_sec, time_ms % 1000);
}

nlohmann::json to_json(const Packet& packet)
{
    using nlohmann::json;
    return {
        {"time", utc_time(packet.time_ms)},
        {"time_ms", packet.time_ms},
        {"gateway", packet.gateway_id.empty() ? json() : json(packet.gateway_id)},
        {"sink", packet.sink_id},
        {"source", packet.source},
        {"destination", packet.destination},
        {"source_endpoint", packet.source_endpoint},
        {"destination_endpoint", packet.destination_endpoint},
        {"travel_time_ms", packet.travel_time_ms},
        {"qos", packet.qos},
        {"hops", packet.hops == 0 ? json() : json(packet.hops)},
        {"size", packet.size},
        {"payload", packet.payload ? json(local::packed_hex(*packet.payload)) : json()},
    };
}

} // namespace gateway::tools
