/// A simulated device on its pty: moves octets, pulls and plugs the cable, keeps the flash in a file.
#pragma once

#include "simulator/control/commands.hpp"
#include "simulator/pty/pty.hpp"

#include <memory>
#include <poll.h>

namespace simulator {

struct HostPortSettings {
    std::uint32_t accept_baud = 0; ///< hears the host only at this rate; 0: at any
    std::filesystem::path link;
    std::filesystem::path state_file; ///< empty: settings do not survive
};

class HostPort {
public:
    /// Opens the pty. Throws std::system_error. The device outlives this.
    HostPort(Device& device, HostPortSettings settings, Now now);

    /// What to wait for; a descriptor of -1 when there is nothing.
    [[nodiscard]] pollfd watch() const;
    /// When something is to be done that no descriptor tells.
    [[nodiscard]] std::optional<Now> next_event(Now now) const;

    void read_host(bool readable, Now now);
    /// Gives the host what the device has said by `now`, and saves what changed; true: there was something.
    /// Throws std::runtime_error when the state cannot be saved.
    bool write_host(Now now);
    /// Does what the cable was told by a command; the device boots when it is plugged in again.
    void move_cable(Now now);
    /// The port goes and comes with the power of the device, which boots by itself then. `plug` throws
    /// std::system_error.
    void unplug();
    void plug();

    [[nodiscard]] Device& device() { return device_; }
    [[nodiscard]] Cable& cable() { return cable_; }
    [[nodiscard]] const Pty& pty() const { return *pty_; }

private:
    void save();
    void close_pty();

    Device& device_;
    HostPortSettings settings_;
    Cable cable_;
    std::unique_ptr<Pty> pty_; ///< null while the cable is unplugged
    Persistent saved_;
    gateway::Bytes unwritten_; ///< what did not fit the pty
    bool host_gone_ = false;
};

} // namespace simulator
