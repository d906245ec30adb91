/// Settings of the sink service (spec/sink-dbus-api.md, 6).
#pragma once

#include "gateway/settings.hpp"
#include "sink-service/dual_mcu/sink.hpp"
#include "sink-service/service/delivery_hold.hpp"

namespace sink_service {

struct ServiceSettings {
    unsigned sink_id = 0; ///< 0..9, the N of com.wirepas.sink.sink<N>
    dual_mcu::SinkSettings sink;
    HoldSettings hold;
    bool signal_for_all =
        true; ///< MessageReceived also while a consumer of the delivery interface is attached
};

std::span<const gateway::SettingRow> setting_rows();

/// Throws gateway::SettingsError with what is wrong, where, and what is accepted.
ServiceSettings to_settings(const gateway::Settings& given);

} // namespace sink_service
