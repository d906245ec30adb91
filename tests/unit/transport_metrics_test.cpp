#include "gateway/event_loop.hpp"
#include "transport/metrics/exporter.hpp"
#include "transport/metrics/families.hpp"
#include "transport/metrics/process_numbers.hpp"
#include "transport/metrics/status_line.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace transport;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// A listening socket on a port that the kernel chose.
class TakenPort {
public:
    TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address); // NOLINT: the API's way
        REQUIRE(bind(socket_, generic, size) == 0);
        REQUIRE(listen(socket_, 1) == 0);
        REQUIRE(getsockname(socket_, generic, &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;
    ~TakenPort() { close(socket_); }

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    int socket_;
    std::uint16_t port_ = 0;
};

std::uint16_t free_port()
{
    return TakenPort().port();
}

struct Scrape {
    int status = 0;
    std::string body;
    std::string type;
};

/// What each of the paths gives, one after the other, while the loop runs; the loop ends with them.
std::vector<Scrape> scrape(
    gateway::EventLoop& loop, std::uint16_t port, const std::vector<std::string>& paths)
{
    std::vector<Scrape> scraped(paths.size());
    std::thread client([&] {
        httplib::Client http("127.0.0.1", port);
        for (std::size_t i = 0; i < paths.size(); ++i)
            if (const auto response = http.Get(paths[i].c_str()))
                scraped[i] = {response->status, response->body, response->get_header_value("Content-Type")};
        loop.post([&loop] { loop.quit(0); });
    });
    loop.run();
    client.join();
    return scraped;
}

Snapshot example()
{
    Snapshot snapshot;
    snapshot.gateway_id = "gw \"1\"";
    snapshot.version = "0.1.0";
    snapshot.broker_connected = true;
    snapshot.outbox.events = 3;
    snapshot.outbox.octets = 450;
    snapshot.sinks = {{"sink0", true, std::nullopt}, {"sink1", false, std::nullopt}};
    snapshot.counters.packets_of("sink0") = {10, 2, 5};
    snapshot.counters.request_answered("send_data", "OK", 3ms);
    snapshot.counters.request_answered("send_data", "OK", 30ms);
    snapshot.counters.request_answered("send_data", "INVALID_QOS", 100s);
    snapshot.counters.round_trip.observe(15ms);
    return snapshot;
}

} // namespace

TEST_CASE("a duration is counted in the bucket that it fits in", "[metrics]")
{
    static constexpr std::array bounds = {0.01, 0.1};
    DurationHistogram histogram(bounds);
    for (const auto duration : {10ms, 11ms, 100ms, 101ms})
        histogram.observe(duration);
    CHECK(
        std::vector(histogram.counts().begin(), histogram.counts().end()) ==
        std::vector<std::uint64_t>{1, 2, 1});
    CHECK(histogram.count() == 4);
    CHECK(histogram.sum() == Approx(0.222));
}

TEST_CASE("numbers appear under the names of their documentation", "[metrics]")
{
    const std::string text = exposition(example());
    for (const char* line :
         {"# TYPE wirepas_gateway_mqtt_connected gauge", "wirepas_gateway_mqtt_connected 1",
          "wirepas_gateway_outbox_events 3", "wirepas_gateway_outbox_bytes 450", "wirepas_gateway_sinks 2",
          "wirepas_gateway_sink_stack_running{sink=\"sink0\"} 1",
          "wirepas_gateway_sink_stack_running{sink=\"sink1\"} 0",
          "wirepas_gateway_packets_received_total{sink=\"sink0\"} 10",
          "wirepas_gateway_packets_ignored_total{sink=\"sink0\"} 2",
          "wirepas_gateway_packets_published_total{sink=\"sink0\"} 5",
          "wirepas_gateway_requests_total{kind=\"send_data\",result=\"OK\"} 2",
          "wirepas_gateway_requests_total{kind=\"send_data\",result=\"INVALID_QOS\"} 1",
          "# TYPE wirepas_gateway_request_duration_seconds histogram",
          "wirepas_gateway_request_duration_seconds_bucket{kind=\"send_data\",le=\"0.005\"} 1",
          "wirepas_gateway_request_duration_seconds_bucket{kind=\"send_data\",le=\"0.1\"} 2",
          "wirepas_gateway_request_duration_seconds_bucket{kind=\"send_data\",le=\"+Inf\"} 3",
          "wirepas_gateway_request_duration_seconds_count{kind=\"send_data\"} 3",
          "wirepas_gateway_mqtt_round_trip_seconds_bucket{le=\"0.02\"} 1",
          "wirepas_gateway_build_info{gateway_id=\"gw \\\"1\\\"\",version=\"0.1.0\"} 1"})
        CHECK_THAT(text, Contains(std::string(line) + "\n"));
}

TEST_CASE("what a gateway does not have is absent, not 0", "[metrics]")
{
    Snapshot snapshot = example();
    std::string text = exposition(snapshot);
    for (const char* name :
         {"store_working", "window_messages", "rate_limit", "link_", "evicted", "black_hole"})
        CHECK_THAT(text, !Contains(name));

    snapshot.outbox.store_working = false;
    snapshot.outbox.evicted_events = 7;
    snapshot.window = 20;
    text = exposition(snapshot);
    CHECK_THAT(text, Contains("wirepas_gateway_store_working 0\n"));
    CHECK_THAT(text, Contains("wirepas_gateway_outbox_evicted_events_total 7\n"));
    CHECK_THAT(text, Contains("wirepas_gateway_mqtt_window_messages 20\n"));
}

TEST_CASE("the oldest event has an age when there is one", "[metrics]")
{
    constexpr const char* name = "wirepas_gateway_outbox_oldest_event_age_seconds";
    Snapshot snapshot = example();
    CHECK_THAT(exposition(snapshot), !Contains(name)); // there is, and its age is not known
    snapshot.outbox.oldest_age_s = 1.5;
    CHECK_THAT(exposition(snapshot), Contains(std::string(name) + " 1.5\n"));
    snapshot.outbox.events = 0;
    snapshot.outbox.oldest_age_s.reset();
    CHECK_THAT(exposition(snapshot), Contains(std::string(name) + " 0\n"));
}

TEST_CASE("a sink service's counters become metrics of its sink", "[metrics]")
{
    Snapshot snapshot = example();
    snapshot.sinks[0].link = LinkHealth{
        "online", 125000, {{"frames_sent", 7}, {"packets_held", 2}, {"not\"a name", 1}, {"Ünfit", 1}}};
    snapshot.sinks[1].link = LinkHealth{"closed", 0, {{"frames_sent", 1}}};
    const std::string text = exposition(snapshot);
    for (const char* line :
         {"wirepas_gateway_link_up{sink=\"sink0\"} 1", "wirepas_gateway_link_up{sink=\"sink1\"} 0",
          "wirepas_gateway_link_bits_per_second{sink=\"sink0\"} 125000",
          "# TYPE wirepas_gateway_link_packets_held gauge",
          "wirepas_gateway_link_packets_held{sink=\"sink0\"} 2",
          "# TYPE wirepas_gateway_link_frames_sent_total counter",
          "wirepas_gateway_link_frames_sent_total{sink=\"sink0\"} 7",
          "wirepas_gateway_link_frames_sent_total{sink=\"sink1\"} 1"})
        CHECK_THAT(text, Contains(std::string(line) + "\n"));
    CHECK_THAT(text, !Contains("a name") && !Contains("nfit"));
    CHECK_THAT(text, !Contains("link_bits_per_second{sink=\"sink1\"}"));
}

TEST_CASE("the process knows what it costs", "[metrics]")
{
    const ProcessNumbers numbers = read_process_numbers();
    CHECK(numbers.resident_octets > 1'000'000);
    CHECK(numbers.cpu_s > 0);
    CHECK(numbers.threads == 1);
    CHECK(numbers.open_descriptors >= 3);
    CHECK(numbers.max_descriptors >= numbers.open_descriptors);
    const double now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    CHECK(numbers.started_s <= now + 2); // in whole seconds of the machine's start
    CHECK(numbers.started_s > now - 24 * 3600);
    const int more = dup(STDIN_FILENO);
    CHECK(read_process_numbers().open_descriptors == numbers.open_descriptors + 1);
    close(more);
}

TEST_CASE("the address of the metrics is numeric", "[metrics]")
{
    CHECK(parse_listen_address("127.0.0.1:9717") == ListenAddress{"127.0.0.1", 9717});
    CHECK(parse_listen_address("0.0.0.0:1") == ListenAddress{"0.0.0.0", 1});
    CHECK(parse_listen_address("[::1]:65535") == ListenAddress{"::1", 65535});
    for (const char* wrong :
         {"", ":", "9717", ":9717", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
          "127.0.0.1:+1", "127.0.0.1:1x", "localhost:9717", "::1:9717", "[127.0.0.1]:9717", "[]:1", "[::1:1"})
        CHECK_FALSE(parse_listen_address(wrong));
}

TEST_CASE("a scrape gives what the loop answers", "[metrics][threads]")
{
    gateway::EventLoop loop;
    const std::uint16_t port = free_port();
    gateway::EventLoop::Handle later;
    Exporter exporter(loop, {"127.0.0.1", port}, [&](Exporter::Answer answer) {
        later = loop.after(1ms, [answer = std::move(answer)] { answer(example()); });
    });
    const std::vector<Scrape> scraped = scrape(loop, port, {"/metrics", "/metrics", "/"});
    for (const std::size_t i : {0, 1}) {
        CHECK(scraped[i].status == 200);
        CHECK(scraped[i].body == exposition(example()));
        CHECK(scraped[i].type == "text/plain; version=0.0.4; charset=utf-8");
    }
    CHECK(scraped[2].status == 404);
}

TEST_CASE("a scrape that the loop does not answer in time is refused", "[metrics][threads]")
{
    gateway::EventLoop loop;
    const std::uint16_t port = free_port();
    std::vector<Exporter::Answer> late;
    Exporter exporter(
        loop, {"127.0.0.1", port},
        [&](Exporter::Answer answer) {
            for (const auto& before : late)
                before(example()); // has no effect
            late.push_back(std::move(answer));
        },
        10ms);
    for (const Scrape& scraped : scrape(loop, port, {"/metrics", "/metrics"})) {
        CHECK(scraped.status == 503);
        CHECK_THAT(scraped.body, Contains("does not answer"));
    }
    CHECK(late.size() == 2);
}

TEST_CASE("a scrape under way does not hold the service's end up", "[metrics][threads]")
{
    gateway::EventLoop loop;
    const std::uint16_t port = free_port();
    std::optional<Exporter> exporter;
    exporter.emplace(
        loop, ListenAddress{"127.0.0.1", port}, [&](const Exporter::Answer&) { loop.quit(0); }, 1h);
    int status = 0;
    std::thread client([&] {
        httplib::Client http("127.0.0.1", port);
        if (const auto response = http.Get("/metrics"))
            status = response->status;
    });
    loop.run();
    exporter.reset();
    client.join();
    CHECK(status == 503);
}

TEST_CASE("an exporter that nobody asked ends at once", "[metrics][threads]")
{
    gateway::EventLoop loop;
    for (int i = 0; i < 20; ++i)
        Exporter(loop, {"127.0.0.1", free_port()}, [](const Exporter::Answer&) {});
}

TEST_CASE("a port that somebody has is not shared", "[metrics]")
{
    gateway::EventLoop loop;
    const TakenPort taken;
    const auto listen = [&] { Exporter(loop, {"127.0.0.1", taken.port()}, [](const Exporter::Answer&) {}); };
    CHECK_THROWS_WITH(listen(), Contains(std::to_string(taken.port())) && Contains("taken"));
    const std::uint16_t port = free_port();
    const Exporter first(loop, {"127.0.0.1", port}, [](const Exporter::Answer&) {});
    CHECK_THROWS(Exporter(loop, {"127.0.0.1", port}, [](const Exporter::Answer&) {}));
}

TEST_CASE("the service manager is told what matters in one line", "[metrics]")
{
    Snapshot snapshot;
    CHECK(status_line(snapshot) == "STATUS=NOT CONNECTED to the broker; no sinks; 0 events wait");
    snapshot = example();
    CHECK(
        status_line(snapshot) ==
        "STATUS=connected to the broker; sinks: sink0 (on), sink1 (off); 3 events wait");
    snapshot.sinks = {{"sink7", std::nullopt, std::nullopt}};
    snapshot.outbox.events = 1;
    snapshot.outbox.full = true;
    snapshot.outbox.store_working = false;
    snapshot.black_hole_protection_active = true;
    CHECK(
        status_line(snapshot) ==
        "STATUS=connected to the broker; sink: sink7; 1 event waits; the outbox is FULL; the store does NOT "
        "WORK: events are in memory only; black-hole protection: the sinks turn traffic away");
}
