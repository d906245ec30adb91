/// The one loop of a service's main thread: sockets, timers, signals, the D-Bus connection, and
/// work posted by other threads. Wraps sd-event.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace sdbus {
class IConnection;
}

namespace gateway {

/// Everything but `post` is for the loop's own thread.
class EventLoop {
public:
    using Callback = std::function<void()>;
    using Duration = std::chrono::microseconds;

    /// Watches something until destroyed.
    class Source {
    public:
        virtual ~Source() = default;
    };
    using Handle = std::unique_ptr<Source>;

    EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;
    ~EventLoop();

    /// Runs until `quit`; gives the status given there.
    int run();
    void quit(int status);

    /// Serves events until `condition` holds, looking after each; false: it did not within `limit`.
    /// For programs that are no services; any number of times.
    bool run_until(const std::function<bool()>& condition, Duration limit);

    /// Calls `callback` from the loop soon, in the order of the posts. From any thread.
    void post(Callback callback);

    /// Calls once, after `delay`, unless the handle is destroyed before.
    [[nodiscard]] Handle after(Duration delay, Callback callback);

    /// Calls every `period`, beginning one period from now.
    [[nodiscard]] Handle every(Duration period, Callback callback);

    /// Calls while `fd` is readable. Does not own the descriptor.
    [[nodiscard]] Handle on_readable(int fd, Callback callback);

    /// Calls on SIGINT and SIGTERM, which are blocked in this thread and all that it starts from
    /// now on: call before any thread exists.
    void on_terminate(Callback callback);

    /// Calls on another signal, blocked likewise.
    void on_signal(int signal, Callback callback);

    /// Serves a D-Bus connection until the handle is destroyed; `lost` is called once when the bus
    /// is gone. The connection must outlive the handle.
    [[nodiscard]] Handle serve(sdbus::IConnection& connection, Callback lost);

    /// Answers systemd's watchdog while the loop turns, where the unit asks for it.
    void enable_watchdog();

    /// `co_await loop.sleep(…)`: resumes after `delay`.
    auto sleep(Duration delay)
    {
        struct Awaiter {
            EventLoop& loop;
            Duration delay;
            Handle timer;
            [[nodiscard]] bool await_ready() const { return delay.count() <= 0; }
            void await_suspend(std::coroutine_handle<> waiting)
            {
                timer = loop.after(delay, [waiting] { waiting.resume(); });
            }
            void await_resume() const {}
        };
        return Awaiter{*this, delay, nullptr};
    }

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

/// Tells systemd, where it started the service: "READY=1", "STATUS=…" (sd_notify(3)).
void notify_service_manager(const char* state);

/// How often systemd wants to hear "WATCHDOG=1"; nothing where the unit does not ask.
std::optional<std::chrono::microseconds> watchdog_interval();

} // namespace gateway
