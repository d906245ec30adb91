/// Names on the bus and the form of errors (spec/sink-dbus-api.md, 1, 2).
#pragma once

#include "gateway/result.hpp"

#include <optional>

namespace gateway::sink_contract {

inline constexpr const char* name_prefix = "com.wirepas.sink.";
inline constexpr const char* object_path = "/com/wirepas/sink";
inline constexpr const char* config_interface = "com.wirepas.sink.config1";
inline constexpr const char* data_interface = "com.wirepas.sink.data1";
inline constexpr const char* otap_interface = "com.wirepas.sink.otap1";
/// Ours (org.opengateway.sink.xml); a sink service of the reference has none.
inline constexpr const char* delivery_interface = "org.opengateway.sink.delivery1";
inline constexpr const char* health_interface = "org.opengateway.sink.health1";
inline constexpr const char* error_name = "com.wirepas.sink.config.error";

/// "[<function>]: C Mesh Lib ret = <code> (<meaning>): <message>".
std::string format_error(std::string_view function, const Error& error);

/// The application code in the message of a failed call; nothing when it has another form.
std::optional<ApplicationCode> parse_error(std::string_view message);

} // namespace gateway::sink_contract
