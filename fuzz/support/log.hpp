/// The log of what is fuzzed: off, or to the level that FUZZ_LOG names, to see what an input does.
#pragma once

#include <cstdlib>
#include <spdlog/spdlog.h>

namespace fuzz {

inline void set_log_level()
{
    const char* level = std::getenv("FUZZ_LOG"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    spdlog::set_level(level == nullptr ? spdlog::level::off : spdlog::level::from_str(level));
}

} // namespace fuzz
