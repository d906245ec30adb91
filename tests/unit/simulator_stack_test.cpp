#include "tests/unit/simulator_bench.hpp"

using namespace simulator_test;
using namespace dual_mcu;

TEST_CASE("the first indication after boot is STACK_STATE with frame id 0", "[simulator][stack]")
{
    Bench bench;
    const auto frame = bench.next_indication();
    REQUIRE(frame.has_value());
    CHECK(frame->primitive == StackStateIndication::id);
    CHECK(frame->frame_id == 0);
    CHECK((decode<StackStateIndication>(*frame)->status & stack_status::stopped) != 0);
    CHECK_FALSE(bench.next_indication().has_value());
}

TEST_CASE("a start names everything that is missing", "[simulator][stack]")
{
    struct Case {
        const char* what;
        void (*spoil)(Persistent&);
        int status;
    };
    const Case cases[] = {
        {"network address", [](Persistent& p) { p.network_address.reset(); }, 0x23},
        {"node address", [](Persistent& p) { p.node_address.reset(); }, 0x25},
        {"channel", [](Persistent& p) { p.channel.reset(); }, 0x29},
        {"role", [](Persistent& p) { p.role.reset(); }, 0x11},
        {"everything", [](Persistent& p) { p = Persistent{}; }, 0x1F},
    };
    for (const Case& each : cases) {
        CAPTURE(each.what);
        Persistent settings = configured();
        each.spoil(settings);
        Bench bench(settings);
        CHECK(bench.result(StackStart{true}) == each.status);
        CHECK_FALSE(bench.sink.state().live.running);
        // The flag is stored before the start is tried.
        CHECK(bench.msap_read(msap::autostart) == "01");
    }
}

TEST_CASE("a start runs the stack, and starting it again is a success too", "[simulator][stack]")
{
    Bench bench;
    CHECK(bench.result(StackStart{false}) == 0);
    CHECK(bench.msap_read(msap::autostart) == "00");
    CHECK(bench.result(StackStart{true}) == 0);
    CHECK(bench.msap_read(msap::autostart) == "01");
    // Running, although no application configuration is set: bit 0 alone tells.
    CHECK(bench.msap_read(msap::stack_status) == "20");
    bench.drain();
    CHECK_FALSE(bench.next_indication().has_value());
}

TEST_CASE("a stop is confirmed, clears auto-start and reboots, stopped or not", "[simulator][stack]")
{
    for (const bool runs : {true, false}) {
        Bench bench(runs ? running() : configured());
        CHECK(bench.sink.state().live.running == runs);
        CHECK(bench.result(StackStop{}) == 0);
        CHECK(bench.rebooted);
        bench.boot();
        CHECK_FALSE(bench.sink.state().live.running);
        CHECK(bench.msap_read(msap::autostart) == "00");
    }
}

TEST_CASE("a reboot loses volatile state and keeps settings", "[simulator][stack]")
{
    Bench bench(running());
    CHECK(bench.result(SinkCostWrite{9}) == 0);
    bench.sink.received_from_mesh({1, 1, 0, 1, 0, 1, 0, {1}}, bench.now);
    bench.pass(10s);
    bench.boot();
    CHECK(bench.sink.state().live.running); // auto-start
    CHECK(bench.call(SinkCostRead{})->cost == 0);
    CHECK(bench.csap_read(csap::node_address) == "C0 B0 A0 00");
    CHECK(bench.msap_read(msap::system_time) == "00 00 00 00");
    CHECK(bench.next<StackStateIndication>().status == 0x20);
    CHECK_FALSE(bench.next_indication().has_value());
}

TEST_CASE("start and stop get no answer when auto-start cannot be stored", "[simulator][stack][silent]")
{
    Bench bench;
    bench.sink.circumstances().storage_fails = true;
    CHECK_FALSE(bench.call(StackStart{}).has_value());
    CHECK_FALSE(bench.call(StackStop{}).has_value());
    CHECK_FALSE(bench.rebooted);
}

TEST_CASE("a factory reset needs a stopped stack and the right key", "[simulator][stack]")
{
    Bench bench(running());
    CHECK(bench.result(FactoryReset{}) == 1);
    bench.stop();
    CHECK(bench.result(FactoryReset{1}) == 2);
    CHECK(bench.csap_write(csap::cipher_key, "00112233445566778899AABBCCDDEEFF") == 0);
    CHECK(bench.result(ConfigDataItemSet{0x4156, {}}) == 0);
    CHECK(bench.result(FactoryReset{}) == 0);
    CHECK_FALSE(bench.rebooted);
    CHECK(bench.csap_read(csap::node_address) == "result 4");
    CHECK(bench.csap_read(csap::network_address) == "result 4");
    CHECK(bench.csap_read(csap::network_channel) == "result 4");
    CHECK(bench.csap_read(csap::cipher_key) == "result 4");
    CHECK(bench.csap_read(csap::node_role) == "83");
    CHECK(bench.result(StackStart{}) == 0x0F); // the role is automatic now, not missing
}

TEST_CASE("requests with a wrong length and unknown primitives get no answer", "[simulator][silent]")
{
    Bench bench(running());
    const std::uint8_t known[] = {0x01, 0x04, 0x05, 0x06, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x16, 0x17,
                                  0x18, 0x19, 0x1A, 0x1B, 0x1F, 0x20, 0x21, 0x23, 0x26, 0x27, 0x28,
                                  0x29, 0x30, 0x32, 0x38, 0x39, 0x3A, 0x3B, 0x40, 0x41, 0x42, 0x4C};
    for (const std::uint8_t primitive : known) {
        CAPTURE(primitive);
        CHECK_FALSE(bench.raw(primitive, gateway::Bytes(254, 0xEE)).has_value());
    }
    for (const std::uint8_t primitive :
         {0x00, 0x08, 0x09, 0x11, 0x12, 0x1E, 0x24, 0x25, 0x33, 0x4F, 0x50, 0x60, 0x70}) {
        CAPTURE(primitive);
        for (const std::size_t size : {0U, 1U, 3U, 19U})
            CHECK_FALSE(bench.raw(primitive, gateway::Bytes(size, 0)).has_value());
    }
    CHECK_FALSE(bench.rebooted);
}

TEST_CASE("primitives newer or older than the API version get no answer", "[simulator][silent]")
{
    struct Gate {
        std::uint8_t primitive;
        const char* payload;
        int first;
        int last;
    };
    const Gate gates[] = {
        {0x23, "", 15, 255},
        {0x26, "01 00 00 01 00", 15, 255},
        {0x27, "", 15, 255},
        {0x28, "00 00 00 00 04", 18, 255},
        {0x29, "01 00 01 05", 20, 255},
        {0x30, "01 00", 20, 255},
        {0x32, "00", 20, 255},
        {0x4F, "00 10 00", 0, 18},
        {0x50, "00", 0, 18},
        {0x1C, "", 15, 255},
        {0x1E, "", 15, 18},
        {0x20, "", 0, 255},
        {0x0F, "00 00 01 FF FF FF FF 01 00 00 00 00 00 00 00 00 00 80 01 AA", 17, 255},
    };
    for (int api = 13; api <= 22; ++api) {
        Bench bench(running(), with_api(static_cast<std::uint16_t>(api)));
        for (const Gate& gate : gates) {
            CAPTURE(api, gate.primitive);
            CHECK(
                bench.raw(gate.primitive, gate.payload).has_value() ==
                (api >= gate.first && api <= gate.last));
        }
    }
}

TEST_CASE("sink cost is capped, volatile and for sinks only", "[simulator][cost]")
{
    Bench bench;
    CHECK(bench.result(SinkCostWrite{255}) == 0);
    CHECK(*bench.call(SinkCostRead{}) == SinkCostReadConfirm{0, 254});
    Bench router(configured(0x02));
    CHECK(router.result(SinkCostWrite{1}) == 1);
    CHECK(router.result(SinkCostRead{}) == 1);
}

TEST_CASE("neighbours, scan and install quality answer as documented", "[simulator][neighbours]")
{
    Bench bench;
    bench.sink.circumstances().neighbours.assign(9, Neighbour{0x12345678, 255, 60, 12, 7, 0, 8, -71, 5});
    CHECK(bench.call(GetNeighbours{})->count == 0);
    CHECK(bench.result(ScanNeighbours{}) == 1);
    bench.drain();
    CHECK(bench.result(StackStart{}) == 0);
    CHECK(bench.call(GetNeighbours{})->count == 8);
    CHECK(bench.call(GetNeighbours{})->entries[7].rx_power == -71);
    CHECK(bench.result(ScanNeighbours{}) == 0);
    CHECK(bench.result(ScanNeighbours{}) == 0);
    CHECK_FALSE(bench.next_indication().has_value());
    bench.pass(bench.sink.state().profile.scan_time);
    CHECK(bench.next<ScanNeighboursIndication>().ready == 1);
    CHECK_FALSE(bench.next_indication().has_value());
    CHECK(bench.raw(0x23, "")->payload.size() == 3);
    bench.sink.circumstances().neighbours_unavailable = true;
    CHECK_FALSE(bench.call(GetNeighbours{}).has_value());
}

TEST_CASE("a feature lock makes every locked feature refuse", "[simulator][lock]")
{
    Persistent settings = configured();
    settings.lock_key = simulator::Key{1};
    settings.lock_bits = ~simulator::feature::lockable;
    Bench bench(settings);
    CHECK(bench.result(StackStart{}) == 0x80);
    CHECK(bench.result(StackStop{}) == 128);
    CHECK(bench.result(FactoryReset{}) == 3);
    CHECK(bench.result(SinkCostWrite{1}) == 2);
    CHECK(bench.result(SinkCostRead{}) == 2);
    CHECK(bench.result(ScanNeighbours{}) == 2);
    CHECK(*bench.call(GetNeighbours{}) == NeighboursConfirm{});
    CHECK(*bench.call(ScratchpadStatus{}) == ScratchpadStatusConfirm{});
    CHECK(bench.result(ScratchpadStart{96, 1}) == 4);
    CHECK(bench.result(ScratchpadClear{}) == 2);
    CHECK(bench.result(ScratchpadUpdate{}) == 3);
    CHECK(bench.result(ScratchpadBlockRead{0, 4}) == 5);
    CHECK(bench.result(ScratchpadTargetWrite{{1, 1, 1, 0}}) == 3);
    CHECK(bench.result(ScratchpadTargetRead{}) == 0);
    CHECK(bench.result(AppConfigRead{}) == 2);
    AppConfigWrite write;
    write.config.octets.assign(gateway::Bytes(80, 1));
    CHECK(bench.result(write) == 4);
    CHECK(bench.result(DataTx{}) == 10);
    CHECK(bench.result(InstallQuality{}) == 0);
    CHECK_FALSE(bench.rebooted);

    CHECK(bench.csap_read(csap::mtu) == "result 6");
    CHECK(bench.csap_read(csap::scratchpad_sequence) == "result 6");
    CHECK(bench.msap_read(msap::stack_status) == "result 6");
    CHECK(bench.msap_read(msap::route_count) == "result 6");
    CHECK(bench.msap_read(msap::scratchpad_block_max) == "result 6");
    CHECK(bench.csap_write(csap::network_channel, "01") == 6);
    CHECK(bench.msap_write(msap::autostart, "01") == 6);
    // The key itself can be written: the same one unlocks.
    CHECK(bench.csap_write(csap::feature_lock_key, "02000000000000000000000000000000") == 4);
    CHECK(bench.csap_write(csap::feature_lock_key, "01000000000000000000000000000000") == 0);
    CHECK(bench.csap_read(csap::mtu) == "66");
}
