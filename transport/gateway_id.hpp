/// The gateway's identity on the broker (docs/spec/gateway-backend-api.md, 1.2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace transport {

/// What makes a text unusable as a gateway id, in words that name the character; nothing when it
/// may be used: 1 to 128 octets of UTF-8 without '/', '+', '#' and control characters.
std::optional<std::string> gateway_id_fault(std::string_view id);

struct NetworkInterface {
    unsigned index = 0;
    bool loopback = false;
    std::uint64_t hardware_address = 0; ///< 48 bits, the first octet of the address highest
};

/// The address of the interface with the lowest index, locally administered ones only when there
/// is no other; nothing when no interface has an address.
std::optional<std::uint64_t> identifying_address(std::span<const NetworkInterface> interfaces);

/// identifying_address of this machine.
std::optional<std::uint64_t> machine_hardware_address();

/// A random number in the form of a hardware address (multicast bit set) that `state_directory`
/// keeps over restarts. `kept` tells whether it could be stored.
struct RandomIdentity {
    std::uint64_t number = 0;
    bool kept = false;
};
RandomIdentity random_identity(const std::string& state_directory);

/// True for well-formed UTF-8.
bool is_utf8(std::string_view text);

} // namespace transport
