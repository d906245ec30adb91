// paho-publisher PORT TOPIC OCTETS WINDOW: the yardstick of transport-benchmark. Nothing but Paho C++, which
// publishes to a broker on 127.0.0.1 as fast as it can, QoS 1, until it is killed. Each payload begins with a
// running number, 32 bits little-endian.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mqtt/async_client.h>
#include <string>

namespace {

void publish_for_ever(
    const std::string& port, const std::string& topic, std::size_t octets, std::size_t window)
{
    // Its own limits are out of the way: when it runs into them, Paho waits for longer than it must.
    constexpr int ample = 10'000;
    const auto creation = mqtt::create_options_builder().max_buffered_messages(ample).finalize();
    mqtt::async_client client("tcp://127.0.0.1:" + port, "yardstick", creation);
    const auto options = mqtt::connect_options_builder().clean_session(true).max_inflight(ample).finalize();
    client.connect(options)->wait();
    std::deque<mqtt::delivery_token_ptr> in_flight;
    std::string payload(octets, 'x');
    for (std::uint32_t number = 0;; ++number) {
        for (unsigned i = 0; i < sizeof number; ++i)
            payload[i] = static_cast<char>(number >> (8 * i));
        in_flight.push_back(client.publish(topic, payload, 1, false));
        if (in_flight.size() < window)
            continue;
        in_flight.front()->wait();
        in_flight.pop_front();
    }
}

} // namespace

int main(int argc, char** argv)
{
    constexpr int arguments = 5;
    if (argc != arguments || std::strtoul(argv[3], nullptr, 10) < sizeof(std::uint32_t)) {
        std::fputs("paho-publisher PORT TOPIC OCTETS WINDOW\n", stderr);
        return 2;
    }
    try {
        publish_for_ever(
            argv[1], argv[2], std::strtoul(argv[3], nullptr, 10), std::strtoul(argv[4], nullptr, 10));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "paho-publisher: %s\n", error.what());
        return 1;
    }
}
