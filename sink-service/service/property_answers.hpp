/// org.freedesktop.DBus.Properties, where sdbus-c++ is not enough: GetAll that leaves out what
/// cannot be read (it would fail as a whole, and with it every introspecting tool), and Set that is
/// answered when the sink has answered (it would block the bus).
#pragma once

#include "sink-service/service/bus_filter.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <sdbus-c++/Error.h>
#include <string>
#include <variant>
#include <vector>

namespace sink_service {

using PropertyValue = std::variant<
    std::uint8_t, std::uint16_t, std::uint32_t, bool, std::vector<std::uint8_t>, std::vector<std::uint16_t>>;

struct Property {
    using Written = std::function<void(const std::optional<sdbus::Error>&)>;

    std::string interface;
    std::string name;
    std::function<PropertyValue()> get;                              ///< throws sdbus::Error: left out
    std::string written_as{};                                        ///< D-Bus type, "y", "u" or "ay"
    std::function<void(const PropertyValue&, const Written&)> set{}; ///< none: read-only
};

/// Takes GetAll and Set of an object before sdbus-c++ does; everything else, faulty calls too, goes
/// on to it. On the connection's thread; to be destroyed before the object.
class PropertyAnswers {
public:
    PropertyAnswers(sdbus::IObject& object, std::vector<Property> properties);

private:
    [[nodiscard]] bool take(sd_bus_message* call) const;
    [[nodiscard]] bool get_all(sd_bus_message* call) const;
    [[nodiscard]] bool set(sd_bus_message* call) const;

    std::vector<Property> properties_;
    BusFilter filter_;
};

} // namespace sink_service
