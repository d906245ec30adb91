#include "gateway/crc16.hpp"

#include <catch2/catch.hpp>

using gateway::crc16;
using gateway::from_hex;

TEST_CASE("CRC vectors of the dual-MCU specification, 9.1", "[crc]")
{
    const std::pair<const char*, std::uint16_t> vectors[] = {
        {"", 0xFFFF},
        {"0C 01 02 01 00", 0xB1C2},
        {"8C 01 05 00 01 00 01 05", 0x3348},
        {"0E 02 02 01 00", 0x6E9D},
        {"8E 02 08 00 01 00 04 FF FF FF 00", 0x4FF2},
        {"0D 03 07 01 00 04 01 00 00 00", 0xC48D},
        {"8D 03 01 00", 0x0A1F},
        {"31 32 33 34 35 36 37 38 39", 0x29B1},
    };
    for (const auto& [octets, crc] : vectors) {
        CAPTURE(octets);
        CHECK(crc16(*from_hex(octets)) == crc);
    }
}

TEST_CASE("CRC vectors of the scratchpad specification, 5", "[crc]")
{
    CHECK(crc16(gateway::Bytes(16, 0x00)) == 0x6A0A);
    CHECK(crc16(gateway::Bytes(16, 0xFF)) == 0x6A4B);
    gateway::Bytes counting;
    for (std::uint8_t octet = 0; octet < 64; ++octet)
        counting.push_back(octet);
    CHECK(crc16(counting) == 0xFD2F);
}

TEST_CASE("the CRC of pieces is the CRC of the whole", "[crc]")
{
    const gateway::Bytes whole = *from_hex("31 32 33 34 35 36 37 38 39");
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        const gateway::ByteView view = whole;
        CHECK(crc16(view.subspan(cut), crc16(view.first(cut))) == 0x29B1);
    }
}
