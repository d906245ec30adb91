#include "simulator/pty/pty.hpp"

// Not <termios.h>: only the kernel's own structure has rates like 125 000.
#include <asm/termbits.h>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace simulator {
namespace {

[[noreturn]] void throw_errno(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

/// The master speaks for the slave's settings.
void make_raw(int master)
{
    termios2 settings{};
    if (ioctl(master, TCGETS2, &settings) != 0)
        throw_errno("read the settings of the pty");
    settings.c_iflag = 0;
    settings.c_oflag = 0;
    settings.c_lflag = 0;
    settings.c_cflag = (settings.c_cflag & ~static_cast<tcflag_t>(CSIZE | PARENB)) | CS8 | CREAD | CLOCAL;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    if (ioctl(master, TCSETS2, &settings) != 0)
        throw_errno("make the pty raw");
}

int open_master()
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        throw_errno("open a pty");
    return master;
}

std::filesystem::path slave_of(int master)
{
    std::array<char, 64> name{};
    if (ptsname_r(master, name.data(), name.size()) != 0)
        throw_errno("name the pty");
    return name.data();
}

/// In one step: whoever looks finds the old link or the new one.
void replace_link(const std::filesystem::path& link, const std::filesystem::path& target)
{
    const auto status = std::filesystem::symlink_status(link);
    if (std::filesystem::exists(status) && !std::filesystem::is_symlink(status))
        throw std::system_error(EEXIST, std::generic_category(), "link the pty as " + link.string());
    std::filesystem::path fresh = link;
    fresh += ".new";
    std::filesystem::remove(fresh);
    std::filesystem::create_symlink(target, fresh);
    std::filesystem::rename(fresh, link);
}

} // namespace

Pty::Pty(std::filesystem::path link) : master_(open_master()), link_(std::move(link))
{
    try {
        slave_ = slave_of(master_);
        make_raw(master_);
        if (!link_.empty())
            replace_link(link_, slave_);
    } catch (...) {
        ::close(master_);
        throw;
    }
}

Pty::~Pty()
{
    std::error_code ignored;
    if (!link_.empty() && std::filesystem::read_symlink(link_, ignored) == slave_)
        std::filesystem::remove(link_, ignored);
    ::close(master_);
}

std::optional<gateway::Bytes> Pty::read() const
{
    gateway::Bytes octets(4096);
    const ssize_t size = ::read(master_, octets.data(), octets.size());
    if (size < 0 && errno == EIO)
        return std::nullopt;
    octets.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return octets;
}

std::size_t Pty::write(gateway::ByteView octets) const
{
    if (!is_open())
        return octets.size();
    const ssize_t size = ::write(master_, octets.data(), octets.size());
    if (size < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : octets.size();
    return static_cast<std::size_t>(size);
}

std::uint32_t Pty::baud() const
{
    termios2 settings{};
    return ioctl(master_, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}

bool Pty::is_open() const
{
    pollfd ready{master_, 0, 0};
    return ::poll(&ready, 1, 0) >= 0 && (ready.revents & POLLHUP) == 0;
}

} // namespace simulator
