#include "gateway/event_loop.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sdbus-c++/IConnection.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace gateway {
namespace {

void check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), what);
}

std::uint32_t epoll_events(short poll_events)
{
    std::uint32_t events = 0;
    if ((poll_events & POLLIN) != 0)
        events |= EPOLLIN;
    if ((poll_events & POLLOUT) != 0)
        events |= EPOLLOUT;
    return events;
}

/// One sd-event source with its callback.
class EventSource : public EventLoop::Source {
public:
    explicit EventSource(EventLoop::Callback callback) : callback_(std::move(callback)) {}
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;
    ~EventSource() override
    {
        sd_event_source_set_enabled(source_, SD_EVENT_OFF);
        sd_event_source_unref(source_);
    }

    static int on_io(sd_event_source* /*source*/, int /*fd*/, std::uint32_t /*events*/, void* self)
    {
        return static_cast<EventSource*>(self)->call();
    }
    static int on_signal(sd_event_source* /*source*/, const signalfd_siginfo* /*info*/, void* self)
    {
        return static_cast<EventSource*>(self)->call();
    }
    static int on_defer(sd_event_source* /*source*/, void* self)
    {
        return static_cast<EventSource*>(self)->call();
    }
    static int on_timer(sd_event_source* /*source*/, std::uint64_t /*time*/, void* self)
    {
        auto* timer = static_cast<EventSource*>(self);
        if (timer->period_.count() > 0) {
            sd_event_source_set_time_relative(
                timer->source_, static_cast<std::uint64_t>(timer->period_.count()));
            sd_event_source_set_enabled(timer->source_, SD_EVENT_ONESHOT);
        }
        return timer->call();
    }

    sd_event_source* source_ = nullptr; // NOLINT(misc-non-private-member-variables-in-classes)
    EventLoop::Duration period_{};      // NOLINT(misc-non-private-member-variables-in-classes)

private:
    int call()
    {
        // The callback may destroy this source.
        const EventLoop::Callback callback = callback_;
        callback();
        return 0;
    }

    EventLoop::Callback callback_;
};

} // namespace

struct EventLoop::Implementation {
    Implementation()
    {
        check(sd_event_new(&event), "cannot create the event loop");
        wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        check(wake < 0 ? -errno : 0, "cannot create the event loop's wake-up");
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;
    ~Implementation()
    {
        posted_source.reset();
        next_turn.reset();
        signals.clear();
        sd_event_unref(event);
        close(wake);
    }

    /// In the next turn of the loop. From its own thread without a call to the kernel.
    void run_posted_soon()
    {
        if (std::this_thread::get_id() == thread) {
            sd_event_source_set_enabled(next_turn->source_, SD_EVENT_ONESHOT);
            return;
        }
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t put = write(wake, &one, sizeof one);
    }

    void run_woken()
    {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = read(wake, &count, sizeof count);
        run_posted();
    }

    void run_posted()
    {
        std::deque<Callback> taken;
        {
            const std::lock_guard lock(mutex);
            taken.swap(posted);
        }
        for (const Callback& callback : taken)
            callback();
    }

    std::unique_ptr<EventSource> timer(Duration delay, Duration period, Callback callback) const
    {
        auto source = std::make_unique<EventSource>(std::move(callback));
        source->period_ = period;
        const auto relative = static_cast<std::uint64_t>(std::max<Duration::rep>(delay.count(), 0));
        check(
            sd_event_add_time_relative(
                event, &source->source_, CLOCK_MONOTONIC, relative, 1, &EventSource::on_timer, source.get()),
            "cannot set a timer");
        return source;
    }

    std::unique_ptr<EventSource> readable(int fd, Callback callback) const
    {
        auto source = std::make_unique<EventSource>(std::move(callback));
        check(
            sd_event_add_io(event, &source->source_, fd, EPOLLIN, &EventSource::on_io, source.get()),
            "cannot watch a descriptor");
        return source;
    }

    /// Not enabled yet.
    std::unique_ptr<EventSource> deferred(Callback callback) const
    {
        auto source = std::make_unique<EventSource>(std::move(callback));
        check(
            sd_event_add_defer(event, &source->source_, &EventSource::on_defer, source.get()),
            "cannot defer calls");
        sd_event_source_set_enabled(source->source_, SD_EVENT_OFF);
        return source;
    }

    void signal(int number, Callback callback)
    {
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, number);
        pthread_sigmask(SIG_BLOCK, &mask, nullptr);
        auto source = std::make_unique<EventSource>(std::move(callback));
        check(
            sd_event_add_signal(event, &source->source_, number, &EventSource::on_signal, source.get()),
            "cannot watch a signal");
        signals.push_back(std::move(source));
    }

    sd_event* event = nullptr;
    int wake = -1;
    std::mutex mutex;
    std::deque<Callback> posted;
    std::unique_ptr<EventSource> posted_source;
    std::unique_ptr<EventSource> next_turn;
    std::atomic<std::thread::id> thread{}; ///< that runs the loop
    std::vector<std::unique_ptr<EventSource>> signals;
};

namespace {

/// A D-Bus connection inside the loop: its socket, its time-outs (of pending calls), and what it
/// has queued already.
class BusSource : public EventLoop::Source {
public:
    BusSource(sd_event* event, sdbus::IConnection& connection, EventLoop::Callback lost)
        : connection_(connection), lost_(std::move(lost))
    {
        const auto poll_data = connection_.getEventLoopPollData();
        check(
            sd_event_add_io(
                event, &io_, poll_data.fd, epoll_events(poll_data.events),
                [](sd_event_source*, int, std::uint32_t, void* self) {
                    static_cast<BusSource*>(self)->process();
                    return 0;
                },
                this),
            "cannot watch the D-Bus connection");
        check(
            sd_event_add_time(
                event, &timeout_, CLOCK_MONOTONIC, UINT64_MAX, 1,
                [](sd_event_source*, std::uint64_t, void* self) {
                    static_cast<BusSource*>(self)->process();
                    return 0;
                },
                this),
            "cannot set the D-Bus timer");
        check(
            sd_event_source_set_prepare(
                io_,
                [](sd_event_source*, void* self) {
                    static_cast<BusSource*>(self)->prepare();
                    return 0;
                }),
            "cannot prepare the D-Bus connection");
    }
    BusSource(const BusSource&) = delete;
    BusSource& operator=(const BusSource&) = delete;
    ~BusSource() override
    {
        *alive_ = false;
        for (sd_event_source* source : {io_, timeout_}) {
            sd_event_source_set_enabled(source, SD_EVENT_OFF);
            sd_event_source_unref(source);
        }
    }

private:
    void prepare()
    {
        if (gone_)
            return;
        const auto poll_data = connection_.getEventLoopPollData();
        sd_event_source_set_io_events(io_, epoll_events(poll_data.events));
        sd_event_source_set_time(timeout_, poll_data.timeout_usec);
        sd_event_source_set_enabled(timeout_, SD_EVENT_ONESHOT);
    }

    void process()
    {
        const auto alive = alive_;
        try {
            while (*alive && !gone_ && connection_.processPendingRequest()) {
            }
        } catch (const std::exception& error) {
            if (!*alive || gone_)
                return;
            gone_ = true;
            sd_event_source_set_enabled(io_, SD_EVENT_OFF);
            sd_event_source_set_enabled(timeout_, SD_EVENT_OFF);
            spdlog::error("the D-Bus connection is lost: {}", error.what());
            const EventLoop::Callback lost = lost_;
            lost();
        }
    }

    sdbus::IConnection& connection_;
    EventLoop::Callback lost_;
    sd_event_source* io_ = nullptr;
    sd_event_source* timeout_ = nullptr;
    bool gone_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< a callback may destroy this
};

} // namespace

EventLoop::EventLoop() : implementation_(std::make_unique<Implementation>())
{
    implementation_->posted_source =
        implementation_->readable(implementation_->wake, [this] { implementation_->run_woken(); });
    implementation_->next_turn = implementation_->deferred([this] { implementation_->run_posted(); });
}

EventLoop::~EventLoop() = default;

int EventLoop::run()
{
    implementation_->thread = std::this_thread::get_id();
    const int status = sd_event_loop(implementation_->event);
    check(status, "the event loop failed");
    return status;
}

void EventLoop::quit(int status)
{
    sd_event_exit(implementation_->event, status);
}

bool EventLoop::run_until(const std::function<bool()>& condition, Duration limit)
{
    implementation_->thread = std::this_thread::get_id();
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        const auto left = std::chrono::ceil<Duration>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        check(
            sd_event_run(implementation_->event, static_cast<std::uint64_t>(left.count())),
            "the event loop failed");
    }
    return true;
}

void EventLoop::post(Callback callback)
{
    bool first = false;
    {
        const std::lock_guard lock(implementation_->mutex);
        first = implementation_->posted.empty();
        implementation_->posted.push_back(std::move(callback));
    }
    if (first)
        implementation_->run_posted_soon();
}

EventLoop::Handle EventLoop::after(Duration delay, Callback callback)
{
    return implementation_->timer(delay, Duration::zero(), std::move(callback));
}

EventLoop::Handle EventLoop::every(Duration period, Callback callback)
{
    return implementation_->timer(period, period, std::move(callback));
}

EventLoop::Handle EventLoop::on_readable(int fd, Callback callback)
{
    return implementation_->readable(fd, std::move(callback));
}

void EventLoop::on_terminate(Callback callback)
{
    implementation_->signal(SIGINT, callback);
    implementation_->signal(SIGTERM, std::move(callback));
}

void EventLoop::on_signal(int signal, Callback callback)
{
    implementation_->signal(signal, std::move(callback));
}

EventLoop::Handle EventLoop::serve(sdbus::IConnection& connection, Callback lost)
{
    return std::make_unique<BusSource>(implementation_->event, connection, std::move(lost));
}

void EventLoop::enable_watchdog()
{
    sd_event_set_watchdog(implementation_->event, 1);
}

void notify_service_manager(const char* state)
{
    sd_notify(0, state);
}

std::optional<std::chrono::microseconds> watchdog_interval()
{
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0)
        return std::nullopt;
    return std::chrono::microseconds(microseconds);
}

} // namespace gateway
