/// What YAML 1.1 makes of text without quotes (spec/gateway-backend-api.md, 10.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// The text that a reader of YAML 1.1, such as the reference gateway, gets from a plain scalar, where
/// it differs from what is written: `0111` is 73, `1.10` is 1.1, `12:34:56` is 45296, `on` is True.
/// Nothing where it is the same.
std::optional<std::string> yaml_1_1_reading(std::string_view plain);

} // namespace gateway
