/// The transport service's settings (docs/spec/gateway-backend-api.md, 10.1, 10.2).
#pragma once

#include "gateway/settings.hpp"
#include "transport/endpoint_filter.hpp"
#include "transport/metrics/listen_address.hpp"
#include "transport/mqtt/profile.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace transport {

/// Section 9.7. Files are read again before each connection attempt.
struct TlsSettings {
    std::string ca_certificates; ///< PEM path; empty: the system's store
    std::string certificate;     ///< PEM path; empty: no client certificate
    std::string key;             ///< PEM path; empty: in the certificate's file
    std::string ciphers;         ///< OpenSSL list; empty: the library's default
    bool verify_chain = true;
    bool verify_name = true;
};

struct BrokerSettings {
    std::string hostname;
    std::uint16_t port = 8883;
    std::optional<std::string> username;
    std::optional<std::string> password; ///< never logged
    std::string password_file;           ///< path; read before each connection; empty: `password` counts
    std::optional<TlsSettings> tls;      ///< nothing: unencrypted
    BrokerProfile profile = BrokerProfile::standard;
    bool websocket = false;
    bool persist_session = false;
    std::chrono::seconds give_up_after{0}; ///< without a connection; 0: never (9.4)
    std::size_t max_inflight = 20;
    std::uint32_t rate_limit_pps = 0; ///< 0: none
};

/// Black-hole protection (8.4).
struct BufferingSettings {
    std::int64_t max_buffered_packets = 0;
    std::chrono::seconds max_delay_without_publish{0};
    bool stop_stack = false;
    std::uint8_t minimal_sink_cost = 0;
};

/// What survives a restart (8.1; docs/outbox.md).
struct StoreSettings {
    std::string file;                             ///< empty: memory only
    std::chrono::milliseconds store_after{1000};  ///< an event that waits longer is stored; 0: each is
    std::chrono::milliseconds sync_interval{200}; ///< between two writes
    std::size_t max_events = 1'000'000;
    std::size_t max_octets = 256 * 1024 * 1024;
    std::chrono::seconds full_wait{60}; ///< back-pressure before the oldest events go
};

/// How long a call to a sink service may take (4.2).
struct SinkDeadlines {
    std::chrono::seconds read{5};
    std::chrono::seconds write{10};
    std::chrono::seconds stack{150}; ///< starting, stopping, clearing the scratchpad
    std::chrono::seconds process{300};
    std::chrono::seconds upload{120}; ///< at least; a large file gets more
};

struct TransportSettings {
    std::string gateway_id;
    std::optional<std::string> gateway_model;
    std::optional<std::string> gateway_version;
    std::optional<std::uint32_t> max_scratchpad_size; ///< octets a request may carry; never 0
    BrokerSettings broker;
    EndpointSet ignored_endpoints;
    EndpointSet whitened_endpoints;
    BufferingSettings buffering;
    StoreSettings store;
    SinkDeadlines sink_deadlines;
    bool count_event_ids = false;
    std::string state_directory;
    std::optional<ListenAddress> metrics_address;     ///< nothing: no metrics
    std::chrono::seconds repetition_memory{30};       ///< 0: off (4.2)
    std::size_t max_upload_memory = 32 * 1024 * 1024; ///< octets announced by all chunked uploads (4.7)
    std::vector<std::string> warnings;                ///< to be logged once logging is set up
};

/// All rows, for resolving and for `--help`.
std::span<const gateway::SettingRow> setting_rows();

/// Resolves and checks. Throws gateway::SettingsError.
TransportSettings read_settings(const gateway::SettingsInput& input);

} // namespace transport
