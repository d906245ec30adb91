#include "tools/stand/wait.hpp"

#include "gateway/file_descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace gateway::stand {
namespace {

constexpr std::chrono::milliseconds poll_interval(5);

/// One for the process, because signals are.
std::stop_source& interruption_source()
{
    static std::stop_source source;
    return source;
}

void wake(int event)
{
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then it is readable as well.
    [[maybe_unused]] const auto written = write(event, &one, sizeof one);
}

} // namespace

std::chrono::milliseconds Deadline::left() const
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now());
    return std::max(left, std::chrono::milliseconds(0));
}

void interrupt()
{
    interruption_source().request_stop();
}

std::stop_token interruption()
{
    return interruption_source().get_token();
}

bool wait_until(const std::function<bool()>& condition, Deadline deadline)
{
    while (!condition()) {
        if (deadline.passed())
            return false;
        wait_readable({}, Deadline(std::min(poll_interval, deadline.left())));
    }
    return true;
}

std::optional<std::size_t> wait_readable(std::span<const int> descriptors, Deadline deadline)
{
    const FileDescriptor interrupted(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!interrupted)
        throw std::system_error(errno, std::generic_category(), "eventfd");
    const std::stop_callback on_interrupt(interruption(), [&] { wake(interrupted.get()); });

    std::vector<pollfd> watched;
    watched.reserve(descriptors.size() + 1);
    for (const int descriptor : descriptors)
        watched.push_back({descriptor, POLLIN, 0});
    watched.push_back({interrupted.get(), POLLIN, 0});

    for (;;) {
        const int ready = poll(watched.data(), watched.size(), static_cast<int>(deadline.left().count()));
        if (ready < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "poll");
        if (watched.back().revents != 0 && ready > 0)
            throw Interrupted();
        if (ready > 0) {
            const auto found = std::ranges::find_if(watched, [](const pollfd& w) { return w.revents != 0; });
            return static_cast<std::size_t>(found - watched.begin());
        }
        if (deadline.passed())
            return std::nullopt;
    }
}

} // namespace gateway::stand
