/// Answers of nodes for people and for scripts.
#pragma once

#include "tools/remote/question.hpp"
#include "tools/terminal/style.hpp"

#include <chrono>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

namespace gateway::tools {

/// A line for the node and one for each thing that it told. `since` is the time since the question was
/// sent.
void print_answer(
    std::ostream& out, const Style& style, const Answer& answer, std::chrono::milliseconds since);

/// docs/remote-api-tool.md describes it.
nlohmann::json to_json(const Answer& answer, std::chrono::milliseconds since);

} // namespace gateway::tools
