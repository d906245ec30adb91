#include "sink-service/dual_mcu/serial_port.hpp"

// termbits.h, not termios.h: arbitrary bit rates need struct termios2, and the two exclude each other.
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/serial.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

std::string reason(int error)
{
    return std::generic_category().message(error);
}

std::string advice_for_open(int error)
{
    switch (error) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
        return "is the sink plugged in? see ls /dev/serial/by-id and set WM_GW_SINK_UART_PORT (-p)";
    case EACCES:
    case EPERM:
        return "add the service's user to the group that owns the device (usually dialout)";
    case EBUSY:
        return "another program uses it: stop that program";
    default:
        return "check the device and WM_GW_SINK_UART_PORT (-p)";
    }
}

/// Name of the first step that failed, or nothing. errno says why.
const char* configure(int fd, std::uint32_t bits_per_second)
{
    termios2 settings{};
    if (ioctl(fd, TCGETS2, &settings) != 0)
        return "read its settings (is it a serial port?)";
    settings.c_iflag = 0;
    settings.c_oflag = 0;
    settings.c_lflag = 0;
    settings.c_cflag = CS8 | CREAD | CLOCAL | BOTHER;
    settings.c_ispeed = bits_per_second;
    settings.c_ospeed = bits_per_second;
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VTIME] = 0;
    if (ioctl(fd, TCSETS2, &settings) != 0)
        return "set its bit rate";
    if (ioctl(fd, TCFLSH, TCIOFLUSH) != 0)
        return "discard old input";

    // Low latency is a wish: many drivers do not know it.
    serial_struct serial{};
    if (ioctl(fd, TIOCGSERIAL, &serial) == 0) {
        serial.flags |= ASYNC_LOW_LATENCY;
        ioctl(fd, TIOCSSERIAL, &serial);
    }
    return nullptr;
}

/// Waits for `events` on `fd` or input on `wake`; the events of `fd`, 0 at the deadline.
short wait_for(int fd, short events, Deadline deadline, int wake)
{
    const auto left = std::max(deadline - Clock::now(), Clock::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec timeout{
        seconds.count(), std::chrono::duration_cast<std::chrono::nanoseconds>(left - seconds).count()};
    std::array<pollfd, 2> fds{pollfd{fd, events, 0}, pollfd{wake, POLLIN, 0}};
    const int ready = ppoll(fds.data(), fds.size(), &timeout, nullptr);
    return ready > 0 ? fds[0].revents : short{0};
}

tl::unexpected<gateway::Error> port_gone(std::string_view why)
{
    return fail(ApplicationCode::internal_error, fmt::format("the serial port is gone ({})", why));
}

} // namespace

gateway::Result<SerialPort> SerialPort::open(const std::string& path, std::uint32_t bits_per_second)
{
    const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        const int error = errno;
        return fail(
            ApplicationCode::internal_error,
            fmt::format("cannot open {} ({}): {}", path, reason(error), advice_for_open(error)));
    }
    SerialPort port(fd);
    // The lock keeps other gateways out (R36); TIOCEXCL also those that do not lock.
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return fail(
            ApplicationCode::internal_error,
            fmt::format(
                "{} is in use by another process: stop it, or give this service another port (-p)", path));
    ioctl(fd, TIOCEXCL);
    if (const char* step = configure(fd, bits_per_second)) {
        const int error = errno;
        return fail(
            ApplicationCode::internal_error,
            fmt::format(
                "cannot use {} at {} bit/s: failed to {} ({})", path, bits_per_second, step, reason(error)));
    }
    return port;
}

SerialPort::SerialPort(SerialPort&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

SerialPort& SerialPort::operator=(SerialPort&& other) noexcept
{
    std::swap(fd_, other.fd_);
    return *this;
}

SerialPort::~SerialPort()
{
    if (fd_ < 0)
        return;
    ioctl(fd_, TIOCNXCL);
    ::close(fd_);
}

gateway::Result<> SerialPort::write(gateway::ByteView octets, Deadline deadline)
{
    while (!octets.empty()) {
        const ssize_t written = ::write(fd_, octets.data(), octets.size());
        if (written > 0) {
            octets = octets.subspan(static_cast<std::size_t>(written));
            continue;
        }
        if (written < 0 && errno != EAGAIN && errno != EINTR)
            return port_gone(reason(errno));
        const short events = wait_for(fd_, POLLOUT, deadline, -1);
        if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0)
            return port_gone("hang-up");
        if (events == 0 && Clock::now() >= deadline)
            return fail(
                ApplicationCode::internal_error, "the serial port takes no octets: check cable and driver");
    }
    return {};
}

gateway::Result<gateway::ByteView> SerialPort::read(Deadline deadline, int wake)
{
    // An answer takes its time on the line: reading before waiting would be a call for nothing.
    short events = 0;
    if (deadline > Clock::now()) {
        events = wait_for(fd_, POLLIN, deadline, wake);
        if ((events & POLLIN) == 0 && (events & (POLLERR | POLLHUP | POLLNVAL)) != 0)
            return port_gone("hang-up");
        if ((events & POLLIN) == 0)
            return gateway::ByteView();
    }
    const ssize_t got = ::read(fd_, buffer_.data(), buffer_.size());
    if (got > 0)
        return gateway::ByteView(buffer_.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        return port_gone(reason(errno));
    if ((events & (POLLERR | POLLHUP)) != 0)
        return port_gone("hang-up");
    return gateway::ByteView();
}

gateway::Result<> SerialPort::idle(Deadline deadline, int wake)
{
    const short events = wait_for(fd_, 0, deadline, wake);
    if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0)
        return port_gone("hang-up");
    return {};
}

} // namespace dual_mcu
