#include "sink-service/service/settings.hpp"

namespace sink_service {
namespace {

using gateway::SettingKind;
using gateway::SettingRow;

const std::array rows = {
    SettingRow{
        .key = "settings",
        .environment = {"WM_GW_SINK_FILE_SETTINGS"},
        .help = "YAML file with any of these settings"},
    SettingRow{
        .key = "uart_port",
        .short_names = {"p"},
        .environment = {"WM_GW_SINK_UART_PORT"},
        .default_value = "/dev/ttyACM0",
        .help = "serial port of the sink, also /dev/serial/by-id/..."},
    SettingRow{
        .key = "baudrate",
        .short_names = {"b"},
        .environment = {"WM_GW_SINK_BAUDRATE", "WM_GW_SINK_BITRATE"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "bit/s; 0 tries 125000, 115200 and 1000000",
        .max = 4000000,
        .c_numbers = true},
    SettingRow{
        .key = "sink_id",
        .short_names = {"i"},
        .environment = {"WM_GW_SINK_ID"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "0..9: the service owns com.wirepas.sink.sink<N>",
        .max = 9,
        .c_numbers = true},
    SettingRow{
        .key = "max_poll_fail_duration",
        .short_names = {"d"},
        .environment = {"WM_GW_SINK_MAX_POLL_FAIL_DURATION"},
        .kind = SettingKind::number,
        .default_value = "120",
        .help = "seconds of silence after which the sink counts as lost; 0 never",
        .max = 86400,
        .c_numbers = true},
    SettingRow{
        .key = "max_fragment_duration_s",
        .short_names = {"f"},
        .environment = {"WM_GW_SINK_MAX_FRAGMENT_DURATION_S"},
        .kind = SettingKind::number,
        .default_value = "900",
        .help = "seconds an incomplete packet is kept; 0 for ever",
        .max = 86400,
        .c_numbers = true},
    SettingRow{
        .key = "downlink_limit",
        .short_names = {"l"},
        .environment = {"WM_GW_SINK_DOWNLINK_LIMIT"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "packets (in MTUs) that may wait in the sink before more are refused; 0 off",
        .max = 16,
        .c_numbers = true},
};

} // namespace

std::span<const SettingRow> setting_rows()
{
    return rows;
}

ServiceSettings resolve_settings(const gateway::SettingsInput& input)
{
    const gateway::Settings given(rows, input);
    if (!given.is_set("uart_port"))
        throw gateway::SettingsError("uart_port is empty: give the serial port of the sink (-p)");
    ServiceSettings settings;
    settings.sink_id = static_cast<unsigned>(given.number("sink_id"));
    settings.sink.link.port = given.text("uart_port");
    settings.sink.link.bits_per_second = static_cast<std::uint32_t>(given.number("baudrate"));
    settings.sink.link.max_poll_fail_duration = std::chrono::seconds(given.number("max_poll_fail_duration"));
    settings.sink.reassembly.max_age = std::chrono::seconds(given.number("max_fragment_duration_s"));
    settings.sink.downlink.limit = static_cast<std::size_t>(given.number("downlink_limit"));
    return settings;
}

} // namespace sink_service
