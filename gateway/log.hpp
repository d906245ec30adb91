/// Logging for people: set up once by main, then `spdlog::info(…)` anywhere.
#pragma once

#include <optional>
#include <string_view>

namespace gateway {

/// Lines on standard error: date, time, level, text. The level comes from WM_DEBUG_LEVEL
/// (DEBUG_LEVEL, deprecated, when absent); an unknown word is named and counts as info
/// (spec/gateway-backend-api.md, 10.5).
void set_up_logging();

/// True when `word` names a level: debug, info, warn, warning, error, critical, fatal, quiet; any case.
bool set_log_level(std::string_view word);

} // namespace gateway
