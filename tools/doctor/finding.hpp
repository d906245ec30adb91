/// What the doctor found, one line a check.
#pragma once

#include "tools/terminal/style.hpp"

#include <cstdint>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace gateway::tools {

enum class Verdict : std::uint8_t { fine, warning, failure, skipped };

struct Finding {
    std::string area; ///< "settings", "serial port", "bus", "sinks", "broker", "clock", "disk", "limits"
    std::string check;
    Verdict verdict = Verdict::fine;
    std::string detail; ///< what was seen
    std::string advice; ///< what to do; empty when fine
};

using Findings = std::vector<Finding>;

/// True when no check failed; warnings do not count.
bool all_fine(const Findings& findings);

void print(std::ostream& out, const Style& style, const Findings& findings);

/// docs/tools.md describes it.
nlohmann::json to_json(const Findings& findings);

} // namespace gateway::tools
