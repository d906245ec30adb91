#include "transport/requests/error_mapping.hpp"

namespace transport {

using gateway::ApplicationCode;

api::ErrorCode error_code(ApplicationCode code)
{
    switch (code) {
    case ApplicationCode::ok:
        return api::OK;
    case ApplicationCode::stack_not_stopped:
    case ApplicationCode::stack_already_stopped:
    case ApplicationCode::stack_already_started:
    case ApplicationCode::stack_is_stopped:
        return api::INVALID_SINK_STATE;
    case ApplicationCode::invalid_value:
        return api::INVALID_PARAM;
    case ApplicationCode::node_not_a_sink:
        return api::INVALID_ROLE;
    case ApplicationCode::unknown_destination:
        return api::INVALID_DEST_ADDRESS;
    case ApplicationCode::access_denied:
    case ApplicationCode::not_supported:
        return api::ACCESS_DENIED;
    case ApplicationCode::data_error:
        return api::INVALID_DATA_PAYLOAD;
    case ApplicationCode::no_valid_scratchpad:
        return api::NO_SCRATCHPAD_PRESENT;
    case ApplicationCode::out_of_memory:
        return api::SINK_OUT_OF_MEMORY;
    case ApplicationCode::invalid_diagnostics_interval:
        return api::INVALID_DIAG_INTERVAL;
    case ApplicationCode::invalid_sequence:
        return api::INVALID_SEQUENCE_NUMBER;
    case ApplicationCode::invalid_scratchpad:
        return api::INVALID_SCRATCHPAD;
    case ApplicationCode::invalid_reboot_delay:
        return api::INVALID_REBOOT_DELAY;
    case ApplicationCode::role_not_set:
    case ApplicationCode::node_address_not_set:
    case ApplicationCode::network_address_not_set:
    case ApplicationCode::network_channel_not_set:
    case ApplicationCode::no_config:
    case ApplicationCode::already_registered:
    case ApplicationCode::not_registered:
    case ApplicationCode::attribute_not_set:
    case ApplicationCode::no_scratchpad_start:
    case ApplicationCode::not_a_sink:
    case ApplicationCode::invalid_start_address:
    case ApplicationCode::invalid_number_of_bytes:
    case ApplicationCode::internal_error:
        return api::INTERNAL_ERROR;
    }
    return api::INTERNAL_ERROR;
}

api::ErrorCode error_code(const BusFailure& failure, api::ErrorCode invalid_value)
{
    switch (failure.fault) {
    case BusFault::application:
        return failure.code == ApplicationCode::invalid_value ? invalid_value : error_code(failure.code);
    case BusFault::deadline:
        return api::SINK_TIMEOUT;
    case BusFault::gone:
        return api::INVALID_SINK_ID;
    case BusFault::unsupported:
        return api::ACCESS_DENIED;
    case BusFault::denied:
    case BusFault::malformed:
    case BusFault::abandoned:
    case BusFault::other:
        return api::INTERNAL_ERROR;
    }
    return api::INTERNAL_ERROR;
}

api::ErrorCode upload_error_code(const BusFailure& failure)
{
    if (failure.fault == BusFault::application && failure.code == ApplicationCode::data_error)
        return api::INVALID_SCRATCHPAD; // the line or the flash failed: our own CRC check passed
    return error_code(failure, api::INVALID_SCRATCHPAD_SIZE);
}

api::ErrorCode error_code(gateway::ScratchpadFault fault)
{
    return gateway::is_about_size(fault) ? api::INVALID_SCRATCHPAD_SIZE : api::INVALID_SCRATCHPAD;
}

} // namespace transport
