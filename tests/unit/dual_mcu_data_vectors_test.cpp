#include "tests/unit/dual_mcu_vectors.hpp"

#include "sink-service/dual_mcu/codec/data_service.hpp"

using namespace dual_mcu;
using namespace dual_mcu_test;

namespace {

Apdu apdu(const char* hex)
{
    return octets<Apdu>(octets_of(hex));
}

} // namespace

TEST_CASE("worked frames V8 and V9: packets to the mesh", "[dual-mcu][vectors]")
{
    const TxHeader multicast{0x1234, 10, 0x80000001, 20, 1, {true, false, 5}};
    from_host(
        "V8 request", DataTxTt{multicast, 0, apdu("C0 DB DC DD 00 FF C0")}, 6,
        "C0 C0 C0 1F 06 16 34 12 0A 01 00 00 80 14 01 15 00 00 00 00 07 DB DC DB DD DC DD 00 FF DB DC 71 "
        "08 C0");
    from_sink("V8 confirm", DataTxTt::Confirm{0x1234, 0, 15}, 6, "C0 9F 06 04 34 12 00 0F B6 D9 C0");
    from_sink(
        "V8 indication", DataTxIndication{true, 0x1234, 10, 0x80000001, 20, 64, 0}, 7,
        "C0 02 07 0E 01 34 12 0A 01 00 00 80 14 40 00 00 00 00 FF DB DC C0");
    response("V8 response", DataTxIndication::id, true, 7, "C0 C0 C0 82 07 01 01 10 12 C0");

    const TxHeader broadcast{0xC0DB, 1, 0xFFFFFFFF, 2, 0, {}};
    from_host(
        "V9 request", DataTx{broadcast, apdu("68 65 6C 6C 6F")}, 8,
        "C0 C0 C0 01 08 10 DB DD DB DC 01 FF FF FF FF 02 00 00 05 68 65 6C 6C 6F F6 63 C0");
    from_sink("V9 confirm", DataTx::Confirm{0xC0DB, 4, 0}, 8, "C0 81 08 04 DB DD DB DC 04 00 3D 3A C0");
}

TEST_CASE("worked frames V10: a packet in two fragments", "[dual-mcu][vectors]")
{
    TxHeader header{7, 50, 1000, 60, 0, {}};
    from_host(
        "V10 first", DataTxFragment{header, 0, {0x0DB, 0, false}, octets<Apdu>(counting(0, 102))}, 9,
        "C0 C0 C0 0F 09 79 07 00 32 E8 03 00 00 3C 00 00 00 00 00 00 DB DD 00 00 00 66 00 01 02 03 04 05 "
        "06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F 20 21 22 23 24 25 "
        "26 27 28 29 2A 2B 2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 3A 3B 3C 3D 3E 3F 40 41 42 43 44 45 "
        "46 47 48 49 4A 4B 4C 4D 4E 4F 50 51 52 53 54 55 56 57 58 59 5A 5B 5C 5D 5E 5F 60 61 62 63 64 65 "
        "26 45 C0");
    from_sink("V10 first confirm", DataTxFragment::Confirm{7, 0, 14}, 9, "C0 8F 09 04 07 00 00 0E D9 A1 C0");
    header.options.track = true;
    from_host(
        "V10 last", DataTxFragment{header, 0, {0x0DB, 102, true}, octets<Apdu>(counting(102, 3))}, 10,
        "C0 C0 C0 0F 0A 16 07 00 32 E8 03 00 00 3C 00 01 00 00 00 00 DB DD 00 66 80 03 66 67 68 DB DC 68 "
        "C0");
    from_sink("V10 last confirm", DataTxFragment::Confirm{7, 0, 13}, 10, "C0 8F 0A 04 07 00 00 0D 5A 5F C0");
}

TEST_CASE("worked frames V11 and V12: packets from the mesh", "[dual-mcu][vectors]")
{
    from_sink(
        "V11 indication", DataRx{false, {0x00DB00C0, 0xC0, 1234, 0xDB, 1, 10, 192}, apdu("DB DB C0 C0")}, 8,
        "C0 03 08 15 00 DB DC 00 DB DD 00 DB DC D2 04 00 00 DB DD 29 DB DC 00 00 00 04 DB DD DB DD DB DC "
        "DB DC 12 CE C0");
    response("V11 response", DataRx::id, false, 8, "C0 C0 C0 83 08 01 00 B4 58 C0");

    from_sink(
        "V12 first", DataRxFragment{true, {77, 5, 1234, 6, 0, 2, 128}, {0x0FFF, 0, false}, apdu("01 02 03")},
        9, "C0 10 09 18 01 4D 00 00 00 05 D2 04 00 00 06 08 80 00 00 00 FF 0F 00 00 03 01 02 03 7D 3D C0");
    response("V12 first response", DataRxFragment::id, true, 9, "C0 C0 C0 90 09 01 01 DE FF C0");
    from_sink(
        "V12 last", DataRxFragment{false, {77, 5, 1234, 6, 0, 2, 256}, {0x0FFF, 3, true}, apdu("04")}, 10,
        "C0 10 0A 16 00 4D 00 00 00 05 D2 04 00 00 06 08 00 01 00 00 FF 0F 03 80 01 04 1E CC C0");
    response("V12 last response", DataRxFragment::id, false, 10, "C0 C0 C0 90 0A 01 00 AF B6 C0");
}

TEST_CASE("worked frames V21 and V22: the longest payloads", "[dual-mcu][vectors]")
{
    const TxHeader header{1, 1, 2, 3, 0, {}};
    from_host(
        "V21", DataTxTt{header, 0, octets<Apdu>(counting(0, 177))}, 0x20,
        "C0 C0 C0 1F 20 DB DC 01 00 01 02 00 00 00 03 00 00 00 00 00 00 B1 00 01 02 03 04 05 06 07 08 09 "
        "0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F 20 21 22 23 24 25 26 27 28 29 "
        "2A 2B 2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 3A 3B 3C 3D 3E 3F 40 41 42 43 44 45 46 47 48 49 "
        "4A 4B 4C 4D 4E 4F 50 51 52 53 54 55 56 57 58 59 5A 5B 5C 5D 5E 5F 60 61 62 63 64 65 66 67 68 69 "
        "6A 6B 6C 6D 6E 6F 70 71 72 73 74 75 76 77 78 79 7A 7B 7C 7D 7E 7F 80 81 82 83 84 85 86 87 88 89 "
        "8A 8B 8C 8D 8E 8F 90 91 92 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 "
        "AA AB AC AD AE AF B0 4F 0D C0");

    const DataTxTt longest{header, 0, octets<Apdu>(gateway::Bytes(180, 0xC0))};
    const gateway::Bytes wire = encode_slip(encode(longest, 0x21), host_leading_ends);
    const gateway::ByteView view = wire;
    REQUIRE(wire.size() == 384);
    const gateway::Bytes first =
        octets_of("C0 C0 C0 1F 21 C3 01 00 01 02 00 00 00 03 00 00 00 00 00 00 B4 DB DC DB DC DB");
    const gateway::Bytes last = octets_of("DC DB DC DB DC E3 FD C0");
    CHECK(gateway::to_hex(view.first(first.size())) == gateway::to_hex(first));
    CHECK(gateway::to_hex(view.last(last.size())) == gateway::to_hex(last));
    const auto decoded = decode<DataTxTt>(the_only_frame(wire));
    REQUIRE(decoded.has_value());
    CHECK(*decoded == longest);
}
