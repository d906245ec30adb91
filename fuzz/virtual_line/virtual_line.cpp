#include "fuzz/virtual_line/virtual_line.hpp"

#include "sink-service/dual_mcu/serial_port.hpp"

#include <atomic>
#include <poll.h>

// Linked with --wrap: every call of the right name in this program comes here.
// steady_clock::now() gives a time point, which is passed like its one number.
extern "C" {
std::chrono::nanoseconds::rep __wrap__ZNSt6chrono3_V212steady_clock3nowEv();
unsigned __wrap__ZNSt13random_device9_M_getvalEv(void* device);
int __wrap_poll(pollfd* descriptors, nfds_t count, int timeout);
int __real_poll(pollfd* descriptors, nfds_t count, int timeout);
}

namespace fuzz {
namespace {

constexpr Now start_of_time = std::chrono::hours(1);
constexpr Now time_of_a_write{10};

std::atomic<Now::rep> clock_us{start_of_time.count()};
Peer* peer = nullptr;
gateway::Bytes unread; // has arrived, was not read yet

bool is_readable(int descriptor)
{
    pollfd watched{descriptor, POLLIN, 0};
    return descriptor >= 0 && __real_poll(&watched, 1, 0) > 0;
}

void turn_clock(Now by)
{
    clock_us += by.count();
}

void let_peer_act()
{
    peer->advance(virtual_now());
    const gateway::Bytes octets = peer->take_output(virtual_now());
    unread.insert(unread.end(), octets.begin(), octets.end());
}

/// To the next thing that happens, at the latest to `limit`; false when it is reached.
bool pass_time(Now limit, int wake)
{
    if (virtual_now() >= limit || is_readable(wake))
        return false;
    if (peer->finished()) {
        pollfd watched{wake, POLLIN, 0};
        __real_poll(&watched, wake >= 0 ? 1 : 0, -1);
        return false;
    }
    Now next = limit;
    if (const auto event = peer->next_event())
        next = std::min(next, *event);
    turn_clock(std::max(next - virtual_now(), Now{1}));
    let_peer_act();
    return true;
}

Now to_virtual(dual_mcu::Deadline deadline)
{
    return std::chrono::ceil<Now>(deadline.time_since_epoch());
}

tl::unexpected<gateway::Error> port_gone()
{
    return gateway::fail(gateway::ApplicationCode::internal_error, "the serial port is gone (unplugged)");
}

} // namespace

void connect(Peer& other)
{
    peer = &other;
    unread.clear();
    clock_us = start_of_time.count();
}

Now virtual_now()
{
    return Now{clock_us.load()};
}

} // namespace fuzz

std::chrono::nanoseconds::rep __wrap__ZNSt6chrono3_V212steady_clock3nowEv()
{
    return std::chrono::nanoseconds(fuzz::virtual_now()).count();
}

// Chance, such as the jitter of a back-off, is the same each time.
unsigned __wrap__ZNSt13random_device9_M_getvalEv(void* /*device*/)
{
    return 4;
}

int __wrap_poll(pollfd* descriptors, nfds_t count, int timeout)
{
    const int ready = __real_poll(descriptors, count, 0);
    if (ready != 0 || timeout == 0)
        return ready;
    const fuzz::Now limit = fuzz::virtual_now() + std::chrono::milliseconds(timeout);
    while (fuzz::pass_time(limit, descriptors[0].fd)) {
    }
    return __real_poll(descriptors, count, 0);
}

namespace dual_mcu {

// The descriptor holds the number of the plug.
gateway::Result<SerialPort> SerialPort::open(const std::string& /*path*/, std::uint32_t bits_per_second)
{
    fuzz::let_peer_act();
    const auto plug = fuzz::peer->plugged();
    if (!plug)
        return gateway::fail(
            gateway::ApplicationCode::internal_error, "cannot open the port: no such device");
    fuzz::unread.clear();
    fuzz::peer->opened(bits_per_second);
    return SerialPort(*plug);
}

SerialPort::SerialPort(SerialPort&& other) noexcept : fd_(other.fd_) {}

SerialPort& SerialPort::operator=(SerialPort&& other) noexcept
{
    fd_ = other.fd_;
    return *this;
}

SerialPort::~SerialPort() = default;

gateway::Result<> SerialPort::write(gateway::ByteView octets, Deadline /*deadline*/)
{
    if (fuzz::peer->plugged() != fd_)
        return fuzz::port_gone();
    fuzz::turn_clock(fuzz::time_of_a_write);
    fuzz::peer->receive(octets, fuzz::virtual_now());
    fuzz::let_peer_act();
    return {};
}

gateway::Result<gateway::ByteView> SerialPort::read(Deadline deadline, int wake)
{
    fuzz::let_peer_act();
    do {
        if (fuzz::peer->plugged() != fd_)
            return fuzz::port_gone();
        if (const std::size_t size = std::min(fuzz::unread.size(), buffer_.size()); size > 0) {
            std::copy_n(fuzz::unread.begin(), size, buffer_.begin());
            fuzz::unread.erase(
                fuzz::unread.begin(), fuzz::unread.begin() + static_cast<std::ptrdiff_t>(size));
            return gateway::ByteView(buffer_.data(), size);
        }
    } while (fuzz::pass_time(fuzz::to_virtual(deadline), wake));
    return gateway::ByteView();
}

gateway::Result<> SerialPort::idle(Deadline deadline, int wake)
{
    do {
        if (fuzz::peer->plugged() != fd_)
            return fuzz::port_gone();
    } while (fuzz::pass_time(fuzz::to_virtual(deadline), wake));
    return {};
}

} // namespace dual_mcu
