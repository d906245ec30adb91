#include "sink-service/service/bus_filter.hpp"

#include <sdbus-c++/IObject.h>
#include <sdbus-c++/Message.h>
#include <system_error>
#include <systemd/sd-bus.h>

namespace sink_service {
namespace {

/// sdbus-c++ 1.2 does not show the bus that it wraps; every message of it knows.
struct RawMessage : sdbus::Message {
    static sd_bus* bus_of(const sdbus::Message& message)
    {
        constexpr auto raw = &RawMessage::msg_;
        return sd_bus_message_get_bus(static_cast<sd_bus_message*>(message.*raw));
    }
};

} // namespace

BusMessage adopt(sd_bus_message* message)
{
    return {message, [](sd_bus_message* held) { sd_bus_message_unref(held); }};
}

BusFilter::BusFilter(sdbus::IObject& object, Take take)
    : path_(object.getObjectPath()), take_(std::move(take))
{
    const sdbus::Signal probe = object.createSignal("org.freedesktop.DBus.Properties", "PropertiesChanged");
    const auto handler = [](sd_bus_message* message, void* self, sd_bus_error* /*error*/) {
        const auto* filter = static_cast<const BusFilter*>(self);
        const char* path = sd_bus_message_get_path(message);
        if (path == nullptr || path != filter->path_)
            return 0;
        if (filter->take_(message))
            return 1;
        sd_bus_message_rewind(message, 1);
        return 0;
    };
    const int added = sd_bus_add_filter(RawMessage::bus_of(probe), &slot_, handler, this);
    if (added < 0)
        throw std::system_error(-added, std::generic_category(), "cannot filter D-Bus messages");
}

BusFilter::~BusFilter()
{
    sd_bus_slot_unref(slot_);
}

} // namespace sink_service
