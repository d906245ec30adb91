/// Decoding gives what was encoded, for random values of every kind.
#include "gateway/remote_api/control_node_report.hpp"
#include "gateway/remote_api/matching.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace gateway;
using namespace gateway::remote_api;

namespace {

constexpr std::size_t roomy = 4096;

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
    std::uint8_t u8() { return static_cast<std::uint8_t>(engine_()); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(engine_()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(engine_()); }
    Bytes octets(std::uint32_t most)
    {
        Bytes octets(below(most + 1));
        std::ranges::generate(octets, [this] { return u8(); });
        return octets;
    }
    Attribute attribute() { return {below(2) == 0 ? AttributeSet::msap : AttributeSet::csap, u16()}; }
    ProcessedScratchpad processed() { return {u32(), u16(), u8(), u32(), {u8(), u8(), u8(), u8()}}; }

private:
    std::mt19937_64 engine_;
};

LockKey random_key(Random& random)
{
    LockKey key;
    std::ranges::generate(key, [&] { return random.u8(); });
    return key;
}

/// Behind values of a fixed size; most have nothing behind them.
Bytes rest(Random& random)
{
    return random.below(4) == 0 ? random.octets(5) : Bytes{};
}

constexpr std::uint32_t kinds_of_request = 13;
Request random_request(Random& random, std::uint32_t kind)
{
    switch (kind) {
    case 0:
        return request::Ping{random.octets(30)};
    case 1:
        return {request::Begin{}, rest(random)};
    case 2:
        return {request::BeginWithLock{random_key(random)}, rest(random)};
    case 3:
        return {request::End{}, rest(random)};
    case 4:
        return {request::Cancel{}, rest(random)};
    case 5:
        return {request::Update{random.u16()}, rest(random)};
    case 6:
        return request::Update{};
    case 7:
        return {request::ReadAttribute{random.attribute()}, rest(random)};
    case 8:
        return request::WriteAttribute{random.attribute(), random.octets(40)};
    case 9:
        return {request::ScratchpadStatus{}, rest(random)};
    case 10:
        return {request::ScratchpadUpdate{random.u8()}, rest(random)};
    case 11:
        return {request::WriteMaxQueuingTime{random.u8(), random.u16()}, rest(random)};
    default:
        return {request::ReadMaxQueuingTime{random.u8()}, rest(random)};
    }
}

constexpr std::uint32_t kinds_of_response = 14;
Response random_response(Random& random, std::uint32_t kind)
{
    switch (kind) {
    case 0:
        return response::Ping{random.octets(30)};
    case 1:
        return {response::Begin{}, rest(random)};
    case 2:
        return {response::BeginWithLock{}, rest(random)};
    case 3:
        return {response::End{}, rest(random)};
    case 4:
        return {response::Cancel{}, rest(random)};
    case 5:
        return {response::Update{random.u16()}, rest(random)};
    case 6:
        return response::ReadAttribute{random.attribute(), random.octets(40)};
    case 7:
        return response::WriteAttribute{random.attribute(), random.octets(40)};
    case 8:
        return {response::ScratchpadUpdate{random.u8()}, rest(random)};
    case 9:
        return {
            response::Error{static_cast<ErrorType>(0xF8 + random.below(8)), random.u8(), random.u16()},
            rest(random)};
    case 10:
        return response::Error{static_cast<ErrorType>(0xF8 + random.below(8)), random.u8(), std::nullopt};
    default: {
        ScratchpadStatus status;
        status.stored = {random.u32(), random.u16(), random.u8(), random.u8(), random.u8()};
        status.stack = random.processed();
        if (kind >= 12)
            status.application = random.processed();
        if (kind >= 13)
            status.target = TargetInForce{random.u8(), random.u8(), random.u16(), random.u16(), random.u16()};
        return {status, rest(random)};
    }
    }
}

} // namespace

TEST_CASE("random requests come out as they went in", "[remote-api]")
{
    Random random(1);
    for (int round = 0; round < 200; ++round) {
        std::vector<Request> requests;
        for (std::uint32_t kind = 0; kind < kinds_of_request; ++kind)
            requests.push_back(random_request(random, kind));
        std::shuffle(requests.begin(), requests.end(), std::mt19937_64(random.u32()));

        const auto encoded = encode(requests, roomy);
        REQUIRE(encoded);
        const Packet<Request> decoded = decode_requests(*encoded);
        CHECK(decoded.end == PacketEnd::complete);
        REQUIRE((decoded.records == requests));
    }
}

TEST_CASE("random responses come out as they went in", "[remote-api]")
{
    Random random(2);
    for (int round = 0; round < 200; ++round) {
        std::vector<Response> responses;
        std::size_t size = 0;
        for (std::uint32_t kind = 0; kind < kinds_of_response; ++kind) {
            responses.push_back(random_response(random, kind));
            size += encoded_size(responses.back());
        }
        std::shuffle(responses.begin(), responses.end(), std::mt19937_64(random.u32()));

        const auto encoded = encode(responses, roomy);
        REQUIRE(encoded);
        CHECK(encoded->size() == size);
        const Packet<Response> decoded = decode_responses(*encoded);
        CHECK(decoded.end == PacketEnd::complete);
        REQUIRE((decoded.records == responses));
    }
}

TEST_CASE("any octets that are whole records are encoded as they were decoded", "[remote-api]")
{
    Random random(3);
    for (int round = 0; round < 2000; ++round) {
        Bytes payload;
        for (std::uint32_t records = 1 + random.below(6); records != 0; --records) {
            payload.push_back(random.u8());
            const Bytes value = random.octets(60);
            payload.push_back(static_cast<std::uint8_t>(value.size()));
            payload.insert(payload.end(), value.begin(), value.end());
        }
        CAPTURE(to_hex(payload));
        CHECK(encode(decode_requests(payload).records, roomy).value() == payload);
        CHECK(encode(decode_responses(payload).records, roomy).value() == payload);
    }
}

TEST_CASE("a packet that cannot be sent is refused", "[remote-api]")
{
    CHECK_FALSE(encode(std::vector<Request>{}));
    CHECK_FALSE(encode(std::vector<Response>{}));
    CHECK_FALSE(encode({Request(request::Ping{Bytes(256)})}, roomy));
    CHECK(encode({Request(request::Ping{Bytes(255)})}, roomy));

    const std::vector<Request> full{request::Ping{Bytes(98)}, request::Cancel{}};
    CHECK(encode(full, 102).value().size() == 102);
    const auto refused = encode(full, 101);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ApplicationCode::invalid_number_of_bytes);
    CHECK(refused.error().message.find("cancel") != std::string::npos);
}

TEST_CASE("a control node's report has one of two lengths", "[remote-api]")
{
    const ControlNodeReport report{0x11223344, 3012, 41, 42, 1000, 7, 123456789};
    CHECK(to_hex(encode(report)) == "44 33 22 11 C4 0B 29 2A E8 03 07 00 15 CD 5B 07");
    CHECK(decode_control_node_report(encode(report)).value() == report);

    ControlNodeReport without = report;
    without.millivolts.reset();
    CHECK(encode(without).size() == 14);
    CHECK(decode_control_node_report(encode(without)).value() == without);
    CHECK_FALSE(decode_control_node_report(Bytes(15)));
    CHECK_FALSE(decode_control_node_report({}));
}
