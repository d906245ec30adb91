#include "gateway/log.hpp"

#include "gateway/journal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <string>
#include <unistd.h>
#include <vector>

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

/// Fields of every entry of the journal.
std::vector<std::string>& log_fields()
{
    static std::vector<std::string> fields;
    return fields;
}

std::shared_ptr<spdlog::logger> make_logger()
{
    const char* const journal =
        std::getenv("JOURNAL_STREAM"); // NOLINT(concurrency-mt-unsafe): before any thread
    if (is_journal_stream(STDERR_FILENO, journal))
        return std::make_shared<spdlog::logger>(
            "gateway", make_journal_sink(program_invocation_short_name, log_fields()));
    auto logger =
        std::make_shared<spdlog::logger>("gateway", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    return logger;
}

/// Keeps the level that is in force.
void install_logger()
{
    auto logger = make_logger();
    logger->flush_on(spdlog::level::trace);
    logger->set_level(spdlog::get_level());
    spdlog::set_default_logger(std::move(logger));
}

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
    install_logger();

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

void add_log_field(std::string_view name, std::string_view value)
{
    log_fields().push_back(fmt::format("{}={}", name, value));
    install_logger();
}

void toggle_debug_logging()
{
    static spdlog::level::level_enum other = spdlog::level::info;
    const spdlog::level::level_enum now = spdlog::get_level();
    // Said while debug lines are shown, because whoever sent the signal looks for it.
    if (now != spdlog::level::debug) {
        other = now;
        spdlog::set_level(spdlog::level::debug);
        spdlog::info("log level: debug, until the next SIGUSR2");
    } else {
        const auto name = spdlog::level::to_string_view(other);
        spdlog::info("log level: {} again", std::string_view(name.data(), name.size()));
        spdlog::set_level(other);
    }
}

} // namespace gateway
