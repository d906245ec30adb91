/// A sink's configuration and scratchpads in words.
#pragma once

#include "tools/backend/api.hpp"
#include "tools/terminal/style.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace gateway::tools {

namespace api = wirepas::proto::gateway_api;

/// One line a property; those that the sink did not tell are left out, or said to be not set where
/// that means something.
void print_sink(std::ostream& out, const Style& style, const api::SinkReadConfig& sink);

/// "PROPAGATE_ONLY" as "propagate only".
std::string as_words(std::string name);

/// "0x23F1".
std::string hexadecimal(std::uint64_t value, int digits);

/// "8176 octets, CRC 0x23F1, sequence 42", or "none".
std::string in_words(const api::ScratchpadInfo& scratchpad);

/// "propagate only, sequence 42, CRC 0x23F1".
std::string in_words(const api::TargetScratchpadAndAction& target);

} // namespace gateway::tools
