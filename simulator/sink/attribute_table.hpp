/// What each attribute of a sink reads, accepts and changes (spec/dual-mcu-api.md, chapter 4). Sizes
/// and names are in the codec's table.
#pragma once

#include "simulator/sink/state.hpp"

namespace simulator {

struct AttributeReading {
    std::uint8_t result = 0; ///< dual_mcu::attribute_result
    dual_mcu::AttributeValue value;
};

struct AttributeRow {
    dual_mcu::AccessPoint access_point;
    std::uint16_t id;
    AttributeReading (*read)(const SinkState&, Now);
    bool (*is_valid)(const SinkState&, gateway::ByteView) = nullptr; ///< null with `store`: read-only
    void (*store)(SinkState&, gateway::ByteView) = nullptr;
    bool needs_running_stack = false; ///< reads give "wrong state" while the stack is stopped
    std::uint16_t first_api = 0;
    std::uint8_t last_firmware_major = 255;
};

/// Nothing for ids that this device does not have.
const AttributeRow* find_attribute_row(
    const SinkState& state, dual_mcu::AccessPoint access_point, std::uint16_t id);

/// The primitives' effect, for tests and for changes from outside; all checks included.
std::uint8_t write_attribute(
    SinkState& state, dual_mcu::AccessPoint access_point, std::uint16_t id, gateway::ByteView value);
AttributeReading read_attribute(
    const SinkState& state, dual_mcu::AccessPoint access_point, std::uint16_t id, Now now);

} // namespace simulator
