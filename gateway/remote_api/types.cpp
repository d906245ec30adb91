#include "gateway/remote_api/types.hpp"

#include <fmt/format.h>

namespace gateway::remote_api {
namespace {

const char* known_name(RequestType type)
{
    switch (type) {
    case RequestType::ping:
        return "ping";
    case RequestType::begin:
        return "begin";
    case RequestType::begin_with_lock:
        return "begin with lock";
    case RequestType::end:
        return "end";
    case RequestType::cancel:
        return "cancel";
    case RequestType::update:
        return "update";
    case RequestType::write_msap_attribute:
        return "write MSAP attribute";
    case RequestType::read_msap_attribute:
        return "read MSAP attribute";
    case RequestType::write_csap_attribute:
        return "write CSAP attribute";
    case RequestType::read_csap_attribute:
        return "read CSAP attribute";
    case RequestType::scratchpad_status:
        return "scratchpad status";
    case RequestType::scratchpad_update:
        return "scratchpad update";
    case RequestType::write_max_queuing_time:
        return "write max queuing time";
    case RequestType::read_max_queuing_time:
        return "read max queuing time";
    }
    return nullptr;
}

} // namespace

std::string request_name(std::uint8_t type)
{
    const auto request = static_cast<std::uint8_t>(type & ~response_bit);
    if (const char* const name = known_name(static_cast<RequestType>(request)))
        return name;
    if (is_reserved(request))
        return fmt::format("reserved request 0x{:02X}", request);
    return fmt::format("request 0x{:02X}", request);
}

std::string request_name(RequestType type)
{
    return request_name(wire(type));
}

std::string error_name(ErrorType error)
{
    switch (error) {
    case ErrorType::access_denied:
        return "access denied";
    case ErrorType::write_only_attribute:
        return "write-only attribute";
    case ErrorType::invalid_broadcast:
        return "invalid broadcast request";
    case ErrorType::invalid_begin:
        return "invalid begin";
    case ErrorType::no_space_for_response:
        return "no space for response";
    case ErrorType::invalid_value:
        return "invalid value";
    case ErrorType::invalid_length:
        return "invalid length";
    case ErrorType::unknown_request:
        return "unknown request";
    }
    return fmt::format("error 0x{:02X}", static_cast<unsigned>(error));
}

} // namespace gateway::remote_api
