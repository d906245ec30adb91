/// An inspection as tables and as JSON.
#pragma once

#include "gateway/scratchpad/inspection.hpp"
#include "tools/terminal/style.hpp"

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace gateway::tools {

/// What is in a scratchpad: header, areas, remarks.
void print_contents(std::ostream& out, const Style& style, const scratchpad::Inspection& found);

/// Every check with its verdict, and the advice of those that did not pass; then who would take it.
void print_checks(std::ostream& out, const Style& style, const scratchpad::Inspection& found);

/// What a gateway does with the file, in the words of docs/scratchpads.md: "accept", "warn", "refuse".
std::string gateway_verdict(const scratchpad::Inspection& found);
/// The same for a campaign, which refuses a broken chain of files, too.
std::string campaign_verdict(const scratchpad::Inspection& found);
/// The error code that answers a refused upload; empty when none does.
std::string error_code(const scratchpad::Inspection& found);

/// docs/scratchpads.md describes it.
nlohmann::json to_json(const std::string& file, const scratchpad::Inspection& found);

} // namespace gateway::tools
