/// Sets of endpoints as the filters of uplink packets name them
/// (docs/spec/gateway-backend-api.md, 7.2).
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace transport {

class EndpointSet {
public:
    void add(std::uint8_t first, std::uint8_t last);
    [[nodiscard]] bool contains(std::uint8_t endpoint) const { return endpoints_[endpoint]; }
    [[nodiscard]] bool empty() const { return endpoints_.none(); }
    /// The lowest endpoint of both; -1 when there is none.
    [[nodiscard]] int first_common(const EndpointSet& other) const;

    friend bool operator==(const EndpointSet&, const EndpointSet&) = default;

private:
    std::bitset<256> endpoints_;
};

/// Reads "1,2,10-12", "[240-255]", "[1, '10-12']"; empty text and "[]" are the empty set. The error
/// says which item is wrong and what is accepted.
tl::expected<EndpointSet, std::string> parse_endpoints(std::string_view text);

} // namespace transport
