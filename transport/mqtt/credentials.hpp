/// What proves to the broker who the gateway is, as it is in the files now
/// (docs/spec/gateway-backend-api.md, 9.4).
#pragma once

#include "transport/settings.hpp"
#include "transport/siphash.hpp"

#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace transport {

struct Credentials {
    std::optional<std::string> password; ///< never logged
    Hash128 digest{};                    ///< of the password and all files

    bool operator==(const Credentials&) const = default;
};

/// Reads what can be read, and is for comparing and connecting: what is wrong with a certificate
/// shows when it is used. The error is about the password file.
tl::expected<Credentials, std::string> read_credentials(const BrokerSettings& settings);

/// Empty when every file can be used; else setting, file and reason.
std::string credentials_fault(const BrokerSettings& settings);

} // namespace transport
