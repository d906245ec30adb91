#include "transport/requests/repetition.hpp"

#include <catch2/catch.hpp>

using namespace transport;
using namespace std::chrono_literals;

namespace {

const RepetitionMemory::Clock::time_point start{};

} // namespace

TEST_CASE("SipHash gives the published test vector", "[repetition]")
{
    // Key 00 to 0f, empty input: the first vector of the reference implementation for 128 bits.
    const HashKey key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    CHECK(siphash128(key, "") == Hash128{0xe6a825ba047f81a3, 0x930255c71472f66d});
}

TEST_CASE("a request is repeated only with the same topic, id and octets", "[repetition]")
{
    RepetitionMemory memory(30s);
    const RequestKey key = memory.key("topic", 7, "octets");
    CHECK(memory.check(key, false, start) == Repetition::none);
    memory.begin(key);
    CHECK(memory.check(key, false, start) == Repetition::in_progress);
    CHECK(memory.check(memory.key("other", 7, "octets"), false, start) == Repetition::none);
    CHECK(memory.check(memory.key("topic", 8, "octets"), false, start) == Repetition::none);
    CHECK(memory.check(memory.key("topic", 7, "Octets"), false, start) == Repetition::none);
}

TEST_CASE("the 30 s count from the first answer, with DUP as long as remembered", "[repetition]")
{
    RepetitionMemory memory(30s);
    const RequestKey key = memory.key("topic", 7, "octets");
    memory.begin(key);
    memory.answered(key, true, start);
    CHECK(memory.check(key, false, start + 29s) == Repetition::answered);
    memory.answered(key, true, start + 29s); // a repetition does not extend them
    CHECK(memory.check(key, false, start + 30s) == Repetition::none);
    CHECK(memory.check(key, true, start + 3000s) == Repetition::answered);
}

TEST_CASE("a request answered with an error has another chance", "[repetition]")
{
    RepetitionMemory memory(30s);
    const RequestKey key = memory.key("topic", 7, "octets");
    memory.begin(key);
    memory.answered(key, false, start);
    CHECK(memory.check(key, true, start) == Repetition::none);
}

TEST_CASE("request id 0 and a switched-off memory recognise nothing", "[repetition]")
{
    RepetitionMemory memory(30s);
    const RequestKey zero = memory.key("topic", 0, "octets");
    memory.begin(zero);
    CHECK(memory.check(zero, false, start) == Repetition::none);

    RepetitionMemory off(0s);
    const RequestKey key = off.key("topic", 7, "octets");
    off.begin(key);
    CHECK(off.check(key, false, start) == Repetition::none);
}

TEST_CASE("the last 1024 requests are remembered", "[repetition]")
{
    RepetitionMemory memory(30s);
    const RequestKey first = memory.key("topic", 1, "octets");
    memory.begin(first);
    memory.answered(first, true, start);
    for (std::uint64_t id = 2; id <= RepetitionMemory::capacity; ++id)
        memory.begin(memory.key("topic", id, "octets"));
    CHECK(memory.check(first, false, start) == Repetition::answered);
    memory.begin(memory.key("topic", 5000, "octets"));
    CHECK(memory.check(first, false, start) == Repetition::none);
}
