/// An object on the bus whose methods are called asynchronously. Heavy: includes sdbus-c++.
#pragma once

#include "transport/sinks/bus_call.hpp"

#include <chrono>
#include <sdbus-c++/sdbus-c++.h>
#include <unordered_set>

namespace transport {

/// Must be destroyed outside of its own replies, and before the connection.
class BusObject {
public:
    /// `destination` is a bus name; a unique name pins the owner.
    BusObject(sdbus::IConnection& connection, const std::string& destination, const std::string& path)
        : proxy_(sdbus::createProxy(connection, destination, path))
    {
    }
    BusObject(const BusObject&) = delete;
    BusObject& operator=(const BusObject&) = delete;
    ~BusObject() { give_up("the connection is closed"); }

    /// Calls `interface`.`method`: `write(message)` appends the arguments, `read(reply)` gives the
    /// T; both may throw sdbus::Error.
    template<typename T, typename Write, typename Read>
    BusCall<T> call(
        const char* interface, const char* method, std::chrono::microseconds deadline, Write write, Read read,
        bool can_be_abandoned = false)
    {
        auto state = std::make_unique<detail::ValueState<T>>();
        if (given_up_) {
            state->fail({BusFault::gone, {}, std::string(method) + ": the sink is gone"});
            return BusCall<T>(std::move(state));
        }
        try {
            sdbus::MethodCall message = proxy_->createMethodCall(interface, method);
            write(message);
            auto* const waiting = state.get();
            auto reply_to = [this, waiting, method,
                             read](sdbus::MethodReply& reply, const sdbus::Error* error) {
                forget(waiting);
                if (error != nullptr)
                    return waiting->fail(bus_failure(method, error->getName(), error->getMessage()));
                try {
                    waiting->value = read(reply);
                } catch (const std::exception& wrong) {
                    return waiting->fail(malformed_reply(method, wrong.what()));
                }
                waiting->finish();
            };
            auto pending = proxy_->callMethod(
                message, std::move(reply_to), static_cast<std::uint64_t>(deadline.count()));
            calls_.insert(waiting);
            if (can_be_abandoned)
                abandonable_.insert(waiting);
            waiting->cancel = [this, waiting, pending]() mutable {
                forget(waiting);
                pending.cancel();
            };
        } catch (const sdbus::Error& error) {
            state->fail(bus_failure(method, error.getName(), error.getMessage()));
        }
        return BusCall<T>(std::move(state));
    }

    /// Calls without wanting to know how it went.
    template<typename Write>
    void send(const char* interface, const char* method, Write write)
    {
        if (given_up_)
            return;
        try {
            sdbus::MethodCall message = proxy_->createMethodCall(interface, method);
            write(message);
            message.dontExpectReply();
            proxy_->callMethod(message);
        } catch (const sdbus::Error&) {
            return; // the loss of the bus is noticed on its own
        }
    }

    /// Fails all calls under way, and all later ones, as gone.
    void give_up(const std::string& why)
    {
        given_up_ = true;
        fail_each(calls_, {BusFault::gone, {}, why});
    }
    /// Fails the calls that can be abandoned.
    void abandon(const std::string& why) { fail_each(abandonable_, {BusFault::abandoned, {}, why}); }

private:
    using Calls = std::unordered_set<detail::CallState*>;

    void forget(detail::CallState* state)
    {
        calls_.erase(state);
        abandonable_.erase(state);
    }

    void fail_each(Calls& calls, const BusFailure& failure)
    {
        // One at a time from the set: a resumed coroutine may end other calls of it.
        while (!calls.empty()) {
            detail::CallState* const state = *calls.begin();
            if (state->cancel) {
                const auto cancel = std::exchange(state->cancel, nullptr);
                cancel();
            }
            forget(state);
            state->fail(failure);
        }
    }

    std::unique_ptr<sdbus::IProxy> proxy_;
    Calls calls_;
    Calls abandonable_;
    bool given_up_ = false;
};

} // namespace transport
