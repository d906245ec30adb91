/// Reading and writing one attribute of the sink (spec/dual-mcu-api.md, 3.2.8, 3.2.9, 8.2).
#pragma once

#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/link.hpp"
#include "sink-service/dual_mcu/results.hpp"

namespace dual_mcu {

/// The value, with the length that the table of attributes gives. Fails with the code of 8.2.
gateway::Task<Result<AttributeValue>> read_attribute(
    Link& link, AccessPoint access_point, std::uint16_t id, Turn turn,
    std::chrono::milliseconds timeout = confirm_timeout);

/// Fails with the code of 8.2. `row` differs for key pairs.
gateway::Task<Result<>> write_attribute(
    Link& link, AccessPoint access_point, std::uint16_t id, AttributeValue value, Turn turn,
    ResultRow row = results::attribute_write);

/// Whether a key is set: reading it is refused as write-only then (row "Is a key set?").
gateway::Task<Result<bool>> is_key_set(Link& link, std::uint16_t id, Turn turn);

/// Little-endian integer of 1 to 4 octets.
std::uint32_t to_integer(const AttributeValue& value);
AttributeValue from_integer(std::uint32_t value, std::size_t octets);

} // namespace dual_mcu
