/// Moves octets between a simulated device and a pty, until a signal ends it.
#pragma once

#include "simulator/device.hpp"
#include "simulator/pty/pty.hpp"

namespace simulator {

/// The clock of the process.
Now monotonic_now();

struct LoopSettings {
    std::uint32_t accept_baud = 0; ///< hears the host only at this rate; 0: at any
};

class Loop {
public:
    Loop(Device& device, Pty& pty, LoopSettings settings);

    /// Until SIGINT or SIGTERM.
    void run();

private:
    void read_host();
    void write_host();

    Device& device_;
    Pty& pty_;
    LoopSettings settings_;
    gateway::Bytes unwritten_; ///< what did not fit the pty
    bool host_gone_ = false;
};

} // namespace simulator
