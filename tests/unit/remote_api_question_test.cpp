/// What `wirepas-gateway remote` sends, and which packets it takes for answers.
#include "gateway/remote_api/lock_state.hpp"
#include "tools/remote/answer_report.hpp"
#include "tools/remote/question.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace gateway;
using namespace gateway::tools;
using namespace gateway::remote_api;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

const Tag tag{1, 2, 3, 4};
const response::Ping pong{{1, 2, 3, 4}};

tools::Packet from(std::uint32_t node, const std::vector<Response>& records)
{
    tools::Packet packet;
    packet.gateway_id = "gw-1";
    packet.sink_id = "sink0";
    packet.source = node;
    packet.source_endpoint = node_endpoint;
    packet.destination_endpoint = backend_endpoint;
    packet.payload = encode(records).value();
    packet.size = packet.payload->size();
    return packet;
}

const ScratchpadStatus status{{96, 0x2150, 7, 1, 255}, {}, {}, {}};

} // namespace

TEST_CASE("a question begins with its tag and fits with its largest answer", "[remote]")
{
    const Question one{{1001}, {request::ScratchpadStatus{}}, false};
    CHECK(to_hex(encode_question(one, tag).value()) == "00 04 01 02 03 04 19 00");
    const Question much{
        {1001},
        {request::ScratchpadStatus{}, request::ReadAttribute{{AttributeSet::msap, 13}},
         request::ReadAttribute{node_role}},
        false};
    const auto refused = encode_question(much, tag);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("ask for less") != std::string::npos);
}

TEST_CASE("only answers to the question are taken, each once", "[remote]")
{
    const Question question{{1001, 1002}, {request::ReadAttribute{node_role}}, false};
    AnswerFilter filter(question, tag);
    const response::ReadAttribute role{node_role, {0x82}};

    CHECK_FALSE(filter.take(from(1001, {role})));                               // no tag
    CHECK_FALSE(filter.take(from(1001, {response::Ping{{4, 3, 2, 1}}, role}))); // another's
    CHECK_FALSE(filter.take(from(1003, {pong, role})));                         // not asked
    tools::Packet other = from(1001, {pong, role});
    other.source_endpoint = 1;
    CHECK_FALSE(filter.take(other));
    other = from(1001, {pong, role});
    other.payload.reset(); // kept back by the gateway
    CHECK_FALSE(filter.take(other));
    CHECK_FALSE(filter.complete());

    const auto answer = filter.take(from(1001, {pong, role}));
    REQUIRE(answer);
    CHECK(answer->asked_for);
    CHECK((answer->records == std::vector<Response>{role}));
    CHECK_FALSE(filter.take(from(1001, {pong, role})));
    CHECK_FALSE(filter.complete());
    CHECK(filter.take(from(1002, {role, pong}))); // the tag may stand anywhere
    CHECK(filter.complete());
}

TEST_CASE("a status that nobody asked for is welcome where statuses are wanted", "[remote]")
{
    const Question question{{broadcast_address}, {request::ScratchpadStatus{}}, true};
    AnswerFilter filter(question, tag);
    const auto unasked = filter.take(from(1005, {status}));
    REQUIRE(unasked);
    CHECK_FALSE(unasked->asked_for);
    CHECK(filter.answered().empty());
    CHECK(filter.take(from(1005, {pong, status}))->asked_for);
    CHECK(filter.answered() == std::set<std::uint32_t>{1005});
    CHECK_FALSE(filter.complete()); // nobody knows how many there are
    CHECK_FALSE(filter.take(from(1006, {response::Cancel{}})));
}

TEST_CASE("a truncated answer shows what is whole", "[remote]")
{
    const Question question{{1001}, {request::ScratchpadStatus{}}, false};
    AnswerFilter filter(question, tag);
    tools::Packet cut = from(1001, {pong, status});
    cut.payload->resize(20);
    const auto answer = filter.take(cut);
    REQUIRE(answer);
    CHECK(answer->truncated);
    CHECK(answer->records.empty());
    CHECK(to_json(*answer, 5ms).at("truncated") == true);
}

TEST_CASE("a node is locked when the bit is cleared and a key is set", "[remote]")
{
    const auto bits = [](std::uint32_t value) {
        response::ReadAttribute read{lock_bits, {}};
        Writer(read.value).u32(value);
        return Response(read);
    };
    const Response key_set = response::Error{ErrorType::write_only_attribute, 0x0E, 23};
    const Response no_key = response::Error{ErrorType::invalid_value, 0x0E, 23};
    CHECK(lock_state({bits(0x7FFFFFFF), key_set}).is_otap_locked() == true);
    CHECK(lock_state({bits(0x7FFFFFFF), no_key}).is_otap_locked() == false);
    CHECK(lock_state({bits(0xFFFFFFFF), key_set}).is_otap_locked() == false);
    CHECK(lock_state({no_key}).is_otap_locked() == false);
    CHECK_FALSE(lock_state({bits(0x7FFFFFFF)}).is_otap_locked());
    CHECK_FALSE(lock_state({key_set}).is_otap_locked());
    CHECK(lock_state({response::Error{ErrorType::access_denied, 0x0E, 23}}) == LockState{});
    CHECK(
        (read_lock_state() ==
         std::vector<Request>{request::ReadAttribute{lock_bits}, request::ReadAttribute{lock_key}}));
}

TEST_CASE("answers are shown in words and as JSON", "[remote]")
{
    const Question question{{1001}, {}, false};
    AnswerFilter filter(question, tag);
    const auto answer = filter.take(from(
        1001, {pong, status, response::ReadAttribute{lock_bits, {0xFF, 0xFF, 0xFF, 0x7F}},
               response::Error{ErrorType::write_only_attribute, 0x0E, 23},
               response::Error{ErrorType::unknown_request, 0x30, std::nullopt}}));
    REQUIRE(answer);

    std::ostringstream text;
    print_answer(text, Style{}, *answer, 350ms);
    CHECK(
        text.str() == "node 1001 (0x000003E9)  via sink0, travelled 0 ms, after 350 ms\n"
                      "    stored       96 octets, CRC 0x2150, sequence 7, new\n"
                      "    stack        unknown\n"
                      "    CSAP 22 (lock-bits): 0x7FFFFFFF: OTAP locked\n"
                      "    request 0x30 refused: unknown request\n"
                      "    lock         OTAP locked, a lock key is set\n");

    const json made = to_json(*answer, 350ms);
    CHECK(made.at("node") == 1001);
    CHECK(made.at("round_trip_ms") == 350);
    CHECK(made.at("lock").at("otap_locked") == true);
    const json& records = made.at("records");
    REQUIRE(records.size() == 4);
    CHECK(records[0].at("kind") == "scratchpad status");
    CHECK(records[0].at("stored").at("crc") == "0x2150");
    CHECK_FALSE(records[0].contains("target"));
    CHECK(records[1].at("value") == "FFFFFF7F");
    CHECK(records[2].at("error") == "write-only attribute");
    CHECK(records[2].at("attribute") == 23);
    CHECK(records[3].at("attribute").is_null());
}
