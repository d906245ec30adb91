/// The least that a host can do: poll, and answer each indication, without a gateway or a bus. What a
/// service reaches of its rate is what the service costs.
#pragma once

#include <chrono>
#include <filesystem>

namespace bench {

struct BareHostFigures {
    double per_second = 0;      ///< indications
    double cpu_ms_per_1000 = 0; ///< of this thread
};

/// With the sink behind `port`.
BareHostFigures measure_bare_host(const std::filesystem::path& port, std::chrono::milliseconds duration);

} // namespace bench
