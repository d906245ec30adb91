#include "transport/sinks/raw_message.hpp"

#include <sdbus-c++/Error.h>
#include <sdbus-c++/Message.h>
#include <systemd/sd-bus.h>

namespace transport {
namespace {

/// Names the protected member; a member pointer of a derived class reaches that of the base.
struct Inside : sdbus::Message {
    static constexpr auto handle = &Inside::msg_;
};

} // namespace

sd_bus_message* raw(const sdbus::Message& message)
{
    return static_cast<sd_bus_message*>(message.*Inside::handle);
}

void append_octets(sdbus::Message& message, gateway::ByteView octets)
{
    const int result = sd_bus_message_append_array(raw(message), 'y', octets.data(), octets.size());
    if (result < 0)
        throw sdbus::createError(-result, "cannot append octets");
}

gateway::ByteView read_octets(sdbus::Message& message)
{
    const void* data = nullptr;
    std::size_t size = 0;
    const int result = sd_bus_message_read_array(raw(message), 'y', &data, &size);
    if (result < 0)
        throw sdbus::createError(-result, "cannot read octets");
    return {static_cast<const std::uint8_t*>(data), size};
}

} // namespace transport
