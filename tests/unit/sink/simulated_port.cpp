#include "tests/unit/sink/simulated_port.hpp"

#include <filesystem>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace test {
namespace {

constexpr int longest_wait_ms = 2; // for what the test changes meanwhile

simulator::Now clock_now()
{
    return std::chrono::duration_cast<simulator::Now>(std::chrono::steady_clock::now().time_since_epoch());
}

std::string make_directory()
{
    std::string path = std::filesystem::temp_directory_path() / "simulated-port-XXXXXX";
    if (mkdtemp(path.data()) == nullptr)
        throw std::runtime_error("cannot make a temporary directory");
    return path;
}

} // namespace

simulator::Persistent configured_sink(bool running)
{
    simulator::Persistent persistent;
    persistent.node_address = 0x1234;
    persistent.network_address = 0x0CBBAA;
    persistent.channel = 5;
    persistent.role = 0x11;
    persistent.autostart = running;
    return persistent;
}

simulator::Profile quick_sink()
{
    simulator::Profile profile;
    profile.reboot_time = simulator::Milliseconds(5);
    profile.transmit_time = simulator::Milliseconds(1);
    return profile;
}

SimulatedPort::SimulatedPort(
    simulator::Persistent persistent, simulator::Profile profile, simulator::LineSettings line)
    : directory_(make_directory()),
      path_(directory_ + "/sink"),
      device_(profile, std::move(persistent), line, {}, 1, clock_now()),
      pty_(std::make_unique<simulator::Pty>(path_)),
      thread_([this] { run(); })
{
}

SimulatedPort::~SimulatedPort()
{
    stopping_ = true;
    thread_.join();
    pty_.reset();
    std::filesystem::remove_all(directory_);
}

simulator::Now SimulatedPort::now() const
{
    return clock_now();
}

void SimulatedPort::fault(const simulator::FaultRule& rule)
{
    with([&](simulator::Device& device) { device.faults().add(rule); });
}

void SimulatedPort::inject(simulator::UplinkPacket packet)
{
    with(
        [&](simulator::Device& device) { device.sink().received_from_mesh(std::move(packet), clock_now()); });
}

void SimulatedPort::unplug()
{
    const std::lock_guard lock(mutex_);
    pty_.reset();
    unwritten_.clear();
}

void SimulatedPort::plug_in()
{
    const std::lock_guard lock(mutex_);
    pty_ = std::make_unique<simulator::Pty>(path_);
}

void SimulatedPort::hear_only(std::uint32_t bits_per_second)
{
    const std::lock_guard lock(mutex_);
    only_rate_ = bits_per_second;
}

void SimulatedPort::hear_only_after_reboot(std::uint32_t bits_per_second)
{
    const std::lock_guard lock(mutex_);
    next_rate_ = bits_per_second;
    boots_until_it_ = device_.sink().state().counters.boots;
}

void SimulatedPort::move_octets()
{
    device_.advance(clock_now());
    if (next_rate_ != 0 && device_.sink().state().counters.boots > boots_until_it_)
        only_rate_ = next_rate_;
    if (!pty_)
        return;
    const auto input = pty_->read();
    if (input && !input->empty() && (only_rate_ == 0 || pty_->baud() == only_rate_))
        device_.receive(*input, clock_now());
    device_.advance(clock_now());
    const gateway::Bytes output = device_.take_output(clock_now());
    unwritten_.insert(unwritten_.end(), output.begin(), output.end());
    const std::size_t written = pty_->write(unwritten_);
    unwritten_.erase(unwritten_.begin(), unwritten_.begin() + static_cast<std::ptrdiff_t>(written));
}

void SimulatedPort::run()
{
    while (!stopping_) {
        int descriptor = -1;
        {
            const std::lock_guard lock(mutex_);
            move_octets();
            // With nobody at the other end the descriptor is always "ready".
            descriptor = pty_ && pty_->is_open() ? pty_->descriptor() : -1;
        }
        pollfd watched{descriptor, POLLIN, 0};
        poll(&watched, 1, longest_wait_ms);
    }
}

} // namespace test
