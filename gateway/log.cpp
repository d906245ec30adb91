#include "gateway/log.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <string>

namespace gateway {
namespace {

struct Level {
    std::string_view word;
    spdlog::level::level_enum level;
};

constexpr std::array levels = {
    Level{"debug", spdlog::level::debug},    Level{"info", spdlog::level::info},
    Level{"warn", spdlog::level::warn},      Level{"warning", spdlog::level::warn},
    Level{"error", spdlog::level::err},      Level{"critical", spdlog::level::critical},
    Level{"fatal", spdlog::level::critical}, Level{"quiet", spdlog::level::off},
};

} // namespace

bool set_log_level(std::string_view word)
{
    std::string lower(word);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto found = std::ranges::find(levels, lower, &Level::word);
    if (found == levels.end())
        return false;
    spdlog::set_level(found->level);
    return true;
}

void set_up_logging()
{
    auto logger = spdlog::stderr_color_mt("gateway");
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));

    const char* word = std::getenv("WM_DEBUG_LEVEL"); // NOLINT(concurrency-mt-unsafe): before any thread
    if (word == nullptr) {
        word = std::getenv("DEBUG_LEVEL"); // NOLINT(concurrency-mt-unsafe)
        if (word != nullptr)
            spdlog::warn("DEBUG_LEVEL is deprecated: set WM_DEBUG_LEVEL instead");
    }
    if (word != nullptr && !set_log_level(word))
        spdlog::warn(
            "WM_DEBUG_LEVEL={} is not a level: use debug, info, warn, error, critical or quiet", word);
}

} // namespace gateway
