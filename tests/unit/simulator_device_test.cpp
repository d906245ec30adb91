#include "tests/unit/simulator_bench.hpp"

#include "simulator/device.hpp"

using namespace simulator_test;
using namespace dual_mcu;
using simulator::FaultKind;
using simulator::FaultRule;
using simulator::FrameClass;

namespace {

gateway::Bytes wire(const Frame& frame)
{
    return encode_slip(frame, host_leading_ends);
}

class Line {
public:
    explicit Line(Profile profile = {}, Persistent settings = configured(), std::uint32_t baud = 0)
        : device(profile, std::move(settings), {baud}, {}, 1, now)
    {
    }

    void write(gateway::ByteView octets) { device.receive(octets, now); }
    void write(const Frame& frame) { write(wire(frame)); }

    /// What the host has by now.
    std::vector<SlipEvent> read()
    {
        device.advance(now);
        std::vector<SlipEvent> events;
        for (const std::uint8_t octet : device.take_output(now))
            if (auto event = decoder.push(octet))
                events.push_back(std::move(*event));
        return events;
    }

    std::vector<SlipEvent> exchange(const Frame& frame)
    {
        write(frame);
        return read();
    }

    Now now{1s};
    simulator::Device device;
    SlipDecoder decoder;
};

Frame read_api(std::uint8_t frame_id)
{
    return encode(CsapAttributeRead{csap::mesh_api_version}, frame_id);
}

bool is_frame(const SlipEvent& event, std::uint8_t primitive, std::uint8_t frame_id)
{
    const auto* frame = std::get_if<Frame>(&event);
    return frame != nullptr && frame->primitive == primitive && frame->frame_id == frame_id;
}

bool answers(Line& line)
{
    const auto events = line.exchange(read_api(77));
    return !events.empty() && is_frame(events.back(), 0x8E, 77);
}

FaultRule fault(FaultKind kind, FrameClass frames = FrameClass::any)
{
    FaultRule rule;
    rule.kind = kind;
    rule.frames = frames;
    return rule;
}

} // namespace

TEST_CASE("broken frames are reported from API 19 on and ignored before", "[simulator][device]")
{
    struct Case {
        const char* octets;
        std::optional<ErrorReport> report;
    };
    const Case cases[] = {
        {"C0 C0 C0 0E 00 02 08 00 6D 38 C0", ErrorReport{ErrorReport::Reason::crc_mismatch, 7}},
        {"C0 0E C0", ErrorReport{ErrorReport::Reason::too_short, 1}},
        {"C0 0E 00 C0", ErrorReport{ErrorReport::Reason::bad_size, 2}},
        {"C0 0E 00 DB 00 02 C0", std::nullopt},    // an invalid escape
        {"C0 84 01 05 00 CC 5B C0", std::nullopt}, // a length octet that is wrong
        {"C0 01 0A 00 FF FF C0", ErrorReport{ErrorReport::Reason::crc_mismatch, 5}},
    };
    for (const Case& each : cases) {
        CAPTURE(each.octets);
        Line line;
        line.write(*gateway::from_hex(each.octets));
        const auto events = line.read();
        REQUIRE(events.size() == (each.report ? 1U : 0U));
        if (each.report)
            CHECK(std::get<ErrorReport>(events[0]) == *each.report);
        CHECK(answers(line));
        Line old(with_api(18));
        old.write(*gateway::from_hex(each.octets));
        CHECK(old.read().empty());
        CHECK(answers(old));
    }
}

TEST_CASE("frames above the sink's receive limit are reported, not executed", "[simulator][device]")
{
    Line line;
    Frame longest;
    longest.primitive = 0x70;
    longest.payload.assign(gateway::Bytes(123, 1));
    CHECK(line.exchange(longest).empty()); // unknown, but taken
    longest.payload.push_back(1);
    const auto events = line.exchange(longest);
    REQUIRE(events.size() == 1);
    CHECK(std::get<ErrorReport>(events[0]) == ErrorReport{ErrorReport::Reason::bad_size, 128});
    gateway::Bytes endless(2000, 0x55);
    endless.push_back(slip_end);
    line.write(endless);
    const auto report = line.read();
    REQUIRE(report.size() == 1);
    CHECK(std::get<ErrorReport>(report[0]).reason == ErrorReport::Reason::bad_size);
    CHECK(answers(line));
}

TEST_CASE(
    "a stop is confirmed, then the device is away and comes back with STACK_STATE", "[simulator][device]")
{
    Line line({}, running());
    auto events = line.exchange(encode(StackStop{}, 1));
    REQUIRE(events.size() == 1);
    CHECK(is_frame(events[0], 0x86, 1));
    CHECK(line.device.rebooting());
    line.now += 299ms;
    CHECK_FALSE(answers(line));
    line.now += 1ms;
    line.read(); // stray octets
    CHECK_FALSE(line.device.rebooting());
    CHECK(answers(line));
    events = line.exchange(encode(IndicationPoll{}, 3));
    REQUIRE(events.size() == 2);
    CHECK(is_frame(events[1], 0x07, 0));
}

TEST_CASE("processing a scratchpad makes a reboot longer", "[simulator][device]")
{
    Profile profile;
    profile.processing_time = 5s;
    Persistent settings = configured();
    settings.stored.image = std::make_shared<const gateway::Bytes>(fixture("app-8k.otap"));
    settings.stored.crc = 0x23F1;
    settings.stored.sequence = 1;
    settings.stored.type = scratchpad_type::process;
    settings.stored.status = scratchpad_status::fresh;
    // Marked again after power came back: the first boot has processed it already.
    Line line(profile, settings);
    CHECK(line.device.sink().state().persistent.stored.status == scratchpad_status::success);
    line.device.sink().mutable_state().persistent.stored.status = scratchpad_status::fresh;
    line.exchange(encode(StackStop{}, 1));
    line.now += 5s;
    CHECK_FALSE(answers(line));
    line.now += 300ms;
    line.read();
    CHECK(answers(line));
}

TEST_CASE("a request that waits too long behind an erase is dropped", "[simulator][device]")
{
    Profile profile;
    profile.erase_time = 2s;
    Line line(profile);
    CHECK(line.exchange(encode(ScratchpadClear{}, 1)).empty());
    line.now += 1s;
    line.write(read_api(2));
    line.now += 600ms;
    line.write(read_api(3));
    line.now += 400ms;
    const auto events = line.read();
    REQUIRE(events.size() == 2);
    CHECK(is_frame(events[0], 0x9B, 1));
    CHECK(is_frame(events[1], 0x8E, 3));
}

TEST_CASE("sinks before API 15 execute everything that waited", "[simulator][device]")
{
    Profile profile = with_api(14);
    profile.erase_time = 2s;
    Line line(profile);
    line.write(encode(ScratchpadClear{}, 1));
    line.write(read_api(2));
    line.now += 2s;
    CHECK(line.read().size() == 2);
}

TEST_CASE("a host that stalls in the middle of a frame has lost it", "[simulator][device]")
{
    Line line;
    const gateway::Bytes octets = wire(read_api(1));
    const gateway::ByteView view = octets;
    line.write(view.first(6));
    line.now += 400ms;
    line.write(view.subspan(6));
    CHECK(line.read().size() == 1);
    line.write(view.first(6));
    line.now += 500ms;
    line.write(view.subspan(6));
    for (const auto& event : line.read())
        CHECK(std::holds_alternative<ErrorReport>(event));
    CHECK(answers(line));
}

TEST_CASE("a paced line delivers no octet earlier than a real one", "[simulator][device]")
{
    Line line({}, configured(), 125'000);
    const gateway::Bytes request = wire(read_api(1)); // 11 octets: 880 us
    line.write(request);
    const Now there = line.now + Now{80 * static_cast<int>(request.size())};
    const Now back = there + Now{80 * 13}; // the confirm of V1
    CHECK(line.device.next_event() == there);
    line.now = there;
    CHECK(line.read().empty());
    CHECK(line.device.next_event() == back);
    line.now = back - Now{1};
    CHECK(line.read().empty());
    line.now = back;
    CHECK(line.read().size() == 1);
}

TEST_CASE("confirm and indication share a paced line", "[simulator][device]")
{
    Line line({}, configured(), 125'000);
    line.write(encode(IndicationPoll{}, 1));
    std::vector<Now> arrivals;
    while (arrivals.size() < 2) {
        REQUIRE(line.device.next_event().has_value());
        line.now = *line.device.next_event();
        for (std::size_t i = line.read().size(); i > 0; --i)
            arrivals.push_back(line.now);
    }
    CHECK(arrivals[1] - arrivals[0] == Now{80 * 9}); // STACK_STATE takes nine octets
}

TEST_CASE("a silent device neither hears nor speaks", "[simulator][device][faults]")
{
    Line line;
    line.device.be_silent(1000ms, line.now);
    CHECK_FALSE(answers(line));
    line.now += 1s;
    CHECK(answers(line));
    line.device.be_silent(std::nullopt, line.now);
    line.now += 1000h;
    CHECK_FALSE(answers(line));
    line.device.speak();
    CHECK(answers(line));
}

TEST_CASE("a flipped bit spoils one frame", "[simulator][faults]")
{
    for (int round = 0; round < 200; ++round) {
        Line line;
        line.device.faults().add(fault(FaultKind::flip, FrameClass::confirm));
        for (const auto& event : line.exchange(read_api(1)))
            CHECK_FALSE(is_frame(event, 0x8E, 1));
        CHECK(answers(line));
    }
}

TEST_CASE("a flipped bit in a request is reported by the sink", "[simulator][faults]")
{
    Line line;
    line.device.faults().add(fault(FaultKind::flip, FrameClass::request));
    const auto events = line.exchange(read_api(1));
    REQUIRE(events.size() == 1);
    CHECK(std::get<ErrorReport>(events[0]).reason == ErrorReport::Reason::crc_mismatch);
    CHECK(answers(line));
}

TEST_CASE("faults count the frames that match them", "[simulator][faults]")
{
    Line line;
    FaultRule rule = fault(FaultKind::drop, FrameClass::confirm);
    rule.primitive = 0x8E;
    rule.skip = 2;
    rule.count = 2;
    line.device.faults().add(rule);
    std::string seen;
    for (int i = 0; i < 6; ++i) {
        line.exchange(encode(MsapAttributeRead{msap::stack_status}, 1)); // does not match
        seen += answers(line) ? 'a' : '-';
    }
    CHECK(seen == "aa--aa");
    CHECK(line.device.faults().armed() == 0);
    CHECK(line.device.faults().hits() == 2);
}

TEST_CASE("a fault may have a probability and no end", "[simulator][faults]")
{
    Line line;
    FaultRule rule = fault(FaultKind::drop, FrameClass::confirm);
    rule.count = 0;
    rule.probability = 0.5;
    line.device.faults().add(rule);
    int answered = 0;
    for (int i = 0; i < 1000; ++i)
        answered += answers(line) ? 1 : 0;
    CHECK(answered > 400);
    CHECK(answered < 600);
    line.device.faults().clear();
    CHECK(answers(line));
}

TEST_CASE("frames are truncated, doubled, renumbered and surrounded by noise", "[simulator][faults]")
{
    Line line;
    FaultRule rule = fault(FaultKind::truncate, FrameClass::confirm);
    rule.octets = 5;
    line.device.faults().add(rule);
    CHECK(line.exchange(read_api(1)).empty());
    CHECK(answers(line)); // its first END ends the fragment

    line.device.faults().add(fault(FaultKind::duplicate));
    auto events = line.exchange(read_api(2));
    REQUIRE(events.size() == 2);
    CHECK(is_frame(events[0], 0x8E, 2));
    CHECK(is_frame(events[1], 0x8E, 2));

    line.device.faults().add(fault(FaultKind::wrong_frame_id));
    events = line.exchange(read_api(3));
    REQUIRE(events.size() == 1);
    CHECK(std::holds_alternative<Frame>(events[0]));
    CHECK_FALSE(is_frame(events[0], 0x8E, 3));

    rule = fault(FaultKind::garbage);
    rule.octets = 20;
    line.device.faults().add(rule);
    events = line.exchange(read_api(4));
    REQUIRE_FALSE(events.empty());
    CHECK(is_frame(events.back(), 0x8E, 4));
}

TEST_CASE("a late confirm arrives behind the next one", "[simulator][faults]")
{
    Line line;
    FaultRule rule = fault(FaultKind::delay, FrameClass::confirm);
    rule.duration = 600ms;
    line.device.faults().add(rule);
    CHECK(line.exchange(read_api(1)).empty());
    line.now += 500ms;
    auto events = line.exchange(read_api(2));
    REQUIRE(events.size() == 1);
    CHECK(is_frame(events[0], 0x8E, 2));
    line.now += 100ms;
    events = line.read();
    REQUIRE(events.size() == 1);
    CHECK(is_frame(events[0], 0x8E, 1));
}

TEST_CASE("a frame that stalls holds back what follows", "[simulator][faults]")
{
    Line line;
    FaultRule rule = fault(FaultKind::stall, FrameClass::confirm);
    rule.duration = 600ms;
    line.device.faults().add(rule);
    CHECK(line.exchange(read_api(1)).empty());
    CHECK(line.decoder.in_frame());
    CHECK(line.exchange(read_api(2)).empty());
    line.now += 600ms;
    const auto events = line.read();
    REQUIRE(events.size() == 2);
    CHECK(is_frame(events[0], 0x8E, 1));
    CHECK(is_frame(events[1], 0x8E, 2));
}

TEST_CASE("the device reboots before or after a request of a kind", "[simulator][faults]")
{
    for (const FaultKind kind : {FaultKind::reboot_before, FaultKind::reboot_after}) {
        Line line;
        FaultRule rule = fault(kind, FrameClass::request);
        rule.primitive = ScratchpadStart::id;
        line.device.faults().add(rule);
        CHECK(answers(line));
        const auto events = line.exchange(encode(ScratchpadStart{96, 1}, 2));
        CHECK(events.size() == (kind == FaultKind::reboot_after ? 1U : 0U));
        CHECK(line.device.rebooting());
        line.now += 1s;
        line.read();
        CHECK(answers(line));
        CHECK(line.device.sink().state().counters.boots == 2);
    }
}

TEST_CASE("a lost response makes the sink repeat its indication", "[simulator][faults]")
{
    Line line;
    line.device.faults().add(fault(FaultKind::drop, FrameClass::response));
    for (int round = 0; round < 2; ++round) {
        const auto events = line.exchange(encode(IndicationPoll{}, 1));
        REQUIRE(events.size() == 2);
        line.exchange(encode_response(std::get<Frame>(events[1]), false));
    }
    CHECK(line.exchange(encode(IndicationPoll{}, 1)).size() == 1);
}
