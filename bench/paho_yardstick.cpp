#include "bench/paho_yardstick.hpp"

#include "bench/mqtt_client.hpp"
#include "bench/process_cost.hpp"
#include "tools/stand/broker.hpp"
#include "tools/stand/programs.hpp"
#include "tools/stand/temporary_directory.hpp"

namespace bench {

PahoFigures measure_paho(const PahoLoad& load, const Extent& extent)
{
    using Clock = MqttClient::Clock;
    const gateway::stand::TemporaryDirectory directory;
    gateway::stand::Broker broker(directory.path());
    std::uint64_t messages = 0;
    Clock::time_point latest{};
    MqttClient subscriber(
        broker.port(), "subscriber", Session::clean, [&](const MqttClient::Message& message) {
            ++messages;
            latest = message.received;
        });
    subscriber.subscribe(load.topic, 1);
    std::vector<std::string> arguments = {
        std::to_string(broker.port()), load.topic, std::to_string(load.octets), std::to_string(load.window)};
    if (load.rate > 0)
        arguments.push_back(std::to_string(load.rate));
    const gateway::stand::ChildProcess publisher(
        {.name = "paho-publisher",
         .program = gateway::stand::find_program("paho-publisher"),
         .arguments = arguments,
         .environment = {},
         .log = directory.path() / "publisher.log"});
    const auto never = [] { return false; };
    subscriber.run_until(never, Clock::now() + extent.warm_up);
    const std::uint64_t before = messages;
    const Clock::time_point begun = latest;
    const Duration cpu_before = cpu_time_of(publisher.pid());
    subscriber.run_until(never, Clock::now() + extent.measured);
    const Duration cpu = cpu_time_of(publisher.pid()) - cpu_before;
    const auto counted = static_cast<double>(std::max<std::uint64_t>(messages - before, 1));
    return {
        counted / std::chrono::duration<double>(latest - begun).count(),
        in_milliseconds(cpu) * 1000 / counted};
}

} // namespace bench
