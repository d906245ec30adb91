/// A backend of one gateway, over MQTT (spec/gateway-backend-api.md).
#pragma once

#include "tools/backend/api.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace gateway::backend {

/// No connection, no answer in time, or asked to stop: what was waited for, and what to look at.
class BackendError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// TLS to the broker; its chain is always verified.
struct BackendTls {
    std::string ca_file = {};     ///< PEM; empty: the system's authorities
    std::string certificate = {}; ///< of the client, PEM; empty: none
    std::string key = {};         ///< of the certificate; empty: in the same file
    bool verify_name = true;      ///< the certificate must name the host
};

struct BackendOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 1883;
    bool websocket = false;
    std::optional<BackendTls> tls = std::nullopt;
    std::optional<std::string> username = std::nullopt;
    std::optional<std::string> password = std::nullopt;
    std::string gateway_id;
    std::chrono::milliseconds connect_limit = std::chrono::seconds(10);
    /// Makes every wait throw BackendError.
    std::stop_token stop;
    /// Called for every uplink packet, in their order, on the MQTT client's thread: must be quick and
    /// must not call the backend.
    std::function<void(const api::PacketReceivedEvent&)> on_packet;
};

/// Connected when created; reconnects and subscribes again by itself when the broker goes away. Its
/// functions may be called from any thread.
class Backend {
public:
    using Milliseconds = std::chrono::milliseconds;

    /// Throws BackendError.
    explicit Backend(BackendOptions options);
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    ~Backend();

    [[nodiscard]] const std::string& gateway_id() const;

    /// The gateway's last status, once it satisfies `condition`. Throws BackendError at the limit; its
    /// text says that `awaited` did not come, and what the last status was.
    api::StatusEvent wait_for_status(
        const std::string& awaited, const std::function<bool(const api::StatusEvent&)>& condition,
        Milliseconds limit);

    /// The same, but nothing at the limit.
    std::optional<api::StatusEvent> status_within(
        const std::function<bool(const api::StatusEvent&)>& condition, Milliseconds limit);

    /// Sends the request in `message`, whose header it fills, and gives the request's id. An empty
    /// `sink_id` is for the requests without a sink.
    std::uint64_t post(api::WirepasMessage message, const std::string& sink_id);

    /// The response to a request that was posted; throws BackendError at the limit. Once per request.
    api::WirepasMessage wait_for_response(std::uint64_t request_id, Milliseconds limit);

    /// Both of the above.
    api::WirepasMessage request(api::WirepasMessage message, const std::string& sink_id, Milliseconds limit);

    /// Octets as they are, for tests of what a gateway does with them.
    void publish_raw(const std::string& topic, const std::string& payload);

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace gateway::backend
