/// One sink on the bus: its operations, and what is remembered of it
/// (docs/spec/sink-dbus-api.md, 3 to 5). For the loop's thread.
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/target_and_action.hpp"
#include "transport/metrics/snapshot.hpp"
#include "transport/sinks/bus_call.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sdbus {
class IConnection;
}

namespace transport {

struct SinkMemory;

enum class SinkInterface : std::uint8_t { config, otap };

/// A property as its numbers: one, or those of an array; booleans as 0 and 1.
using PropertyValue = std::vector<std::uint32_t>;

struct AppConfig {
    std::uint8_t sequence = 0;
    std::uint16_t interval_s = 0;
    gateway::Bytes data;
};

struct ConfigDataItem {
    std::uint16_t endpoint = 0;
    gateway::Bytes payload;
};

/// A key pair of key management; its octets never reach a log.
struct KeyPair {
    gateway::ByteView cipher;
    gateway::ByteView authentication;
    std::uint8_t sequence = 0;
};

/// A consumer's place in the stream of packets.
struct Attached {
    std::uint64_t stream = 0;
    std::uint64_t oldest = 0; ///< number of the first packet that will come
};

struct DownlinkPacket {
    std::uint32_t destination_address = 0;
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint32_t initial_delay_ms = 0;
    std::uint8_t qos = 0;
    bool unacknowledged_csma_ca = false;
    std::uint8_t hop_limit = 0;
    gateway::ByteView payload;
};

/// One owner of a sink's bus name: a new owner is a new Sink. Must be destroyed outside of the
/// replies of its calls.
class Sink {
public:
    Sink(std::shared_ptr<sdbus::IConnection> connection, std::string id, std::string owner);
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink();

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const std::string& owner() const { return owner_; } ///< unique bus name
    [[nodiscard]] bool gone() const { return gone_; }
    /// Ends all calls as gone; there will be no more.
    void set_gone();
    /// Ends an upload under way, because this service stops.
    void abandon_upload();

    BusCall<PropertyValue> read(SinkInterface interface, const char* property);
    BusCall<Done> write(const char* property, std::uint32_t value);
    /// 'CipherKey' or 'AuthenticationKey'.
    BusCall<Done> write_key(const char* property, gateway::ByteView key);

    BusCall<bool> set_stack_state(bool running);
    BusCall<AppConfig> app_config();
    BusCall<Done> set_app_config(std::uint8_t sequence, std::uint16_t interval_s, gateway::ByteView data);
    BusCall<Done> set_access_cycle_range(std::uint16_t min_ms, std::uint16_t max_ms);
    BusCall<std::vector<ConfigDataItem>> config_data_content();
    BusCall<gateway::Bytes> config_data_item(std::uint16_t endpoint);
    BusCall<Done> set_config_data_item(std::uint16_t endpoint, gateway::ByteView payload);
    BusCall<Done> set_network_keys(const KeyPair& keys);
    BusCall<Done> set_management_keys(const KeyPair& keys);

    /// Gives the application code's number.
    BusCall<std::uint32_t> send_message(const DownlinkPacket& packet);

    /// The delivery interface (docs/spec/sink-dbus-api.md, 9); a service of the reference has none.
    BusCall<Attached> attach(const std::string& consumer);
    void acknowledge(const std::string& consumer, std::uint64_t number);

    BusCall<Done> upload_scratchpad(std::uint8_t sequence, gateway::ByteView file);
    BusCall<Done> clear_scratchpad();
    BusCall<Done> process_scratchpad();
    /// Has this long to answer.
    BusCall<gateway::TargetAndAction> target(std::chrono::microseconds limit);
    BusCall<Done> set_target(const gateway::TargetAndAction& target);

    /// Ours alone: the reference's sink service has no such interface.
    BusCall<LinkHealth> link_health();

    /// What was read last; kept while the Sink lives.
    SinkMemory& memory() { return *memory_; }
    [[nodiscard]] const SinkMemory& memory() const { return *memory_; }

private:
    class Calls;

    std::shared_ptr<sdbus::IConnection> connection_;
    std::string id_;
    std::string owner_;
    bool gone_ = false;
    std::unique_ptr<Calls> calls_;
    std::unique_ptr<SinkMemory> memory_;
};

} // namespace transport
