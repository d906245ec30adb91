/// What can go wrong on the line and behind it, and that it heals without a restart
/// (spec/dual-mcu-api.md, chapter 10).
#include "sink-service/dual_mcu/attribute_access.hpp"
#include "tests/unit/sink/simulated_port.hpp"
#include "tests/unit/sink/sink_under_test.hpp"

using namespace dual_mcu;
using gateway::ApplicationCode;
using simulator::FaultKind;
using simulator::FaultRule;
using simulator::FrameClass;
using test::SimulatedPort;
using test::SinkUnderTest;

namespace {

constexpr std::uint8_t cost_write = SinkCostWrite::id;
constexpr std::uint8_t cost_confirm = cost_write | answer_bit;

simulator::UplinkPacket numbered_packet(std::uint8_t number)
{
    simulator::UplinkPacket packet;
    packet.source = 9;
    packet.payload = {number};
    return packet;
}

std::vector<int> numbers_of(const std::vector<UplinkPacket>& packets)
{
    std::vector<int> numbers;
    for (const UplinkPacket& packet : packets)
        numbers.push_back(packet.payload.at(0));
    return numbers;
}

std::vector<int> numbers_up_to(int count)
{
    std::vector<int> numbers;
    for (int i = 0; i < count; ++i)
        numbers.push_back(i);
    return numbers;
}

const auto write_cost = [](Sink& sink) { return sink.write_sink_cost(7); };

/// Settings with which a silent sink is lost after a second.
SinkSettings impatient(const std::string& port)
{
    SinkSettings settings = test::quick_settings(port);
    settings.link.max_poll_fail_duration = std::chrono::seconds(1);
    return settings;
}

} // namespace

TEST_CASE("a spoilt confirm fails the request and nothing after it", "[link]")
{
    const auto kind =
        GENERATE(FaultKind::flip, FaultKind::drop, FaultKind::truncate, FaultKind::wrong_frame_id);
    CAPTURE(static_cast<int>(kind));
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());

    FaultRule rule;
    rule.kind = kind;
    rule.frames = FrameClass::confirm;
    rule.primitive = cost_confirm;
    rule.octets = 4;
    port.fault(rule);
    const auto spoilt = sink.run(write_cost);
    REQUIRE_FALSE(spoilt);
    CHECK(spoilt.error().code == ApplicationCode::internal_error);
    // The outcome was unknown; reading back told.
    CHECK(*sink.events().state.live.sink_cost == 7);
    CHECK(sink.run(write_cost));
    CHECK(sink.events().lost == 0);
}

TEST_CASE("a confirm survives garbage in front of it, doubling, a pause inside it and lateness", "[link]")
{
    const auto kind = GENERATE(FaultKind::garbage, FaultKind::duplicate, FaultKind::stall, FaultKind::delay);
    CAPTURE(static_cast<int>(kind));
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());

    FaultRule rule;
    rule.kind = kind;
    rule.frames = FrameClass::confirm;
    rule.primitive = cost_confirm;
    rule.octets = 40;
    rule.duration = std::chrono::milliseconds(100);
    port.fault(rule);
    CHECK(sink.run(write_cost));
    CHECK(sink.run(write_cost));
}

TEST_CASE("a confirm that is too late is not taken for the next one's", "[link]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    FaultRule rule;
    rule.kind = FaultKind::delay;
    rule.frames = FrameClass::confirm;
    rule.primitive = cost_confirm;
    rule.duration = std::chrono::milliseconds(700);
    port.fault(rule);
    CHECK_FALSE(sink.run(write_cost));
    CHECK(sink.run([](Sink& s) { return s.write_sink_cost(8); }));
    CHECK(*sink.events().state.live.sink_cost == 8);
}

TEST_CASE("a request that arrives broken is repeated, three times at most", "[link]")
{
    const auto [broken, succeeds] = GENERATE(table<std::uint64_t, bool>({{1, true}, {3, true}, {4, false}}));
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    FaultRule rule;
    rule.kind = FaultKind::flip;
    rule.frames = FrameClass::request;
    rule.primitive = cost_write;
    rule.count = broken;
    port.fault(rule);
    const auto written = sink.run(write_cost);
    CHECK(written.has_value() == succeeds);
    CHECK(sink.link_status().counters.repetitions == std::min<std::uint64_t>(broken, 3));
    CHECK(sink.run(write_cost));
}

TEST_CASE("an indication that is spoilt, or whose response is lost, is delivered once", "[link]")
{
    const auto [kind, frames] = GENERATE(table<FaultKind, FrameClass>(
        {{FaultKind::flip, FrameClass::indication},
         {FaultKind::drop, FrameClass::indication},
         {FaultKind::truncate, FrameClass::indication},
         {FaultKind::garbage, FrameClass::indication},
         {FaultKind::drop, FrameClass::response},
         {FaultKind::flip, FrameClass::response}}));
    CAPTURE(static_cast<int>(kind), static_cast<int>(frames));
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    FaultRule rule;
    rule.kind = kind;
    rule.frames = frames;
    rule.primitive = frames == FrameClass::indication ? DataRx::id : DataRx::id | answer_bit;
    rule.skip = 3;
    rule.octets = 6;
    port.fault(rule);
    constexpr int count = 12;
    for (int i = 0; i < count; ++i)
        port.inject(numbered_packet(static_cast<std::uint8_t>(i)));
    REQUIRE(sink.wait_until([](const auto& events) { return events.packets.size() >= count; }));
    CHECK(numbers_of(sink.events().packets) == numbers_up_to(count));
}

TEST_CASE("a line that spoils one frame in ten loses and doubles no packet", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    FaultRule rule;
    rule.kind = FaultKind::flip;
    rule.count = 0;
    rule.probability = 0.1;
    port.fault(rule);
    constexpr int count = 40;
    for (int i = 0; i < count; ++i)
        port.inject(numbered_packet(static_cast<std::uint8_t>(i)));
    REQUIRE(sink.wait_until([](const auto& events) { return events.packets.size() >= count; }));
    CHECK(numbers_of(sink.events().packets) == numbers_up_to(count));
}

TEST_CASE("a sink that reboots by itself is read again and reported once", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    REQUIRE(sink.run([](Sink& s) { return s.write_sink_cost(99); }));
    // The report of the boot before the service came is not news.
    REQUIRE(sink.wait_until([](const auto& events) { return events.state.stack_runs(); }));

    // Later than the time in which a boot report may still be the old one.
    port.with([&](simulator::Device& device) { device.sink().mutable_state().persistent.channel = 9; });
    port.with([&](simulator::Device& device) { device.sink().mutable_state().persistent.autostart = false; });
    port.with([&](simulator::Device& device) { device.reboot(port.now()); });
    REQUIRE(sink.wait_until([](const auto& events) { return events.stopped == 1; }));
    const auto events = sink.events();
    CHECK(*events.state.live.network_channel == 9);
    CHECK(*events.state.live.sink_cost == 99); // volatile in the sink: written again
    CHECK_FALSE(events.state.stack_runs());
    CHECK(events.online == 1);
    CHECK(events.lost == 0);
}

TEST_CASE("a sink that cannot be read after its reboot is started up anew, and told as it is then", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    REQUIRE(sink.wait_until([](const auto& events) { return events.state.stack_runs(); }));
    FaultRule rule;
    rule.frames = FrameClass::confirm;
    rule.primitive = CsapAttributeRead::Confirm::id;
    rule.count = 3;
    port.with([&](simulator::Device& device) {
        device.sink().mutable_state().persistent.autostart = false;
        device.reboot(port.now());
        device.faults().add(rule);
    });
    REQUIRE(sink.wait_until([](const auto& events) { return events.stopped == 1; }));
    CHECK(sink.events().started == 0);
    CHECK_FALSE(sink.events().state.stack_runs());
    CHECK(sink.link_status().connections == 2);
}

TEST_CASE("a sink that reboots in the middle of any request is used again", "[link]")
{
    const auto kind = GENERATE(FaultKind::reboot_before, FaultKind::reboot_after);
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    FaultRule rule;
    rule.kind = kind;
    rule.frames = FrameClass::request;
    rule.primitive = cost_write;
    port.fault(rule);
    sink.run(write_cost);
    CHECK(sink.run(write_cost));
    CHECK(sink.events().lost == 0);
}

TEST_CASE("a silent sink is lost after the set time, and found again", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(impatient(port.path()));
    REQUIRE(sink.wait_online());
    port.with([&](simulator::Device& device) { device.be_silent(std::nullopt, port.now()); });
    REQUIRE(sink.wait_until([](const auto& events) { return events.lost == 1; }));
    CHECK_FALSE(sink.run(write_cost));
    port.with([](simulator::Device& device) { device.speak(); });
    REQUIRE(sink.wait_until([](const auto& events) { return events.online == 2; }));
    CHECK(sink.run(write_cost));
}

TEST_CASE("a silence shorter than the set time loses nothing", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    port.with(
        [&](simulator::Device& device) { device.be_silent(std::chrono::milliseconds(1500), port.now()); });
    for (int i = 0; i < 5; ++i)
        port.inject(numbered_packet(static_cast<std::uint8_t>(i)));
    REQUIRE(sink.wait_until([](const auto& events) { return events.packets.size() == 5; }));
    CHECK(numbers_of(sink.events().packets) == numbers_up_to(5));
    CHECK(sink.events().lost == 0);
}

TEST_CASE("a port that is unplugged and plugged in again goes on", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    port.unplug();
    CHECK_FALSE(sink.run(write_cost));
    port.plug_in();
    const auto back = sink.wait_until([&](const auto&) { return true; });
    REQUIRE(back);
    port.inject(numbered_packet(0));
    REQUIRE(sink.wait_until([](const auto& events) { return events.packets.size() == 1; }));
    CHECK(sink.events().lost == 0);
    CHECK(sink.run(write_cost));
}

TEST_CASE("a sink that reboots while its port is away is read again and reported", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    REQUIRE(sink.run([](Sink& s) { return s.write_sink_cost(99); }));
    port.unplug();
    port.with([&](simulator::Device& device) {
        device.sink().mutable_state().persistent.autostart = false;
        device.reboot(port.now());
    });
    port.plug_in();
    REQUIRE(sink.wait_until([](const auto& events) { return events.stopped == 1; }));
    CHECK(*sink.events().state.live.sink_cost == 99);
    CHECK(port.with([](simulator::Device& device) { return device.sink().state().live.sink_cost; }) == 99);
    CHECK(sink.events().lost == 0);
}

TEST_CASE("an indication that the sink repeats on a port opened anew is delivered once", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    FaultRule rule;
    rule.kind = FaultKind::drop;
    rule.frames = FrameClass::response;
    rule.primitive = DataRx::id | answer_bit;
    rule.count = 0; // all
    port.fault(rule);
    port.inject(numbered_packet(0));
    REQUIRE(sink.wait_until([](const auto& events) { return events.packets.size() == 1; }));
    port.unplug();
    port.with([](simulator::Device& device) { device.faults().clear(); });
    port.plug_in();
    port.inject(numbered_packet(1));
    REQUIRE(sink.wait_until([](const auto& events) { return events.packets.size() >= 2; }));
    CHECK(numbers_of(sink.events().packets) == numbers_up_to(2));
}

TEST_CASE("what is known of a sink stays known while it is silent", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    REQUIRE(sink.run(write_cost));
    port.with([&](simulator::Device& device) { device.be_silent(std::nullopt, port.now()); });
    CHECK_FALSE(sink.run([](Sink& s) { return s.write_sink_cost(8); }));
    const auto& cost = sink.events().state.live.sink_cost;
    REQUIRE(cost);
    CHECK(*cost == 7);
}

TEST_CASE("a port that stays unplugged is lost after the set time", "[link]")
{
    SimulatedPort port;
    SinkUnderTest sink(impatient(port.path()));
    REQUIRE(sink.wait_online());
    port.unplug();
    REQUIRE(sink.wait_until([](const auto& events) { return events.lost == 1; }));
    port.plug_in();
    REQUIRE(sink.wait_until([](const auto& events) { return events.online == 2; }));
}

TEST_CASE("a sink whose new firmware has another bit rate is found after its reboot", "[link]")
{
    SimulatedPort port;
    port.hear_only(125000);
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    port.hear_only_after_reboot(1000000);
    REQUIRE(sink.run([](Sink& s) { return s.stop_stack(); }));
    CHECK(sink.link_status().bits_per_second == 1000000);
    CHECK(sink.run(write_cost));
    CHECK(sink.events().lost == 0);
}

TEST_CASE("a wrong bit rate finds no sink, and says so", "[link]")
{
    SimulatedPort port;
    port.hear_only(115200);
    SinkSettings settings = test::quick_settings(port.path());
    settings.link.bits_per_second = 1000000;
    SinkUnderTest sink(settings);
    port.hear_only(1000000); // the sink is reconfigured; nobody restarts the service
    REQUIRE(sink.wait_online());
    CHECK(sink.link_status().bits_per_second == 1000000);
}

TEST_CASE("a sink that is silent while it erases its flash is neither lost nor asked again", "[link]")
{
    simulator::Profile profile = test::quick_sink();
    profile.erase_time = std::chrono::milliseconds(1500); // longer than the second after which it is lost
    SimulatedPort port(test::configured_sink(), profile);
    SinkSettings settings = impatient(port.path());
    settings.upload.erase_timeout = std::chrono::seconds(10);
    SinkUnderTest sink(settings);
    REQUIRE(sink.wait_online());
    CHECK(sink.run([](Sink& s) { return s.clear_scratchpad(); }));
    CHECK(sink.events().lost == 0);
    CHECK(sink.link_status().counters.timeouts == 0);
}

TEST_CASE("two hosts never share a port", "[link]")
{
    SimulatedPort port;
    auto first = std::make_unique<SinkUnderTest>(port.path());
    REQUIRE(first->wait_online());
    const auto refused = SerialPort::open(port.path(), 125000);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("in use by another process") != std::string::npos);
    SinkUnderTest second(port.path());
    CHECK(second.events().online == 0);
    first.reset();
    REQUIRE(second.wait_online());
}

TEST_CASE("an absent port is named with advice", "[link]")
{
    const auto refused = SerialPort::open("/nonexistent/tty", 125000);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("/nonexistent/tty") != std::string::npos);
    CHECK(refused.error().message.find("WM_GW_SINK_UART_PORT") != std::string::npos);
}

TEST_CASE("a full consumer stops the polls, and loses nothing", "[link]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    sink.take_packets(false);
    sink.link_status(); // the link has seen it now
    for (int i = 0; i < 100; ++i)
        port.inject(numbered_packet(static_cast<std::uint8_t>(i)));
    CHECK(sink.run(write_cost)); // requests go on
    CHECK(sink.events().packets.size() <= 1);
    sink.take_packets(true);
    REQUIRE(sink.wait_until([](const auto& events) { return events.packets.size() == 100; }));
    CHECK(numbers_of(sink.events().packets) == numbers_up_to(100));
}

TEST_CASE("the link ends quickly while it waits for a silent sink", "[link]")
{
    SimulatedPort port;
    auto sink = std::make_unique<SinkUnderTest>(port.path());
    REQUIRE(sink->wait_online());
    port.with([&](simulator::Device& device) { device.be_silent(std::nullopt, port.now()); });
    sink->begin([](Sink& s) { return s.stop_stack(); });
    sink->begin([](Sink& s) { return s.clear_scratchpad(); });
    sink.reset(); // ctest's deadline is the check
    SUCCEED();
}
