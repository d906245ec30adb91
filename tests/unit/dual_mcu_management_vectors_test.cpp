#include "tests/unit/dual_mcu_vectors.hpp"

#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"

using namespace dual_mcu;
using namespace dual_mcu_test;

namespace {

AttributeValue value(const char* hex)
{
    return octets<AttributeValue>(octets_of(hex));
}

} // namespace

TEST_CASE("worked frames V1 to V7: attributes, polls, start and stop", "[dual-mcu][vectors]")
{
    from_host("V1 request", CsapAttributeRead{csap::mesh_api_version}, 0, "C0 C0 C0 0E 00 02 08 00 6D 39 C0");
    from_sink(
        "V1 confirm", CsapAttributeRead::Confirm{0, csap::mesh_api_version, value("15 00")}, 0,
        "C0 8E 00 06 00 08 00 02 15 00 59 E5 C0");
    from_host("V2 request", IndicationPoll{}, 1, "C0 C0 C0 04 01 00 6D 23 C0");
    from_sink("V2 confirm", IndicationPoll::Confirm{0}, 1, "C0 84 01 01 00 08 97 C0");
    from_host("V3 request", IndicationPoll{}, 2, "C0 C0 C0 04 02 00 3E 76 C0");
    from_sink("V3 confirm", IndicationPoll::Confirm{1}, 2, "C0 84 02 01 01 79 DE C0");
    from_sink(
        "V3 indication", StackStateIndication{false, stack_status::stopped}, 0, "C0 07 00 02 00 01 99 08 C0");
    response("V3 response", StackStateIndication::id, false, 0, "C0 C0 C0 87 00 01 00 E4 3B C0");
    from_host("V4 request", StackStart{true}, 3, "C0 C0 C0 05 03 01 01 C5 42 C0");
    from_sink("V4 confirm, started", StackStart::Confirm{0}, 3, "C0 85 03 01 00 DC 8F C0");
    from_sink(
        "V4 confirm, remains stopped",
        StackStart::Confirm{
            stack_status::stopped | stack_status::network_address_missing | stack_status::channel_missing},
        3, "C0 85 03 01 0B B7 3E C0");
    from_host("V5 request", StackStop{}, 4, "C0 C0 C0 06 04 00 F8 B2 C0");
    from_sink("V5 confirm", StackStop::Confirm{0}, 4, "C0 86 04 01 00 90 91 C0");
    from_host(
        "V6 request", CsapAttributeWrite{csap::node_address, value("01 DB C0 00")}, 5,
        "C0 C0 C0 0D 05 07 01 00 04 01 DB DD DB DC 00 34 1D C0");
    from_sink("V6 confirm", CsapAttributeWrite::Confirm{0}, 5, "C0 8D 05 01 00 BF B8 C0");
    from_host(
        "V7 request, frame id 0xC0", MsapAttributeRead{msap::stack_status}, 0xC0,
        "C0 C0 C0 0C DB DC 02 01 00 D2 74 C0");
    from_sink(
        "V7 confirm, frame id 0xC0", MsapAttributeRead::Confirm{0, msap::stack_status, value("00")}, 0xC0,
        "C0 8C DB DC 05 00 01 00 01 00 99 AD C0");
    from_host(
        "V7 request, frame id 0xDB", MsapAttributeRead{msap::stack_status}, 0xDB,
        "C0 C0 C0 0C DB DD 02 01 00 6A 71 C0");
    from_sink(
        "V7 confirm, frame id 0xDB", MsapAttributeRead::Confirm{0, msap::stack_status, value("00")}, 0xDB,
        "C0 8C DB DD 05 00 01 00 01 00 CD D1 C0");
}

TEST_CASE("worked frames V13 to V15: scratchpad and target", "[dual-mcu][vectors]")
{
    from_host("V13 start", ScratchpadStart{208, 101}, 0x0B, "C0 C0 C0 17 0B 05 D0 00 00 00 65 5D C8 C0");
    from_sink("V13 start confirm", ScratchpadStart::Confirm{0}, 0x0B, "C0 97 0B 01 00 B2 D0 C0");
    from_host(
        "V13 first block", ScratchpadBlock{0, octets<ScratchpadOctets>(counting(0xB0, 112))}, 0x0C,
        "C0 C0 C0 18 0C 75 00 00 00 00 70 B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 BA BB BC BD BE BF DB DC C1 C2 C3 "
        "C4 C5 C6 C7 C8 C9 CA CB CC CD CE CF D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 DA DB DD DC DD DE DF E0 E1 E2 "
        "E3 E4 E5 E6 E7 E8 E9 EA EB EC ED EE EF F0 F1 F2 F3 F4 F5 F6 F7 F8 F9 FA FB FC FD FE FF 00 01 02 "
        "03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F 1F B5 C0");
    from_sink(
        "V13 first block confirm", ScratchpadBlock::Confirm{block_result::accepted}, 0x0C,
        "C0 98 0C 01 00 CC 81 C0");
    from_host(
        "V13 last block", ScratchpadBlock{112, octets<ScratchpadOctets>(gateway::Bytes(96, 0xC0))}, 0x0D,
        "C0 C0 C0 18 0D 65 70 00 00 00 60 DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB "
        "DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB "
        "DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB "
        "DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB "
        "DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB "
        "DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB DC DB "
        "DC DB DC DB DC DB DC DB DC DB DC BF 04 C0");
    from_sink(
        "V13 last block confirm", ScratchpadBlock::Confirm{block_result::complete}, 0x0D,
        "C0 98 0D 01 01 DD A6 C0");
    from_host("V14 request", ScratchpadStatus{}, 0x0E, "C0 C0 C0 19 0E 00 61 32 C0");
    from_sink(
        "V14 confirm",
        ScratchpadStatus::Confirm{
            208,
            0x6C33,
            101,
            scratchpad_type::present,
            scratchpad_status::fresh,
            1024,
            0xC0DB,
            7,
            0x00846B74,
            {5, 4, 0, 59}},
        0x0E,
        "C0 99 0E 18 D0 00 00 00 33 6C 65 01 FF 00 04 00 00 DB DD DB DC 07 74 6B 84 00 05 04 00 3B 9C EB "
        "C0");
    from_host(
        "V15 write", ScratchpadTargetWrite{{53, 0xABCD, 3, 0x4A}}, 0x0F,
        "C0 C0 C0 26 0F 05 35 CD AB 03 4A 5E 57 C0");
    from_sink("V15 write confirm", ScratchpadTargetWrite::Confirm{0}, 0x0F, "C0 A6 0F 01 00 2F 56 C0");
    from_host("V15 read", ScratchpadTargetRead{}, 0x10, "C0 C0 C0 27 10 00 B9 CC C0");
    from_sink(
        "V15 read confirm", ScratchpadTargetRead::Confirm{0, {53, 0xABCD, 3, 0x4A}}, 0x10,
        "C0 A7 10 06 00 35 CD AB 03 4A 2D 79 C0");
}

TEST_CASE("worked frames V16 to V18: factory reset, configuration, items", "[dual-mcu][vectors]")
{
    from_host("V16 request", FactoryReset{}, 0x11, "C0 C0 C0 16 11 04 44 6F 49 74 C2 2B C0");
    from_sink("V16 confirm", FactoryReset::Confirm{0}, 0x11, "C0 96 11 01 00 A4 22 C0");

    gateway::Bytes configuration = octets_of("11 22 33 44 55");
    configuration.resize(app_config_size, 0);
    const AppConfig config{1, 600, octets<AppConfigOctets>(configuration)};
    from_host(
        "V17 write", AppConfigWrite{config}, 0x12,
        "C0 C0 C0 3A 12 53 01 58 02 11 22 33 44 55 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 3F A7 C0");
    from_sink("V17 write confirm", AppConfigWrite::Confirm{0}, 0x12, "C0 BA 12 01 00 88 03 C0");
    from_host("V17 read", AppConfigRead{}, 0x13, "C0 C0 C0 3B 13 00 E8 AF C0");
    from_sink(
        "V17 read confirm", AppConfigRead::Confirm{0, config}, 0x13,
        "C0 BB 13 54 00 01 58 02 11 22 33 44 55 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 5F 9D C0");

    const ConfigDataItem item = octets<ConfigDataItem>(octets_of("95 85 75"));
    from_host(
        "V18 set", ConfigDataItemSet{0x4156, item}, 0x14, "C0 C0 C0 29 14 06 56 41 03 95 85 75 A8 6A C0");
    from_sink("V18 set confirm", ConfigDataItemSet::Confirm{0}, 0x14, "C0 A9 14 01 00 53 31 C0");
    from_sink(
        "V18 indication", ConfigDataItemRx{false, 0x4156, item}, 0x0B,
        "C0 31 0B 54 00 56 41 03 95 85 75 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF "
        "FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF "
        "FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF 83 55 C0");
    response("V18 response", ConfigDataItemRx::id, false, 0x0B, "C0 C0 C0 B1 0B 01 00 65 DB DC C0");
    from_host("V18 get", ConfigDataItemGet{0x4156}, 0x15, "C0 C0 C0 30 15 02 56 41 9C 28 C0");
    from_sink(
        "V18 get confirm", ConfigDataItemGet::Confirm{0, item}, 0x15, "C0 B0 15 05 00 03 95 85 75 F4 45 C0");
    from_host("V18 list", ConfigDataItemList{}, 0x16, "C0 C0 C0 32 16 01 00 B3 87 C0");
    from_sink(
        "V18 list confirm", ConfigDataItemList::Confirm{0, 1, {0x4156}}, 0x16,
        "C0 B2 16 04 00 01 56 41 F6 B6 C0");
    from_host("V18 delete", ConfigDataItemSet{0x4156, {}}, 0x17, "C0 C0 C0 29 17 03 56 41 00 3B 59 C0");
    from_sink(
        "V18 get confirm, no such item", ConfigDataItemGet::Confirm{1, {}}, 0x18,
        "C0 B0 18 02 01 00 07 FC C0");
}

TEST_CASE("worked frames V19 and V20: CRC octets that look like something else", "[dual-mcu][vectors]")
{
    from_host("V19 CRC low octet C0", SinkCostWrite{1}, 0x6D, "C0 C0 C0 38 6D 01 01 DB DC D7 C0");
    from_host("V19 CRC high octet DB", SinkCostWrite{0}, 0x30, "C0 C0 C0 38 30 01 00 7E DB DD C0");
    from_host(
        "V19 CRC 0xDBC0", CsapAttributeWrite{csap::network_address, value("97 1B 40")}, 0x30,
        "C0 C0 C0 0D 30 06 02 00 03 97 1B 40 DB DC DB DD C0");
    from_host(
        "V19 CRC 0xC0DB", CsapAttributeWrite{csap::network_address, value("BF 98 12")}, 0x30,
        "C0 C0 C0 0D 30 06 02 00 03 BF 98 12 DB DD DB DC C0");
    from_host(
        "V19 CRC 0xC0C0", CsapAttributeWrite{csap::network_address, value("A2 01 09")}, 0x30,
        "C0 C0 C0 0D 30 06 02 00 03 A2 01 09 DB DC DB DC C0");
    from_host(
        "V19 CRC 0xDBDB", CsapAttributeWrite{csap::network_address, value("A3 37 10")}, 0x30,
        "C0 C0 C0 0D 30 06 02 00 03 A3 37 10 DB DD DB DD C0");
    from_sink("V19 confirm", SinkCostWrite::Confirm{0}, 0x27, "C0 B8 27 01 00 B5 DB DC C0");
    from_sink("V20", SinkCostRead::Confirm{0, 0x26}, 0x70, "C0 B9 70 02 00 26 FF FF C0");
}

TEST_CASE("worked frames V23 to V26: keys, neighbours, access cycles", "[dual-mcu][vectors]")
{
    gateway::Bytes pair = counting(0xA0, 16);
    const gateway::Bytes authentication = counting(0xC0, 16);
    pair.insert(pair.end(), authentication.begin(), authentication.end());
    pair.push_back(1);
    from_host(
        "V23 request", CsapAttributeWrite{csap::network_key_pair, octets<AttributeValue>(pair)}, 0x22,
        "C0 C0 C0 0D 22 24 1A 00 21 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE AF DB DC C1 C2 C3 C4 C5 "
        "C6 C7 C8 C9 CA CB CC CD CE CF 01 6C D3 C0");
    from_sink("V23 confirm", CsapAttributeWrite::Confirm{0}, 0x22, "C0 8D 22 01 00 E9 BB C0");

    from_host("V24 request", GetNeighbours{}, 0x23, "C0 C0 C0 20 23 00 EF 19 C0");
    NeighboursConfirm neighbours;
    neighbours.count = 1;
    neighbours.entries[0] = {0x12345678, 255, 60, 12, 7, 0, 8, -71, 5};
    from_sink(
        "V24 confirm", neighbours, 0x23,
        "C0 A0 23 69 01 78 56 34 12 FF 3C 0C 07 00 08 B9 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 CA 2B C0");

    from_host("V25 request", CsapAttributeRead{csap::cipher_key}, 0x24, "C0 C0 C0 0E 24 02 0D 00 27 3B C0");
    from_sink(
        "V25 confirm, key set",
        CsapAttributeRead::Confirm{attribute_result::write_only, csap::cipher_key, {}}, 0x24,
        "C0 8E 24 04 05 0D 00 00 04 2C C0");
    from_sink(
        "V25 confirm, key not set",
        CsapAttributeRead::Confirm{attribute_result::invalid_value, csap::cipher_key, {}}, 0x24,
        "C0 8E 24 04 04 0D 00 00 B0 5A C0");

    from_host(
        "V26 write", MsapAttributeWrite{msap::access_cycle_range, value("D0 07 A0 0F")}, 0x25,
        "C0 C0 C0 0B 25 07 09 00 04 D0 07 A0 0F 5D 6E C0");
    from_sink("V26 write confirm", MsapAttributeWrite::Confirm{0}, 0x25, "C0 8B 25 01 00 E0 19 C0");
    from_host(
        "V26 read", MsapAttributeRead{msap::access_cycle_limits}, 0x26, "C0 C0 C0 0C 26 02 0A 00 5B 0B C0");
    from_sink(
        "V26 read confirm", MsapAttributeRead::Confirm{0, msap::access_cycle_limits, value("D0 07 40 1F")},
        0x26, "C0 8C 26 08 00 0A 00 04 D0 07 40 1F E8 74 C0");
}
