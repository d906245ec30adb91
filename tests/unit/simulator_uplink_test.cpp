#include "tests/unit/simulator_bench.hpp"

#include "simulator/uplink_source.hpp"

using namespace simulator_test;
using namespace dual_mcu;
using simulator::UplinkPacket;

namespace {

UplinkPacket packet(std::size_t size, std::uint8_t qos = 0)
{
    UplinkPacket made;
    made.source = 1001;
    made.source_endpoint = 3;
    made.destination = gateway::any_sink_address;
    made.destination_endpoint = 4;
    made.qos = qos;
    made.hop_count = 2;
    made.travel_time = 128;
    made.payload.assign(size, 0x77);
    return made;
}

simulator::Answer poll(Bench& bench)
{
    return bench.sink.handle(encode(IndicationPoll{}, 1), bench.now);
}

} // namespace

TEST_CASE("a packet from the mesh becomes an indication for the sink's own address", "[simulator][uplink]")
{
    Bench bench(running());
    bench.drain();
    CHECK(bench.sink.received_from_mesh(packet(102, 1), bench.now));
    bench.pass(2s);
    const auto received = bench.next<DataRx>();
    CHECK(received.header == RxHeader{1001, 3, own_address, 4, 1, 2, 128 + 256});
    CHECK(received.apdu.size() == 102);
}

TEST_CASE("a packet above the MTU becomes fragments", "[simulator][uplink]")
{
    Bench bench(running());
    bench.drain();
    CHECK(bench.sink.received_from_mesh(packet(205), bench.now));
    CHECK(bench.sink.received_from_mesh(packet(103), bench.now));
    std::vector<DataRxFragment> fragments;
    for (int i = 0; i < 5; ++i)
        fragments.push_back(bench.next<DataRxFragment>());
    CHECK(fragments[0].fragment == FragmentInfo{0, 0, false});
    CHECK(fragments[1].fragment == FragmentInfo{0, 102, false});
    CHECK(fragments[2].fragment == FragmentInfo{0, 204, true});
    CHECK(fragments[2].apdu.size() == 1);
    CHECK(fragments[3].fragment == FragmentInfo{1, 0, false});
    CHECK(fragments[4].fragment == FragmentInfo{1, 102, true});
}

TEST_CASE("waiting in the sink counts for fragments from API 19 on", "[simulator][uplink]")
{
    for (const std::uint16_t api : {18, 19}) {
        Bench bench(running(), with_api(api));
        bench.drain();
        CHECK(bench.sink.received_from_mesh(packet(103), bench.now));
        bench.pass(1s);
        CHECK(bench.next<DataRxFragment>().header.travel_time == (api == 18 ? 128U : 256U));
    }
}

TEST_CASE("a stopped stack hears nothing", "[simulator][uplink]")
{
    Bench bench;
    CHECK_FALSE(bench.sink.received_from_mesh(packet(10), bench.now));
    CHECK(bench.sink.state().counters.uplink_unheard == 1);
}

TEST_CASE("no packet is empty or longer than 1500 octets", "[simulator][uplink]")
{
    Bench bench(running());
    CHECK_FALSE(bench.sink.received_from_mesh(packet(0), bench.now));
    CHECK_FALSE(bench.sink.received_from_mesh(packet(1501), bench.now));
    CHECK(bench.sink.received_from_mesh(packet(1500), bench.now));
}

TEST_CASE("an indication is repeated with the same frame id until it is acknowledged", "[simulator][uplink]")
{
    Bench bench(running());
    bench.drain();
    bench.sink.received_from_mesh(packet(10), bench.now);
    const auto first = poll(bench);
    REQUIRE(first.frames.size() == 2);
    bench.now += 1s;
    const auto second = poll(bench);
    REQUIRE(second.frames.size() == 2);
    CHECK(second.frames[1].frame_id == first.frames[1].frame_id);
    CHECK(decode<DataRx>(second.frames[1])->header.travel_time == 256);

    // Wrong ids acknowledge nothing; with result 1 the same comes again.
    Frame wrong = encode_response(second.frames[1], true);
    ++wrong.frame_id;
    const auto repeated = bench.sink.handle(wrong, bench.now);
    REQUIRE(repeated.frames.size() == 1);
    CHECK(repeated.frames[0] == second.frames[1]);
    wrong = encode_response(second.frames[1], false);
    wrong.primitive = 0x90;
    CHECK(bench.sink.handle(wrong, bench.now).frames.empty());

    CHECK(bench.sink.handle(encode_response(second.frames[1], true), bench.now).frames.empty());
    CHECK(poll(bench).frames.size() == 1);
}

TEST_CASE("a response with result 1 brings the next indication at once", "[simulator][uplink]")
{
    Bench bench(running());
    bench.drain();
    for (int i = 0; i < 3; ++i)
        bench.sink.received_from_mesh(packet(10), bench.now);
    auto answer = poll(bench);
    REQUIRE(answer.frames.size() == 2);
    Frame indication = answer.frames[1];
    for (const bool more : {true, true, false}) {
        CHECK(decode<DataRx>(indication)->more == more);
        answer = bench.sink.handle(encode_response(indication, true), bench.now);
        REQUIRE(answer.frames.size() == (more ? 1 : 0));
        if (more) {
            CHECK(answer.frames[0].frame_id == indication.frame_id + 1);
            indication = answer.frames[0];
        }
    }
}

TEST_CASE("a stale response acknowledges nothing after a reboot", "[simulator][uplink]")
{
    Bench bench(running());
    Frame stale;
    stale.primitive = StackStateIndication::id | answer_bit;
    stale.payload.push_back(0);
    CHECK(bench.sink.handle(stale, bench.now).frames.empty());
    CHECK(poll(bench).frames.size() == 2); // the head was not sent yet: it is still there
}

TEST_CASE("the mesh holds what the sink's memory cannot take, in order", "[simulator][uplink]")
{
    Profile profile;
    profile.indication_memory = 4;
    profile.held_packets = 3;
    Bench bench(running(), profile);
    bench.drain();
    for (std::uint8_t i = 0; i < 8; ++i) {
        UplinkPacket numbered = packet(1);
        numbered.payload[0] = i;
        CHECK(bench.sink.received_from_mesh(numbered, bench.now) == (i < 7));
    }
    CHECK(bench.sink.state().counters.uplink_held == 3);
    CHECK(bench.sink.state().counters.uplink_lost == 1);
    bench.pass(1s);
    for (std::uint8_t i = 0; i < 7; ++i) {
        const auto received = bench.next<DataRx>();
        CHECK(received.apdu.view()[0] == i);
        CHECK(received.header.travel_time == 256); // waiting in the mesh counts
    }
    CHECK_FALSE(bench.next_indication().has_value());
}

TEST_CASE("received data ages out from API 19 on", "[simulator][uplink]")
{
    for (const std::uint16_t api : {18, 19}) {
        Bench bench(running(), with_api(api));
        bench.drain();
        bench.sink.received_from_mesh(packet(1, 1), bench.now);
        bench.sink.received_from_mesh(packet(1, 0), bench.now);
        bench.pass(301s);
        CHECK(bench.sink.state().live.indications.size() == (api == 19 ? 1U : 2U));
        bench.pass(300s);
        CHECK(bench.sink.state().live.indications.size() == (api == 19 ? 0U : 2U));
        CHECK(bench.sink.state().counters.uplink_aged == (api == 19 ? 2U : 0U));
    }
}

TEST_CASE("generated packets carry a running number", "[simulator][uplink]")
{
    Bench bench(running());
    bench.drain();
    simulator::UplinkSource source({.packets_per_second = 10, .octets = 20, .count = 5});
    source.pump(bench.sink, bench.now);
    CHECK(source.generated() == 0);
    bench.now += 250ms;
    source.pump(bench.sink, bench.now);
    CHECK(source.generated() == 2);
    bench.now += 10s;
    source.pump(bench.sink, bench.now);
    CHECK(source.finished());
    CHECK_FALSE(source.next_event().has_value());
    for (std::uint32_t i = 0; i < 5; ++i) {
        const auto received = bench.next<DataRx>();
        CHECK(Reader(received.apdu).u32() == i);
        CHECK(received.apdu.size() == 20);
    }
}

TEST_CASE("as many as polled keeps the memory full and holds nothing", "[simulator][uplink]")
{
    Bench bench(running());
    bench.drain();
    simulator::UplinkSource source({.as_many_as_polled = true, .octets = 300});
    source.pump(bench.sink, bench.now);
    CHECK(bench.sink.state().live.indications.size() > 60);
    for (int i = 0; i < 100; ++i) {
        bench.next<DataRxFragment>();
        source.pump(bench.sink, bench.now);
    }
    CHECK(bench.sink.state().held.size() <= 1);
    CHECK(bench.sink.state().counters.uplink_lost == 0);
}
