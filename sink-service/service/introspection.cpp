#include "sink-service/service/introspection.hpp"

#include <systemd/sd-bus.h>

namespace sink_service {

bool answer_introspection(sd_bus_message* call)
{
    if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Introspectable", "Introspect") <= 0)
        return false;
    return sd_bus_reply_method_return(call, "s", introspection_xml) >= 0;
}

} // namespace sink_service
