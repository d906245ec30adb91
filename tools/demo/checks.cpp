#include "tools/demo/checks.hpp"

#include "tools/report/sink_report.hpp"
#include "tools/terminal/table.hpp"

#include "generic_message.pb.h"

#include <algorithm>

namespace gateway::tools {
namespace {

constexpr const char* unknown = "not told";

std::string crc_text(std::uint32_t crc)
{
    return hexadecimal(crc, 4);
}

std::string number_text(std::uint32_t number)
{
    return std::to_string(number);
}

std::string action_text(api::ScratchpadAction action)
{
    return as_words(api::ScratchpadAction_Name(action));
}

/// A line about one field of both scratchpads.
Check compare_field(
    const char* what, std::uint32_t expected, std::string (*text)(std::uint32_t),
    std::uint32_t (api::ScratchpadInfo::*field)() const, const api::GetScratchpadStatusResp& status)
{
    const auto told = [&](bool present, const api::ScratchpadInfo& scratchpad) {
        return present ? text((scratchpad.*field)()) : unknown;
    };
    Check check{
        .what = what,
        .file = text(expected),
        .stored = told(status.has_stored_scratchpad(), status.stored_scratchpad()),
        .processed = told(status.has_processed_scratchpad(), status.processed_scratchpad()),
    };
    check.passed = check.stored == check.file && check.processed == check.file;
    return check;
}

/// A line about something that only one column tells.
Check compare_text(const char* what, std::string expected, std::string told)
{
    const bool passed = expected == told;
    return {
        .what = what,
        .file = std::move(expected),
        .stored = std::move(told),
        .processed = "",
        .passed = passed};
}

} // namespace

std::vector<Check> compare(
    const Expected& expected, const api::GetScratchpadStatusResp& status, const api::SinkReadConfig& sink)
{
    using Info = api::ScratchpadInfo;
    const api::TargetScratchpadAndAction* target =
        status.has_target_and_action() ? &status.target_and_action() : nullptr;
    return {
        compare_field(
            "length in octets", static_cast<std::uint32_t>(expected.length), number_text, &Info::len, status),
        compare_field("CRC", expected.header.crc, crc_text, &Info::crc, status),
        compare_field("sequence", expected.sequence, number_text, &Info::seq, status),
        compare_text(
            "outcome", "success",
            status.has_stored_status() ? as_words(api::ScratchpadStatus_Name(status.stored_status()))
                                       : unknown),
        compare_text(
            "target action", action_text(api::PROPAGATE_AND_PROCESS),
            target ? action_text(target->action()) : unknown),
        compare_text(
            "target sequence", number_text(expected.sequence),
            target ? number_text(target->target_sequence()) : unknown),
        compare_text(
            "target CRC", crc_text(expected.header.crc), target ? crc_text(target->target_crc()) : unknown),
        compare_text(
            "stack", "running",
            sink.has_sink_state() ? (sink.sink_state() == api::ON ? "running" : "stopped") : unknown),
    };
}

bool print_checks(std::ostream& out, const Style& style, const std::vector<Check>& checks)
{
    Table table({"", "expected", "stored", "processed", ""});
    for (const Check& check : checks)
        table.add({check.what, check.file, check.stored, check.processed, style.mark(check.passed)});
    table.print(out, style);
    return std::ranges::all_of(checks, &Check::passed);
}

} // namespace gateway::tools
