/// A simulated sink behind a real pty, on a thread of the test, with its faults at hand.
#pragma once

#include "simulator/device.hpp"
#include "simulator/pty/pty.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

namespace test {

/// A sink with addresses, channel and role; the stack stopped unless `running`.
simulator::Persistent configured_sink(bool running = false);

/// Reboots in a few milliseconds.
simulator::Profile quick_sink();

class SimulatedPort {
public:
    explicit SimulatedPort(
        simulator::Persistent persistent = configured_sink(), simulator::Profile profile = quick_sink(),
        simulator::LineSettings line = {});
    SimulatedPort(const SimulatedPort&) = delete;
    SimulatedPort& operator=(const SimulatedPort&) = delete;
    ~SimulatedPort();

    /// Where the host finds the port; the same after it was plugged in again.
    [[nodiscard]] const std::string& path() const { return path_; }

    /// Calls with the device, which does nothing meanwhile.
    template<typename Use>
    auto with(const Use& use)
    {
        const std::lock_guard lock(mutex_);
        return use(device_);
    }

    void fault(const simulator::FaultRule& rule);
    void inject(simulator::UplinkPacket packet);
    simulator::Now now() const;

    void unplug();
    void plug_in();
    /// Answers only when the host has configured this rate; 0: at any.
    void hear_only(std::uint32_t bits_per_second);
    /// From its next reboot on, as after a firmware update.
    void hear_only_after_reboot(std::uint32_t bits_per_second);

private:
    void run();
    void move_octets();

    std::string directory_;
    std::string path_;
    mutable std::mutex mutex_;
    simulator::Device device_;
    std::unique_ptr<simulator::Pty> pty_;
    gateway::Bytes unwritten_;
    std::uint32_t only_rate_ = 0;
    std::uint32_t next_rate_ = 0; ///< from the next reboot on
    std::uint64_t boots_until_it_ = 0;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

} // namespace test
