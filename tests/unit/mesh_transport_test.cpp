// Loss and delay of packets: whose they are, and what does not change them (spec/otap-campaign.md, 13.1).
#include "tests/unit/mesh_bench.hpp"

using namespace mesh_test;

namespace {

/// Two nodes beside each other, with a way down that loses and delays.
Setup two_nodes()
{
    Setup setup = chain_of(2, standard_model());
    setup.links = {{0, 1}, {0, 2}};
    setup.parameters.radio.loss_down = 0.4;
    setup.parameters.radio.hop_most = 2s;
    setup.parameters.remote.unasked_after_restart = false;
    return setup;
}

void ping(Bench& bench, std::uint32_t address, std::uint8_t value)
{
    bench.mesh.send_down(0, {address, 255, 240, 0, 0, {0x00, 0x01, value}});
}

/// When 101 answered its pings number 0 to 39, one in 10 s.
std::vector<Time> answers_of_101(bool with_other_traffic)
{
    Bench bench(two_nodes());
    for (std::uint8_t i = 0; i < 40; ++i) {
        if (with_other_traffic)
            ping(bench, 102, i);
        ping(bench, 101, i);
        bench.pass(5s);
        if (with_other_traffic)
            ping(bench, 101, 0xFF);
        bench.pass(5s);
    }
    std::vector<Time> answers;
    for (const to_sink::Packet& packet : bench.heard)
        if (packet.packet.source == 101 && packet.packet.payload.back() != 0xFF)
            answers.push_back(packet.packet.sent);
    return answers;
}

} // namespace

TEST_CASE("other traffic does not change which packets are lost, and when others arrive", "[mesh][transport]")
{
    const std::vector<Time> alone = answers_of_101(false);
    CHECK(alone.size() > 10);
    CHECK(alone.size() < 35);
    CHECK(answers_of_101(true) == alone);
}

TEST_CASE("equal packets of one moment are lost one by one", "[mesh][transport]")
{
    Bench bench(two_nodes());
    for (int i = 0; i < 100; ++i)
        ping(bench, 101, 0);
    bench.pass(1min);
    CHECK(bench.heard.size() > 30);
    CHECK(bench.heard.size() < 90);
}
