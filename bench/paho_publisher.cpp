// paho-publisher PORT TOPIC OCTETS WINDOW [RATE]: the yardstick of transport-benchmark. Nothing but Paho C++,
// which publishes to a broker on 127.0.0.1, QoS 1, until it is killed: RATE messages a second, or as fast as
// it can. Each payload begins with a running number, 32 bits little-endian.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <mqtt/async_client.h>
#include <string>
#include <thread>
#include <vector>

namespace {

void publish_for_ever(
    const std::string& port, const std::string& topic, std::size_t octets, std::size_t window, double rate)
{
    // Its own limits are out of the way: when it runs into them, Paho waits for longer than it must.
    constexpr int ample = 10'000;
    const auto creation = mqtt::create_options_builder().max_buffered_messages(ample).finalize();
    mqtt::async_client client("tcp://127.0.0.1:" + port, "yardstick", creation);
    const auto options = mqtt::connect_options_builder().clean_session(true).max_inflight(ample).finalize();
    client.connect(options)->wait();
    std::deque<mqtt::delivery_token_ptr> in_flight;
    std::string payload(octets, 'x');
    const auto begun = std::chrono::steady_clock::now();
    for (std::uint32_t number = 0;; ++number) {
        for (unsigned i = 0; i < sizeof number; ++i)
            payload[i] = static_cast<char>(number >> (8 * i));
        if (rate > 0)
            std::this_thread::sleep_until(
                begun + std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::duration<double>(number / rate)));
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
    const std::vector<std::string> given(argv + 1, argv + argc);
    const bool is_paced = argc == arguments + 1;
    if ((argc != arguments && !is_paced) || std::stoul(given[2]) < sizeof(std::uint32_t)) {
        std::fputs("paho-publisher PORT TOPIC OCTETS WINDOW [RATE]\n", stderr);
        return 2;
    }
    try {
        publish_for_ever(
            given[0], given[1], std::stoul(given[2]), std::stoul(given[3]),
            is_paced ? std::stod(given[4]) : 0);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "paho-publisher: %s\n", error.what());
        return 1;
    }
}
