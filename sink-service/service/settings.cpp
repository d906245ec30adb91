#include "sink-service/service/settings.hpp"

namespace sink_service {
namespace {

using gateway::SettingKind;
using gateway::SettingRow;

SettingRow number_row(
    std::string_view key, std::string_view default_value, std::int64_t min, std::int64_t max,
    std::string_view help)
{
    SettingRow row;
    row.key = key;
    row.kind = SettingKind::number;
    row.default_value = default_value;
    row.min = min;
    row.max = max;
    row.help = help;
    return row;
}

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
    // Our own, with the defaults of the specification.
    number_row("downlink_queue", "64", 1, 10000, "packets that may wait while the sink has no room"),
    number_row("downlink_wait_ms", "5000", 0, 20000, "how long one may wait for room"),
    number_row("poll_busy_us", "1000", 100, 1000000, "poll interval just after an indication, microseconds"),
    number_row("poll_busy_limit_us", "5000", 100, 1000000, "what it doubles to while the sink is busy"),
    number_row("poll_busy_time_ms", "200", 0, 60000, "how long after an indication the sink counts as busy"),
    number_row("poll_idle_us", "20000", 1000, 1000000, "what the poll interval grows to, microseconds"),
    number_row("poll_burst", "30", 1, 255, "indications in one poll exchange"),
    number_row(
        "leading_ends", "3", 1, 16, "END octets in front of a frame, to wake a sleeping UART receiver"),
    number_row("refresh_s", "30", 1, 3600, "how often the sink's attributes are read again"),
    number_row("hold_packets", "10000", 10, 1000000, "packets held for consumers that acknowledge"),
    number_row("hold_octets", "8388608", 65536, 1073741824, "octets held for them"),
    number_row(
        "delivery_window", "200", 10, 1000000,
        "packets that all attached consumers may leave unacknowledged before the sink is not polled"),
    number_row("hold_for_s", "600", 1, 86400, "how long they are held for one that left"),
    number_row(
        "hold_first_s", "10", 0, 600,
        "how long after the start they are held for one that has yet to attach"),
    SettingRow{
        .key = "signal_for_all",
        .kind = SettingKind::boolean,
        .default_value = "true",
        .help = "send MessageReceived also while a consumer of the delivery interface is attached"},
};

} // namespace

std::span<const SettingRow> setting_rows()
{
    return rows;
}

ServiceSettings to_settings(const gateway::Settings& given)
{
    if (!given.is_set("uart_port"))
        throw gateway::SettingsError("uart_port is empty: give the serial port of the sink (-p)");
    const auto count = [&](std::string_view key) { return static_cast<std::size_t>(given.number(key)); };
    using std::chrono::microseconds;
    using std::chrono::milliseconds;
    using std::chrono::seconds;

    ServiceSettings settings;
    settings.sink_id = static_cast<unsigned>(given.number("sink_id"));
    settings.signal_for_all = given.flag("signal_for_all");
    dual_mcu::LinkSettings& link = settings.sink.link;
    link.port = given.text("uart_port");
    link.bits_per_second = static_cast<std::uint32_t>(given.number("baudrate"));
    link.max_poll_fail_duration = seconds(given.number("max_poll_fail_duration"));
    link.leading_ends = count("leading_ends");
    link.polling.busy_interval = microseconds(given.number("poll_busy_us"));
    link.polling.busy_limit = microseconds(given.number("poll_busy_limit_us"));
    link.polling.busy_time = milliseconds(given.number("poll_busy_time_ms"));
    link.polling.idle_interval = microseconds(given.number("poll_idle_us"));
    link.polling.burst = count("poll_burst");
    settings.sink.refresh_interval = seconds(given.number("refresh_s"));
    settings.sink.reassembly.max_age = seconds(given.number("max_fragment_duration_s"));
    settings.sink.downlink.limit = count("downlink_limit");
    settings.sink.downlink.queue_limit = count("downlink_queue");
    settings.sink.downlink.time_limit = milliseconds(given.number("downlink_wait_ms"));
    settings.hold.max_packets = count("hold_packets");
    settings.hold.max_octets = count("hold_octets");
    settings.hold.window = count("delivery_window");
    settings.hold.keep_first_for = seconds(given.number("hold_first_s"));
    settings.hold.keep_for = seconds(given.number("hold_for_s"));
    return settings;
}

} // namespace sink_service
