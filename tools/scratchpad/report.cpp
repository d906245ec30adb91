#include "tools/scratchpad/report.hpp"

#include "tools/terminal/table.hpp"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

using scratchpad::Check;
using scratchpad::CheckId;
using scratchpad::CounterOrder;
using scratchpad::Inspection;
using scratchpad::Verdict;

constexpr std::uint8_t placeholder_sequence = 255;

std::string hex16(std::uint16_t value)
{
    return fmt::format("0x{:04X}", value);
}
std::string hex32(std::uint32_t value)
{
    return fmt::format("0x{:08X}", value);
}

const char* word_for(Verdict verdict)
{
    switch (verdict) {
    case Verdict::passed:
        return "passed";
    case Verdict::warned:
        return "warned";
    case Verdict::failed:
        return "failed";
    case Verdict::not_checked:
        break;
    }
    return "not_checked";
}

std::string sign_for(const Style& style, Verdict verdict)
{
    switch (verdict) {
    case Verdict::passed:
        return style.mark(true);
    case Verdict::failed:
        return style.mark(false);
    case Verdict::warned:
        return "!";
    case Verdict::not_checked:
        break;
    }
    return style.faint("-");
}

/// "length multiple of 16".
std::string title_of(CheckId id)
{
    std::string title(name_of(id));
    std::ranges::replace(title, '_', ' ');
    return title;
}

const char* counter_word(CounterOrder order)
{
    return order == CounterOrder::little_endian ? "little" : "big";
}

std::string sequence_text(std::uint8_t sequence)
{
    return sequence == placeholder_sequence ? "255 (placeholder)" : std::to_string(sequence);
}

void print_areas(std::ostream& out, const Style& style, const Inspection& found)
{
    const bool with_images = found.images.size() == found.areas.size() && !found.images.empty();
    std::vector<std::string> titles{"AREA", "MEANING", "VERSION", "STORED", "OFFSET"};
    if (with_images)
        titles.emplace_back("IMAGE");
    Table table(std::move(titles));
    for (std::size_t i = 0; i < found.areas.size(); ++i) {
        const scratchpad::Area& area = found.areas[i];
        const std::string name = scratchpad::area_name(area.id);
        std::vector<std::string> row{
            hex32(area.id), name.empty() ? "-" : name, to_text(area.version),
            std::to_string(area.stored_length), std::to_string(area.offset)};
        if (with_images)
            row.push_back(fmt::format("{} octets", found.images[i].length));
        table.add(std::move(row));
    }
    out << '\n';
    table.print(out, style);
}

nlohmann::json areas_json(const Inspection& found)
{
    nlohmann::json areas = nlohmann::json::array();
    for (std::size_t i = 0; i < found.areas.size(); ++i) {
        const scratchpad::Area& area = found.areas[i];
        nlohmann::json row{
            {"area_id", hex32(area.id)},
            {"name", scratchpad::area_name(area.id)},
            {"offset", area.offset},
            {"stored_length", area.stored_length},
            {"version", to_text(area.version)},
            {"pad", area.pad},
        };
        if (i < found.images.size() && area.id != scratchpad::signature_area) {
            std::string digest;
            for (const std::uint8_t octet : found.images[i].sha256)
                digest += fmt::format("{:02x}", octet);
            row["raw_length"] = found.images[i].length;
            row["raw_sha256"] = digest;
        }
        areas.push_back(std::move(row));
    }
    return areas;
}

} // namespace

void print_contents(std::ostream& out, const Style& style, const Inspection& found)
{
    Table table;
    table.add({"length", fmt::format("{} octets", found.size)});
    if (found.size >= scratchpad_header_end) {
        table.add({"CRC", hex16(found.header.crc)});
        table.add({"sequence", sequence_text(found.header.sequence)});
    }
    table.add({"kind", std::string(name_of(found.kind))});
    table.print(out, style);
    if (!found.areas.empty())
        print_areas(out, style, found);
    for (const std::string& remark : found.remarks)
        out << "\n! " << remark << '\n';
}

void print_checks(std::ostream& out, const Style& style, const Inspection& found)
{
    for (const Check& check : found.checks) {
        constexpr std::size_t widest_title = 22;
        out << "  " << sign_for(style, check.verdict) << ' ' << padded(title_of(check.id), widest_title)
            << check.what << '\n';
        if (!check.advice.empty())
            out << "    " << padded("", widest_title) << style.faint(check.advice) << '\n';
    }
    for (const std::string& remark : found.remarks)
        out << "  ! " << remark << '\n';
    const std::string code = error_code(found);
    out << "\n  a gateway:  " << gateway_verdict(found)
        << (gateway_verdict(found) == "refuse" ? " with " + code : "")
        << "\n  a campaign: " << campaign_verdict(found) << std::endl;
}

std::string gateway_verdict(const Inspection& found)
{
    if (found.refusal())
        return "refuse";
    return found.verdict_of(CheckId::file_chain) == Verdict::failed ? "warn" : "accept";
}

std::string campaign_verdict(const Inspection& found)
{
    return gateway_verdict(found) == "accept" ? "accept" : "refuse";
}

std::string error_code(const Inspection& found)
{
    if (const auto fault = found.refusal())
        return is_about_size(*fault) ? "INVALID_SCRATCHPAD_SIZE" : "INVALID_SCRATCHPAD";
    return found.verdict_of(CheckId::file_chain) == Verdict::failed ? "INVALID_SCRATCHPAD" : "";
}

nlohmann::json to_json(const std::string& file, const Inspection& found)
{
    nlohmann::json checks = nlohmann::json::array();
    for (const Check& check : found.checks)
        checks.push_back(
            {{"name", name_of(check.id)},
             {"verdict", word_for(check.verdict)},
             {"what", check.what},
             {"advice", check.advice}});
    const auto or_null = [](const std::string& text) {
        return text.empty() ? nlohmann::json() : nlohmann::json(text);
    };
    nlohmann::json made{
        {"file", file},
        {"length", found.size},
        {"kind", name_of(found.kind)},
        {"computed_crc", hex16(found.computed_crc)},
        {"areas", areas_json(found)},
        {"checks", std::move(checks)},
        {"remarks", found.remarks},
        {"key", or_null(found.key)},
        {"ctr_counter", found.counter ? nlohmann::json(counter_word(*found.counter)) : nlohmann::json()},
        {"passed", found.passed()},
        {"gateway", gateway_verdict(found)},
        {"campaign_tool", campaign_verdict(found)},
        {"error_code", or_null(error_code(found))},
    };
    if (found.size >= scratchpad_header_end)
        made["header"] = {
            {"length_field", found.header.length}, {"crc", hex16(found.header.crc)},
            {"sequence", found.header.sequence},   {"pad", found.header.flags},
            {"type", hex32(found.header.type)},    {"status", hex32(found.header.status)},
        };
    else
        made["header"] = nullptr;
    return made;
}

} // namespace gateway::tools
