// A whole Sink on its Link against the simulated device, while faults, reboots, noise, unplugging and
// requests come as the input says. Afterwards everything must recover by itself: the sink is online,
// every operation has ended, packets flow, and none was heard twice or out of order
// (spec/dual-mcu-api.md, 2 and 10).
#include "fuzz/link/run.hpp"
#include "fuzz/support/expect.hpp"
#include "fuzz/support/log.hpp"
#include "fuzz/support/target.hpp"

int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/)
{
    fuzz::set_log_level();
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Input input(data, size);
    fuzz::LinkRun run(input);
    run.to_the_end();
    return 0;
}
