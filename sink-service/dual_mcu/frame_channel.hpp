/// Frames over a serial port, and the rules of one exchange (spec/dual-mcu-api.md, 2.1 to 2.8).
#pragma once

#include "sink-service/dual_mcu/codec/slip.hpp"
#include "sink-service/dual_mcu/flight_recorder.hpp"
#include "sink-service/dual_mcu/serial_port.hpp"

#include <functional>

namespace dual_mcu {

inline constexpr std::chrono::milliseconds confirm_timeout{500};
inline constexpr std::chrono::milliseconds indication_timeout{500};
inline constexpr std::chrono::seconds write_timeout{1};
inline constexpr std::chrono::milliseconds report_grace{50}; ///< a confirm may follow an error report (2.6)
inline constexpr int max_repetitions = 3;                    ///< after error reports

/// What happened on the line since the service started.
struct LineCounters {
    std::uint64_t frames_sent = 0;
    std::uint64_t frames_received = 0;
    std::uint64_t frames_damaged = 0; ///< dropped octets of any kind
    std::uint64_t error_reports = 0;  ///< the sink received a broken frame
    std::uint64_t repetitions = 0;    ///< requests sent again after a report
    std::uint64_t stray_frames = 0;   ///< valid, but not what was waited for
    std::uint64_t timeouts = 0;       ///< requests without confirm
    std::uint64_t duplicate_indications = 0;
};

/// What a poll exchange asks and tells.
struct PollHandler {
    /// Whether another indication may follow the one that has just come.
    std::function<bool()> wants_more;
    /// A new indication. Its response has left already: the sink sends the next one meanwhile.
    std::function<void(const Frame& indication, std::chrono::system_clock::time_point received)> indication;
};

/// One port and the exchanges on it, one at a time, each with an absolute deadline. One thread;
/// blocks it for as long as an exchange takes. A readable `stop` descriptor ends every wait: the
/// service is shutting down.
class FrameChannel {
public:
    FrameChannel(
        SerialPort port, std::size_t leading_ends, int stop, LineCounters& counters, FlightRecorder& recorder,
        std::optional<Frame>& last_indication);

    /// Sends a request and waits for its confirm. Repeats only after an error report, which proves
    /// that the request was not executed. Fails when there is no usable confirm in time (the
    /// outcome is unknown then) or the port is gone.
    Result<Frame> request(Frame request, std::chrono::milliseconds timeout);

    /// Polls once and hands over every new indication of the chain, in order. Gives true when more
    /// indications are known to wait.
    Result<bool> poll(const PollHandler& handler);

    /// Drops what arrives until `duration` has passed.
    Result<> drain(std::chrono::milliseconds duration);

    /// Waits for the deadline or until `wake` is readable; fails when the port is gone.
    Result<> idle(Deadline deadline, int wake);

    /// True after the port failed: it must be opened again.
    [[nodiscard]] bool port_gone() const { return port_gone_; }
    /// When the last valid frame came in; the start counts as one.
    [[nodiscard]] Deadline last_sign_of_life() const { return last_sign_of_life_; }

private:
    Result<> send(const Frame& frame);
    Result<std::optional<SlipEvent>> receive(Deadline deadline);
    Result<std::optional<Frame>> await_confirm(const Frame& request, Deadline deadline, bool& reported);
    Result<std::optional<Frame>> await_indication();
    bool is_repetition(const Frame& indication) const;
    void count(const SlipEvent& event);
    void note_stray(const Frame& frame);
    template<typename T>
    Result<T> note_failure(Result<T> result);

    SerialPort port_;
    std::size_t leading_ends_;
    int stop_;
    LineCounters& counters_;
    FlightRecorder& recorder_;
    SlipDecoder decoder_;
    gateway::Bytes unread_; ///< received, not decoded yet
    std::size_t unread_at_ = 0;
    std::uint8_t next_frame_id_ = 0;
    std::optional<Frame>& last_indication_;
    Deadline last_sign_of_life_ = Clock::now();
    bool port_gone_ = false;
};

} // namespace dual_mcu
