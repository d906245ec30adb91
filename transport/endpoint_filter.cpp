#include "transport/endpoint_filter.hpp"

#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace transport {
namespace {

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<std::uint8_t> endpoint(std::string_view text)
{
    text = trimmed(text);
    unsigned number = 0;
    // Signs are no digits: from_chars takes no '+', and '-' splits ranges before.
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || number > 255)
        return std::nullopt;
    return static_cast<std::uint8_t>(number);
}

bool add_item(EndpointSet& set, std::string_view item)
{
    const auto dash = item.find('-');
    const auto first = endpoint(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : endpoint(item.substr(dash + 1));
    if (!first || !last || *first > *last)
        return false;
    set.add(*first, *last);
    return true;
}

} // namespace

void EndpointSet::add(std::uint8_t first, std::uint8_t last)
{
    for (unsigned endpoint = first; endpoint <= last; ++endpoint)
        endpoints_.set(endpoint);
}

int EndpointSet::first_common(const EndpointSet& other) const
{
    const std::bitset<256> common = endpoints_ & other.endpoints_;
    for (int endpoint = 0; endpoint < 256; ++endpoint)
        if (common[static_cast<std::size_t>(endpoint)])
            return endpoint;
    return -1;
}

tl::expected<EndpointSet, std::string> parse_endpoints(std::string_view text)
{
    std::string list;
    for (const char c : text)
        if (c != '[' && c != ']' && c != '\'')
            list.push_back(c);
    EndpointSet set;
    if (trimmed(list).empty())
        return set;
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(',', begin), list.size());
        const std::string_view item = std::string_view(list).substr(begin, end - begin);
        if (!add_item(set, item))
            return tl::unexpected(
                fmt::format("'{}' is no endpoint: give 0 to 255, or a range such as 10-12", trimmed(item)));
        begin = end + 1;
    }
    return set;
}

} // namespace transport
