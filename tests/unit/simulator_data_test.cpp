#include "tests/unit/simulator_bench.hpp"

using namespace simulator_test;
using namespace dual_mcu;

namespace {

Apdu apdu(std::size_t size, std::uint8_t octet = 0x11)
{
    Apdu made;
    REQUIRE(made.assign(gateway::Bytes(size, octet)));
    return made;
}

TxHeader to(std::uint32_t destination, std::uint16_t pdu_id = 0, bool track = false)
{
    return {pdu_id, 1, destination, 2, 0, {track, false, 0}};
}

std::vector<simulator::DownlinkPacket> downlink(Bench& bench)
{
    std::vector<simulator::DownlinkPacket> packets;
    for (auto& what : bench.sink.take_for_mesh())
        if (auto* packet = std::get_if<simulator::DownlinkPacket>(&what))
            packets.push_back(std::move(*packet));
    return packets;
}

} // namespace

TEST_CASE("a packet takes a buffer until it leaves for the mesh", "[simulator][data]")
{
    Bench bench(running());
    const auto confirm = bench.call(DataTx{to(1000, 7), apdu(10)});
    CHECK(*confirm == DataTx::Confirm{7, 0, 31});
    CHECK(downlink(bench).empty());
    CHECK(bench.msap_read(msap::pdu_buffer_usage) == "01");
    bench.pass(10ms);
    const auto packets = downlink(bench);
    REQUIRE(packets.size() == 1);
    CHECK(packets[0].header.destination == 1000);
    CHECK(packets[0].source == own_address);
    CHECK(packets[0].payload == gateway::Bytes(10, 0x11));
    CHECK(bench.msap_read(msap::pdu_buffer_capacity) == "20");
}

TEST_CASE("buffers run out and come back", "[simulator][data]")
{
    Bench bench(running());
    for (int i = 31; i >= 0; --i)
        CHECK(bench.call(DataTxTt{to(1000), 0, apdu(1)})->capacity == i);
    CHECK(*bench.call(DataTxTt{to(1000), 0, apdu(1)}) == DataTxTt::Confirm{0, 4, 0});
    bench.pass(10ms);
    CHECK(bench.result(DataTxTt{to(1000), 0, apdu(1)}) == 0);
    bench.pass(1s);
    CHECK(downlink(bench).size() == 33);
    bench.sink.circumstances().out_of_memory = true;
    CHECK(*bench.call(DataTxTt{to(1000), 0, apdu(1)}) == DataTxTt::Confirm{0, 4, 0});
}

TEST_CASE("packets are refused for what is wrong with them", "[simulator][data]")
{
    Bench stopped;
    CHECK(stopped.result(DataTx{to(1), apdu(1)}) == 1);
    Bench bench(running());
    const auto with = [](auto change) {
        TxHeader header = to(1000);
        change(header);
        return DataTx{header, apdu(1)};
    };
    CHECK(bench.result(with([](TxHeader& h) { h.qos = 1; })) == 0);
    CHECK(bench.result(with([](TxHeader& h) { h.qos = 2; })) == 2);
    CHECK(bench.result(with([](TxHeader& h) { h.source_endpoint = 240; })) == 9);
    CHECK(bench.result(with([](TxHeader& h) { h.destination_endpoint = 255; })) == 9);
    CHECK(
        bench.result(with([](TxHeader& h) { h.source_endpoint = 255, h.destination_endpoint = 240; })) == 0);
    CHECK(
        bench.result(with([](TxHeader& h) { h.source_endpoint = 239, h.destination_endpoint = 239; })) == 0);
    CHECK(bench.result(DataTx{to(1000), {}}) == 6);
    CHECK(bench.result(DataTx{to(1000), apdu(102)}) == 0);
    CHECK(bench.result(DataTx{to(1000), apdu(103)}) == 6);
    Profile wide;
    wide.mtu = 180;
    Bench dect(running(), wide);
    CHECK(dect.result(DataTx{to(1000), apdu(180)}) == 0);
    CHECK(dect.result(DataTx{to(1000), apdu(181)}) == 6);
}

TEST_CASE("remote API requests can be locked alone", "[simulator][data][lock]")
{
    Persistent settings = running();
    settings.lock_key = simulator::Key{1};
    settings.lock_bits = ~simulator::feature::remote_api;
    Bench bench(settings);
    TxHeader remote = to(1000);
    remote.source_endpoint = 255;
    remote.destination_endpoint = 240;
    CHECK(bench.result(DataTx{remote, apdu(1)}) == 10);
    CHECK(bench.result(DataTx{to(1000), apdu(1)}) == 0);
}

TEST_CASE("sixteen packets can be tracked, each under an id of its own", "[simulator][data]")
{
    Bench bench(running());
    bench.drain();
    for (std::uint16_t id = 0; id < 16; ++id)
        CHECK(bench.result(DataTxTt{to(1000, id, true), 0, apdu(1)}) == 0);
    CHECK(bench.result(DataTxTt{to(1000, 16, true), 0, apdu(1)}) == 7);
    CHECK(bench.result(DataTxTt{to(1000, 3, true), 0, apdu(1)}) == 8);
    CHECK(bench.result(DataTxTt{to(1000, 3), 0, apdu(1)}) == 0);
    bench.pass(10ms);
    const auto indication = bench.next<DataTxIndication>();
    CHECK(indication == DataTxIndication{false, 0, 1, 1000, 2, 1, 0});
    CHECK(bench.result(DataTxTt{to(1000, 16, true), 0, apdu(1)}) == 0);
    bench.sink.circumstances().downlink_dropped = true;
    bench.pass(1s);
    for (std::uint16_t id = 1; id <= 16; ++id) {
        const auto dropped = bench.next<DataTxIndication>();
        CHECK(dropped.pdu_id == id);
        CHECK(dropped.result == 1);
    }
    CHECK_FALSE(bench.next_indication().has_value());
}

TEST_CASE("a reboot forgets tracked packets and sends no indication for them", "[simulator][data]")
{
    Bench bench(running());
    CHECK(bench.result(DataTxTt{to(1000, 1, true), 0, apdu(1)}) == 0);
    bench.boot();
    bench.pass(1s);
    CHECK(bench.next_indication()->primitive == StackStateIndication::id);
    CHECK_FALSE(bench.next_indication().has_value());
    CHECK(downlink(bench).empty());
    CHECK(bench.result(DataTxTt{to(1000, 1, true), 0, apdu(1)}) == 0);
}

TEST_CASE("fragments are joined on their way to the mesh", "[simulator][data][fragments]")
{
    Bench bench(running());
    bench.drain();
    CHECK(bench.result(DataTxFragment{to(1000, 5), 9, {77, 0, false}, apdu(102, 1)}) == 0);
    CHECK(bench.result(DataTxFragment{to(1000, 5), 9, {77, 102, false}, apdu(102, 2)}) == 0);
    CHECK(bench.result(DataTxFragment{to(1000, 5, true), 9, {77, 204, true}, apdu(3, 3)}) == 0);
    bench.pass(30ms);
    const auto packets = downlink(bench);
    REQUIRE(packets.size() == 1);
    CHECK(packets[0].fragments == 3);
    CHECK(packets[0].buffering_delay == 9);
    CHECK(packets[0].payload.size() == 207);
    CHECK(packets[0].payload[101] == 1);
    CHECK(packets[0].payload[102] == 2);
    CHECK(packets[0].payload[206] == 3);
    CHECK(bench.next<DataTxIndication>().pdu_id == 5);
    CHECK_FALSE(bench.next_indication().has_value());
}

TEST_CASE("fragments that make no packet are counted and dropped", "[simulator][data][fragments]")
{
    Bench bench(running());
    CHECK(bench.result(DataTxFragment{to(1000), 0, {1, 0, false}, apdu(102)}) == 0);
    CHECK(bench.result(DataTxFragment{to(1000), 0, {1, 101, true}, apdu(1)}) == 0); // a gap the wrong way
    CHECK(bench.result(DataTxFragment{to(1000), 0, {2, 0, false}, apdu(102)}) == 0);
    CHECK(bench.result(DataTxFragment{to(1001), 0, {2, 102, true}, apdu(1)}) == 0); // another destination
    bench.pass(1s);
    CHECK(downlink(bench).empty());
    CHECK(bench.sink.state().counters.downlink_broken == 2);
}

TEST_CASE("invalid fragment information is refused", "[simulator][data][fragments]")
{
    Bench bench(running());
    const char* good = "00 00 01 E8 03 00 00 02 00 00 00 00 00 00 FF 0F DB 85 01 AA";
    const auto result = [&bench](const char* payload) {
        const auto confirm = bench.raw(DataTxFragment::id, payload);
        REQUIRE(confirm.has_value());
        return int{confirm->payload.view()[2]};
    };
    CHECK(result(good) == 0);
    CHECK(
        result("00 00 01 E8 03 00 00 02 00 00 00 00 00 00 00 10 00 80 01 AA") == 13); // packet id of 13 bits
    CHECK(result("00 00 01 E8 03 00 00 02 00 00 00 00 00 00 00 00 00 90 01 AA") == 13); // reserved bit
    CHECK(result("00 00 01 E8 03 00 00 02 00 00 00 00 00 00 00 00 DC 85 01 AA") == 13); // octet 1501
}

TEST_CASE("a packet to the sink's own address comes back", "[simulator][data]")
{
    Bench bench(running());
    bench.drain();
    CHECK(bench.result(DataTx{to(own_address), apdu(5)}) == 0);
    bench.pass(10ms);
    CHECK(downlink(bench).empty());
    const auto looped = bench.next<DataRx>();
    CHECK(looped.header.source == own_address);
    CHECK(looped.header.destination == own_address);
    CHECK(looped.apdu == apdu(5));
}

TEST_CASE("the queueing limits belong to API versions up to 18", "[simulator][data]")
{
    Bench bench(running(), with_api(18));
    CHECK(*bench.call(MaxQueueTimeRead{0}) == MaxQueueTimeRead::Confirm{0, 600});
    CHECK(*bench.call(MaxQueueTimeRead{1}) == MaxQueueTimeRead::Confirm{0, 300});
    CHECK(bench.result(MaxQueueTimeRead{2}) == 3);
    CHECK(bench.result(MaxQueueTimeWrite{0, 1}) == 3);
    CHECK(bench.result(MaxQueueTimeWrite{0, 65535}) == 3);
    CHECK(bench.result(MaxQueueTimeWrite{2, 10}) == 3);
    CHECK(bench.result(MaxQueueTimeWrite{1, 2}) == 0);
    CHECK(bench.call(MaxQueueTimeRead{1})->seconds == 2);
}
