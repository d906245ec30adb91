// The message of a failed D-Bus call, ours or any other service's (spec/sink-dbus-api.md, 2).
#include "gateway/dbus/sink_contract.hpp"
#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/target.hpp"

using namespace gateway;
using fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Input input(data, size);
    const std::string message = fuzz::to_text({data, size});
    if (const auto code = sink_contract::parse_error(message))
        expect(
            application_code_from(static_cast<std::uint32_t>(*code)) == *code,
            "only codes that exist are found");

    const auto code = application_code_from(input.octet());
    const std::string made = sink_contract::format_error("WPC_start_stack", {code, message});
    expect(sink_contract::parse_error(made) == code, "what is formatted is understood, whatever it says");
    return 0;
}
