#include "tests/unit/simulator_bench.hpp"

#include "gateway/scratchpad_file.hpp"

using namespace simulator_test;
using namespace dual_mcu;

namespace {

ScratchpadBlock block(gateway::ByteView image, std::size_t offset, std::size_t size = max_scratchpad_block)
{
    ScratchpadBlock made;
    made.offset = static_cast<std::uint32_t>(offset);
    made.octets.assign(image.subspan(offset, std::min(size, image.size() - offset)));
    return made;
}

/// The result of the last block.
int upload(Bench& bench, gateway::ByteView image, std::uint8_t sequence)
{
    REQUIRE(bench.result(ScratchpadStart{static_cast<std::uint32_t>(image.size()), sequence}) == 0);
    for (std::size_t offset = 0;; offset += max_scratchpad_block) {
        const int result = bench.result(block(image, offset));
        if (result != block_result::accepted || offset + max_scratchpad_block >= image.size())
            return result;
    }
}

void process(Bench& bench)
{
    REQUIRE(bench.result(ScratchpadUpdate{}) == 0);
    bench.stop();
}

} // namespace

TEST_CASE("an uploaded scratchpad is stored under the sequence of its START", "[simulator][scratchpad]")
{
    Bench bench;
    const gateway::Bytes image = fixture("app-8k-seq7.otap");
    CHECK(upload(bench, image, 42) == block_result::complete);
    const auto status = bench.call(ScratchpadStatus{});
    CHECK(status->stored_size == image.size());
    CHECK(status->stored_crc == 0x23F1);
    CHECK(status->stored_sequence == 42);
    CHECK(status->stored_type == scratchpad_type::present);
    CHECK(status->stored_status == scratchpad_status::fresh);
    CHECK(status->processed_size == 0);
    CHECK(status->firmware_version == std::array<std::uint8_t, 4>{5, 4, 0, 59});
    CHECK(bench.csap_read(csap::scratchpad_sequence) == "2A");
    CHECK(bench.msap_read(msap::scratchpad_size) == "F0 1F 00 00");
    bench.boot();
    CHECK(*bench.call(ScratchpadStatus{}) == *status);
}

TEST_CASE("START refuses sizes that no scratchpad has", "[simulator][scratchpad]")
{
    Bench bench;
    for (const std::uint32_t size : {0U, 80U, 95U, 97U, 104U, 1024U * 1024 + 16, 0xFFFFFFF0U})
        CHECK(bench.result(ScratchpadStart{size, 1}) == 2);
    CHECK(bench.result(ScratchpadStart{96, 0}) == 0);
    CHECK(bench.result(ScratchpadStart{1024 * 1024, 255}) == 0);
}

TEST_CASE("a scratchpad is changed only while the stack is stopped", "[simulator][scratchpad]")
{
    Bench bench(running());
    CHECK(bench.result(ScratchpadStart{96, 1}) == 1);
    CHECK(bench.result(ScratchpadBlock{0, {}}) == 3);
    CHECK(bench.result(ScratchpadUpdate{}) == 1);
    CHECK(bench.result(ScratchpadClear{}) == 1);
    CHECK(bench.result(ScratchpadTargetRead{}) == 0);
    CHECK(bench.call(ScratchpadStatus{}).has_value());
}

TEST_CASE("every fault of a block ends the upload", "[simulator][scratchpad]")
{
    const gateway::Bytes image = fixture("app-8k.otap");
    Bench bench;
    CHECK(bench.result(block(image, 0)) == block_result::no_start);

    const auto begin = [&] {
        REQUIRE(bench.result(ScratchpadStart{static_cast<std::uint32_t>(image.size()), 1}) == 0);
        REQUIRE(bench.result(block(image, 0)) == block_result::accepted);
    };
    begin();
    CHECK(bench.result(block(image, 0)) == block_result::wrong_offset); // repeated
    CHECK(bench.result(block(image, 112)) == block_result::no_start);
    begin();
    CHECK(bench.result(block(image, 224)) == block_result::wrong_offset); // a gap
    begin();
    CHECK(bench.result(block(image, 112, 6)) == block_result::wrong_size);
    begin();
    CHECK(bench.result(ScratchpadBlock{112, {}}) == block_result::wrong_size);
    begin();
    gateway::Bytes too_long(5 + 116, 0);
    too_long[0] = 112;
    too_long[4] = 116;
    CHECK(bench.raw(ScratchpadBlock::id, too_long)->payload.view()[0] == block_result::wrong_size);
    CHECK(bench.call(ScratchpadStatus{})->stored_size == 0); // START erased the old one
}

TEST_CASE("more data than START announced is a wrong size", "[simulator][scratchpad]")
{
    Bench bench;
    const gateway::Bytes image = fixture("min-96.otap");
    REQUIRE(bench.result(ScratchpadStart{96, 1}) == 0);
    CHECK(bench.result(block(image, 0, 92)) == block_result::accepted);
    CHECK(bench.result(ScratchpadBlock{92, block(image, 0, 8).octets}) == block_result::wrong_size);
}

TEST_CASE("damaged and foreign files are told apart", "[simulator][scratchpad]")
{
    Bench bench;
    CHECK(upload(bench, fixture("bad-crc.otap"), 1) == block_result::damaged);
    CHECK(bench.call(ScratchpadStatus{})->stored_size == 0);
    CHECK(upload(bench, fixture("bad-tag.otap"), 1) == block_result::not_a_scratchpad);
    CHECK(upload(bench, fixture("bad-length-field.otap"), 1) == block_result::not_a_scratchpad);
    CHECK(upload(bench, fixture("tampered-crc-fixed.otap"), 1) == block_result::complete);
}

TEST_CASE("an upload does not survive a reboot", "[simulator][scratchpad]")
{
    Bench bench;
    const gateway::Bytes image = fixture("app-8k.otap");
    REQUIRE(upload(bench, image, 1) == block_result::complete);
    REQUIRE(bench.result(ScratchpadStart{static_cast<std::uint32_t>(image.size()), 2}) == 0);
    REQUIRE(bench.result(block(image, 0)) == block_result::accepted);
    bench.boot();
    CHECK(bench.result(block(image, 112)) == block_result::no_start);
    CHECK(bench.call(ScratchpadStatus{})->stored_size == 0);
    CHECK(bench.call(ScratchpadStatus{})->stored_type == scratchpad_type::blank);
}

TEST_CASE("erasing takes its time", "[simulator][scratchpad]")
{
    Profile profile;
    profile.erase_time = 3s;
    Bench bench(configured(), profile);
    CHECK(bench.result(ScratchpadStart{96, 1}) == 0);
    CHECK(bench.silence == 3s);
    CHECK(bench.result(ScratchpadClear{}) == 0);
    CHECK(bench.silence == 3s);
    CHECK(bench.result(ScratchpadStart{97, 1}) == 2);
    CHECK(bench.silence == 0s);
}

TEST_CASE("a marked scratchpad is processed at the next reboot", "[simulator][scratchpad]")
{
    Bench bench;
    CHECK(bench.result(ScratchpadUpdate{}) == 2);
    const gateway::Bytes image = fixture("stack-app-100k.otap");
    REQUIRE(upload(bench, image, 9) == block_result::complete);
    CHECK_FALSE(bench.sink.will_process());
    CHECK(bench.result(ScratchpadUpdate{}) == 0);
    CHECK(bench.result(ScratchpadUpdate{}) == 0);
    CHECK(bench.sink.will_process());
    CHECK(bench.call(ScratchpadStatus{})->stored_type == scratchpad_type::process);
    CHECK(bench.call(ScratchpadStatus{})->stored_status == scratchpad_status::fresh);
    bench.stop();
    const ScratchpadStatusConfirm processed{
        static_cast<std::uint32_t>(image.size()),
        0x2D81,
        9,
        scratchpad_type::process,
        scratchpad_status::success,
        static_cast<std::uint32_t>(image.size()),
        0x2D81,
        9,
        0x00000103,
        {5, 1, 0, 99}};
    CHECK(*bench.call(ScratchpadStatus{}) == processed);
    CHECK(bench.csap_read(csap::firmware_minor) == "01 00");
    // Marking it again has no effect.
    CHECK(bench.result(ScratchpadUpdate{}) == 0);
    CHECK_FALSE(bench.sink.will_process());
    // The processed half survives CLEAR.
    CHECK(bench.result(ScratchpadClear{}) == 0);
    const auto cleared = bench.call(ScratchpadStatus{});
    CHECK(cleared->stored_size == 0);
    CHECK(cleared->stored_sequence == 0);
    CHECK(cleared->processed_sequence == 9);
}

TEST_CASE(
    "the bootloader refuses what is damaged, not authentic or no chain of files", "[simulator][scratchpad]")
{
    Bench bench;
    REQUIRE(upload(bench, fixture("bad-file-chain.otap"), 1) == block_result::complete);
    process(bench);
    CHECK(bench.call(ScratchpadStatus{})->stored_status == 7);
    REQUIRE(upload(bench, fixture("custom-readable.otap"), 1) == block_result::complete);
    process(bench);
    CHECK(bench.call(ScratchpadStatus{})->stored_status == 4);
    REQUIRE(upload(bench, fixture("app-8k.otap"), 1) == block_result::complete);
    bench.sink.circumstances().scratchpad_damaged = true;
    process(bench);
    const auto status = bench.call(ScratchpadStatus{});
    CHECK(status->stored_status == 3);
    CHECK(status->processed_size == 0);
    CHECK(status->firmware_version[1] == 4);
}

TEST_CASE("areas without version leave no trace, applications do", "[simulator][scratchpad]")
{
    Bench bench;
    REQUIRE(upload(bench, fixture("min-96.otap"), 1) == block_result::complete);
    process(bench);
    CHECK(bench.call(ScratchpadStatus{})->stored_status == scratchpad_status::success);
    CHECK(bench.call(ScratchpadStatus{})->processed_size == 0);
    for (const char* name : {"app-8k.otap", "app-es256.otap"}) {
        REQUIRE(upload(bench, fixture(name), 2) == block_result::complete);
        process(bench);
        CHECK(bench.call(ScratchpadStatus{})->firmware_area_id == 0x83744C03);
        CHECK(bench.call(ScratchpadStatus{})->firmware_version[1] == 4);
    }
}

TEST_CASE("targets are judged by action, sequence and delay", "[simulator][target]")
{
    Bench bench;
    CHECK(bench.call(ScratchpadTargetRead{})->target == ScratchpadTarget{});
    const auto write = [&bench](ScratchpadTarget target) {
        return bench.result(ScratchpadTargetWrite{target});
    };
    CHECK(write({1, 2, 1, 0}) == 0);
    CHECK(write({0, 2, 1, 0}) == 2);
    CHECK(write({0, 0, 2, 0}) == 2);
    CHECK(write({255, 2, 2, 0}) == 0);
    CHECK(write({1, 2, 3, 0x0A}) == 2); // no unit
    CHECK(write({1, 2, 3, 0x40}) == 2); // no amount
    CHECK(write({1, 2, 3, 0x4A}) == 0);
    CHECK(write({1, 2, 3, 0x4A}) == 2); // the delay that is set already
    CHECK(write({1, 2, 3, 0x5E}) == 0);
    CHECK(write({0, 0, 4, 0}) == 2);
    CHECK(write({0, 0, 5, 0}) == 2);
    CHECK(write({0, 0, 0, 0}) == 0);
    bench.boot();
    CHECK(bench.call(ScratchpadTargetRead{})->target == ScratchpadTarget{});
    Bench old(configured(), with_api(18));
    CHECK(old.result(ScratchpadTargetWrite{{0, 0, 4, 0}}) == 0);
    Bench router(configured(0x02));
    CHECK(router.result(ScratchpadTargetWrite{{1, 2, 1, 0}}) == 1);
}

TEST_CASE("a sink applies its own target while its stack runs", "[simulator][target]")
{
    Bench bench;
    REQUIRE(upload(bench, fixture("app-8k.otap"), 5) == block_result::complete);
    CHECK(bench.result(ScratchpadTargetWrite{{5, 0x23F1, 2, 0}}) == 0);
    bench.pass(1h);
    CHECK_FALSE(bench.rebooted);
    CHECK(bench.result(StackStart{true}) == 0);
    bench.pass(1900ms);
    CHECK_FALSE(bench.rebooted);
    bench.pass(100ms);
    CHECK(bench.rebooted);
    CHECK(bench.sink.will_process());
    bench.boot();
    CHECK(bench.sink.state().live.running); // auto-start is kept: nobody stopped it
    CHECK(bench.call(ScratchpadStatus{})->stored_status == scratchpad_status::success);
    bench.pass(1h);
    CHECK_FALSE(bench.rebooted);
}

TEST_CASE("a target for another scratchpad, or a delay, does not hurry", "[simulator][target]")
{
    Bench bench;
    REQUIRE(upload(bench, fixture("app-8k.otap"), 5) == block_result::complete);
    CHECK(bench.result(StackStart{true}) == 0);
    CHECK(bench.result(ScratchpadTargetWrite{{6, 0x23F1, 2, 0}}) == 0);
    bench.pass(1h);
    CHECK_FALSE(bench.rebooted);
    CHECK(bench.result(ScratchpadTargetWrite{{5, 0x23F1, 3, 0x4A}}) == 0);
    bench.pass(599s);
    CHECK_FALSE(bench.rebooted);
    bench.pass(1s);
    CHECK(bench.rebooted);
}

TEST_CASE("blocks can be read from data containers where the sink is built for it", "[simulator][scratchpad]")
{
    Profile profile;
    profile.block_read_built_in = true;
    Bench bench(configured(), profile);
    CHECK(bench.result(ScratchpadBlockRead{0, 4}) == 4);
    REQUIRE(upload(bench, fixture("app-8k.otap"), 1) == block_result::complete);
    CHECK(bench.result(ScratchpadBlockRead{0, 4}) == 5);
    const gateway::Bytes image = fixture("custom-readable.otap");
    REQUIRE(upload(bench, image, 7) == block_result::complete);
    CHECK(bench.result(ScratchpadBlockRead{2, 4}) == 2);
    CHECK(bench.result(ScratchpadBlockRead{1076, 4}) == 2);
    CHECK(bench.result(ScratchpadBlockRead{0, 6}) == 3);
    CHECK(bench.result(ScratchpadBlockRead{0, 116}) == 3);
    CHECK(bench.result(StackStart{}) == 0);
    gateway::Bytes read;
    for (std::uint32_t offset = 0;; offset += max_scratchpad_block) {
        const auto confirm = bench.call(ScratchpadBlockRead{offset, max_scratchpad_block});
        REQUIRE(confirm->result == 0);
        read.insert(read.end(), confirm->octets.view().begin(), confirm->octets.view().end());
        if (confirm->octets.size() < max_scratchpad_block)
            break;
    }
    REQUIRE(read.size() == image.size());
    CHECK(std::equal(read.begin(), read.begin() + 16, image.begin()));
    CHECK(std::equal(read.begin() + 32, read.end(), image.begin() + 32));
    CHECK(read[22] == 7);
    CHECK(bench.call(ScratchpadBlockRead{1072, 4})->octets.empty());
    Bench usual;
    REQUIRE(upload(usual, image, 7) == block_result::complete);
    CHECK(usual.result(ScratchpadBlockRead{0, 4}) == 5);
}
