// Octets of all kinds on every request topic: the service neither ends nor grows, and goes on answering.
#include "mqtt_recorder.hpp"
#include "tools/stand/protobuf_octets.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <random>

using namespace integration;
using gateway::stand::field;
using gateway::stand::varint;

namespace {

struct Topic {
    const char* name;
    int field; ///< of its request in WirepasMessage
    bool has_sink;
};
constexpr Topic topics[] = {
    {"get_gw_info", 15, false},
    {"get_configs", 2, false},
    {"set_config", 4, true},
    {"send_data", 6, true},
    {"otap_status", 9, true},
    {"otap_load_scratchpad", 11, true},
    {"otap_process_scratchpad", 13, true},
    {"otap_set_target_scratchpad", 17, true},
    {"set_configuration_data_item", 19, true},
    {"get_configuration_data_item", 21, true},
};

/// Valid protobuf of random fields, numbers and sizes that no schema has in mind.
class Nonsense {
public:
    explicit Nonsense(std::uint32_t seed) : random_(seed) {}

    std::string fields(int depth)
    {
        std::string octets;
        for (std::uint32_t count = below(6); count > 0; --count) {
            const int number = static_cast<int>(below(14) + 1);
            switch (below(4)) {
            case 0:
                octets += varint(static_cast<std::uint64_t>(number) << 3) + varint(interesting());
                break;
            case 1:
                octets += field(number, octets_of(below(40)));
                break;
            case 2:
                octets += depth > 0 ? field(number, fields(depth - 1)) : field(number, "");
                break;
            default:
                octets += varint(static_cast<std::uint64_t>(number) << 3 | 5) + octets_of(4);
                break;
            }
        }
        return octets;
    }
    std::string octets_of(std::uint32_t size)
    {
        std::string octets(size, '\0');
        for (char& octet : octets)
            octet = static_cast<char>(below(256));
        return octets;
    }

private:
    std::uint32_t below(std::uint32_t bound) { return random_() % bound; }
    std::uint64_t interesting()
    {
        constexpr std::uint64_t numbers[] = {0,   1,     2,     254,        255,
                                             256, 65535, 65536, 0xFFFFFFFF, ~std::uint64_t{0}};
        return numbers[below(std::size(numbers))];
    }

    std::mt19937 random_; ///< the same octets in every run
};

std::size_t resident_kilobytes(pid_t process)
{
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") { // the most it ever was
            std::size_t kilobytes = 0;
            status >> kilobytes;
            return kilobytes;
        }
    return 0;
}

} // namespace

TEST_CASE(
    "hostile messages on every topic are answered where an id can be read, and harm nothing", "[hostile]")
{
    constexpr std::uint64_t first_id = 1'000'000;
    constexpr int rounds = 40;
    // Stopped, so that what happens to be valid does not reboot the sink again and again.
    GatewayUnderTest gateway({.simulator = {}});
    Asker asker(gateway.stand().broker());
    Nonsense nonsense(2024);
    std::vector<std::uint64_t> ids;
    for (int round = 0; round < rounds; ++round) {
        for (const Topic& topic : topics) {
            const std::string level = topic.has_sink ? (round % 8 == 7 ? "sink9" : sink0) : "";
            asker.say_octets(topic.name, level, nonsense.octets_of(static_cast<std::uint32_t>(round) * 7), 0);
            ids.push_back(first_id + ids.size());
            const std::string header = varint(1 << 3) + varint(ids.back());
            asker.say_octets(
                topic.name, level, field(1, field(topic.field, field(1, header) + nonsense.fields(3))), 0);
        }
    }
    const auto info = asker.next_id();
    api::WirepasMessage marker;
    marker.mutable_get_gateway_info_req()->mutable_header()->set_req_id(info);
    asker.say("get_gw_info", "", marker);
    asker.answer("get_gw_info", "", info);
    // The last one of the lane has been answered when this one is.
    api::WirepasMessage last;
    last.mutable_get_scratchpad_status_req()->mutable_header()->set_req_id(info + 1);
    asker.say("otap_status", sink0, last);
    asker.answer("otap_status", sink0, info + 1);

    // A random field may have overwritten the header or broken it: those were dropped or answered
    // under another id. The others were answered, once.
    std::size_t answered = 0;
    for (const std::uint64_t id : ids) {
        CHECK(asker.answers(id) <= 1);
        answered += asker.answers(id);
    }
    CHECK(answered > ids.size() / 2);
    for (const Recorded& message : asker.recorder().all())
        if (message.topic.starts_with("gw-response/"))
            CHECK(message.complete);
    CHECK(gateway.stand().transport_service()->running());
    CHECK(gateway.stand().sink_service()->running());
}

TEST_CASE("messages that promise or repeat more than they hold cost no memory", "[hostile]")
{
#ifdef __SANITIZE_ADDRESS__
    constexpr std::size_t limit_kilobytes = 800'000; // AddressSanitizer keeps 256 MiB of what was freed
#else
    constexpr std::size_t limit_kilobytes = 400'000; // 17 MiB in the client, the loop and the parser
#endif
    constexpr std::size_t large = 16 * 1024 * 1024;
    GatewayUnderTest gateway;
    Asker asker(gateway.stand().broker());
    std::uint64_t id = 5'000'000;
    const auto request = [&id](int number, const std::string& rest) {
        return field(1, field(number, field(1, varint(1 << 3) + varint(++id)) + rest));
    };
    const auto repeated = [](const std::string& octets, std::size_t size) {
        std::string text;
        while (text.size() < size)
            text += octets;
        return text;
    };
    // Eight million empty configurations beside the request, and as many flags in it.
    const std::string many = field(1, field(3, repeated(std::string("\x12\x00", 2), large)));
    asker.say_octets("get_configs", "", many + request(2, ""));
    asker.answer("get_configs", "", id);
    asker.say_octets(
        "set_config", sink0,
        request(4, field(2, field(1, sink0) + field(2, "\x08\x01" + field(2, repeated("\x01", large))))));
    asker.answer("set_config", sink0, id);
    // Nested a million deep.
    asker.say_octets("otap_status", sink0, repeated("\x0B", 1'000'000));
    // A last piece of 16 MiB that never gets its first.
    for (int i = 0; i < 20; ++i) {
        asker.say_octets(
            "otap_load_scratchpad", "sink0",
            request(
                11, varint(2 << 3) + varint(42) + field(3, "x") +
                        field(4, varint(1 << 3) + varint(large) + varint(2 << 3) + varint(large - 1))));
        asker.answer("otap_load_scratchpad", sink0, id);
    }
    const auto info = asker.next_id();
    api::WirepasMessage marker;
    marker.mutable_get_gateway_info_req()->mutable_header()->set_req_id(info);
    asker.say("get_gw_info", "", marker);
    asker.answer("get_gw_info", "", info);
    CHECK(resident_kilobytes(gateway.stand().transport_service()->pid()) < limit_kilobytes);
}
