/// Introspection with documentation: the XML files themselves, comments and all, where sdbus-c++
/// would answer with bare names.
#pragma once

#include "sink-service/service/bus_filter.hpp"

namespace sink_service {

/// The object's introspection, made from gateway/dbus/*.xml when the service was built.
extern const char* const introspection_xml;

/// Answers org.freedesktop.DBus.Introspectable.Introspect.
[[nodiscard]] bool answer_introspection(sd_bus_message* call);

} // namespace sink_service
