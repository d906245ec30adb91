// A scratchpad file of which nothing is known (spec/scratchpad-format.md, 16.1).
#include "gateway/scratchpad_file.hpp"
#include "fuzz/support/expect.hpp"
#include "fuzz/support/target.hpp"
#include "gateway/crc16.hpp"

using fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const gateway::ByteView file(data, size);
    const auto verdict = gateway::inspect_scratchpad(file);
    const auto checked = gateway::check_scratchpad(file);
    expect(checked.has_value() == !verdict.fault, "both judge alike");
    if (verdict.fault) {
        expect(!verdict.explanation.empty(), "a refusal says why");
        expect(checked.error().code == gateway::application_code(*verdict.fault), "… with the fault's code");
        return 0;
    }
    expect(size >= gateway::scratchpad_min_size && size % gateway::scratchpad_granularity == 0, "size");
    expect(verdict.header.length == size - gateway::scratchpad_header_end, "length");
    expect(gateway::crc16(file.subspan(gateway::scratchpad_header_end)) == verdict.header.crc, "CRC");
    return 0;
}
