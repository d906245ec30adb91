#include "transport/requests/chunked_upload.hpp"

#include "gateway/address.hpp"
#include "gateway/scratchpad/contents.hpp"
#include "transport/requests/error_mapping.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::uint32_t header_end = gateway::scratchpad_header_end;

gateway::ByteView view(const std::string& text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

} // namespace

api::ErrorCode check_sequence(std::uint32_t sequence)
{
    if (sequence > 255)
        return api::INVALID_PARAM;
    return gateway::is_backend_sequence(sequence) ? api::OK : api::INVALID_SEQUENCE_NUMBER;
}

bool ChunkedUploads::Upload::covers(std::uint32_t begin, std::uint32_t end) const
{
    const auto after = ranges.upper_bound(begin);
    return after != ranges.begin() && std::prev(after)->second >= end;
}

/// The first range that ends behind `offset`, or at it.
ChunkedUploads::Ranges::const_iterator ChunkedUploads::Upload::range_at(std::uint32_t offset) const
{
    const auto after = ranges.lower_bound(offset);
    return after != ranges.begin() && std::prev(after)->second >= offset ? std::prev(after) : after;
}

/// True unless octets in place differ from those of the piece.
bool ChunkedUploads::Upload::agrees_with(const ScratchpadPiece& piece) const
{
    const std::uint32_t end = piece.offset + static_cast<std::uint32_t>(piece.octets.size());
    for (auto range = range_at(piece.offset); range != ranges.end() && range->first < end; ++range) {
        const std::uint32_t first = std::max(range->first, piece.offset);
        const std::uint32_t last = std::min(range->second, end);
        if (first < last && std::string_view(buffer).substr(first, last - first) !=
                                piece.octets.substr(first - piece.offset, last - first))
            return false;
    }
    return true;
}

bool ChunkedUploads::Upload::leaves_a_gap_around(const ScratchpadPiece& piece) const
{
    const auto range = range_at(piece.offset);
    return range == ranges.end() || range->first > piece.offset + piece.octets.size();
}

void ChunkedUploads::Upload::add(const ScratchpadPiece& piece)
{
    std::uint32_t begin = piece.offset;
    std::uint32_t end = begin + static_cast<std::uint32_t>(piece.octets.size());
    if (buffer.size() < end)
        buffer.resize(end);
    std::ranges::copy(piece.octets, buffer.begin() + begin);
    for (auto range = range_at(begin); range != ranges.end() && range->first <= end;) {
        begin = std::min(begin, range->first);
        end = std::max(end, range->second);
        range = ranges.erase(range);
    }
    ranges[begin] = end;
}

/// The rows of 4.7 that need no state.
std::optional<api::ErrorCode> ChunkedUploads::refusal(const ScratchpadPiece& piece) const
{
    if (const api::ErrorCode code = check_sequence(piece.sequence); code != api::OK)
        return code;
    if (gateway::check_scratchpad_size(piece.total_size))
        return api::INVALID_SCRATCHPAD_SIZE;
    if (piece.octets.empty() || (limits_.max_piece && piece.octets.size() > *limits_.max_piece))
        return api::INVALID_SCRATCHPAD_CHUNK_SIZE;
    if (piece.offset >= piece.total_size)
        return api::INVALID_SCRATCHPAD_CHUNK_OFFSET;
    if (std::uint64_t{piece.offset} + piece.octets.size() > piece.total_size)
        return api::INVALID_SCRATCHPAD_CHUNK_SIZE;
    return std::nullopt;
}

bool ChunkedUploads::has_room(const std::string& sink_id, std::uint32_t total_size) const
{
    std::size_t announced = total_size;
    for (const auto& [id, upload] : uploads_)
        if (id != sink_id)
            announced += upload.total_size;
    return announced <= limits_.max_announced;
}

ChunkedUploads::Outcome ChunkedUploads::add(
    const std::string& sink_id, const ScratchpadPiece& piece, Clock::time_point now)
{
    expire(now);
    if (const auto code = refusal(piece))
        return {*code, {}};

    auto found = uploads_.find(sink_id);
    const bool same = found != uploads_.end() && found->second.sequence == piece.sequence &&
                      found->second.total_size == piece.total_size;
    const std::uint32_t end = piece.offset + static_cast<std::uint32_t>(piece.octets.size());

    if (piece.offset == 0) {
        if (same && found->second.covers(0, end) && found->second.agrees_with(piece)) {
            found->second.last_piece = now;
            return {};
        }
        if (!has_room(sink_id, piece.total_size))
            return {api::SINK_OUT_OF_MEMORY, {}};
        if (found != uploads_.end())
            spdlog::warn(
                "{}: the upload of sequence {}, {} octets, takes the place of an unfinished one of sequence "
                "{}, {} octets",
                sink_id, piece.sequence, piece.total_size, found->second.sequence, found->second.total_size);
        found =
            uploads_.insert_or_assign(sink_id, Upload{piece.sequence, piece.total_size, {}, {}, now}).first;
    } else if (!same || !found->second.agrees_with(piece)) {
        return {api::INVALID_SCRATCHPAD_CHUNK_OFFSET, {}};
    }

    Upload& upload = found->second;
    // Only pieces of a few octets each, all apart from each other, come to so many.
    if (upload.ranges.size() >= max_ranges && upload.leaves_a_gap_around(piece))
        return {api::SINK_OUT_OF_MEMORY, {}};
    const bool had_header = upload.covers(0, header_end);
    upload.add(piece);
    upload.last_piece = now;
    if (!had_header && upload.covers(0, header_end)) {
        const auto head = view(upload.buffer).first(header_end);
        if (const auto fault = gateway::check_scratchpad_head(head, upload.total_size)) {
            spdlog::warn(
                "{}: upload refused at its first piece: {}", sink_id,
                *fault == gateway::ScratchpadFault::bad_tag
                    ? "it does not begin with the scratchpad tag; give an .otap file"
                    : "its header announces another length; copy the file again");
            uploads_.erase(found);
            return {error_code(*fault), {}};
        }
    }
    if (!upload.covers(0, upload.total_size))
        return {};

    std::string file = std::move(upload.buffer);
    uploads_.erase(found);
    const gateway::ScratchpadVerdict verdict = gateway::inspect_scratchpad(view(file));
    if (verdict.fault) {
        spdlog::warn("{}: upload refused: {}", sink_id, verdict.explanation);
        return {error_code(*verdict.fault), {}};
    }
    for (const std::string& warning : gateway::scratchpad::warnings(view(file)))
        spdlog::warn("{}: scratchpad to be uploaded: {}", sink_id, warning);
    return {api::OK, std::move(file)};
}

void ChunkedUploads::discard(const std::string& sink_id)
{
    uploads_.erase(sink_id);
}

void ChunkedUploads::expire(Clock::time_point now)
{
    std::erase_if(uploads_, [&](const auto& entry) {
        if (now - entry.second.last_piece < idle_limit)
            return false;
        spdlog::warn(
            "{}: the upload of sequence {} is discarded: no piece came for {} s", entry.first,
            entry.second.sequence, idle_limit.count());
        return true;
    });
}

} // namespace transport
