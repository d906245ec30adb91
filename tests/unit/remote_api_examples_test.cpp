/// Every worked example of docs/spec/remote-api.md, 13, in both directions.
#include "gateway/remote_api/description.hpp"
#include "gateway/remote_api/matching.hpp"
#include "gateway/remote_api/sequences.hpp"

#include <catch2/catch.hpp>

using namespace gateway;
using namespace gateway::remote_api;

namespace {

const Tag tag{0x2B, 0xDA, 0x66, 0x65};
const LockKey key{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr const char* key_hex = " 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F ";
const request::Ping ping{{tag.begin(), tag.end()}};
const response::Ping pong{{tag.begin(), tag.end()}};

/// Received, not processed; the target says propagate only.
const ScratchpadStatus received{
    {99504, 0x2D81, 42, 1, 255},
    {81264, 0x5A1C, 41, 0x00000103, {5, 0, 2, 77}},
    ProcessedScratchpad{8176, 0x23F1, 41, 0x83744C03, {1, 2, 3, 4}},
    TargetInForce{1, 42, 0x2D81, 0, 0},
};

ScratchpadStatus without_target(ScratchpadStatus status)
{
    status.target.reset();
    return status;
}

ScratchpadStatus of_old_stack(ScratchpadStatus status)
{
    status.application.reset();
    return without_target(status);
}

ScratchpadStatus with_delay()
{
    ScratchpadStatus status = received;
    status.target = TargetInForce{3, 42, 0x2D81, 30, 12};
    return status;
}

const ScratchpadStatus processed{
    {99504, 0x2D81, 42, 2, 0},
    {99504, 0x2D81, 42, 0x00000103, {5, 1, 0, 99}},
    ProcessedScratchpad{99504, 0x2D81, 42, 0x83744C03, {2, 0, 0, 17}},
    TargetInForce{3, 42, 0x2D81, 30, 0},
};

const std::string stored_hex = "B0 84 01 00 81 2D 2A 01 FF 70 3D 01 00 1C 5A 29 03 01 00 00 05 00 02 4D ";
const std::string application_hex = "F0 1F 00 00 F1 23 29 03 4C 74 83 01 02 03 04 ";

struct RequestExample {
    const char* what;
    std::vector<Request> requests;
    std::string hex;
};

const RequestExample request_examples[] = {
    {"1 ping", {ping}, "00 04 2B DA 66 65"},
    {"2 status", {request::ScratchpadStatus{}}, "19 00"},
    {"5 trigger", trigger(42, 300), "04 00  01 00  1A 01 2A  03 00  05 02 2C 01"},
    {"6 trigger of a locked node", trigger(42, 120, key),
     std::string("04 00  02 10") + key_hex + "1A 01 2A  03 00  05 02 78 00"},
    {"7 cancel", {request::Cancel{}}, "04 00"},
    {"8 how long still", {request::Update{}}, "05 00"},
    {"8 stop the countdown", {request::Update{0}}, "05 02 00 00"},
    {"9 survey", survey(tag), "00 04 2B DA 66 65  19 00  0E 02 04 00  0E 02 16 00  0E 02 17 00"},
    {"11 lock OTAP", lock_otap(key, 10),
     std::string("01 00  0D 06 16 00 FF FF FF 7F 0D 12 17 00") + key_hex + "03 00  05 02 0A 00"},
    {"12 unlock OTAP", unlock_otap(key, 10),
     std::string("02 10") + key_hex +
         "0D 06 16 00 FF FF FF FF 0D 12 17 00 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF "
         "03 00  05 02 0A 00"},
    {"13 restart", restart(0x82, 10), "01 00  0D 04 04 00 82 00  03 00  05 02 0A 00"},
    {"14 stored length", {request::ReadAttribute{stored_length}}, "0C 02 0E 00"},
    {"14 stored sequence", {request::ReadAttribute{stored_sequence}}, "0E 02 07 00"},
};

response::Error error(ErrorType type, std::uint8_t request)
{
    return {type, request, std::nullopt};
}
response::Error error(ErrorType type, std::uint8_t request, std::uint16_t attribute)
{
    return {type, request, attribute};
}

struct ResponseExample {
    const char* what;
    std::vector<Response> responses;
    std::string hex;
};

const ResponseExample response_examples[] = {
    {"1 ping", {pong}, "80 04 2B DA 66 65"},
    {"2 status of an old stack", {of_old_stack(received)}, "99 18 " + stored_hex},
    {"2 status without target", {without_target(received)}, "99 27 " + stored_hex + application_hex},
    {"2 status with target", {received}, "99 2F " + stored_hex + application_hex + "01 2A 81 2D 00 00 00 00"},
    {"3 status with a delay",
     {with_delay()},
     "99 2F " + stored_hex + application_hex + "03 2A 81 2D 1E 00 0C 00"},
    {"4 status after processing",
     {processed},
     "99 2F B0 84 01 00 81 2D 2A 02 00 B0 84 01 00 81 2D 2A 03 01 00 00 05 01 00 63 "
     "B0 84 01 00 81 2D 2A 03 4C 74 83 02 00 00 11 03 2A 81 2D 1E 00 00 00"},
    {"5 trigger",
     {response::Cancel{}, response::Begin{}, response::ScratchpadUpdate{42}, response::End{},
      response::Update{311}},
     "84 00  81 00  9A 01 2A  83 00  85 02 37 01"},
    {"6 trigger of a locked node",
     {response::Cancel{}, response::BeginWithLock{}, response::ScratchpadUpdate{42}, response::End{},
      response::Update{133}},
     "84 00  82 00  9A 01 2A  83 00  85 02 85 00"},
    {"7 cancel", {response::Cancel{}}, "84 00"},
    {"8 how long still", {response::Update{87}}, "85 02 57 00"},
    {"8 stop the countdown", {response::Update{0}}, "85 02 00 00"},
    {"9 survey of a locked router",
     {pong, without_target(received), response::ReadAttribute{node_role, {0x82}},
      response::ReadAttribute{lock_bits, {0xFF, 0xFF, 0xFF, 0x7F}},
      error(ErrorType::write_only_attribute, 0x0E, 23)},
     "80 04 2B DA 66 65 99 27 " + stored_hex + application_hex +
         "8E 03 04 00 82 8E 06 16 00 FF FF FF 7F F9 03 0E 17 00"},
    {"10 survey of an unlocked node",
     {response::ReadAttribute{lock_bits, {0xFF, 0xFF, 0xFF, 0xFF}},
      error(ErrorType::invalid_value, 0x0E, 23)},
     "8E 06 16 00 FF FF FF FF FD 03 0E 17 00"},
    {"11 lock OTAP",
     {response::Begin{}, response::WriteAttribute{lock_bits, {0xFF, 0xFF, 0xFF, 0x7F}},
      response::WriteAttribute{lock_key, {}}, response::End{}, response::Update{16}},
     "81 00  8D 06 16 00 FF FF FF 7F  8D 02 17 00  83 00  85 02 10 00"},
    {"14 stored length",
     {response::ReadAttribute{stored_length, {0xB0, 0x84, 0x01, 0x00}}},
     "8C 06 0E 00 B0 84 01 00"},
    {"14 stored sequence", {response::ReadAttribute{stored_sequence, {0x2A}}}, "8E 03 07 00 2A"},
    {"15 no End", {error(ErrorType::invalid_begin, 0x05)}, "FB 01 05"},
    {"15 lock key wanted", {error(ErrorType::access_denied, 0x01)}, "F8 01 01"},
    {"15 another sequence", {error(ErrorType::invalid_value, 0x1A)}, "FD 01 1A"},
    {"15 wrong length", {error(ErrorType::invalid_length, 0x05)}, "FE 01 05"},
    {"15 address in a broadcast", {error(ErrorType::invalid_broadcast, 0x0D, 1)}, "FA 03 0D 01 00"},
    {"15 no space", {error(ErrorType::no_space_for_response, 0x0E)}, "FC 01 0E"},
    {"15 unknown", {error(ErrorType::unknown_request, 0x30)}, "FF 01 30"},
};

Bytes octets(const std::string& hex)
{
    return from_hex(hex).value();
}

} // namespace

TEST_CASE("every worked request is encoded and decoded as the specification has it", "[remote-api]")
{
    for (const RequestExample& example : request_examples) {
        CAPTURE(example.what);
        const auto encoded = encode(example.requests);
        REQUIRE(encoded);
        CHECK(to_hex(*encoded) == to_hex(octets(example.hex)));
        const Packet<Request> decoded = decode_requests(octets(example.hex));
        CHECK(decoded.end == PacketEnd::complete);
        CHECK((decoded.records == example.requests));
    }
}

TEST_CASE("every worked response is encoded and decoded as the specification has it", "[remote-api]")
{
    for (const ResponseExample& example : response_examples) {
        CAPTURE(example.what);
        const auto encoded = encode(example.responses);
        REQUIRE(encoded);
        CHECK(to_hex(*encoded) == to_hex(octets(example.hex)));
        const Packet<Response> decoded = decode_responses(octets(example.hex));
        CHECK(decoded.end == PacketEnd::complete);
        CHECK((decoded.records == example.responses));
    }
}

TEST_CASE("what a decoder must survive keeps what is whole", "[remote-api]")
{
    SECTION("a record cut in its head")
    {
        const auto packet = decode_responses(octets("80 00 99"));
        CHECK(packet.end == PacketEnd::truncated);
        CHECK(packet.remains == Bytes{0x99});
        REQUIRE(packet.records.size() == 1);
        CHECK((packet.records[0] == Response(response::Ping{})));
    }
    SECTION("a record cut in its value")
    {
        const auto packet = decode_responses(octets("99 2F 00 00"));
        CHECK(packet.end == PacketEnd::truncated);
        CHECK(packet.records.empty());
        CHECK(packet.remains == octets("99 2F 00 00"));
    }
    SECTION("an unknown type before a known one")
    {
        const auto packet = decode_responses(octets("7E 02 01 02 84 00"));
        CHECK(packet.end == PacketEnd::complete);
        REQUIRE(packet.records.size() == 2);
        CHECK((packet.records[0] == Response(Undecoded{0x7E, {1, 2}, Undecoded::Reason::unknown_type})));
        CHECK((packet.records[1] == Response(response::Cancel{})));
    }
    SECTION("a status that is longer than known")
    {
        const auto packet =
            decode_responses(octets("99 30 " + stored_hex + application_hex + "01 2A 81 2D 00 00 00 00 77"));
        REQUIRE(packet.records.size() == 1);
        CHECK((packet.records[0] == Response(received, {0x77})));
    }
    SECTION("a status between two generations")
    {
        const auto packet = decode_responses(octets("99 19 " + stored_hex + "77"));
        REQUIRE(packet.records.size() == 1);
        CHECK((packet.records[0] == Response(of_old_stack(received), {0x77})));
    }
    SECTION("known types with too short values")
    {
        const auto packet = decode_responses(octets("85 01 0A  8E 01 04  99 02 00 00  FD 00  80 00"));
        CHECK(packet.end == PacketEnd::complete);
        REQUIRE(packet.records.size() == 5);
        for (std::size_t i = 0; i < 4; ++i) {
            const auto* const undecoded = packet.records[i].as<Undecoded>();
            REQUIRE(undecoded != nullptr);
            CHECK(undecoded->reason == Undecoded::Reason::too_short);
        }
        CHECK((packet.records[4] == Response(response::Ping{})));
    }
    SECTION("nothing at all")
    {
        CHECK(decode_responses({}).end == PacketEnd::empty);
        CHECK(decode_requests({}).end == PacketEnd::empty);
    }
}

TEST_CASE("the sizes of the usual sequences are those of the specification", "[remote-api]")
{
    struct Row {
        std::vector<Request> requests;
        std::size_t request;
        std::size_t response;
    };
    const std::vector<Request> all = {
        ping,
        request::Cancel{},
        request::BeginWithLock{key},
        request::WriteAttribute{lock_bits, {0xFF, 0xFF, 0xFF, 0xFF}},
        request::WriteAttribute{lock_key, {key.begin(), key.end()}},
        request::ScratchpadUpdate{42},
        request::End{},
        request::Update{300},
    };
    const Row rows[] = {
        {{request::ScratchpadStatus{}}, 2, 49}, {survey(tag), 20, 73}, {trigger(42, 300), 13, 13},
        {trigger(42, 300, key), 29, 13},        {all, 63, 31},
    };
    for (const Row& row : rows) {
        CAPTURE(row.request);
        CHECK(encode(row.requests).value().size() == row.request);
        CHECK(response_size(row.requests).plain == row.response);
        CHECK(response_size(row.requests).largest >= row.response);
        CHECK(response_size(row.requests).largest <= default_mtu);
    }
}

TEST_CASE("a sequence of changes succeeded only when each record has its plain answer", "[remote-api]")
{
    const auto requests = trigger(42, 300);
    const auto& good = response_examples[6];
    REQUIRE(std::string(good.what) == "5 trigger");
    CHECK(all_answered(requests, good.responses));

    for (std::size_t i = 0; i < good.responses.size(); ++i) {
        CAPTURE(i);
        auto refused = good.responses;
        refused[i] = error(ErrorType::invalid_begin, type_of(requests[i]));
        CHECK_FALSE(all_answered(requests, refused));
        auto missing = good.responses;
        missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK_FALSE(all_answered(requests, missing));
    }
    auto other = good.responses;
    other[2] = response::ScratchpadUpdate{43};
    CHECK_FALSE(all_answered(requests, other));
    CHECK_FALSE(answers(response::Ping{{1}}, ping));
    CHECK_FALSE(answers(response::ReadAttribute{node_role, {2}}, request::ReadAttribute{lock_bits}));
}
