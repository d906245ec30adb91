// SCRATCHPAD_START, BLOCK, STATUS, UPDATE, CLEAR and BLOCK_READ (spec/dual-mcu-api.md, 3.2.14 to
// 3.2.21, 6.2 to 6.7).
#include "gateway/scratchpad_file.hpp"
#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

namespace simulator {
namespace {

namespace block_result = dual_mcu::block_result;
namespace type = dual_mcu::scratchpad_type;
namespace status = dual_mcu::scratchpad_status;

constexpr std::uint16_t first_api_with_block_read = 18;
constexpr std::size_t block_granularity = 4;

namespace start_result {
constexpr std::uint8_t stack_running = 1;
constexpr std::uint8_t invalid_size = 2;
constexpr std::uint8_t access_denied = 4;
} // namespace start_result
namespace update_result {
constexpr std::uint8_t stack_running = 1;
constexpr std::uint8_t no_scratchpad = 2;
constexpr std::uint8_t access_denied = 3;
} // namespace update_result
namespace clear_result {
constexpr std::uint8_t stack_running = 1;
constexpr std::uint8_t access_denied = 2;
} // namespace clear_result
namespace read_result {
constexpr std::uint8_t invalid_offset = 2;
constexpr std::uint8_t invalid_size = 3;
constexpr std::uint8_t no_scratchpad = 4;
constexpr std::uint8_t access_denied = 5;
} // namespace read_result

/// The old scratchpad goes now; what follows is volatile until its last block.
MaybeReply start(SinkState& state, const dual_mcu::ScratchpadStart& request, Now /*now*/)
{
    using Confirm = dual_mcu::ScratchpadStart::Confirm;
    if (state.locked(feature::scratchpad_change))
        return reply_with(Confirm{start_result::access_denied});
    if (state.live.running)
        return reply_with(Confirm{start_result::stack_running});
    if (gateway::check_scratchpad_size(request.size) || request.size > state.profile.max_scratchpad_size)
        return reply_with(Confirm{start_result::invalid_size});
    state.persistent.stored = {};
    state.live.upload = Upload{request.size, request.sequence, {}};
    state.live.upload->octets.reserve(request.size);
    Reply reply = reply_with(Confirm{0});
    reply.silence = state.profile.erase_time;
    return reply;
}

/// The end of an upload: the image is kept when its CRC says that nothing was damaged.
std::uint8_t complete(SinkState& state, const Upload& upload)
{
    const auto verdict = gateway::inspect_scratchpad(upload.octets);
    if (verdict.fault)
        return block_result::damaged;
    StoredScratchpad stored;
    stored.image = std::make_shared<const gateway::Bytes>(upload.octets);
    stored.crc = verdict.header.crc;
    stored.sequence = upload.sequence;
    stored.type = type::present;
    stored.status = status::fresh;
    state.persistent.stored = std::move(stored);
    return block_result::complete;
}

/// Tag and length field, as soon as they are there.
bool has_wrong_header(const Upload& upload)
{
    const gateway::ByteView octets = upload.octets;
    const std::size_t tag = std::min(octets.size(), gateway::scratchpad_tag.size());
    if (!std::ranges::equal(octets.first(tag), std::span(gateway::scratchpad_tag).first(tag)))
        return true;
    if (octets.size() < gateway::scratchpad_header_end)
        return false;
    gateway::Reader header(octets.subspan(gateway::scratchpad_tag.size()));
    return header.u32() != upload.size - gateway::scratchpad_header_end;
}

std::uint8_t take_block(SinkState& state, std::uint32_t offset, gateway::ByteView octets)
{
    if (state.live.running)
        return block_result::stack_running;
    if (!state.live.upload)
        return block_result::no_start;
    Upload& upload = *state.live.upload;
    if (octets.empty() || octets.size() > dual_mcu::max_scratchpad_block ||
        octets.size() % block_granularity != 0)
        return block_result::wrong_size;
    if (offset != upload.octets.size())
        return block_result::wrong_offset;
    if (octets.size() > upload.size - upload.octets.size())
        return block_result::wrong_size;
    upload.octets.insert(upload.octets.end(), octets.begin(), octets.end());
    if (has_wrong_header(upload))
        return block_result::not_a_scratchpad;
    if (upload.octets.size() < upload.size)
        return block_result::accepted;
    return complete(state, upload);
}

/// Decoded here, not by the codec: blocks of a size that no host may send have an answer too.
MaybeReply block(SinkState& state, const dual_mcu::Frame& frame, Now /*now*/)
{
    dual_mcu::Reader reader(frame.payload);
    const std::uint32_t offset = reader.u32();
    const std::uint8_t size = reader.u8();
    const gateway::ByteView octets = reader.bytes(size);
    if (!reader.finished())
        return std::nullopt;
    const std::uint8_t result = take_block(state, offset, octets);
    if (result != block_result::accepted)
        state.live.upload.reset();
    return reply_with(dual_mcu::ScratchpadBlock::Confirm{result});
}

dual_mcu::ScratchpadStatusConfirm tell_status(
    SinkState& state, const dual_mcu::ScratchpadStatus& /*request*/, Now /*now*/)
{
    if (state.locked(feature::scratchpad_status))
        return {};
    const StoredScratchpad& stored = state.persistent.stored;
    const ProcessedScratchpad& processed = state.persistent.processed;
    return {stored.size(),  stored.crc,    stored.sequence,    stored.type,       stored.status,
            processed.size, processed.crc, processed.sequence, processed.area_id, state.firmware()};
}

dual_mcu::SimpleConfirm<0x9A> mark(
    SinkState& state, const dual_mcu::ScratchpadUpdate& /*request*/, Now /*now*/)
{
    if (state.locked(feature::scratchpad_change))
        return {update_result::access_denied};
    if (state.live.running)
        return {update_result::stack_running};
    if (!state.persistent.stored.image)
        return {update_result::no_scratchpad};
    // One that was processed already is not processed again: the mark has no effect.
    if (state.persistent.stored.status == status::fresh)
        state.persistent.stored.type = type::process;
    return {0};
}

MaybeReply clear(SinkState& state, const dual_mcu::ScratchpadClear& /*request*/, Now /*now*/)
{
    using Confirm = dual_mcu::SimpleConfirm<0x9B>;
    if (state.locked(feature::scratchpad_change))
        return reply_with(Confirm{clear_result::access_denied});
    if (state.live.running)
        return reply_with(Confirm{clear_result::stack_running});
    state.persistent.stored = {};
    state.live.upload.reset();
    Reply reply = reply_with(Confirm{0});
    reply.silence = state.profile.erase_time;
    return reply;
}

/// The node's own copy: sequence, type and status in the header are the node's (format, 4).
gateway::Bytes copy_in_flash(const StoredScratchpad& stored)
{
    gateway::Bytes octets = *stored.image;
    constexpr std::size_t sequence_at = 22;
    constexpr std::size_t type_at = 24;
    constexpr std::size_t status_at = 28;
    octets[sequence_at] = stored.sequence;
    octets[type_at] = stored.type == type::process ? 1 : 0;
    std::fill_n(octets.begin() + status_at, 4, stored.status);
    return octets;
}

/// Only data containers (16 octets 0xFF at offset 32) can be read, and only where it is built in.
bool is_readable(const SinkState& state)
{
    constexpr std::size_t tag_size = 16;
    const gateway::ByteView image = *state.persistent.stored.image;
    const gateway::ByteView tag = image.subspan(gateway::scratchpad_header_end, tag_size);
    return state.profile.block_read_built_in &&
           std::ranges::all_of(tag, [](std::uint8_t octet) { return octet == 0xFF; });
}

dual_mcu::ScratchpadBlockRead::Confirm read_block(
    SinkState& state, const dual_mcu::ScratchpadBlockRead& request, Now /*now*/)
{
    if (state.locked(feature::scratchpad_change))
        return {read_result::access_denied, {}};
    const StoredScratchpad& stored = state.persistent.stored;
    if (!stored.image)
        return {read_result::no_scratchpad, {}};
    if (!is_readable(state))
        return {read_result::access_denied, {}};
    if (request.offset % block_granularity != 0 || request.offset > stored.size())
        return {read_result::invalid_offset, {}};
    if (request.size % block_granularity != 0 || request.size > dual_mcu::max_scratchpad_block)
        return {read_result::invalid_size, {}};
    const gateway::Bytes octets = copy_in_flash(stored);
    const std::size_t size = std::min<std::size_t>(request.size, octets.size() - request.offset);
    dual_mcu::ScratchpadBlockRead::Confirm confirm;
    confirm.octets.assign(gateway::ByteView(octets).subspan(request.offset, size));
    return confirm;
}

constexpr std::array routes = {
    route<dual_mcu::ScratchpadStart, start>(),
    Route{dual_mcu::ScratchpadBlock::id, &block},
    route<dual_mcu::ScratchpadStatus, tell_status>(),
    route<dual_mcu::ScratchpadUpdate, mark>(),
    route<dual_mcu::ScratchpadClear, clear>(),
    route<dual_mcu::ScratchpadBlockRead, read_block>(first_api_with_block_read),
};

} // namespace

std::span<const Route> scratchpad_routes()
{
    return routes;
}

} // namespace simulator
