#include "transport/sinks/bus_call.hpp"

#include "gateway/dbus/sink_contract.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

namespace transport {
namespace {

constexpr std::string_view standard_prefix = "org.freedesktop.DBus.Error.";

struct StandardError {
    std::string_view name;
    BusFault fault;
};

constexpr std::array standard_errors = {
    StandardError{"ServiceUnknown", BusFault::gone},
    StandardError{"NameHasNoOwner", BusFault::gone},
    StandardError{"Disconnected", BusFault::gone},
    StandardError{"NoReply", BusFault::deadline},
    StandardError{"Timeout", BusFault::deadline},
    StandardError{"TimedOut", BusFault::deadline},
    StandardError{"UnknownMethod", BusFault::unsupported},
    StandardError{"UnknownObject", BusFault::unsupported},
    StandardError{"UnknownInterface", BusFault::unsupported},
    StandardError{"UnknownProperty", BusFault::unsupported},
    StandardError{"AccessDenied", BusFault::denied},
    StandardError{"InvalidArgs", BusFault::malformed},
    StandardError{"InvalidSignature", BusFault::malformed},
};

BusFault standard_fault(std::string_view error_name)
{
    // sd-bus reports its own errno under this name when a deadline passes.
    if (error_name == "System.Error.ETIMEDOUT")
        return BusFault::deadline;
    if (error_name == "System.Error.ECONNRESET" || error_name == "System.Error.ENOTCONN")
        return BusFault::gone;
    if (!error_name.starts_with(standard_prefix))
        return BusFault::other;
    const auto found =
        std::ranges::find(standard_errors, error_name.substr(standard_prefix.size()), &StandardError::name);
    return found == standard_errors.end() ? BusFault::other : found->fault;
}

/// What the operator can do about it.
std::string_view advice(BusFault fault)
{
    switch (fault) {
    case BusFault::denied:
        return ": the bus policy, dbus-1/system.d/com.wirepas.sink.conf in /etc or /usr/share, forbids it: "
               "this "
               "service's user must be in group wirepas";
    case BusFault::malformed:
        return ": a fault of the gateway's own: report it, with the versions of both services";
    default:
        return "";
    }
}

} // namespace

BusFailure malformed_reply(const std::string& call, const std::string& what)
{
    return {
        BusFault::malformed,
        {},
        fmt::format("{}: unexpected reply: {}{}", call, what, advice(BusFault::malformed))};
}

BusFailure bus_failure(const std::string& call, const std::string& error_name, const std::string& message)
{
    BusFailure failure;
    failure.message = fmt::format("{}: {}: {}", call, error_name, message);
    if (const auto code = gateway::sink_contract::parse_error(message)) {
        failure.fault = BusFault::application;
        failure.code = *code;
    } else {
        failure.fault = standard_fault(error_name);
        failure.message += advice(failure.fault);
    }
    return failure;
}

} // namespace transport
