/// Scratchpads that come in pieces (docs/spec/gateway-backend-api.md, 4.7; scratchpad-format.md,
/// 16.2). Pure.
#pragma once

#include "transport/api.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace transport {

struct ScratchpadPiece {
    std::uint32_t sequence = 0;
    std::uint32_t total_size = 0; ///< octets of the whole file
    std::uint32_t offset = 0;     ///< where the piece begins
    std::string_view octets;
};

class ChunkedUploads {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds idle_limit{300};
    /// Of one upload, apart from each other; more pieces with gaps between them are refused.
    static constexpr std::size_t max_ranges = 16384;

    struct Limits {
        std::optional<std::uint32_t> max_piece = std::nullopt; ///< octets; none: no limit
        std::size_t max_announced = 32 * 1024 * 1024;          ///< octets of all uploads under way
    };
    struct Outcome {
        api::ErrorCode code = api::OK;
        std::optional<std::string> file; ///< complete and checked: to be given to the sink now
    };

    explicit ChunkedUploads(const Limits& limits) : limits_(limits) {}

    /// Takes a piece; the first rule of 4.7 that fits decides.
    Outcome add(const std::string& sink_id, const ScratchpadPiece& piece, Clock::time_point now);
    /// Another upload or a clear took its place.
    void discard(const std::string& sink_id);
    /// Discards uploads without a piece for 300 s.
    void expire(Clock::time_point now);

    [[nodiscard]] bool empty() const { return uploads_.empty(); }

private:
    using Ranges = std::map<std::uint32_t, std::uint32_t>; ///< begin to end, merged

    struct Upload {
        std::uint32_t sequence = 0;
        std::uint32_t total_size = 0;
        std::string buffer; ///< as long as the furthest piece needs
        Ranges ranges;      ///< received
        Clock::time_point last_piece;

        [[nodiscard]] Ranges::const_iterator range_at(std::uint32_t offset) const;
        [[nodiscard]] bool covers(std::uint32_t begin, std::uint32_t end) const;
        [[nodiscard]] bool leaves_a_gap_around(const ScratchpadPiece& piece) const;
        [[nodiscard]] bool agrees_with(const ScratchpadPiece& piece) const;
        void add(const ScratchpadPiece& piece);
    };

    [[nodiscard]] std::optional<api::ErrorCode> refusal(const ScratchpadPiece& piece) const;
    [[nodiscard]] bool has_room(const std::string& sink_id, std::uint32_t total_size) const;

    Limits limits_;
    std::map<std::string, Upload> uploads_; ///< by sink id
};

/// The rule for sequences of uploads: 1 to 254.
api::ErrorCode check_sequence(std::uint32_t sequence);

} // namespace transport
