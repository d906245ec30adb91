#include "tools/doctor/finding.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <ostream>

namespace gateway::tools {
namespace {

std::string_view in_words(Verdict verdict)
{
    switch (verdict) {
    case Verdict::fine:
        return "fine";
    case Verdict::warning:
        return "warning";
    case Verdict::failure:
        return "failure";
    case Verdict::skipped:
        return "skipped";
    }
    return {};
}

std::string sign(const Style& style, Verdict verdict)
{
    switch (verdict) {
    case Verdict::fine:
        return style.mark(true);
    case Verdict::failure:
        return style.mark(false);
    case Verdict::warning:
        return style.bold("!");
    case Verdict::skipped:
        break;
    }
    return style.faint("-");
}

std::ptrdiff_t count(const Findings& findings, Verdict verdict)
{
    return std::ranges::count(findings, verdict, &Finding::verdict);
}

} // namespace

bool all_fine(const Findings& findings)
{
    return count(findings, Verdict::failure) == 0;
}

void print(std::ostream& out, const Style& style, const Findings& findings)
{
    std::size_t width = 0;
    for (const Finding& finding : findings)
        width = std::max(width, columns(finding.check));
    std::string area;
    for (const Finding& finding : findings) {
        if (finding.area != area)
            out << (area.empty() ? "" : "\n") << style.bold(finding.area) << '\n';
        area = finding.area;
        out << "  " << padded(sign(style, finding.verdict), 2) << ' ' << padded(finding.check, width) << "  "
            << finding.detail << '\n';
        if (!finding.advice.empty())
            out << std::string(width + 7, ' ') << (style.unicode ? "→ " : "-> ") << style.bold(finding.advice)
                << '\n';
    }
    out << '\n'
        << fmt::format(
               "{} checks: {} failed, {} warnings, {} skipped", findings.size(),
               count(findings, Verdict::failure), count(findings, Verdict::warning),
               count(findings, Verdict::skipped))
        << std::endl;
}

nlohmann::json to_json(const Findings& findings)
{
    nlohmann::json checks = nlohmann::json::array();
    for (const Finding& finding : findings)
        checks.push_back(
            {{"area", finding.area},
             {"check", finding.check},
             {"verdict", in_words(finding.verdict)},
             {"detail", finding.detail},
             {"advice", finding.advice}});
    return {
        {"ok", all_fine(findings)},
        {"failures", count(findings, Verdict::failure)},
        {"warnings", count(findings, Verdict::warning)},
        {"checks", std::move(checks)}};
}

} // namespace gateway::tools
