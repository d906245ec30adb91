/// Settings of the sink service (spec/sink-dbus-api.md, 6).
#pragma once

#include "gateway/settings.hpp"
#include "sink-service/dual_mcu/sink.hpp"

namespace sink_service {

struct ServiceSettings {
    unsigned sink_id = 0; ///< 0..9, the N of com.wirepas.sink.sink<N>
    dual_mcu::SinkSettings sink;
};

std::span<const gateway::SettingRow> setting_rows();

/// Throws gateway::SettingsError with what is wrong, where, and what is accepted.
ServiceSettings resolve_settings(const gateway::SettingsInput& input);

} // namespace sink_service
