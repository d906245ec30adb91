// The rows of spec/otap-campaign.md, 2.3, about the bootloader: 21 to 28 and 30, on the octets of the
// files, and the files that make each status (spec/scratchpad-format.md, 12, 13).
#include "tests/unit/mesh_bench.hpp"

#include "gateway/scratchpad/building.hpp"

using namespace mesh_test;

namespace {

/// A node that stores something and is told to process it.
struct Run {
    Run(const Stored& stored, const Model& model) : bench(setup_of(stored, model))
    {
        before = bench.stored(101);
        origin = bench.processed(101);
    }
    void process()
    {
        simulator::mesh::process(bench.state(), bench.index(101));
        CHECK(bench.stored(101).ends_with("02 FF")); // M
        bench.pass(5min);
    }
    [[nodiscard]] std::string status() { return bench.status(101, 7, 9); }

    Bench bench;
    std::string before;
    std::string origin;

private:
    static Setup setup_of(const Stored& stored, const Model& model)
    {
        Setup setup = chain_of(1, model);
        setup.nodes[0].stored = stored;
        return setup;
    }
};

Image damaged(const Image& image, std::size_t at)
{
    gateway::Bytes octets = *image;
    octets.at(at) ^= 1;
    return std::make_shared<const gateway::Bytes>(std::move(octets));
}

Model on_both(bool legacy)
{
    return legacy ? old_model() : standard_model();
}

} // namespace

TEST_CASE("row 21: a scratchpad with matching areas is applied, and leaves its trace", "[mesh][row-21]")
{
    const bool legacy = GENERATE(true, false);
    Run run(file_42(), on_both(legacy));
    CHECK(run.before == fresh_42);
    CHECK(run.origin.starts_with("00 00 00 00 00 00 00 03 01 00 00 05"));
    run.process();
    CHECK(run.bench.stored(101) == processed_42);
    const std::string trace = run.bench.status(101, 9, 39);
    CHECK(trace.substr(0, 23) == "B0 84 01 00 81 2D 2A 03");
    CHECK(trace.substr(45, 23) == "B0 84 01 00 81 2D 2A 03" + std::string());
    CHECK(run.bench.node(101).stack.version == gateway::FirmwareVersion{5, 1, 0, 99});
    CHECK(run.bench.node(101).application.version == gateway::FirmwareVersion{2, 0, 0, 17});
    CHECK(run.bench.node(101).restarts == 1);
}

TEST_CASE("row 21: only the areas that match leave a trace", "[mesh][row-21]")
{
    Run run(file_41(), standard_model());
    CHECK(run.before == fresh_41);
    run.process();
    CHECK(run.bench.stored(101) == processed_41);
    CHECK(run.bench.status(101, 9, 24) == run.origin.substr(0, 44));
    CHECK(run.bench.status(101, 24, 39) == "F0 1F 00 00 F1 23 29 03 4C 74 83 01 02 03 04");
}

TEST_CASE("row 22: a scratchpad without a matching area is processed, and changes nothing", "[mesh][row-22]")
{
    const bool legacy = GENERATE(true, false);
    Model other = on_both(legacy);
    other.stack_area = 0x00000106;
    other.application_area = 0x98BFAC06;
    other.bootloader.areas = {{0x00000106, 1'000'000}, {0x98BFAC06, 1'000'000}};
    Run run(file_42(), other);
    CHECK(run.before == fresh_42);
    run.process();
    CHECK(run.bench.stored(101) == processed_42);
    CHECK(run.bench.processed(101) == run.origin);
}

TEST_CASE("row 23: a wrong CRC gives status 3", "[mesh][row-23]")
{
    const bool legacy = GENERATE(true, false);
    Stored stored = file_42();
    stored.image = damaged(stored.image, 5000);
    Run run(stored, on_both(legacy));
    CHECK(run.before == fresh_42);
    run.process();
    CHECK(run.status() == "02 03");
    CHECK(run.bench.processed(101) == run.origin);
}

TEST_CASE("row 24: keys that do not authenticate give status 4", "[mesh][row-24]")
{
    const bool legacy = GENERATE(true, false);
    Model model = on_both(legacy);
    const std::string file =
        GENERATE("app-8k-vendor-b.otap", "tampered-crc-fixed.otap", "custom-readable.otap");
    Run run(fresh(file, 43), model);
    CHECK(run.before.ends_with("2B 01 FF"));
    run.process();
    CHECK(run.status() == "02 04");
    CHECK(run.bench.processed(101) == run.origin);
}

TEST_CASE("row 24: any of a bootloader's key pairs will do", "[mesh][row-24]")
{
    Model model = standard_model();
    model.bootloader.keys.push_back(test_keys("vendor_b").front());
    Run run(fresh("app-8k-vendor-b.otap", 43), model);
    CHECK(run.before.ends_with("2B 01 FF"));
    run.process();
    CHECK(run.status() == "02 00");
}

TEST_CASE("row 25: what does not decompress gives status 5", "[mesh][row-25]")
{
    const bool legacy = GENERATE(true, false);
    Model model = on_both(legacy);
    // The file authenticates, but another encryption key makes rubbish of it.
    model.bootloader.keys.front().encryption = test_keys("vendor_b").front().encryption;
    Run run(file_42(), model);
    CHECK(run.before == fresh_42);
    run.process();
    CHECK(run.status() == "02 05");
    CHECK(run.bench.processed(101) == run.origin);
}

TEST_CASE("row 25: so does a counter that runs the other way", "[mesh][row-25]")
{
    Model model = standard_model();
    model.bootloader.areas = {
        {0x0000010F, 1'000'000}, {0x8D2B7C0F, 1'000'000}, {application_area, 1'000'000}};
    const Stored stored = fresh("app-ctr-be.otap", 43);
    const auto chain = gateway::scratchpad::read_chain(*stored.image);
    REQUIRE(chain.areas.size() == 1);
    model.bootloader.areas.push_back({chain.areas[0].id, 1'000'000});
    SECTION("on most platforms")
    {
        Run run(stored, model);
        CHECK(run.before.ends_with("2B 01 FF"));
        run.process();
        CHECK(run.status() == "02 05");
    }
    SECTION("but not on the one it was made for")
    {
        model.bootloader.counter = gateway::scratchpad::CounterOrder::big_endian;
        Run run(stored, model);
        CHECK(run.before.ends_with("2B 01 FF"));
        run.process();
        CHECK(run.status() == "02 00");
    }
}

TEST_CASE("row 26: an image larger than its area gives status 6; earlier ones are written", "[mesh][row-26]")
{
    const bool legacy = GENERATE(true, false);
    Model model = on_both(legacy);
    model.bootloader.areas = {{stack_area, 1'000'000}, {application_area, 1000}};
    Run run(file_42(), model);
    CHECK(run.before == fresh_42);
    run.process();
    CHECK(run.status() == "02 06");
    CHECK(run.bench.node(101).stack.version == gateway::FirmwareVersion{5, 1, 0, 99});
    CHECK(run.bench.node(101).application.version == gateway::FirmwareVersion{1, 2, 3, 4});
}

TEST_CASE("row 27: a bad file header gives status 7", "[mesh][row-27]")
{
    // The fixture's chain breaks and its tag is of other contents: authentication comes first, so that
    // the tag is made right.
    const auto pair = test_keys().front();
    gateway::Bytes octets = *read_image("bad-file-chain.otap");
    const auto tag = gateway::scratchpad::cmac(
        pair.authentication, gateway::ByteView(octets).subspan(gateway::scratchpad::counter_offset));
    std::ranges::copy(tag, octets.begin() + gateway::scratchpad::tag_offset);
    const std::uint16_t crc = gateway::crc16(gateway::ByteView(octets).subspan(32));
    octets[20] = static_cast<std::uint8_t>(crc);
    octets[21] = static_cast<std::uint8_t>(crc >> 8);
    const bool legacy = GENERATE(true, false);
    Run run(fresh(std::make_shared<const gateway::Bytes>(octets), 43), on_both(legacy));
    CHECK(run.before.ends_with("2B 01 FF"));
    run.process();
    CHECK(run.status() == "02 07");
    CHECK(run.bench.processed(101) == run.origin);
}

TEST_CASE("row 27: flash faults give status 1 and 8", "[mesh][row-27]")
{
    const bool legacy = GENERATE(true, false);
    SECTION("by chance")
    {
        Run run(file_42(), on_both(legacy));
        run.bench.state().parameters.bootloader.flash_error_probability = 1;
        CHECK(run.before == fresh_42);
        run.process();
        CHECK(run.status() == "02 01");
    }
    SECTION("as told, once")
    {
        Run run(file_42(), on_both(legacy));
        run.bench.node(101).more().next_bootloader_status = 8;
        CHECK(run.before == fresh_42);
        run.process();
        CHECK(run.status() == "02 08");
        CHECK(run.bench.processed(101) == run.origin);
    }
}

TEST_CASE("row 27: modem firmware that cannot be written gives status 9 or 10", "[mesh][row-27]")
{
    const std::uint8_t status = GENERATE(std::uint8_t{9}, std::uint8_t{10});
    constexpr std::uint32_t modem = 0x30000012;
    const auto pair = test_keys().front();
    const std::array images = {gateway::scratchpad::Image{modem, {1, 0, 0, 0}, gateway::Bytes(4000, 0x55)}};
    const auto file = gateway::scratchpad::build(images, {pair});
    REQUIRE(file.has_value());
    Model model = standard_model();
    model.bootloader.areas.push_back({modem, 1'000'000, status});
    Run run(fresh(std::make_shared<const gateway::Bytes>(*file), 43), model);
    CHECK(run.before.ends_with("2B 01 FF"));
    run.process();
    CHECK(run.status() == gateway::to_hex(std::array<std::uint8_t, 2>{2, status}));
}

TEST_CASE("row 28: power lost in the bootloader lets it begin again", "[mesh][row-28]")
{
    const bool legacy = GENERATE(true, false);
    Run run(file_42(), on_both(legacy));
    CHECK(run.before == fresh_42);
    process(run.bench.state(), run.bench.index(101));
    run.bench.pass(3s);
    REQUIRE(run.bench.node(101).activity == Activity::in_bootloader);
    power_off(run.bench.state(), run.bench.index(101));
    run.bench.pass(1h);
    CHECK(run.bench.stored(101) == "B0 84 01 00 81 2D 2A 02 FF");
    power_on(run.bench.state(), run.bench.index(101));
    CHECK(run.bench.node(101).activity == Activity::in_bootloader);
    run.bench.pass(1min);
    CHECK(run.bench.stored(101) == processed_42);
}

TEST_CASE("row 30: a new program that does not start is silent for ever", "[mesh][row-30]")
{
    const bool legacy = GENERATE(true, false);
    Model model = on_both(legacy);
    model.silent_after = 1;
    Run run(file_42(), model);
    CHECK(run.before == fresh_42);
    run.process();
    CHECK(run.bench.stored(101) == processed_42); // nobody can ask it
    CHECK(run.bench.node(101).activity == Activity::silent_for_ever);
    CHECK(run.bench.ask(101, "19 00") == "silence");
    run.bench.pass(24h);
    CHECK(run.bench.ask(101, "19 00") == "silence");
}
