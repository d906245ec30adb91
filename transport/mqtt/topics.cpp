#include "transport/mqtt/topics.hpp"

#include "transport/gateway_id.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace transport {
namespace {

constexpr std::string_view request_base = "gw-request/";
constexpr std::size_t max_level_octets = 128;

constexpr std::array<std::string_view, all_request_kinds.size()> names = {
    "get_gw_info",
    "get_configs",
    "set_config",
    "send_data",
    "otap_status",
    "otap_load_scratchpad",
    "otap_process_scratchpad",
    "otap_set_target_scratchpad",
    "set_configuration_data_item",
    "get_configuration_data_item",
};

/// Takes the text before the next '/' off the front; nothing when there is no further level.
std::optional<std::string_view> take_level(std::optional<std::string_view>& rest)
{
    if (!rest)
        return std::nullopt;
    const auto slash = rest->find('/');
    const std::string_view level = rest->substr(0, slash);
    rest = slash == std::string_view::npos ? std::nullopt : std::optional(rest->substr(slash + 1));
    return level;
}

} // namespace

std::string_view topic_name(RequestKind kind)
{
    return names.at(static_cast<std::size_t>(kind));
}

bool needs_sink(RequestKind kind)
{
    return kind != RequestKind::get_gw_info && kind != RequestKind::get_configs;
}

bool is_topic_level(std::string_view level)
{
    static constexpr std::string_view forbidden("/+#\0", 4);
    return !level.empty() && level.size() <= max_level_octets &&
           level.find_first_of(forbidden) == std::string_view::npos && is_utf8(level);
}

std::vector<std::string> Topics::request_filters() const
{
    std::vector<std::string> filters;
    for (const RequestKind kind : all_request_kinds)
        filters.push_back(fmt::format(
            "{}{}/{}{}", request_base, topic_name(kind), gateway_id_, needs_sink(kind) ? "/+" : ""));
    return filters;
}

std::optional<RequestTopic> Topics::parse_request(std::string_view topic) const
{
    if (!topic.starts_with(request_base))
        return std::nullopt;
    std::optional<std::string_view> rest = topic.substr(request_base.size());
    const auto name = take_level(rest);
    const auto found = std::ranges::find(names, *name);
    const auto id = take_level(rest);
    if (found == names.end() || id != gateway_id_)
        return std::nullopt;
    const auto kind = all_request_kinds.at(static_cast<std::size_t>(found - names.begin()));
    const auto sink = take_level(rest);
    if (sink.has_value() != needs_sink(kind) || rest)
        return std::nullopt;
    return RequestTopic{kind, sink.value_or(std::string_view())};
}

std::string Topics::response(RequestKind kind, std::string_view sink_id) const
{
    if (!needs_sink(kind))
        return fmt::format("gw-response/{}/{}", topic_name(kind), gateway_id_);
    return fmt::format("gw-response/{}/{}/{}", topic_name(kind), gateway_id_, sink_id);
}

std::string Topics::status() const
{
    return fmt::format("gw-event/status/{}", gateway_id_);
}

std::string Topics::received_data(
    std::string_view sink_id, std::optional<std::uint32_t> network_address, std::uint8_t source_endpoint,
    std::uint8_t destination_endpoint) const
{
    std::string topic;
    topic.reserve(64);
    const auto out = std::back_inserter(topic);
    if (network_address)
        fmt::format_to(
            out, FMT_STRING("gw-event/received_data/{}/{}/{}/{}/{}"), gateway_id_, sink_id, *network_address,
            source_endpoint, destination_endpoint);
    else
        fmt::format_to(
            out, FMT_STRING("gw-event/received_data/{}/{}/None/{}/{}"), gateway_id_, sink_id, source_endpoint,
            destination_endpoint);
    return topic;
}

} // namespace transport
