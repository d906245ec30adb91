#include "gateway_under_test.hpp"

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace integration {

void Packets::add(const api::PacketReceivedEvent& packet)
{
    const std::lock_guard lock(mutex_);
    packets_.push_back(packet);
    changed_.notify_all();
}

std::vector<api::PacketReceivedEvent> Packets::wait(std::size_t count)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return packets_.size() >= count; });
    return packets_;
}

std::unique_ptr<Backend> connect_backend(gateway::stand::Broker& broker, Packets* packets)
{
    gateway::backend::BackendOptions options;
    options.port = broker.port();
    options.gateway_id = gateway_id;
    if (packets != nullptr)
        options.on_packet = [packets](const api::PacketReceivedEvent& packet) { packets->add(packet); };
    return std::make_unique<Backend>(std::move(options));
}

bool is_online(const api::StatusEvent& status, int sinks)
{
    return status.state() == api::ON && status.configs_size() == sinks &&
           (sinks == 0 || status.configs(0).has_sink_state());
}

bool is_offline(const api::StatusEvent& status)
{
    return status.state() == api::OFF;
}

api::StatusEvent wait_until_online(Backend& backend, int sinks)
{
    return backend.wait_for_status(
        "ONLINE with " + std::to_string(sinks) + " sinks",
        [sinks](const api::StatusEvent& status) { return is_online(status, sinks); }, patience);
}

GatewayUnderTest::GatewayUnderTest(GatewayOptions options)
    : exceptions_(std::uncaught_exceptions()),
      stand_({
          .gateway_id = gateway_id,
          .uplink_rate = options.uplink_rate,
          .simulator_arguments = std::move(options.simulator),
          .sink_arguments = {},
          .transport_arguments = std::move(options.transport),
          .broker = std::move(options.broker),
          .on_started = {},
      }),
      backend_(connect_backend(stand_.broker(), &packets_))
{
    try {
        wait_until_online(*backend_);
    } catch (const std::exception& failure) {
        throw std::runtime_error(failure.what() + ("\n" + stand_.logs()));
    }
}

GatewayUnderTest::~GatewayUnderTest()
{
    if (std::uncaught_exceptions() > exceptions_)
        std::cerr << stand_.logs();
}

nlohmann::json GatewayUnderTest::simulator(const nlohmann::json& command)
{
    nlohmann::json answer = nlohmann::json::parse(stand_.sink().control(command.dump(), patience));
    if (!answer.at("ok").get<bool>())
        throw std::runtime_error("the simulator refused " + command.dump() + ": " + answer.dump());
    return answer;
}

gateway::Bytes read_fixture(const std::string& name)
{
    std::ifstream file(FIXTURES "/scratchpads/" + name, std::ios::binary);
    if (!file)
        throw std::runtime_error("no fixture " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string result_of(const api::ResponseHeader& header)
{
    return api::ErrorCode_Name(header.res());
}

} // namespace integration
