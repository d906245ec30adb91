/// A whole gateway with a backend at its broker, for tests that read like stories.
#pragma once

#include "gateway/bytes.hpp"
#include "tools/backend/requests.hpp"
#include "tools/stand/stand.hpp"

#include "generic_message.pb.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace integration {

namespace api = gateway::backend::api;
using gateway::backend::Backend;
using namespace std::chrono_literals;

/// Enough for sanitizers on a busy machine; nothing takes this long when it works.
inline constexpr auto patience = 60s;
inline constexpr const char* gateway_id = "gw-1";
inline constexpr const char* sink0 = "sink0";

/// Uplink packets in the order of their arrival. Filled by the backend's thread.
class Packets {
public:
    void add(const api::PacketReceivedEvent& packet);
    /// The first `count` packets, or those that came within `patience`.
    std::vector<api::PacketReceivedEvent> wait(std::size_t count);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<api::PacketReceivedEvent> packets_;
};

/// A backend of `gateway_id` at a broker on this machine.
std::unique_ptr<Backend> connect_backend(gateway::stand::Broker& broker, Packets* packets = nullptr);

/// ONLINE with this many sinks; with one, it can be asked whether its stack runs.
bool is_online(const api::StatusEvent& status, int sinks = 1);
bool is_offline(const api::StatusEvent& status);
api::StatusEvent wait_until_online(Backend& backend, int sinks = 1);

struct GatewayOptions {
    std::vector<std::string> simulator = {"--start"};
    std::vector<std::string> transport = {};
    double uplink_rate = 0; ///< packets per second
    gateway::stand::BrokerOptions broker = {};
};

/// Bus, broker, simulated sink, both services and a backend that has seen the gateway ONLINE. When a
/// test fails, the ends of all logs are written.
class GatewayUnderTest {
public:
    explicit GatewayUnderTest(GatewayOptions options = {});
    GatewayUnderTest(const GatewayUnderTest&) = delete;
    GatewayUnderTest& operator=(const GatewayUnderTest&) = delete;
    ~GatewayUnderTest();

    gateway::stand::Stand& stand() { return stand_; }
    Backend& backend() { return *backend_; }
    Packets& packets() { return packets_; }

    /// A command to the simulator: {"command": "state"} and such. Throws when it is refused.
    nlohmann::json simulator(const nlohmann::json& command);
    nlohmann::json simulator_state() { return simulator({{"command", "state"}}); }

private:
    int exceptions_;
    gateway::stand::Stand stand_;
    Packets packets_;
    std::unique_ptr<Backend> backend_;
};

/// A file of tests/fixtures/scratchpads.
gateway::Bytes read_fixture(const std::string& name);

/// What an assertion prints when a result is not the expected one.
std::string result_of(const api::ResponseHeader& header);

} // namespace integration
