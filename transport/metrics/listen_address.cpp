#include "transport/metrics/listen_address.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace transport {
namespace {

bool is_numeric(const std::string& host, int family)
{
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(family, host.c_str(), address.data()) == 1;
}

} // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);

    const std::string_view digits = text.substr(colon + 1);
    ListenAddress address{std::string(host), 0};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (error != std::errc() || end != digits.data() + digits.size() || address.port == 0)
        return std::nullopt;
    if (!is_numeric(address.host, bracketed ? AF_INET6 : AF_INET))
        return std::nullopt;
    return address;
}

} // namespace transport
