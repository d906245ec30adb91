/// The numbers of the Remote API (docs/spec/remote-api.md, 2 to 8).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace gateway::remote_api {

/// Requests go from source 255 to destination 240, responses the other way round.
inline constexpr std::uint8_t backend_endpoint = 255;
inline constexpr std::uint8_t node_endpoint = 240;

enum class RequestType : std::uint8_t {
    ping = 0x00,
    begin = 0x01,
    begin_with_lock = 0x02,
    end = 0x03,
    cancel = 0x04,
    update = 0x05,
    write_msap_attribute = 0x0B,
    read_msap_attribute = 0x0C,
    write_csap_attribute = 0x0D,
    read_csap_attribute = 0x0E,
    scratchpad_status = 0x19,
    scratchpad_update = 0x1A,
    write_max_queuing_time = 0x4F,
    read_max_queuing_time = 0x50,
};

/// Types that exist in the Remote API, with values that nobody describes (4).
constexpr bool is_reserved(std::uint8_t request_type)
{
    return request_type >= 0x60 && request_type <= 0x63;
}

/// The response to a request has its type with this bit.
inline constexpr std::uint8_t response_bit = 0x80;

constexpr std::uint8_t wire(RequestType type)
{
    return static_cast<std::uint8_t>(type);
}
constexpr std::uint8_t response_type(RequestType type)
{
    return wire(type) | response_bit;
}

/// Stands in the place of the response to a request that failed (7).
enum class ErrorType : std::uint8_t {
    access_denied = 0xF8,
    write_only_attribute = 0xF9,
    invalid_broadcast = 0xFA,
    invalid_begin = 0xFB,
    no_space_for_response = 0xFC,
    invalid_value = 0xFD,
    invalid_length = 0xFE,
    unknown_request = 0xFF,
};
inline constexpr std::uint8_t first_error = 0xF8;

inline constexpr std::size_t max_ping_size = 16;
inline constexpr std::size_t max_value_size = 255;

/// Seconds that Update accepts; 0 stops a countdown.
inline constexpr std::uint16_t min_countdown = 10;
inline constexpr std::uint16_t max_countdown = 32767;
/// Nodes spread their restarts: they may answer with up to this many seconds more than were asked.
inline constexpr std::uint16_t max_extra_countdown = 20;

enum class AttributeSet : std::uint8_t { msap, csap };

struct Attribute {
    AttributeSet set = AttributeSet::msap;
    std::uint16_t id = 0;

    friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// Attributes that the code names; attributes.hpp has them all.
inline constexpr Attribute stored_length{AttributeSet::msap, 14};
inline constexpr Attribute node_address{AttributeSet::csap, 1};
inline constexpr Attribute node_role{AttributeSet::csap, 4};
inline constexpr Attribute stored_sequence{AttributeSet::csap, 7};
inline constexpr Attribute cipher_key{AttributeSet::csap, 13};
inline constexpr Attribute authentication_key{AttributeSet::csap, 14};
inline constexpr Attribute lock_bits{AttributeSet::csap, 22};
inline constexpr Attribute lock_key{AttributeSet::csap, 23};

/// Feature lock (8). A cleared bit locks, while a key is set.
using LockKey = std::array<std::uint8_t, 16>;
inline constexpr LockKey no_lock_key = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
inline constexpr std::uint32_t everything_allowed = 0xFFFFFFFF;
inline constexpr std::uint32_t otap_allowed = 0x80000000;
inline constexpr std::uint32_t remote_requests_allowed = 0x20000000;

/// "scratchpad status"; "request 0x30" for a type without a name. Takes the type of a response too.
std::string request_name(std::uint8_t type);
std::string request_name(RequestType type);
/// "access denied".
std::string error_name(ErrorType error);

} // namespace gateway::remote_api
