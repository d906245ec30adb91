// ATTRIBUTE_READ and ATTRIBUTE_WRITE: the order of the checks (spec/dual-mcu-api.md, 3.2.8, 3.2.9, 3.4).
// What each attribute means is in attribute_table.cpp.
#include "simulator/sink/attribute_table.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

using dual_mcu::AccessPoint;
namespace result = dual_mcu::attribute_result;

/// The features that lock reading an attribute: those of its access point, but for the exceptions
/// that 3.4 names, which have their own.
std::uint32_t read_locks(AccessPoint access_point, std::uint16_t id)
{
    using namespace dual_mcu;
    if (access_point == AccessPoint::csap)
        return id == csap::scratchpad_sequence ? feature::scratchpad_status : feature::csap_read;
    switch (id) {
    case msap::route_count:
        return feature::neighbours;
    case msap::scratchpad_block_max:
    case msap::scratchpad_size:
        return feature::scratchpad_status;
    default:
        return feature::msap_read;
    }
}

std::uint32_t write_locks(AccessPoint access_point, std::uint16_t id)
{
    if (access_point == AccessPoint::msap)
        return feature::msap_write;
    return id == dual_mcu::csap::feature_lock_key ? 0 : feature::csap_write;
}

bool is_locked_for_writing(const SinkState& state, AccessPoint access_point, std::uint16_t id)
{
    // What is locked cannot be changed while the lock holds (4.1).
    const bool lock_bits = access_point == AccessPoint::csap && id == dual_mcu::csap::feature_lock_bits;
    return state.locked(write_locks(access_point, id)) || (lock_bits && state.persistent.lock_key);
}

bool is_in_wrong_state(const SinkState& state, const dual_mcu::Attribute& attribute)
{
    const bool access_cycle =
        attribute.access_point == AccessPoint::msap && attribute.id == dual_mcu::msap::access_cycle_range;
    return (attribute.stopped_to_write && state.live.running) || (access_cycle && state.low_latency());
}

/// Id, lock, length, value, state: in this order.
std::uint8_t write(SinkState& state, AccessPoint access_point, std::uint16_t id, gateway::ByteView value)
{
    const AttributeRow* row = find_attribute_row(state, access_point, id);
    if (row == nullptr || row->store == nullptr)
        return result::unsupported;
    if (is_locked_for_writing(state, access_point, id))
        return result::access_denied;
    const dual_mcu::Attribute& attribute = *dual_mcu::find_attribute(access_point, id);
    if (value.size() < attribute.min_size || value.size() > attribute.max_size)
        return result::wrong_length;
    if (!row->is_valid(state, value))
        return result::invalid_value;
    if (is_in_wrong_state(state, attribute))
        return result::wrong_state;
    row->store(state, value);
    return result::success;
}

AttributeReading read(const SinkState& state, AccessPoint access_point, std::uint16_t id, Now now)
{
    const AttributeRow* row = find_attribute_row(state, access_point, id);
    if (row == nullptr)
        return {result::unsupported, {}};
    if (state.locked(read_locks(access_point, id)))
        return {result::access_denied, {}};
    if (row->needs_running_stack && !state.live.running)
        return {result::wrong_state, {}};
    return row->read(state, now);
}

/// Decoded here, not by the codec: values longer than any attribute have an answer too.
template<AccessPoint Where>
MaybeReply write_handler(SinkState& state, const dual_mcu::Frame& frame, Now /*now*/)
{
    dual_mcu::Reader reader(frame.payload);
    const std::uint16_t id = reader.u16();
    const std::uint8_t size = reader.u8();
    const gateway::ByteView value = reader.bytes(size);
    if (!reader.finished())
        return std::nullopt;
    return reply_with(dual_mcu::CsapAttributeWrite::Confirm{write(state, Where, id, value)});
}

template<typename Request, AccessPoint Where>
typename Request::Confirm read_handler(SinkState& state, const Request& request, Now now)
{
    const AttributeReading reading = read(state, Where, request.attribute, now);
    return {reading.result, request.attribute, reading.value};
}

constexpr std::array routes = {
    Route{dual_mcu::CsapAttributeWrite::id, &write_handler<AccessPoint::csap>},
    Route{dual_mcu::MsapAttributeWrite::id, &write_handler<AccessPoint::msap>},
    route<dual_mcu::CsapAttributeRead, read_handler<dual_mcu::CsapAttributeRead, AccessPoint::csap>>(),
    route<dual_mcu::MsapAttributeRead, read_handler<dual_mcu::MsapAttributeRead, AccessPoint::msap>>(),
};

} // namespace

std::uint8_t write_attribute(
    SinkState& state, AccessPoint access_point, std::uint16_t id, gateway::ByteView value)
{
    return write(state, access_point, id, value);
}

AttributeReading read_attribute(const SinkState& state, AccessPoint access_point, std::uint16_t id, Now now)
{
    return read(state, access_point, id, now);
}

std::span<const Route> attribute_routes()
{
    return routes;
}

} // namespace simulator
