/// Scratchpad uploads, and what others get from the sink meanwhile.
#pragma once

#include "bench/uplink.hpp"

#include <filesystem>

namespace bench {

/// `scratchpad` at 115200 bit/s alone and with others asking; 256 KB unpaced.
void measure_upload(const std::filesystem::path& scratchpad);

/// Downlink packets while uplink uses the whole line.
void measure_downlink(Durations durations);

} // namespace bench
