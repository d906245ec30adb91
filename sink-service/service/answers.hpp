/// How operations answer on D-Bus (spec/sink-dbus-api.md, 2).
#pragma once

#include "gateway/dbus/sink_contract.hpp"

#include <memory>
#include <sdbus-c++/Error.h>
#include <sdbus-c++/MethodResult.h>
#include <spdlog/spdlog.h>

namespace sink_service {

inline sdbus::Error as_bus_error(std::string_view function, const gateway::Error& error)
{
    return {gateway::sink_contract::error_name, gateway::sink_contract::format_error(function, error)};
}

/// What is simply not set is no fault of anybody.
inline spdlog::level::level_enum level_of(gateway::ApplicationCode code)
{
    const bool not_set =
        code == gateway::ApplicationCode::no_config || code == gateway::ApplicationCode::attribute_not_set;
    return not_set ? spdlog::level::debug : spdlog::level::warn;
}

/// Sends an answer. A caller, or a bus, that has gone meanwhile is no fault of the operation.
template<typename Send>
void answer(std::string_view function, const Send& send)
{
    try {
        send();
    } catch (const sdbus::Error& error) {
        spdlog::debug("{}: nobody takes the answer: {}", function, error.what());
    }
}

/// `done` for an operation: answers with what `values(outcome)` returns through `results`, or with
/// the error. Keeps nothing but the pending call, so that it may outlive the object.
template<typename T, typename... Values, typename Give>
std::function<void(gateway::Result<T>)> answering(
    std::string_view function, sdbus::Result<Values...>&& result, Give give)
{
    auto pending = std::make_shared<sdbus::Result<Values...>>(std::move(result));
    return [function, pending, give](const gateway::Result<T>& outcome) {
        answer(function, [&] {
            if (!outcome) {
                spdlog::log(
                    level_of(outcome.error().code), "{} failed: {}", function, outcome.error().message);
                pending->returnError(as_bus_error(function, outcome.error()));
            } else if constexpr (std::is_void_v<T>) {
                give(*pending);
            } else {
                give(*pending, *outcome);
            }
        });
    };
}

/// Answers without values, for operations that give none.
inline std::function<void(gateway::Result<>)> answering_done(
    std::string_view function, sdbus::Result<>&& result)
{
    return answering<void>(
        function, std::move(result), [](sdbus::Result<>& pending) { pending.returnResults(); });
}

/// Answers `true`, for operations whose contract says so.
inline std::function<void(gateway::Result<>)> answering_true(
    std::string_view function, sdbus::Result<bool>&& result)
{
    return answering<void>(
        function, std::move(result), [](sdbus::Result<bool>& pending) { pending.returnResults(true); });
}

} // namespace sink_service
