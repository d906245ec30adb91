/// OTAPv2 target and action, in the sink's values (spec/dual-mcu-api.md, 3.2.19, 6.5;
/// spec/gateway-backend-api.md, 3.5).
#pragma once

#include "gateway/result.hpp"

namespace gateway {

/// The backend's enumeration is one higher.
enum class OtapAction : std::uint8_t {
    no_otap = 0,
    propagate_only = 1,
    propagate_and_process = 2,
    propagate_and_process_with_delay = 3,
    legacy = 4,
};

struct TargetAndAction {
    std::uint8_t sequence = 0; ///< 1..254 for actions 1 to 3
    std::uint16_t crc = 0;
    std::uint8_t action = 0;    ///< OtapAction; a sink may report others
    std::uint8_t parameter = 0; ///< delay octet of action 3

    friend bool operator==(const TargetAndAction&, const TargetAndAction&) = default;
};

/// Bits 7-6 unit (1 minutes, 2 hours, 3 days), bits 5-0 amount; neither may be 0.
constexpr bool is_valid_delay(std::uint8_t parameter)
{
    return (parameter & 0xC0) != 0 && (parameter & 0x3F) != 0;
}

/// What goes to the sink for a wish (6.5): fields that the action does not use become 0. Fails
/// with invalid_value for an unknown action, sequence 0 with actions 1 to 3, and a delay without
/// unit or amount.
Result<TargetAndAction> normalised(const TargetAndAction& wish);

} // namespace gateway
