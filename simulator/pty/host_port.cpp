#include "simulator/pty/host_port.hpp"

#include "simulator/state_file.hpp"

namespace simulator {
namespace {

constexpr Now look_for_host = Milliseconds{10}; // while nobody has the pty open
constexpr std::size_t unwritten_bound = 65536;  // a host that does not read loses octets above it

} // namespace

HostPort::HostPort(Device& device, HostPortSettings settings, Now /*now*/)
    : device_(device), settings_(std::move(settings)), pty_(std::make_unique<Pty>(settings_.link))
{
    cable_.link = settings_.link;
    saved_ = device_.sink().state().persistent;
}

pollfd HostPort::watch() const
{
    const bool watched = pty_ && !host_gone_;
    const auto events =
        static_cast<short>((device_.wants_input() ? POLLIN : 0) | (unwritten_.empty() ? 0 : POLLOUT));
    return {watched ? pty_->descriptor() : -1, events, 0};
}

std::optional<Now> HostPort::next_event(Now now) const
{
    std::optional<Now> next = device_.next_event();
    const auto consider = [&next](Now when) { next = next ? std::min(*next, when) : when; };
    if (cable_.plugged_again)
        consider(*cable_.plugged_again);
    if (host_gone_)
        consider(now + look_for_host);
    return next;
}

void HostPort::read_host(bool readable, Now now)
{
    if (host_gone_) {
        host_gone_ = !pty_->is_open();
        return;
    }
    if (!readable || !pty_)
        return;
    const auto octets = pty_->read();
    host_gone_ = !octets;
    if (octets && !octets->empty() && (settings_.accept_baud == 0 || settings_.accept_baud == pty_->baud()))
        device_.receive(*octets, now);
}

bool HostPort::write_host(Now now)
{
    save();
    const gateway::Bytes octets = device_.take_output(now);
    if (!pty_)
        return false;
    if (unwritten_.size() + octets.size() <= unwritten_bound)
        unwritten_.insert(unwritten_.end(), octets.begin(), octets.end());
    if (unwritten_.empty())
        return false;
    const std::size_t written = pty_->write(unwritten_);
    unwritten_.erase(unwritten_.begin(), unwritten_.begin() + static_cast<std::ptrdiff_t>(written));
    return true;
}

void HostPort::move_cable(Now now)
{
    if (!cable_.plugged)
        close_pty();
    if (cable_.plugged_again && *cable_.plugged_again <= now) {
        const bool was_unplugged = pty_ == nullptr;
        plug();
        if (was_unplugged)
            device_.reboot(now);
    }
}

void HostPort::unplug()
{
    cable_.plugged = false;
    cable_.plugged_again.reset();
    close_pty();
}

void HostPort::plug()
{
    if (!pty_) {
        pty_ = std::make_unique<Pty>(cable_.link);
        device_.take_output(Now::max()); // what it said to nobody
    }
    cable_.plugged = true;
    cable_.plugged_again.reset();
}

void HostPort::close_pty()
{
    pty_.reset();
    unwritten_.clear();
    host_gone_ = false;
}

void HostPort::save()
{
    if (settings_.state_file.empty() || saved_ == device_.sink().state().persistent)
        return;
    saved_ = device_.sink().state().persistent;
    save_state(settings_.state_file, saved_);
}

} // namespace simulator
