#include "fuzz/link/run.hpp"

#include "fuzz/support/expect.hpp"
#include "gateway/crc16.hpp"
#include "gateway/scratchpad_file.hpp"
#include "sink-service/dual_mcu/codec/attributes.hpp"

namespace fuzz {
namespace {

using dual_mcu::Result;
using dual_mcu::Sink;

gateway::Bytes scratchpad_of(std::size_t size)
{
    gateway::Bytes file(gateway::scratchpad_tag.begin(), gateway::scratchpad_tag.end());
    const gateway::Bytes contents(size - gateway::scratchpad_header_end, 0xC0);
    gateway::Writer writer(file);
    writer.u32(static_cast<std::uint32_t>(contents.size()));
    writer.u16(gateway::crc16(contents));
    writer.u16(0);
    writer.u32(0);
    writer.u32(UINT32_MAX);
    writer.bytes(contents);
    return file;
}

std::uint32_t number_of(gateway::ByteView payload)
{
    return gateway::Reader(payload).u32();
}

/// Any operation, without the value that it gives.
template<typename T>
gateway::Task<Result<>> without_value(gateway::Task<Result<T>> operation)
{
    const Result<T> outcome = co_await operation;
    if (!outcome)
        co_return gateway::fail(outcome.error());
    co_return Result<>();
}

gateway::Task<Result<>> cancel_upload(Sink& sink)
{
    sink.cancel_upload();
    co_return Result<>();
}

} // namespace

dual_mcu::SinkSettings LinkRun::read_settings(Input& input)
{
    const std::uint8_t choice = input.octet();
    dual_mcu::SinkSettings settings;
    settings.link.port = "the port";
    settings.link.bits_per_second = (choice & 1) != 0 ? 125000 : 0;
    settings.link.max_poll_fail_duration = std::chrono::seconds((choice & 2) != 0 ? 120 : (choice & 4));
    settings.link.polling.idle_interval = std::chrono::milliseconds(200); // fewer idle polls to simulate
    settings.downlink.limit = (choice & 8) != 0 ? 2 : 0;
    settings.upload.erase_timeout = std::chrono::milliseconds(1000);
    settings.upload.block_timeout = std::chrono::milliseconds(500);
    settings.reassembly.max_packets = 4;
    return settings;
}

LinkRun::LinkRun(dual_mcu::SinkSettings settings, Input& input)
    : device_(input), sink_(std::move(settings), *this)
{
    device_.set_client(
        {[this](ClientAction action) { act(action); }, [this](bool yes) { takes_packets_ = yes; },
         [this] { return recovered(); }});
    connect(device_);
}

void LinkRun::to_the_end()
{
    sink_.link().start();
    ended_.get_future().wait();
    sink_.link().stop();
    check_downlink();
}

void LinkRun::act(ClientAction action)
{
    if (!was_online_) // nobody can reach a sink that is not on the bus yet
        return;
    ++under_way_;
    // Not at once: the link is in the middle of an exchange.
    sink_.link().post([this, action] { sink_.link().spawn(perform(operation(action))); });
}

LinkRun::Operation LinkRun::operation(ClientAction action)
{
    const std::uint8_t argument = action.argument;
    switch (action.what % 18) {
    case 0:
        return sink_.start_stack();
    case 1:
        return sink_.stop_stack();
    case 2:
        return sink_.upload_scratchpad(
            std::max<std::uint8_t>(argument, 1), scratchpad_of(96 + 16 * (argument % 32U)), nullptr);
    case 3:
        return sink_.clear_scratchpad();
    case 4:
        return sink_.process_scratchpad();
    case 5:
        return sink_.set_target({argument, 0xABCD, static_cast<std::uint8_t>(argument % 6), 0x4A});
    case 6:
        return without_value(sink_.get_target());
    case 7: {
        dual_mcu::AttributeValue channel;
        channel.push_back(argument);
        return sink_.write_attribute(dual_mcu::AccessPoint::csap, dual_mcu::csap::network_channel, channel);
    }
    case 8:
        return sink_.write_sink_cost(argument);
    case 9:
        return sink_.write_app_config(argument, 60, gateway::Bytes(argument % 81, argument));
    case 10:
        return without_value(sink_.read_app_config());
    case 11:
        return sink_.set_config_data_item(argument, gateway::Bytes(argument % 81, argument));
    case 12:
        return without_value(sink_.get_config_data_item(argument));
    case 13:
        return without_value(sink_.get_config_data_content());
    case 14:
        return cancel_upload(sink_);
    default: {
        dual_mcu::DownlinkPacket packet;
        packet.destination = 77;
        packet.source_endpoint = 1;
        packet.destination_endpoint = 2;
        gateway::Writer(packet.payload).u32(next_downlink_++);
        packet.payload.resize(argument < 200 ? 4 + argument % 98 : argument * 5, 0xDB);
        return sink_.send(std::move(packet));
    }
    }
}

gateway::Task<> LinkRun::perform(Operation operation)
{
    const Result<> outcome = co_await operation;
    if (!outcome)
        expect(!outcome.error().message.empty(), "a failure has words");
    --under_way_;
}

bool LinkRun::recovered()
{
    if (!online_ || under_way_ > 0 || sink_.link().status().state != dual_mcu::LinkState::online)
        return false;
    if (device_.device().rebooting())
        return false;
    if (device_.device().sink().state().live.running && !probe_) {
        probe_ = device_.next_number();
        device_.send_numbered_packet(20, virtual_now());
    }
    if (probe_ && last_uplink_ != probe_)
        return false;
    if (!std::exchange(ended_told_, true))
        ended_.set_value();
    return true;
}

void LinkRun::online(const dual_mcu::SinkState& state)
{
    expect(!online_, "a sink comes online once");
    expect(state.fixed.mesh_api_version != 0, "a sink that is online has been read");
    online_ = true;
    was_online_ = true;
}

void LinkRun::lost(const std::string& why)
{
    expect(online_ && !why.empty(), "only what was online is lost, for a reason");
    online_ = false;
}

void LinkRun::packet_received(dual_mcu::UplinkPacket packet)
{
    if (packet.payload.size() < sizeof(std::uint32_t))
        return;
    const std::uint32_t number = number_of(packet.payload);
    if (device_.misled_host()) {
        if (number == probe_)
            last_uplink_ = number;
        return;
    }
    expect(number < device_.next_number(), "only what was sent is received");
    expect(!last_uplink_ || *last_uplink_ < number, "packets come up once and in order");
    last_uplink_ = number;
}

void LinkRun::check_downlink()
{
    std::optional<std::uint32_t> last;
    for (const simulator::ToMesh& sent : device_.device().sink().take_for_mesh()) {
        const auto* packet = std::get_if<simulator::DownlinkPacket>(&sent);
        if (packet == nullptr || device_.misled_host())
            continue;
        const std::uint32_t number = number_of(packet->payload);
        expect(!last || *last < number, "packets go down once and in order");
        last = number;
    }
}

} // namespace fuzz
