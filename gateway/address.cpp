#include "gateway/address.hpp"

#include <fmt/format.h>

namespace gateway {

std::string role_in_words(std::uint8_t value)
{
    std::string text;
    switch (value & role::base_mask) {
    case role::sink:
        text = "sink";
        break;
    case role::router:
        text = "router";
        break;
    case role::non_router:
        text = "non-router";
        break;
    default:
        return fmt::format("0x{:02X}", value);
    }
    if ((value & role::low_latency) != 0)
        text += ", low-latency";
    if ((value & role::autorole) != 0)
        text += ", autorole";
    return text;
}

} // namespace gateway
