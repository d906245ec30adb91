/// Where the metrics can be fetched: the setting `metrics_address`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace transport {

struct ListenAddress {
    std::string host; ///< numeric, so that nothing has to be resolved
    std::uint16_t port = 0;

    friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// "127.0.0.1:9717", "[::1]:9717"; nothing for any other form.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

} // namespace transport
