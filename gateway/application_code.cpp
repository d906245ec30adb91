#include "gateway/application_code.hpp"

#include <array>

namespace gateway {
namespace {

constexpr std::array<std::string_view, 30> descriptions = {
    "success",
    "the stack must be stopped first",
    "the stack is already stopped",
    "the stack is already started",
    "invalid value",
    "the node role is not set",
    "the node address is not set",
    "the network address is not set",
    "the network channel is not set",
    "the stack is stopped",
    "the node is not a sink",
    "unknown destination",
    "no application configuration is set",
    "already registered",
    "not registered",
    "the attribute is not set",
    "access denied by the sink",
    "the contents are damaged",
    "no scratchpad upload was started",
    "no valid scratchpad is stored",
    "not a sink",
    "no room in the sink",
    "invalid diagnostics interval",
    "invalid sequence number",
    "invalid start address",
    "invalid number of bytes",
    "not a scratchpad",
    "invalid reboot delay",
    "no usable answer from the sink",
    "not supported by the sink's firmware",
};

} // namespace

std::string_view describe(ApplicationCode code)
{
    const auto index = static_cast<std::size_t>(code);
    return index < descriptions.size() ? descriptions[index] : "unknown code";
}

ApplicationCode application_code_from(std::uint32_t number)
{
    return number < descriptions.size() ? static_cast<ApplicationCode>(number)
                                        : ApplicationCode::internal_error;
}

} // namespace gateway
