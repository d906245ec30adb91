/// The keys that the options of a scratchpad tool name.
#pragma once

#include "gateway/scratchpad/keys.hpp"

#include <string>

namespace gateway::tools {

/// The key file with all its pairs, or, with a `name`, with that pair alone. Throws std::runtime_error.
scratchpad::KeyFile read_keys(const std::string& file, const std::string& name);

} // namespace gateway::tools
