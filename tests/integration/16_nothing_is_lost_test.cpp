// The ledger: numbered packets through everything that can go wrong between a sink and its backend
// (docs/outbox.md). What the sink handed over arrives, in order; what comes twice is the same event.
#include "gateway_under_test.hpp"
#include "tools/stand/start.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <iostream>
#include <mqtt/async_client.h>
#include <random>
#include <sys/resource.h>

using namespace integration;
using gateway::stand::Deadline;
using gateway::stand::wait_until;

namespace {

constexpr double packets_per_second = 1000;

/// What arrived, by a subscriber whose session outlives the broker's stops.
class Ledger {
public:
    explicit Ledger(gateway::stand::Broker& broker)
        : client_("tcp://127.0.0.1:" + std::to_string(broker.port()), "ledger")
    {
        client_.set_message_callback([this](const mqtt::const_message_ptr& message) { receive(*message); });
        const auto options = mqtt::connect_options_builder()
                                 .clean_session(false)
                                 .automatic_reconnect(std::chrono::seconds(1), std::chrono::seconds(1))
                                 .finalize();
        client_.connect(options)->wait();
        client_.subscribe("gw-event/received_data/#", 1)->wait();
    }
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;
    ~Ledger()
    {
        try {
            client_.disable_callbacks();
        } catch (const mqtt::exception&) { // NOLINT(bugprone-empty-catch): it is connecting
        }
    }

    /// True when the packet with this number came.
    bool wait_for(std::uint32_t number)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 2 * patience, [&] { return events_.contains(number); });
    }

    std::size_t count()
    {
        const std::lock_guard lock(mutex_);
        return order_.size();
    }

    /// Numbers in the order in which each came first.
    std::vector<std::uint32_t> order()
    {
        const std::lock_guard lock(mutex_);
        return order_;
    }
    /// Packets that came again with another event id or other octets.
    std::size_t changed_events()
    {
        const std::lock_guard lock(mutex_);
        return different_;
    }
    std::size_t duplicates()
    {
        const std::lock_guard lock(mutex_);
        return duplicates_;
    }

private:
    void receive(const mqtt::message& message)
    {
        const std::string octets = message.get_payload_str();
        api::GenericMessage generic;
        if (!generic.ParseFromString(octets))
            return;
        const std::string& payload = generic.wirepas().packet_received_event().payload();
        const std::uint32_t number = gateway::Reader(gateway::Bytes(payload.begin(), payload.end())).u32();
        const std::lock_guard lock(mutex_);
        const auto [place, is_new] = events_.try_emplace(number, octets);
        if (is_new) {
            order_.push_back(number);
        } else {
            ++duplicates_;
            if (place->second != octets)
                ++different_;
        }
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint32_t, std::string> events_;
    std::vector<std::uint32_t> order_;
    std::size_t duplicates_ = 0;
    std::size_t different_ = 0;
    mqtt::async_client client_; ///< last, because its thread uses all the others
};

gateway::stand::BrokerOptions persistent_broker()
{
    gateway::stand::BrokerOptions options;
    options.persistent = true;
    return options;
}

/// A gateway whose sink hands over packets 0 to `count` - 1 once `begin` is called.
class Course {
public:
    explicit Course(std::uint32_t count, std::vector<std::string> transport = {})
        : gateway_(
              {.simulator = {"--uplink-count", std::to_string(count)},
               .transport = std::move(transport),
               .uplink_rate = packets_per_second,
               .broker = persistent_broker()}),
          count_(count),
          ledger_(gateway_.stand().broker())
    {
    }

    void begin()
    {
        api::SinkNewConfig start;
        start.set_sink_id(sink0);
        start.set_sink_state(api::ON);
        REQUIRE(result_of(set_config(gateway_.backend(), start).header()) == "OK");
    }

    GatewayUnderTest& gateway() { return gateway_; }
    gateway::stand::Stand& stand() { return gateway_.stand(); }
    Ledger& ledger() { return ledger_; }

    std::uint64_t made() { return counter("uplink_packets"); }
    std::uint64_t counter(const std::string& name)
    {
        return gateway_.simulator_state().at("counters").at(name).get<std::uint64_t>();
    }
    /// Until so many more packets came from the mesh, or all have.
    void let_pass(std::uint64_t packets)
    {
        const std::uint64_t goal = std::min<std::uint64_t>(made() + packets, count_);
        REQUIRE(wait_until([&] { return made() >= goal; }, Deadline(patience)));
    }
    [[nodiscard]] bool is_over() { return made() >= count_; }

    void restart_transport()
    {
        stand().transport_service()->kill();
        stand().start_transport_service();
    }

private:
    GatewayUnderTest gateway_;
    std::uint32_t count_;
    Ledger ledger_;
};

bool ascends(const std::vector<std::uint32_t>& numbers)
{
    return std::ranges::adjacent_find(numbers, std::greater_equal<>()) == numbers.end();
}

/// From now on files can grow to this size only: a full disk, for one process.
void limit_files(pid_t process, rlim_t octets)
{
    const rlimit limit{octets, RLIM_INFINITY};
    REQUIRE(prlimit(process, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

} // namespace

TEST_CASE(
    "no packet is lost by stops of the broker, kills of the service and a restart of the bus", "[ledger]")
{
    constexpr std::uint32_t count = 20'000;
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto up_to = [&](std::uint64_t most) { return random() % most; };

    Course course(count);
    course.begin();
    for (int round = 0; !course.is_over(); ++round) {
        course.let_pass(200 + up_to(1200));
        switch (round % 4) {
        case 0:
            course.restart_transport();
            break;
        case 1:
            course.stand().broker().stop();
            course.let_pass(up_to(3000));
            course.stand().broker().start();
            break;
        case 2: // killed while events wait in the store
            course.stand().broker().stop();
            course.let_pass(up_to(3000));
            course.restart_transport();
            course.let_pass(up_to(500));
            course.stand().broker().start();
            break;
        default:
            course.stand().bus().stop();
            course.let_pass(up_to(500));
            course.stand().bus().start();
            break;
        }
    }
    REQUIRE(course.ledger().wait_for(count - 1));
    const auto order = course.ledger().order();
    CHECK(order.size() == count);
    CHECK(ascends(order));
    CHECK(course.ledger().changed_events() == 0);
    course.stand().expect_all_running();
}

TEST_CASE("no packet is lost by a full disk and kills of the service", "[ledger]")
{
    constexpr std::uint32_t count = 8000;
    constexpr rlim_t small = 300'000;
    Course course(count, {"--outbox_store_after_ms", "0"});
    course.begin();
    course.let_pass(500);
    course.stand().broker().stop();
    limit_files(course.stand().transport_service()->pid(), small);
    REQUIRE(course.stand().transport_service()->wait_for_output("in memory only", Deadline(patience)));
    course.let_pass(1000);

    course.restart_transport();
    limit_files(course.stand().transport_service()->pid(), small);
    course.let_pass(1000);
    course.restart_transport(); // and its disk has room again
    course.stand().broker().start();

    REQUIRE(course.ledger().wait_for(count - 1));
    const auto order = course.ledger().order();
    CHECK(order.size() == count);
    CHECK(ascends(order));
    CHECK(course.ledger().changed_events() == 0);
}

TEST_CASE("a killed sink service loses at most what it held and nobody had stored", "[ledger]")
{
    constexpr std::uint32_t count = 6000;
    constexpr int kills = 3;
    constexpr std::uint32_t hold = 10'000; ///< packets: its bound (hold_packets)
    Course course(count);
    course.begin();
    for (int i = 0; i < kills; ++i) {
        course.let_pass(700);
        course.stand().sink_service()->kill();
        course.stand().start_sink_service();
        const auto before = course.ledger().count();
        REQUIRE(wait_until([&] { return course.ledger().count() > before + 100; }, Deadline(patience)));
    }
    REQUIRE(course.ledger().wait_for(count - 1));
    const auto order = course.ledger().order();
    CHECK(ascends(order));
    CHECK(course.ledger().changed_events() == 0);
    int gaps = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
        const std::uint32_t missing = order[i] - order[i - 1] - 1;
        gaps += missing > 0 ? 1 : 0;
        CHECK(missing < hold);
    }
    // One for each kill, before the first packet after it; what the mesh lost meanwhile may be another.
    CHECK(gaps <= 2 * kills);
}
