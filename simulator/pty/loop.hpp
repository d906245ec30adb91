/// Moves octets between a simulated device and a pty, and commands to it, until a signal ends it.
#pragma once

#include "simulator/control/commands.hpp"
#include "simulator/control/server.hpp"
#include "simulator/pty/pty.hpp"

#include <memory>

namespace simulator {

/// The clock of the process.
Now monotonic_now();

struct LoopSettings {
    std::uint32_t accept_baud = 0; ///< hears the host only at this rate; 0: at any
    std::filesystem::path link;
    std::filesystem::path state_file;     ///< empty: settings do not survive
    std::filesystem::path control_socket; ///< empty: no commands
};

class Loop {
public:
    /// Opens the pty and the socket. Throws std::system_error.
    Loop(Device& device, LoopSettings settings);

    /// Until SIGINT or SIGTERM. Throws std::runtime_error when the state cannot be saved.
    void run();

    [[nodiscard]] const Pty& pty() const { return *pty_; }

private:
    void move_cable();
    void read_host();
    void write_host();
    void save();
    [[nodiscard]] Now longest_wait() const;
    [[nodiscard]] pollfd host() const;

    Device& device_;
    LoopSettings settings_;
    Cable cable_;
    std::unique_ptr<Pty> pty_; ///< null while the cable is unplugged
    std::unique_ptr<ControlServer> control_;
    Persistent saved_;
    gateway::Bytes unwritten_; ///< what did not fit the pty
    bool host_gone_ = false;
};

} // namespace simulator
