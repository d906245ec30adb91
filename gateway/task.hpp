/// Coroutines: an operation of several steps, each waiting for something, written in one piece.
///
/// A Task starts when it is awaited (or given to a TaskScope) and runs on the thread that resumes it,
/// which is always the one thread of its loop: no Task may be resumed from two threads.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <unordered_set>
#include <utility>

namespace gateway {

template<typename T = void>
class Task;

namespace detail {

/// Resumes whoever awaited the task when it ends.
struct ResumeAwaiting {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template<typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept
    {
        return ended.promise().awaiting ? ended.promise().awaiting : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::coroutine_handle<> awaiting;
    std::exception_ptr exception;

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] ResumeAwaiting final_suspend() const noexcept { return {}; }
    void unhandled_exception() { exception = std::current_exception(); }
};

template<typename T>
struct Promise : PromiseBase {
    std::optional<T> value;

    Task<T> get_return_object();
    template<typename U>
    void return_value(U&& returned)
    {
        value.emplace(std::forward<U>(returned));
    }
    T take()
    {
        if (exception)
            std::rethrow_exception(exception);
        return std::move(*value);
    }
};

template<>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object();
    void return_void() const noexcept {}
    void take() const
    {
        if (exception)
            std::rethrow_exception(exception);
    }
};

} // namespace detail

/// An operation that gives a T. Owns its coroutine: destroying an unfinished Task abandons it at
/// the point where it waits, and runs the destructors of its locals.
template<typename T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;

    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    Task& operator=(Task&&) = delete;
    ~Task()
    {
        if (handle_)
            handle_.destroy();
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept
    {
        handle_.promise().awaiting = awaiting;
        return handle_;
    }
    T await_resume() { return handle_.promise().take(); }

private:
    std::coroutine_handle<promise_type> handle_;
};

template<typename T>
Task<T> detail::Promise<T>::get_return_object()
{
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> detail::Promise<void>::get_return_object()
{
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

/// Tasks that run on their own. Destroying the scope abandons those that have not ended, so it must
/// be destroyed before what they use.
class TaskScope {
public:
    TaskScope() = default;
    TaskScope(const TaskScope&) = delete;
    TaskScope& operator=(const TaskScope&) = delete;
    ~TaskScope()
    {
        for (void* address : std::exchange(running_, {}))
            std::coroutine_handle<>::from_address(address).destroy();
    }

    /// Runs a task until it ends, beginning now. It must not throw: whoever starts a task handles
    /// its errors inside.
    void start(Task<void> task) { run(*this, std::move(task)); }

    [[nodiscard]] std::size_t size() const { return running_.size(); }

private:
    struct Runner {
        struct promise_type {
            promise_type(TaskScope& owner, const Task<void>& /*task*/) : scope(owner)
            {
                scope.running_.insert(address());
            }
            promise_type(const promise_type&) = delete;
            promise_type& operator=(const promise_type&) = delete;
            ~promise_type() { scope.running_.erase(address()); }
            Runner get_return_object() const noexcept { return {}; }
            [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
            [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
            void return_void() const noexcept {}
            void unhandled_exception() const noexcept { std::terminate(); }
            void* address() { return std::coroutine_handle<promise_type>::from_promise(*this).address(); }
            TaskScope& scope;
        };
    };

    static Runner run(TaskScope& /*scope*/, Task<void> task) { co_await task; }

    std::unordered_set<void*> running_; ///< addresses of their coroutines
};

} // namespace gateway
