/// One sink, over its service's D-Bus objects (spec/sink-dbus-api.md, 3 to 5).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"
#include "gateway/target_and_action.hpp"
#include "tools/local/bus.hpp"

#include <array>
#include <map>

namespace sdbus {
class IProxy;
}

namespace gateway::local {

/// The sink, or its service, said no. What it said and what to do is in the text.
class SinkRefused : public std::runtime_error {
public:
    explicit SinkRefused(const Error& error) : std::runtime_error(error.message), code_(error.code) {}
    [[nodiscard]] ApplicationCode code() const { return code_; }

private:
    ApplicationCode code_;
};

/// What to do about a code, in half a sentence; empty where nothing can be said.
std::string_view advice(ApplicationCode code);

using Key = std::array<std::uint8_t, 16>;

struct AppConfig {
    std::uint8_t sequence = 0;
    std::uint16_t diagnostics_interval = 0; ///< seconds
    Bytes data;
};

/// How the link is (org.opengateway.sink.health1).
struct LinkHealth {
    std::string state; ///< "closed", "starting up", "online"
    std::string port;
    std::uint32_t bits_per_second = 0; ///< 0: not known
    std::map<std::string, std::uint64_t> counters;
};

struct OutgoingPacket {
    std::uint32_t destination = 0;
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint32_t initial_delay_ms = 0;
    std::uint8_t qos = 0;
    bool unacknowledged_csma_ca = false;
    std::uint8_t hop_limit = 0;
    Bytes payload;
};

/// Reads give what the sink says, or its refusal, as a Result; what is not about the sink (service
/// gone, silent, forbidden) is thrown as BusError. Writes throw SinkRefused and BusError.
class Sink {
public:
    Sink(Bus& bus, std::string id);
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink();

    [[nodiscard]] const std::string& id() const { return id_; }

    [[nodiscard]] Result<bool> boolean(const char* property);
    [[nodiscard]] Result<std::uint8_t> octet(const char* property);
    [[nodiscard]] Result<std::uint16_t> word(const char* property);
    [[nodiscard]] Result<std::uint32_t> number(const char* property);
    [[nodiscard]] Result<std::vector<std::uint16_t>> words(const char* property);
    [[nodiscard]] Result<AppConfig> app_config();
    [[nodiscard]] Result<TargetAndAction> target();
    /// not_supported from a service without it.
    [[nodiscard]] Result<LinkHealth> health();

    void set_octet(const char* property, std::uint8_t value);
    void set_number(const char* property, std::uint32_t value);
    void set_key(const char* property, const Key& key);
    void clear_keys();
    void set_access_cycle(std::uint16_t min, std::uint16_t max);
    void set_app_config(const AppConfig& config);
    /// Starts or stops the stack; a stop takes as long as the sink reboots.
    void set_stack(bool running);
    /// ok: the sink has accepted the packet.
    ApplicationCode send(const OutgoingPacket& packet);

private:
    template<typename T>
    Result<T> property(const char* name);
    template<typename T>
    void set(const char* name, const T& value);

    std::string id_;
    std::unique_ptr<sdbus::IProxy> proxy_;
};

} // namespace gateway::local
