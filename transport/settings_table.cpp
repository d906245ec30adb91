#include "transport/settings.hpp"

#include <array>

namespace transport {
namespace {

using gateway::SettingKind;
using gateway::SettingRow;

const std::array rows = {
    SettingRow{.key = "settings", .environment = {"WM_GW_FILE_SETTINGS"}, .help = "YAML file with settings"},
    SettingRow{
        .key = "mqtt_hostname",
        .environment = {"WM_SERVICES_MQTT_HOSTNAME"},
        .help = "broker's name or address"},
    SettingRow{
        .key = "mqtt_port",
        .environment = {"WM_SERVICES_MQTT_PORT"},
        .kind = SettingKind::number,
        .default_value = "8883",
        .help = "broker's port",
        .min = 1,
        .max = 65535},
    SettingRow{
        .key = "mqtt_username",
        .environment = {"WM_SERVICES_MQTT_USERNAME"},
        .help = "user name on the broker"},
    SettingRow{
        .key = "mqtt_password",
        .environment = {"WM_SERVICES_MQTT_PASSWORD"},
        .help = "password on the broker; better given in a file of its own (mqtt_password_file)",
        .secret = true},
    SettingRow{
        .key = "mqtt_password_file",
        .environment = {"WM_SERVICES_MQTT_PASSWORD_FILE"},
        .help = "file that holds the password, or the name of a systemd credential"},
    SettingRow{
        .key = "mqtt_ca_certs",
        .environment = {"WM_SERVICES_MQTT_CA_CERTS"},
        .help = "PEM file of trusted authorities, or a systemd credential; not set: those of the system"},
    SettingRow{
        .key = "mqtt_certfile",
        .environment = {"WM_SERVICES_MQTT_CLIENT_CRT"},
        .help = "PEM file of the client certificate and its chain, or a systemd credential"},
    SettingRow{
        .key = "mqtt_keyfile",
        .environment = {"WM_SERVICES_MQTT_CLIENT_KEY"},
        .help = "PEM file of its key, or a systemd credential; not set: in the certificate's file"},
    SettingRow{
        .key = "mqtt_cert_reqs",
        .environment = {"WM_SERVICES_MQTT_CERT_REQS"},
        .default_value = "CERT_REQUIRED",
        .help = "whether the broker's certificate is verified",
        .choices = {"CERT_REQUIRED", "CERT_OPTIONAL", "CERT_NONE"}},
    SettingRow{
        .key = "mqtt_tls_version",
        .environment = {"WM_SERVICES_MQTT_TLS_VERSION"},
        .default_value = "PROTOCOL_TLSv1_2",
        .help = "kept for compatibility: TLS 1.2 or newer is used always",
        .choices =
            {"PROTOCOL_TLS", "PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_SERVER", "PROTOCOL_TLSv1",
             "PROTOCOL_TLSv1_1", "PROTOCOL_TLSv1_2"}},
    SettingRow{
        .key = "mqtt_ciphers",
        .environment = {"WM_SERVICES_MQTT_CIPHERS"},
        .help = "OpenSSL cipher list for TLS 1.2"},
    SettingRow{
        .key = "mqtt_persist_session",
        .environment = {"WM_SERVICES_MQTT_PERSIST_SESSION"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "let the broker keep requests while the gateway is away"},
    SettingRow{
        .key = "mqtt_force_unsecure",
        .environment = {"WM_SERVICES_MQTT_FORCE_UNSECURE"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "connect without TLS"},
    SettingRow{
        .key = "mqtt_allow_untrusted",
        .environment = {"WM_SERVICES_MQTT_ALLOW_UNTRUSTED"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "do not compare the broker's name with its certificate"},
    SettingRow{
        .key = "mqtt_reconnect_delay",
        .environment = {"WM_SERVICES_MQTT_RECONNECT_DELAY"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "seconds without a connection before the service exits with status 1; 0: never",
        .max = 1'000'000'000},
    SettingRow{
        .key = "mqtt_max_inflight_messages",
        .environment = {"WM_SERVICES_MQTT_MAX_INFLIGHT_MESSAGES"},
        .kind = SettingKind::number,
        .default_value = "20",
        .help = "messages sent and not yet acknowledged, at most; slow connections get fewer",
        .min = 1,
        .max = 65535},
    SettingRow{
        .key = "mqtt_use_websocket",
        .environment = {"WM_SERVICES_MQTT_USE_WEBSOCKET"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "MQTT over WebSocket"},
    SettingRow{
        .key = "mqtt_profile",
        .environment = {"WM_SERVICES_MQTT_PROFILE"},
        .default_value = "standard",
        .help = "what the broker can do: aws (IoT Core) has no QoS 2, azure (Event Grid) neither QoS 2 nor "
                "retained messages",
        .choices = {"standard", "aws", "azure"}},
    SettingRow{
        .key = "mqtt_rate_limit_pps",
        .environment = {"WM_SERVICES_MQTT_RATE_LIMIT_PPS"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "messages handed out in one second at most; 0: no limit",
        .max = 1'000'000},
    SettingRow{
        .key = "gateway_id",
        .environment = {"WM_GW_ID"},
        .help = "the gateway's unique name; not set: the hardware address of the first network interface"},
    SettingRow{
        .key = "gateway_model",
        .short_names = {"gm"},
        .environment = {"WM_GW_MODEL"},
        .help = "shown to backends"},
    SettingRow{
        .key = "gateway_version",
        .short_names = {"gv"},
        .environment = {"WM_GW_VERSION"},
        .help = "shown to backends"},
    SettingRow{
        .key = "gateway_max_scratchpad_size",
        .short_names = {"gmss"},
        .environment = {"WM_GW_MAX_SCRAT_SIZE"},
        .kind = SettingKind::number,
        .help = "octets of scratchpad that one request may carry; larger files come in chunks",
        .max = 0xFFFFFFFF,
        .short_names_in_file = false},
    SettingRow{
        .key = "full_python",
        .short_names = {"fp"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "accepted for compatibility, no effect"},
    SettingRow{
        .key = "ignored_endpoints_filter",
        .short_names = {"iepf"},
        .environment = {"WM_GW_IGNORED_ENDPOINTS_FILTER"},
        .help = "destination endpoints whose packets are dropped, such as 1,2,10-12",
        .list = true},
    SettingRow{
        .key = "whitened_endpoints_filter",
        .short_names = {"wepf"},
        .environment = {"WM_GW_WHITENED_ENDPOINTS_FILTER"},
        .help = "destination endpoints whose payloads are left out",
        .list = true},
    SettingRow{
        .key = "buffering_max_buffered_packets",
        .environment = {"WM_GW_BUFFERING_MAX_BUFFERED_PACKETS"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "queued packets above which the sinks turn traffic away; 0: not used",
        .min = INT64_MIN},
    SettingRow{
        .key = "buffering_max_delay_without_publish",
        .environment = {"WM_GW_BUFFERING_MAX_DELAY_WITHOUT_PUBLISH"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "seconds without an acknowledgement after which the sinks turn traffic away; 0: not used",
        .min = INT64_MIN,
        .max = 1'000'000'000},
    SettingRow{
        .key = "buffering_stop_stack",
        .environment = {"WM_GW_BUFFERING_STOP_STACK"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "turn traffic away by stopping the stacks instead of raising the sink cost"},
    SettingRow{
        .key = "buffering_minimal_sink_cost",
        .environment = {"WM_GW_BUFFERING_MINIMAL_SINK_COST"},
        .kind = SettingKind::number,
        .default_value = "0",
        .help = "sink cost in normal operation",
        .max = 254},
    SettingRow{
        .key = "debug_incr_data_event_id",
        .environment = {"WM_SERVICES_DEBUG_INCR_EVENT_ID"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "number data events 0, 1, 2, ... instead of at random"},
    // The gateway's own.
    SettingRow{
        .key = "state_directory",
        .environment = {"WM_GW_STATE_DIRECTORY", "STATE_DIRECTORY"},
        .default_value = "/var/lib/wirepas-gateway",
        .help = "folder for what must survive a restart",
        .empty_is_default = true},
    SettingRow{
        .key = "request_repetition_memory",
        .environment = {"WM_GW_REQUEST_REPETITION_MEMORY"},
        .kind = SettingKind::number,
        .default_value = "30",
        .help = "seconds during which a repeated request is not executed again; 0: off",
        .max = 86400},
    SettingRow{
        .key = "max_upload_memory",
        .environment = {"WM_GW_MAX_UPLOAD_MEMORY"},
        .kind = SettingKind::number,
        .default_value = "33554432",
        .help = "octets that all chunked uploads under way may announce together",
        .min = 96,
        .max = 0x7FFFFFFF},
    SettingRow{
        .key = "outbox_file",
        .environment = {"WM_GW_OUTBOX_FILE"},
        .default_value = "outbox.sqlite",
        .help = "where packets wait that the broker does not have yet, in the state directory; none: memory "
                "only",
        .empty_is_default = true},
    SettingRow{
        .key = "outbox_store_after_ms",
        .environment = {"WM_GW_OUTBOX_STORE_AFTER_MS"},
        .kind = SettingKind::number,
        .default_value = "1000",
        .help = "a packet that waits longer for the broker is stored; 0: every packet is",
        .max = 3'600'000},
    SettingRow{
        .key = "outbox_sync_interval_ms",
        .environment = {"WM_GW_OUTBOX_SYNC_INTERVAL_MS"},
        .kind = SettingKind::number,
        .default_value = "200",
        .help = "between two writes to the storage",
        .min = 10,
        .max = 60'000},
    SettingRow{
        .key = "outbox_max_packets",
        .environment = {"WM_GW_OUTBOX_MAX_PACKETS"},
        .kind = SettingKind::number,
        .default_value = "1000000",
        .help = "packets that may wait",
        .min = 1000,
        .max = 1'000'000'000},
    SettingRow{
        .key = "outbox_max_megabytes",
        .environment = {"WM_GW_OUTBOX_MAX_MEGABYTES"},
        .kind = SettingKind::number,
        .default_value = "256",
        .help = "their octets, in units of 1,048,576",
        .min = 1,
        .max = 1'000'000},
    SettingRow{
        .key = "outbox_full_wait_s",
        .environment = {"WM_GW_OUTBOX_FULL_WAIT_S"},
        .kind = SettingKind::number,
        .default_value = "60",
        .help = "seconds during which a full outbox holds the sinks back before the oldest packets go",
        .max = 31'536'000},
    SettingRow{
        .key = "metrics_address",
        .environment = {"WM_GW_METRICS_ADDRESS"},
        .default_value = "127.0.0.1:9717",
        .help = "numeric address and port of the metrics for Prometheus (GET /metrics); empty: none"},
    SettingRow{
        .key = "sink_read_timeout",
        .environment = {"WM_GW_SINK_READ_TIMEOUT"},
        .kind = SettingKind::number,
        .default_value = "5",
        .help = "seconds for reading something from a sink service",
        .min = 1,
        .max = 60},
    SettingRow{
        .key = "sink_write_timeout",
        .environment = {"WM_GW_SINK_WRITE_TIMEOUT"},
        .kind = SettingKind::number,
        .default_value = "10",
        .help = "seconds for writing something, and for sending a packet",
        .min = 1,
        .max = 300},
    SettingRow{
        .key = "sink_stack_timeout",
        .environment = {"WM_GW_SINK_STACK_TIMEOUT"},
        .kind = SettingKind::number,
        .default_value = "150",
        .help = "seconds for starting or stopping a stack, and for clearing a scratchpad",
        .min = 1,
        .max = 3600},
    SettingRow{
        .key = "sink_process_timeout",
        .environment = {"WM_GW_SINK_PROCESS_TIMEOUT"},
        .kind = SettingKind::number,
        .default_value = "300",
        .help = "seconds for processing a scratchpad",
        .min = 1,
        .max = 3600},
    SettingRow{
        .key = "sink_upload_timeout",
        .environment = {"WM_GW_SINK_UPLOAD_TIMEOUT"},
        .kind = SettingKind::number,
        .default_value = "120",
        .help = "seconds for uploading a scratchpad, at least: a large one gets more",
        .min = 1,
        .max = 1800},
    // Old names.
    SettingRow{
        .key = "host",
        .short_names = {"s"},
        .help = "old name of mqtt_hostname",
        .replaced_by = "mqtt_hostname"},
    SettingRow{
        .key = "port",
        .short_names = {"p"},
        .kind = SettingKind::number,
        .default_value = "8883",
        .help = "old name of mqtt_port",
        .min = 1,
        .max = 65535,
        .replaced_by = "mqtt_port"},
    SettingRow{
        .key = "username",
        .short_names = {"u"},
        .help = "old name of mqtt_username",
        .replaced_by = "mqtt_username"},
    SettingRow{
        .key = "password",
        .short_names = {"pw"},
        .help = "old name of mqtt_password",
        .secret = true,
        .replaced_by = "mqtt_password"},
    SettingRow{
        .key = "tlsfile",
        .short_names = {"t"},
        .help = "old name of mqtt_certfile",
        .replaced_by = "mqtt_certfile"},
    SettingRow{
        .key = "unsecure_authentication",
        .short_names = {"ua"},
        .kind = SettingKind::boolean,
        .default_value = "false",
        .help = "old name of mqtt_force_unsecure",
        .replaced_by = "mqtt_force_unsecure"},
    SettingRow{
        .key = "gwid", .short_names = {"i"}, .help = "old name of gateway_id", .replaced_by = "gateway_id"},
};

} // namespace

std::span<const gateway::SettingRow> setting_rows()
{
    return rows;
}

} // namespace transport
