/// A simulated sink on a pty in this process, which knows when each packet came to the sink and when
/// the last octet of its indication left, on the clock of whoever receives the signal.
#pragma once

#include "bench/percentiles.hpp"
#include "simulator/device.hpp"
#include "simulator/pty/pty.hpp"
#include "tools/stand/temporary_directory.hpp"

#include <atomic>
#include <mutex>
#include <thread>

namespace bench {

class TimedSink {
public:
    using Clock = std::chrono::steady_clock;

    /// When one packet passed; zero where it has not.
    struct Passage {
        Clock::time_point arrived{}; ///< in the sink's memory
        Clock::time_point sent{};    ///< the last octet of its indication
    };

    /// A packet that the host gave it to send.
    struct Downlink {
        std::uint32_t number;      ///< at the begin of its payload
        Clock::time_point arrived; ///< the last octet of its request
    };

    /// The stack runs. Its loop waits on a thread of this object.
    TimedSink(simulator::LineSettings line, simulator::UplinkPlan plan, simulator::Profile profile = {});
    TimedSink(const TimedSink&) = delete;
    TimedSink& operator=(const TimedSink&) = delete;
    ~TimedSink();

    [[nodiscard]] std::filesystem::path port() const { return pty_.link(); }

    /// Of the packet with a running number.
    [[nodiscard]] Passage passage(std::uint32_t number);
    /// In the order of their arrival.
    [[nodiscard]] std::vector<Downlink> downlinks();

private:
    void run();
    void write_host(simulator::Now now);
    void note_arrivals(Clock::time_point now);
    void note_downlinks(gateway::ByteView octets, Clock::time_point now);

    gateway::stand::TemporaryDirectory directory_;
    simulator::Pty pty_;
    simulator::Device device_;
    dual_mcu::SlipDecoder decoder_;
    dual_mcu::SlipDecoder host_decoder_;
    std::mutex mutex_;
    std::vector<Passage> passages_;
    std::vector<Downlink> downlinks_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

} // namespace bench
