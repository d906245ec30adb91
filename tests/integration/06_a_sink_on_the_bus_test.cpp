/// The sink service alone, as a local client sees it: the reference contract to the letter, and what
/// is ours beside it (spec/sink-dbus-api.md).
#include "gateway/bytes.hpp"
#include "gateway/dbus/sink_contract.hpp"
#include "tools/stand/private_bus.hpp"
#include "tools/stand/services.hpp"
#include "tools/stand/simulated_sink.hpp"
#include "tools/stand/temporary_directory.hpp"
#include "tools/stand/wait.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sdbus-c++/sdbus-c++.h>

using namespace std::chrono_literals;
using gateway::stand::Deadline;
using gateway::stand::wait_until;
namespace contract = gateway::sink_contract;

namespace {

constexpr auto patience = 30s;
constexpr const char* name = "com.wirepas.sink.sink0";
constexpr const char* delivery = "org.opengateway.sink.delivery1";
constexpr const char* health = "org.opengateway.sink.health1";
constexpr const char* upload = "org.opengateway.sink.upload1";

using Octets = std::vector<std::uint8_t>;
using Packet = sdbus::Struct<
    std::uint64_t, std::uint64_t, std::uint32_t, std::uint32_t, std::uint8_t, std::uint8_t, std::uint32_t,
    std::uint8_t, std::uint8_t, Octets>;

Octets read_fixture(const std::string& file_name)
{
    std::ifstream file(std::string(FIXTURES) + "/scratchpads/" + file_name, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A bus, a simulated sink and its service.
class SinkOnTheBus {
public:
    explicit SinkOnTheBus(
        std::vector<std::string> simulator = {"--start"}, const std::vector<std::string>& arguments = {})
        : bus(directory.path()),
          sink(directory.path(), {"sink0", 0, std::move(simulator)}),
          arguments_(arguments)
    {
        start_service();
        wait_for_name(true);
    }

    void start_service()
    {
        service.emplace(gateway::stand::sink_service_command(
            directory.path(), {sink.port(), bus.address(), 0, "sink-service", arguments_}));
    }

    void wait_for_name(bool owned)
    {
        REQUIRE(wait_until([&] { return bus.has_owner(name) == owned; }, Deadline(patience)));
    }

    nlohmann::json control(const nlohmann::json& command)
    {
        const auto answer = nlohmann::json::parse(sink.control(command.dump()));
        REQUIRE(answer.at("ok") == true);
        return answer;
    }

    gateway::stand::TemporaryDirectory directory;
    gateway::stand::PrivateBus bus;
    gateway::stand::SimulatedSink sink;
    std::optional<gateway::stand::ChildProcess> service;

private:
    std::vector<std::string> arguments_;
};

/// A local client with its own connection.
class Client {
public:
    explicit Client(const SinkOnTheBus& where)
        : connection_(sdbus::createSessionBusConnectionWithAddress(where.bus.address())),
          proxy_(sdbus::createProxy(*connection_, name, contract::object_path))
    {
        proxy_->uponSignal("MessageReceived")
            .onInterface(contract::data_interface)
            .call([this](
                      std::uint64_t, std::uint32_t, std::uint32_t, std::uint8_t, std::uint8_t, std::uint32_t,
                      std::uint8_t, std::uint8_t,
                      const Octets& payload) { note([&] { plain.push_back(payload.at(0)); }); });
        proxy_->uponSignal("Packets").onInterface(delivery).call(
            [this](std::uint64_t stream, const std::vector<Packet>& packets) {
                note([&] {
                    for (const Packet& packet : packets)
                        numbered.push_back({stream, std::get<0>(packet), std::get<9>(packet).at(0)});
                });
            });
        proxy_->uponSignal("StackStarted").onInterface(contract::config_interface).call([this] {
            note([&] { events.emplace_back("started"); });
        });
        proxy_->uponSignal("StackStopped").onInterface(contract::config_interface).call([this] {
            note([&] { events.emplace_back("stopped"); });
        });
        proxy_->uponSignal("Progress").onInterface(upload).call([this](std::uint32_t octets, std::uint32_t) {
            note([&] { progress.push_back(octets); });
        });
        proxy_->uponSignal("PropertiesChanged")
            .onInterface("org.freedesktop.DBus.Properties")
            .call([this](
                      const std::string&, const std::map<std::string, sdbus::Variant>& values,
                      const std::vector<std::string>&) {
                note([&] {
                    for (const auto& [property, value] : values)
                        changed.push_back(property);
                });
            });
        proxy_->finishRegistration();
        connection_->enterEventLoopAsync();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client()
    {
        connection_->leaveEventLoop();
        proxy_.reset();
    }

    sdbus::IProxy& proxy() { return *proxy_; }

    template<typename... Arguments>
    void call(const char* interface, const char* method, const Arguments&... arguments)
    {
        proxy_->callMethod(method).onInterface(interface).withTimeout(patience).withArguments(arguments...);
    }

    template<typename Value, typename... Arguments>
    Value ask(const char* interface, const char* method, const Arguments&... arguments)
    {
        Value value{};
        proxy_->callMethod(method)
            .onInterface(interface)
            .withTimeout(patience)
            .withArguments(arguments...)
            .storeResultsTo(value);
        return value;
    }

    template<typename Value>
    Value property(const char* interface, const char* property_name)
    {
        return proxy_->getProperty(property_name).onInterface(interface).get<Value>();
    }

    /// The message of the error that a call ends with.
    template<typename Call>
    std::string error_of(const Call& call)
    {
        try {
            call();
        } catch (const sdbus::Error& error) {
            CHECK(error.getName() == contract::error_name);
            return error.getMessage();
        }
        FAIL("the call should have failed");
        return {};
    }

    template<typename Condition>
    bool wait(const Condition& condition)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, condition);
    }

    struct Numbered {
        std::uint64_t stream;
        std::uint64_t number;
        std::uint8_t octet;
        friend bool operator==(const Numbered&, const Numbered&) = default;
    };
    std::vector<std::uint8_t> plain;     // NOLINT(misc-non-private-member-variables-in-classes)
    std::vector<Numbered> numbered;      // NOLINT
    std::vector<std::string> events;     // NOLINT
    std::vector<std::string> changed;    // NOLINT
    std::vector<std::uint32_t> progress; // NOLINT

private:
    template<typename Change>
    void note(const Change& change)
    {
        const std::lock_guard lock(mutex_);
        change();
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::unique_ptr<sdbus::IConnection> connection_;
    std::unique_ptr<sdbus::IProxy> proxy_;
};

void inject(SinkOnTheBus& sink, std::uint8_t first, std::uint8_t count)
{
    for (int i = 0; i < count; ++i) {
        const std::vector<std::uint8_t> payload = {static_cast<std::uint8_t>(first + i)};
        sink.control({{"command", "uplink"}, {"payload", gateway::to_hex(payload)}});
    }
}

} // namespace

TEST_CASE("a client finds the contract and what is ours beside it", "[sink-service]")
{
    SinkOnTheBus sink;
    Client client(sink);
    const std::string xml = sink.bus.introspect(name, contract::object_path);
    for (const char* interface :
         {contract::config_interface, contract::data_interface, contract::otap_interface, delivery, health,
          upload})
        CHECK(xml.find(std::string("<interface name=\"") + interface + "\"") != std::string::npos);
    CHECK(xml.find("<!--") != std::string::npos); // documented

    // GetAll leaves out what has no value, and single reads say why.
    for (const char* interface : {contract::config_interface, contract::otap_interface}) {
        std::map<std::string, sdbus::Variant> all;
        client.proxy()
            .callMethod("GetAll")
            .onInterface("org.freedesktop.DBus.Properties")
            .withArguments(std::string(interface))
            .storeResultsTo(all);
        CHECK_FALSE(all.empty());
        CHECK(all.contains("ChannelMap") == false);
    }
    const std::string unset =
        client.error_of([&] { client.property<std::uint32_t>(contract::config_interface, "ChannelMap"); });
    CHECK(contract::parse_error(unset) == gateway::ApplicationCode::attribute_not_set);
    CHECK(
        client.property<std::vector<std::uint16_t>>(contract::config_interface, "FirmwareVersion").size() ==
        4);
    CHECK(client.property<Octets>(contract::config_interface, "CipherKey") == Octets(16, 0xFF));
}

TEST_CASE("property writes need a stopped stack, and are announced", "[sink-service]")
{
    SinkOnTheBus sink;
    Client client(sink);
    const auto set_address = [&](std::uint32_t address) {
        client.proxy().setProperty("NodeAddress").onInterface(contract::config_interface).toValue(address);
    };
    CHECK(contract::parse_error(client.error_of([&] {
              set_address(77);
          })) == gateway::ApplicationCode::stack_not_stopped);

    CHECK(client.ask<bool>(contract::config_interface, "SetStackState", false));
    CHECK(client.wait([&] { return client.events == std::vector<std::string>{"stopped"}; }));
    set_address(77);
    CHECK(client.property<std::uint32_t>(contract::config_interface, "NodeAddress") == 77);
    CHECK(client.wait(
        [&] { return std::ranges::find(client.changed, "NodeAddress") != client.changed.end(); }));
    CHECK(contract::parse_error(client.error_of([&] {
              set_address(0xFFFFFFFF);
          })) == gateway::ApplicationCode::invalid_value);

    client.proxy().setProperty("CipherKey").onInterface(contract::config_interface).toValue(Octets(16, 7));
    CHECK(client.property<bool>(contract::config_interface, "CipherKeySet"));
    CHECK(contract::parse_error(client.error_of([&] {
              client.proxy()
                  .setProperty("CipherKey")
                  .onInterface(contract::config_interface)
                  .toValue(Octets(15, 7));
          })) == gateway::ApplicationCode::invalid_value);
    client.call(contract::config_interface, "ClearCipherKey");
    CHECK_FALSE(client.property<bool>(contract::config_interface, "CipherKeySet"));
    CHECK(client.ask<bool>(contract::config_interface, "SetStackState", true));
    CHECK(client.wait([&] { return client.events == std::vector<std::string>{"stopped", "started"}; }));
}

TEST_CASE("an upload tells its progress, and ends when its caller leaves", "[sink-service]")
{
    // Ten octets a millisecond: long enough to be interrupted.
    SinkOnTheBus sink({"--baud", "115200"}, {"-b", "115200"});
    Client watcher(sink);
    {
        Client uploader(sink);
        uploader.proxy()
            .callMethodAsync("UploadScratchpad")
            .onInterface(contract::otap_interface)
            .withArguments(std::uint8_t{9}, read_fixture("stack-app-100k.otap"))
            .uponReplyInvoke([](const sdbus::Error*) {});
        REQUIRE(watcher.wait([&] { return watcher.progress.size() > 2; }));
        // Meanwhile everybody else is answered.
        CHECK(watcher.property<std::uint8_t>(contract::config_interface, "MaxMtu") == 102);
        CHECK(
            watcher
                .error_of([&] {
                    watcher.call(
                        contract::otap_interface, "UploadScratchpad", std::uint8_t{9},
                        read_fixture("min-96.otap"));
                })
                .find("under way") != std::string::npos);
    }
    // The sink is free again for the next one.
    REQUIRE(wait_until(
        [&] {
            try {
                watcher.call(
                    contract::otap_interface, "UploadScratchpad", std::uint8_t{5},
                    read_fixture("min-96.otap"));
                return true;
            } catch (const sdbus::Error&) {
                return false;
            }
        },
        Deadline(patience)));
    CHECK(watcher.property<std::uint8_t>(contract::otap_interface, "StoredSeq") == 5);
    CHECK(watcher.property<std::uint32_t>(contract::otap_interface, "StoredLen") == 96);
}

TEST_CASE("a consumer that acknowledges gets every packet, also those it missed", "[sink-service]")
{
    SinkOnTheBus sink;
    auto first = std::make_unique<Client>(sink);
    std::uint64_t stream = 0;
    std::uint64_t oldest = 0;
    const auto attach = [&](Client& client) {
        client.proxy()
            .callMethod("Attach")
            .onInterface(delivery)
            .withArguments(std::string("gw@broker:8883"))
            .storeResultsTo(stream, oldest);
    };
    attach(*first);
    const std::uint64_t first_stream = stream;
    const std::uint64_t begin = oldest;
    inject(sink, 0, 5);
    REQUIRE(first->wait([&] { return first->numbered.size() == 5 && first->plain.size() == 5; }));
    for (std::size_t i = 0; i < 5; ++i)
        CHECK(first->numbered[i] == Client::Numbered{stream, begin + i, static_cast<std::uint8_t>(i)});
    first->call(delivery, "Acknowledge", std::string("gw@broker:8883"), begin + 1);

    // It goes away with three packets unacknowledged; two more come meanwhile.
    first.reset();
    inject(sink, 5, 2);
    Client second(sink);
    attach(second);
    CHECK(stream == first_stream);
    CHECK(oldest == begin + 2);
    REQUIRE(second.wait([&] { return second.numbered.size() == 5; }));
    for (std::size_t i = 0; i < 5; ++i)
        CHECK(
            second.numbered[i] == Client::Numbered{stream, begin + 2 + i, static_cast<std::uint8_t>(2 + i)});
    second.call(delivery, "Acknowledge", std::string("gw@broker:8883"), begin + 6);
    second.call(delivery, "Detach", std::string("gw@broker:8883"));
    CHECK(
        second.error_of([&] { second.call(delivery, "Detach", std::string("gw@broker:8883")); })
            .find("attach again") != std::string::npos);

    // A new start of the service is a new stream.
    sink.service->kill();
    sink.wait_for_name(false);
    sink.start_service();
    sink.wait_for_name(true);
    attach(second);
    CHECK(stream != first_stream);
}

TEST_CASE("packets that nobody acknowledges stay in the mesh, and none is lost", "[sink-service]")
{
    SinkOnTheBus sink({"--start"}, {"--hold_packets", "20"});
    Client client(sink);
    std::uint64_t stream = 0;
    std::uint64_t oldest = 0;
    client.proxy()
        .callMethod("Attach")
        .onInterface(delivery)
        .withArguments(std::string("slow"))
        .storeResultsTo(stream, oldest);
    constexpr std::size_t count = 200;
    inject(sink, 0, count);
    REQUIRE(client.wait([&] { return client.numbered.size() >= 20; }));
    // The link takes no more: exchanges, between which it would poll, bring what was under way at most.
    constexpr std::size_t under_way = 64 + 30; // to the bus, and of one poll exchange
    for (std::uint8_t cost = 0; cost < 20; ++cost)
        client.proxy().setProperty("SinkCost").onInterface(contract::config_interface).toValue(cost);
    std::map<std::string, std::uint64_t> counters;
    std::string state;
    std::string port;
    std::uint32_t rate = 0;
    const auto status = [&] {
        client.proxy()
            .callMethod("GetStatus")
            .onInterface(health)
            .storeResultsTo(state, port, rate, counters);
    };
    status();
    CHECK(state == "online");
    CHECK(counters.at("packets_held") <= 20 + under_way);

    std::size_t acknowledged = 0;
    while (acknowledged < count) {
        REQUIRE(client.wait([&] { return client.numbered.size() > acknowledged; }));
        acknowledged = client.numbered.size();
        client.call(
            delivery, "Acknowledge", std::string("slow"), client.numbered.at(acknowledged - 1).number);
    }
    for (std::size_t i = 0; i < count; ++i)
        CHECK(client.numbered[i].octet == i);
}

TEST_CASE(
    "without a bus packets are held for those who were attached, and the mesh is not held back",
    "[sink-service]")
{
    SinkOnTheBus sink({"--start"}, {"--delivery_window", "10"});
    const auto attach = [](sdbus::IProxy& proxy) {
        std::uint64_t stream = 0;
        std::uint64_t oldest = 0;
        proxy.callMethod("Attach")
            .onInterface(delivery)
            .withArguments(std::string("gw"))
            .storeResultsTo(stream, oldest);
    };
    const auto taken = [&] {
        return sink.control({{"command", "state"}}).at("counters").at("acknowledged").get<int>();
    };
    // Attached, and reads nothing, until its connection is lost with the bus.
    const auto connection = sdbus::createSessionBusConnectionWithAddress(sink.bus.address());
    const auto idle = sdbus::createProxy(*connection, name, contract::object_path);
    attach(*idle);
    inject(sink, 0, 10); // unacknowledged: the window is closed
    REQUIRE(wait_until([&] { return taken() >= 10; }, Deadline(patience)));
    sink.bus.stop();

    constexpr std::uint8_t count = 60;
    inject(sink, 10, count - 10);
    REQUIRE(wait_until([&] { return taken() >= count; }, Deadline(patience)));

    sink.bus.start();
    sink.wait_for_name(true);
    Client after(sink);
    attach(after.proxy());
    // The window holds for those who are attached: they get the rest as they acknowledge.
    std::size_t acknowledged = 0;
    while (acknowledged < count) {
        REQUIRE(after.wait([&] { return after.numbered.size() > acknowledged; }));
        acknowledged = after.numbered.size();
        after.call(delivery, "Acknowledge", std::string("gw"), after.numbered.at(acknowledged - 1).number);
    }
    for (std::size_t i = 0; i < count; ++i)
        CHECK(after.numbered[i].octet == i);
}

TEST_CASE("a lost sink leaves the bus, and comes back to it", "[sink-service]")
{
    SinkOnTheBus sink({"--start"}, {"-d", "1"});
    const pid_t pid = sink.service->pid();
    sink.control({{"command", "silence"}});
    sink.wait_for_name(false);
    CHECK(sink.service->running());
    sink.control({{"command", "speak"}});
    sink.wait_for_name(true);
    CHECK(sink.service->pid() == pid);
}

TEST_CASE("the service outlives its bus", "[sink-service]")
{
    SinkOnTheBus sink;
    sink.bus.stop();
    sink.bus.start();
    sink.wait_for_name(true);
    CHECK(sink.service->running());
    Client client(sink);
    CHECK(client.property<std::uint8_t>(contract::config_interface, "MaxMtu") == 102);
}
