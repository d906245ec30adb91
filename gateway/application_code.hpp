/// Application-level result codes (spec/dual-mcu-api.md, 8.1). The numbers cross D-Bus and are
/// never renumbered.
#pragma once

#include <cstdint>
#include <string_view>

namespace gateway {

enum class ApplicationCode : std::uint8_t {
    ok = 0,
    stack_not_stopped = 1,
    stack_already_stopped = 2,
    stack_already_started = 3,
    invalid_value = 4,
    role_not_set = 5,
    node_address_not_set = 6,
    network_address_not_set = 7,
    network_channel_not_set = 8,
    stack_is_stopped = 9,
    node_not_a_sink = 10,
    unknown_destination = 11,
    no_config = 12,
    already_registered = 13,
    not_registered = 14,
    attribute_not_set = 15,
    access_denied = 16,
    data_error = 17,
    no_scratchpad_start = 18,
    no_valid_scratchpad = 19,
    not_a_sink = 20,
    out_of_memory = 21,
    invalid_diagnostics_interval = 22,
    invalid_sequence = 23,
    invalid_start_address = 24,
    invalid_number_of_bytes = 25,
    invalid_scratchpad = 26,
    invalid_reboot_delay = 27,
    internal_error = 28,
    not_supported = 29,
};

/// The code in words for a person, such as "the stack is running"; "unknown code" above 29.
std::string_view describe(ApplicationCode code);

/// Any number from the wire as a code; above 29 counts as internal_error.
ApplicationCode application_code_from(std::uint32_t number);

} // namespace gateway
