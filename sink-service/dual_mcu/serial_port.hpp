/// A serial port, or a pty that behaves as one (spec/dual-mcu-api.md, 1.1).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

#include <chrono>

namespace dual_mcu {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// An open port, locked for this process alone. One thread.
class SerialPort {
public:
    /// Opens, locks and configures: raw, 8 data bits, no parity, one stop bit, no flow control.
    /// Fails with a message that says what to do; nothing stays open then.
    static gateway::Result<SerialPort> open(const std::string& path, std::uint32_t bits_per_second);

    SerialPort(SerialPort&& other) noexcept;
    SerialPort& operator=(SerialPort&& other) noexcept;
    SerialPort(const SerialPort&) = delete;
    SerialPort& operator=(const SerialPort&) = delete;
    ~SerialPort();

    /// Writes everything before the deadline, or fails.
    gateway::Result<> write(gateway::ByteView octets, Deadline deadline);

    /// Waits until there is something to read, the deadline passes, or `wake` (a descriptor, -1
    /// for none) is readable: what was read, nothing in the latter two cases. Fails when the port
    /// is gone: an error, end of file or a hang-up (R10).
    gateway::Result<gateway::ByteView> read(Deadline deadline, int wake);

    /// Waits like `read` without reading; fails when the port is gone.
    gateway::Result<> idle(Deadline deadline, int wake);

private:
    explicit SerialPort(int fd) : fd_(fd) {}

    int fd_ = -1;
    std::array<std::uint8_t, 4096> buffer_{};
};

} // namespace dual_mcu
