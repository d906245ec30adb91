#include "transport/siphash.hpp"

#include <bit>
#include <cstring>

namespace transport {
namespace {

struct State {
    std::uint64_t v0, v1, v2, v3;

    void round()
    {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t word)
    {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
    std::uint64_t squeeze()
    {
        for (int i = 0; i < 4; ++i)
            round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

std::uint64_t little_endian(const char* octets, std::size_t count)
{
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i)
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(octets[i])) << (8 * i);
    return word;
}

} // namespace

Hash128 siphash128(const HashKey& key, std::string_view octets)
{
    State state{
        key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d ^ 0xee, key[0] ^ 0x6c7967656e657261,
        key[1] ^ 0x7465646279746573};
    std::size_t at = 0;
    for (; at + 8 <= octets.size(); at += 8)
        state.absorb(little_endian(octets.data() + at, 8));
    const std::uint64_t tail = little_endian(octets.data() + at, octets.size() - at);
    state.absorb(tail | static_cast<std::uint64_t>(octets.size() & 0xFF) << 56);
    state.v2 ^= 0xee;
    const std::uint64_t first = state.squeeze();
    state.v1 ^= 0xdd;
    return {first, state.squeeze()};
}

} // namespace transport
