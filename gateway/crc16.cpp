#include "gateway/crc16.hpp"

namespace gateway {
namespace {

constexpr std::uint16_t polynomial = 0x1021;

constexpr std::array<std::uint16_t, 256> make_table()
{
    std::array<std::uint16_t, 256> table{};
    for (unsigned octet = 0; octet < table.size(); ++octet) {
        unsigned crc = octet << 8;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ polynomial : crc << 1;
        table[octet] = static_cast<std::uint16_t>(crc);
    }
    return table;
}

constexpr auto table = make_table();

} // namespace

std::uint16_t crc16(ByteView octets, std::uint16_t crc)
{
    for (const std::uint8_t octet : octets)
        crc = static_cast<std::uint16_t>(crc << 8 ^ table[(crc >> 8 ^ octet) & 0xFF]);
    return crc;
}

} // namespace gateway
