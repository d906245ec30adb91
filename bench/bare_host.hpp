/// The least that a host can do: poll, and answer each indication, without a gateway or a bus. What a
/// service reaches of its rate is what the service costs.
#pragma once

#include <chrono>
#include <filesystem>

namespace bench {

/// Indications per second from the sink behind `port`.
double indications_of_bare_host(const std::filesystem::path& port, std::chrono::milliseconds duration);

} // namespace bench
