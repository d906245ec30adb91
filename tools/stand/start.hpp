/// Starting a part and finding out that it is ready, or why it is not.
#pragma once

#include "tools/stand/child_process.hpp"

namespace gateway::stand {

/// How long a part may take until it is ready; sanitizers and busy machines included.
inline constexpr std::chrono::seconds start_limit{20};

/// Waits until `part` has written `text`; else throws std::runtime_error that says what it did
/// instead, with its last lines.
void expect_output(ChildProcess& part, const std::string& text, Deadline deadline = Deadline(start_limit));

/// "<name> <what>" and the last lines of its log, for a message.
std::string failure_of(const ChildProcess& part, const std::string& what);

} // namespace gateway::stand
