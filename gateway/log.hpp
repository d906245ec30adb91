/// Logging for people: set up once by main, then `spdlog::info(…)` anywhere.
#pragma once

#include <optional>
#include <string_view>

namespace gateway {

/// Lines on standard error: date, time, level, text. Where systemd has connected standard error to
/// the journal, entries of the journal instead, with fields (gateway/journal.hpp). The level comes
/// from WM_DEBUG_LEVEL (DEBUG_LEVEL, deprecated, when absent); an unknown word is named and counts as
/// info (spec/gateway-backend-api.md, 10.5).
void set_up_logging();

/// A field that every later entry of the journal has, such as GATEWAY_ID; names are of A to Z and _.
/// Call before threads exist.
void add_log_field(std::string_view name, std::string_view value);

/// True when `word` names a level: debug, info, warn, warning, error, critical, fatal, quiet; any case.
bool set_log_level(std::string_view word);

/// From any level to debug, and from debug back to the one before (info, where the service began with
/// debug): what SIGUSR2 does in both services.
void toggle_debug_logging();

} // namespace gateway
