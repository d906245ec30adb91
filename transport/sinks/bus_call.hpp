/// D-Bus calls that a coroutine awaits (docs/spec/gateway-backend-api.md, 4.2, 5.2). One thread.
#pragma once

#include "gateway/application_code.hpp"

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <variant>

namespace transport {

enum class BusFault : std::uint8_t {
    application, ///< the sink service refused: `code` says why
    deadline,    ///< no answer in time: the outcome is unknown
    gone,        ///< the name has no owner (any more)
    unsupported, ///< an older sink service: no such method, property or interface
    denied,      ///< the bus policy forbids it
    malformed,   ///< arguments or reply have the wrong types: our fault or the service's
    abandoned,   ///< given up because this service stops
    other,
};

struct BusFailure {
    BusFault fault = BusFault::other;
    gateway::ApplicationCode code = gateway::ApplicationCode::internal_error; ///< of BusFault::application
    std::string message; ///< what was called and what came back
};

template<typename T>
using BusResult = tl::expected<T, BusFailure>;

/// A reply without arguments.
using Done = std::monostate;

/// Which failure a D-Bus error is. `message` becomes the failure's message after `call`.
BusFailure bus_failure(const std::string& call, const std::string& error_name, const std::string& message);

/// A reply that does not have the types of the contract.
BusFailure malformed_reply(const std::string& call, const std::string& what);

namespace detail {

/// A call under way: shared by the awaiting side, which owns it, and the connection.
class CallState {
public:
    CallState() = default;
    CallState(const CallState&) = delete;
    CallState& operator=(const CallState&) = delete;
    virtual ~CallState()
    {
        if (!finished_ && cancel)
            cancel();
    }

    /// Ends the call and resumes who waits for it. Nothing may be touched afterwards: the resumed
    /// coroutine may have destroyed this.
    void finish()
    {
        finished_ = true;
        cancel = nullptr;
        if (const auto waiting = std::exchange(waiting_, nullptr))
            waiting.resume();
    }
    void fail(BusFailure with)
    {
        failure = std::move(with);
        finish();
    }

    [[nodiscard]] bool finished() const { return finished_; }
    void wait(std::coroutine_handle<> waiting) { waiting_ = waiting; }

    std::optional<BusFailure> failure;
    std::function<void()> cancel; ///< forgets the reply

private:
    bool finished_ = false;
    std::coroutine_handle<> waiting_;
};

template<typename T>
struct ValueState : CallState {
    std::optional<T> value;
};

} // namespace detail

/// A call that has been sent; `co_await` gives its result. Several calls are under way at a time
/// when all are made before the first is awaited. Destroying it forgets the reply.
template<typename T>
class [[nodiscard]] BusCall {
public:
    explicit BusCall(std::unique_ptr<detail::ValueState<T>> state) : state_(std::move(state)) {}

    [[nodiscard]] bool await_ready() const { return state_->finished(); }
    void await_suspend(std::coroutine_handle<> waiting) { state_->wait(waiting); }
    BusResult<T> await_resume()
    {
        if (state_->failure)
            return tl::unexpected(std::move(*state_->failure));
        return std::move(*state_->value);
    }

private:
    std::unique_ptr<detail::ValueState<T>> state_;
};

} // namespace transport
