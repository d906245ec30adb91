/// What a person needs to look into a running stand.
#pragma once

#include "tools/stand/stand.hpp"
#include "tools/terminal/style.hpp"

#include <iosfwd>

namespace gateway::tools {

/// Commands to be copied, and where the logs are.
void print_how_to_connect(std::ostream& out, const Style& style, stand::Stand& stand);

} // namespace gateway::tools
