#include "gateway/target_and_action.hpp"

#include <fmt/format.h>

namespace gateway {

Result<TargetAndAction> normalised(const TargetAndAction& wish)
{
    if (wish.action > static_cast<std::uint8_t>(OtapAction::legacy))
        return fail(ApplicationCode::invalid_value, fmt::format("action {} is outside 0..4", wish.action));

    const auto action = static_cast<OtapAction>(wish.action);
    if (action == OtapAction::no_otap || action == OtapAction::legacy)
        return TargetAndAction{0, 0, wish.action, 0};
    if (wish.sequence == 0)
        return fail(ApplicationCode::invalid_value, "sequence 0 names no scratchpad; give 1..254");
    if (action != OtapAction::propagate_and_process_with_delay)
        return TargetAndAction{wish.sequence, wish.crc, wish.action, 0};
    if (!is_valid_delay(wish.parameter))
        return fail(
            ApplicationCode::invalid_value,
            fmt::format(
                "delay octet 0x{:02x} has no unit (bits 7-6) or no amount (bits 5-0)", wish.parameter));
    return wish;
}

} // namespace gateway
