/// Which D-Bus properties differ between two states of a sink, for PropertiesChanged
/// (spec/sink-dbus-api.md, 3.1).
#pragma once

#include "sink-service/dual_mcu/sink_state.hpp"

#include <string>
#include <vector>

namespace sink_service {

struct PropertyChanges {
    std::vector<std::string> config; ///< of com.wirepas.sink.config1
    std::vector<std::string> otap;   ///< of com.wirepas.sink.otap1
};

/// Properties that changed and can be read now.
PropertyChanges property_changes(const dual_mcu::SinkState& before, const dual_mcu::SinkState& now);

} // namespace sink_service
