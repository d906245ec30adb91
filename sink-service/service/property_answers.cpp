#include "sink-service/service/property_answers.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <string_view>
#include <system_error>
#include <systemd/sd-bus.h>

namespace sink_service {
namespace {

constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";

int append(sd_bus_message* to, std::uint8_t value)
{
    return sd_bus_message_append(to, "v", "y", static_cast<int>(value));
}

int append(sd_bus_message* to, std::uint16_t value)
{
    return sd_bus_message_append(to, "v", "q", static_cast<int>(value));
}

int append(sd_bus_message* to, std::uint32_t value)
{
    return sd_bus_message_append(to, "v", "u", value);
}

int append(sd_bus_message* to, bool value)
{
    return sd_bus_message_append(to, "v", "b", static_cast<int>(value));
}

template<typename T>
int append(sd_bus_message* to, const std::vector<T>& values)
{
    const char type = sizeof(T) == 1 ? SD_BUS_TYPE_BYTE : SD_BUS_TYPE_UINT16;
    const char contents[] = {SD_BUS_TYPE_ARRAY, type, 0};
    int outcome = sd_bus_message_open_container(to, SD_BUS_TYPE_VARIANT, contents);
    if (outcome >= 0)
        outcome = sd_bus_message_append_array(to, type, values.data(), values.size() * sizeof(T));
    return outcome < 0 ? outcome : sd_bus_message_close_container(to);
}

template<typename T>
std::optional<PropertyValue> read_basic(sd_bus_message* from, char type)
{
    T value{};
    if (sd_bus_message_read_basic(from, type, &value) <= 0)
        return std::nullopt;
    return value;
}

/// The variant's contents when it has this type.
std::optional<PropertyValue> read_variant(sd_bus_message* from, const std::string& type)
{
    if (sd_bus_message_enter_container(from, SD_BUS_TYPE_VARIANT, type.c_str()) <= 0)
        return std::nullopt;
    if (type == "y")
        return read_basic<std::uint8_t>(from, SD_BUS_TYPE_BYTE);
    if (type == "u")
        return read_basic<std::uint32_t>(from, SD_BUS_TYPE_UINT32);
    const void* octets = nullptr;
    std::size_t size = 0;
    if (sd_bus_message_read_array(from, SD_BUS_TYPE_BYTE, &octets, &size) < 0)
        return std::nullopt;
    const auto* first = static_cast<const std::uint8_t*>(octets);
    return std::vector<std::uint8_t>(first, first + size);
}

} // namespace

PropertyAnswers::PropertyAnswers(sdbus::IObject& object, std::vector<Property> properties)
    : properties_(std::move(properties)), filter_(object, [this](sd_bus_message* call) { return take(call); })
{
}

bool PropertyAnswers::take(sd_bus_message* call) const
{
    if (sd_bus_message_is_method_call(call, properties_interface, "GetAll") > 0)
        return get_all(call);
    return sd_bus_message_is_method_call(call, properties_interface, "Set") > 0 && set(call);
}

bool PropertyAnswers::get_all(sd_bus_message* call) const
{
    const char* interface = nullptr;
    if (sd_bus_message_read(call, "s", &interface) <= 0)
        return false;
    const bool known =
        std::ranges::any_of(properties_, [&](const Property& p) { return p.interface == interface; });
    sd_bus_message* raw = nullptr;
    if (!known || sd_bus_message_new_method_return(call, &raw) < 0)
        return false;
    const BusMessage reply = adopt(raw);

    int outcome = sd_bus_message_open_container(raw, SD_BUS_TYPE_ARRAY, "{sv}");
    for (const Property& property : properties_) {
        if (property.interface != interface)
            continue;
        try {
            const PropertyValue value = property.get();
            sd_bus_message_open_container(raw, SD_BUS_TYPE_DICT_ENTRY, "sv");
            sd_bus_message_append(raw, "s", property.name.c_str());
            std::visit([raw](const auto& held) { append(raw, held); }, value);
            outcome = std::min(outcome, sd_bus_message_close_container(raw));
        } catch (const sdbus::Error&) {
            continue; // cannot be read now: left out
        }
    }
    outcome = std::min(outcome, sd_bus_message_close_container(raw));
    if (outcome >= 0)
        outcome = sd_bus_send(nullptr, raw, nullptr);
    if (outcome < 0)
        spdlog::warn(
            "GetAll of {} was not answered: {}", interface, std::generic_category().message(-outcome));
    return true;
}

bool PropertyAnswers::set(sd_bus_message* call) const
{
    const char* interface = nullptr;
    const char* name = nullptr;
    if (sd_bus_message_read(call, "ss", &interface, &name) <= 0)
        return false;
    const std::string_view wanted = interface;
    const auto property = std::ranges::find_if(properties_, [&](const Property& candidate) {
        return candidate.name == name && (wanted.empty() || candidate.interface == wanted);
    });
    if (property == properties_.end() || !property->set)
        return false;
    const auto value = read_variant(call, property->written_as);
    if (!value)
        return false;

    const BusMessage pending = adopt(sd_bus_message_ref(call));
    property->set(*value, [pending](const std::optional<sdbus::Error>& error) {
        if (error)
            sd_bus_reply_method_errorf(
                pending.get(), error->getName().c_str(), "%s", error->getMessage().c_str());
        else
            sd_bus_reply_method_return(pending.get(), "");
    });
    return true;
}

} // namespace sink_service
