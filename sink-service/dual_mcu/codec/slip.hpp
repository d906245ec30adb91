/// SLIP framing on the UART (spec/dual-mcu-api.md, 1.5 to 1.8).
#pragma once

#include "sink-service/dual_mcu/codec/frame.hpp"

#include <optional>
#include <variant>

namespace dual_mcu {

inline constexpr std::uint8_t slip_end = 0xC0;
inline constexpr std::uint8_t slip_esc = 0xDB;
inline constexpr std::uint8_t slip_esc_end = 0xDC;
inline constexpr std::uint8_t slip_esc_esc = 0xDD;

inline constexpr std::size_t host_leading_ends = 3; ///< wakes the sink's UART receiver
inline constexpr std::size_t sink_leading_ends = 1;

/// The octets of a frame on the wire: leading END octets, escaped contents with CRC, one END.
gateway::Bytes encode_slip(const Frame& frame, std::size_t leading_ends);

/// What a sink says of a broken frame from the host; the frame was not executed (1.8).
struct ErrorReport {
    enum class Reason : std::uint8_t { crc_mismatch = 1, bad_size = 2, too_short = 3 };
    Reason reason;
    std::uint16_t collected; ///< octets the sink had collected, CRC included

    friend bool operator==(const ErrorReport&, const ErrorReport&) = default;
};

/// The octets of a report: never escaped, the CRC field deliberately wrong.
gateway::Bytes encode_error_report(const ErrorReport& report);

/// Why octets between two END octets were dropped.
enum class Dropped : std::uint8_t { too_short, too_long, bad_escape, bad_crc, bad_length };

std::string_view describe(Dropped reason);

struct DroppedOctets {
    Dropped reason;
    std::size_t collected; ///< decoded octets, CRC included
};

using SlipEvent = std::variant<Frame, ErrorReport, DroppedOctets>;

/// Octet-driven decoder; its state survives from one read to the next. The start of the stream
/// counts as a delimiter.
class SlipDecoder {
public:
    /// The event that this octet completes, if any.
    std::optional<SlipEvent> push(std::uint8_t octet);

    /// Forgets what was collected, as after opening the port.
    void reset();

    [[nodiscard]] bool in_frame() const { return !collected_.empty() || spoiled_.has_value(); }

private:
    static constexpr std::size_t max_decoded = max_payload + frame_overhead;

    std::optional<SlipEvent> end_of_frame();
    void collect(std::uint8_t octet);

    gateway::StaticBytes<max_decoded> collected_;
    bool escaping_ = false;
    std::optional<Dropped> spoiled_; ///< the frame is lost; wait for the next END
};

} // namespace dual_mcu
