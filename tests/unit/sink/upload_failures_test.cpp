/// An upload that is disturbed ends whole or not at all (spec/dual-mcu-api.md, 6.2).
#include "gateway/scratchpad_file.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"
#include "tests/unit/sink/simulated_port.hpp"
#include "tests/unit/sink/sink_under_test.hpp"

#include <fstream>

using namespace dual_mcu;
using gateway::ApplicationCode;
using simulator::FaultKind;
using simulator::FaultRule;
using simulator::FrameClass;
using test::SimulatedPort;
using test::SinkUnderTest;

namespace {

gateway::Bytes fixture(const std::string& name)
{
    std::ifstream file(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const gateway::Bytes& image()
{
    static const gateway::Bytes octets = fixture("custom-readable.otap"); // ten blocks
    return octets;
}

gateway::Task<Result<>> upload(Sink& sink)
{
    return sink.upload_scratchpad(51, image(), nullptr);
}

bool stored_whole(SimulatedPort& port)
{
    return port.with([](simulator::Device& device) {
        const auto& stored = device.sink().state().persistent.stored;
        return stored.image && *stored.image == image() && stored.sequence == 51;
    });
}

void on_block(
    SimulatedPort& port, FaultKind kind, FrameClass frames, std::size_t block, std::uint64_t count = 1)
{
    FaultRule rule;
    rule.kind = kind;
    rule.frames = frames;
    rule.primitive = frames == FrameClass::request ? ScratchpadBlock::id : ScratchpadBlock::id | answer_bit;
    rule.skip = block;
    rule.count = count;
    port.fault(rule);
}

} // namespace

TEST_CASE("an upload survives a reboot of the sink before any block", "[link][power-cut]")
{
    const std::size_t blocks = (image().size() + max_scratchpad_block - 1) / max_scratchpad_block;
    for (std::size_t block = 0; block < blocks; ++block) {
        DYNAMIC_SECTION("reboot before block " << block)
        {
            SimulatedPort port;
            SinkUnderTest sink(port.path());
            REQUIRE(sink.wait_online());
            on_block(port, FaultKind::reboot_before, FrameClass::request, block);
            const auto uploaded = sink.run(upload);
            CAPTURE(uploaded ? "" : uploaded.error().message);
            REQUIRE(uploaded);
            CHECK(stored_whole(port));
            CHECK_FALSE(sink.events().state.stack_runs());
            CHECK(sink.events().state.scratchpad->stored_sequence == 51);
        }
    }
}

TEST_CASE("an upload survives a lost block, a lost confirm and a broken one", "[link]")
{
    const auto [kind, frames] = GENERATE(table<FaultKind, FrameClass>(
        {{FaultKind::drop, FrameClass::request},
         {FaultKind::flip, FrameClass::request},
         {FaultKind::drop, FrameClass::confirm},
         {FaultKind::flip, FrameClass::confirm},
         {FaultKind::wrong_frame_id, FrameClass::confirm}}));
    const std::size_t block = GENERATE(std::size_t{0}, std::size_t{4}, std::size_t{9});
    CAPTURE(static_cast<int>(kind), static_cast<int>(frames), block);
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    on_block(port, kind, frames, block);
    REQUIRE(sink.run(upload));
    CHECK(stored_whole(port));
}

TEST_CASE("an upload that fails every time ends with an error, and the sink is usable", "[link]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    on_block(port, FaultKind::drop, FrameClass::confirm, 3, 100);
    const auto failed = sink.run(upload);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ApplicationCode::internal_error);
    CHECK(failed.error().message.find("block at") != std::string::npos);
    CHECK_FALSE(stored_whole(port));
    port.with([](simulator::Device& device) { device.faults().clear(); });
    REQUIRE(sink.run(upload));
    CHECK(stored_whole(port));
}

TEST_CASE("a second upload meanwhile is refused, and clearing cancels the first", "[link]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    on_block(port, FaultKind::drop, FrameClass::confirm, 0, 100); // goes on for a while
    sink.begin(upload);
    const auto second = sink.run(upload);
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("another upload") != std::string::npos);
    CHECK(sink.run([](Sink& s) { return s.clear_scratchpad(); }));
    CHECK(sink.events().state.scratchpad->stored_size == 0);
    port.with([](simulator::Device& device) { device.faults().clear(); });
    REQUIRE(sink.run(upload));
}

TEST_CASE("an upload is cancelled between two blocks", "[link]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const auto cancelled = sink.run([](Sink& s) {
        return s.upload_scratchpad(51, image(), [&s](std::size_t octets) {
            if (octets > image().size() / 2)
                s.cancel_upload();
        });
    });
    REQUIRE_FALSE(cancelled);
    CHECK(cancelled.error().message.find("cancelled") != std::string::npos);
    CHECK_FALSE(stored_whole(port));
}

TEST_CASE("other requests and uplink go on while a scratchpad uploads", "[link]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const gateway::Bytes file = fixture("app-8k.otap");
    // From inside the upload: after every block somebody else asks for something.
    int answered = 0;
    const auto ask = [](Sink& s, int& count) -> gateway::Task<> {
        const auto target = co_await s.get_target(); // one exchange
        count += target ? 1 : 0;
    };
    int asked = 0;
    REQUIRE(sink.run([&](Sink& s) {
        return s.upload_scratchpad(1, file, [&](std::size_t) {
            // The one before must have been answered: at most one exchange of the upload later.
            CHECK(answered >= asked - 1);
            ++asked;
            s.link().spawn(ask(s, answered));
        });
    }));
    CHECK(asked == 73);
    CHECK(answered >= 72);
}
