#include "tools/report/sink_report.hpp"

#include "tools/terminal/table.hpp"

#include "generic_message.pb.h"

#include <algorithm>
#include <cctype>
#include <ostream>

namespace gateway::tools {
namespace {

std::string decimal_and_hexadecimal(std::uint64_t value, int digits)
{
    return std::to_string(value) + " (" + hexadecimal(value, digits) + ')';
}

std::string in_words(const api::NodeRole& role)
{
    std::string text = as_words(api::NodeRole::BaseRole_Name(role.role()));
    for (const int flag : role.flags())
        text += ", " + as_words(api::NodeRole::RoleFlags_Name(static_cast<api::NodeRole::RoleFlags>(flag)));
    return text;
}

std::string in_words(const api::FirmwareVersion& version)
{
    return std::to_string(version.major()) + '.' + std::to_string(version.minor()) + '.' +
           std::to_string(version.maint()) + '.' + std::to_string(version.dev());
}

std::string channel_of(const api::SinkReadConfig& sink)
{
    std::string text = std::to_string(sink.network_channel());
    if (sink.has_channel_limits())
        text += " of " + std::to_string(sink.channel_limits().min_channel()) + " to " +
                std::to_string(sink.channel_limits().max_channel());
    return text;
}

std::string in_words(const api::AccessCycleRange& range)
{
    return std::to_string(range.min_ms()) + " to " + std::to_string(range.max_ms()) + " ms";
}

std::string app_config_of(const api::SinkReadConfig& sink)
{
    if (!sink.has_app_config())
        return "not set";
    return std::to_string(sink.app_config().app_config_data().size()) + " octets, diagnostics every " +
           std::to_string(sink.app_config().diag_interval_s()) + " s";
}

std::string stored_of(const api::SinkReadConfig& sink)
{
    std::string text = tools::in_words(sink.stored_scratchpad());
    if (sink.stored_scratchpad().len() != 0 && sink.has_stored_status())
        text += ", " + as_words(api::ScratchpadStatus_Name(sink.stored_status()));
    return text;
}

} // namespace

void print_sink(std::ostream& out, const Style& style, const api::SinkReadConfig& sink)
{
    Table table;
    const auto row = [&](bool known, const char* name, const auto& value) {
        if (known)
            table.add({style.faint(name), value()});
    };
    row(true, "sink", [&] { return style.bold(sink.sink_id()); });
    row(sink.has_sink_state(), "stack",
        [&] { return sink.sink_state() == api::ON ? style.good("running") : style.bad("stopped"); });
    row(sink.has_node_address(), "node address",
        [&] { return decimal_and_hexadecimal(sink.node_address(), 8); });
    row(sink.has_node_role(), "node role", [&] { return in_words(sink.node_role()); });
    row(sink.has_network_address(), "network address",
        [&] { return decimal_and_hexadecimal(sink.network_address(), 6); });
    row(sink.has_network_channel(), "network channel", [&] { return channel_of(sink); });
    row(sink.has_are_keys_set(), "network keys",
        [&] { return std::string(sink.are_keys_set() ? "set" : "not set"); });
    row(sink.has_firmware_version(), "firmware", [&] { return in_words(sink.firmware_version()); });
    row(sink.has_firmware_area_id(), "firmware area",
        [&] { return hexadecimal(sink.firmware_area_id(), 8); });
    row(sink.has_max_mtu(), "MTU", [&] { return std::to_string(sink.max_mtu()) + " octets"; });
    row(sink.has_current_ac_range(), "access cycle", [&] { return in_words(sink.current_ac_range()); });
    row(true, "app config", [&] { return app_config_of(sink); });
    row(sink.has_stored_scratchpad(), "stored scratchpad", [&] { return stored_of(sink); });
    row(sink.has_processed_scratchpad(), "processed scratchpad",
        [&] { return tools::in_words(sink.processed_scratchpad()); });
    row(sink.has_target_and_action(), "target and action",
        [&] { return tools::in_words(sink.target_and_action()); });
    table.print(out, style);
}

std::string as_words(std::string name)
{
    std::ranges::transform(name, name.begin(), [](unsigned char letter) {
        return letter == '_' ? ' ' : static_cast<char>(std::tolower(letter));
    });
    return name;
}

std::string hexadecimal(std::uint64_t value, int digits)
{
    constexpr std::string_view figures = "0123456789ABCDEF";
    std::string text;
    for (int place = 0; place < digits || value != 0; ++place, value /= 16)
        text += figures[value % 16];
    std::ranges::reverse(text);
    return "0x" + text;
}

std::string in_words(const api::ScratchpadInfo& scratchpad)
{
    if (scratchpad.len() == 0)
        return "none";
    return std::to_string(scratchpad.len()) + " octets, CRC " + hexadecimal(scratchpad.crc(), 4) +
           ", sequence " + std::to_string(scratchpad.seq());
}

std::string in_words(const api::TargetScratchpadAndAction& target)
{
    std::string text = as_words(api::ScratchpadAction_Name(target.action()));
    if (target.target_sequence() != 0)
        text += ", sequence " + std::to_string(target.target_sequence()) + ", CRC " +
                hexadecimal(target.target_crc(), 4);
    return text;
}

} // namespace gateway::tools
