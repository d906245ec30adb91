/// Results and errors as values (wire paths never throw).
#pragma once

#include "gateway/application_code.hpp"

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace gateway {

/// Why an operation failed: the number that crosses D-Bus and MQTT, and the words for a person.
struct Error {
    ApplicationCode code = ApplicationCode::internal_error;
    std::string message; ///< what was asked, what came back, what to do

    /// The same error with what was being done put in front: `upload to sink0: <message>`.
    [[nodiscard]] Error with_context(std::string_view context) const
    {
        return {code, std::string(context) + ": " + message};
    }
};

template<typename T = void>
using Result = tl::expected<T, Error>;

/// The failing half of a Result, to be returned.
inline tl::unexpected<Error> fail(ApplicationCode code, std::string message)
{
    return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// Passes an error on.
inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace gateway
