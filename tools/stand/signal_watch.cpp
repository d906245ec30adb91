#include "tools/stand/signal_watch.hpp"

#include "tools/stand/wait.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace gateway::stand {
namespace {

FileDescriptor block_and_watch()
{
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return FileDescriptor(signalfd(-1, &signals, SFD_CLOEXEC));
}

void watch(int signals, int done)
{
    std::array<pollfd, 2> watched{{{signals, POLLIN, 0}, {done, POLLIN, 0}}};
    while (poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
    }
    if (watched[0].revents != 0)
        interrupt();
}

} // namespace

SignalWatch::SignalWatch() : signals_(block_and_watch()), done_(eventfd(0, EFD_CLOEXEC))
{
    if (!signals_ || !done_)
        throw std::system_error(errno, std::generic_category(), "cannot watch for signals");
    watcher_ = std::jthread([signals = signals_.get(), done = done_.get()] { watch(signals, done); });
}

SignalWatch::~SignalWatch()
{
    eventfd_write(done_.get(), 1);
    watcher_.join();
}

} // namespace gateway::stand
