#include "fuzz/link/scripted_device.hpp"

#include "fuzz/support/expect.hpp"

namespace fuzz {
namespace {

using simulator::FaultKind;
using simulator::FrameClass;
using simulator::Milliseconds;

constexpr std::size_t most_events = 48;
constexpr std::size_t most_client_actions = 12;
constexpr Now time_to_recover = std::chrono::hours(1); // of many operations that each wait for minutes
constexpr Now between_questions = Milliseconds{100};
constexpr Milliseconds unit_of_trouble{50};

enum Kind : std::uint8_t {
    fault,
    other_fault,
    noise,
    reboot,
    silence,
    cable,
    uplink,
    more_uplink,
    circumstances,
    consumer,
    rate,
    autostart,
    client_action, // and all above
    kinds = 16
};

simulator::Persistent configured_sink(bool running)
{
    simulator::Persistent persistent;
    persistent.node_address = 0x1234;
    persistent.network_address = 0x0CBBAA;
    persistent.channel = 5;
    persistent.role = 0x11;
    persistent.autostart = running;
    return persistent;
}

simulator::Profile profile_of(std::uint8_t choice)
{
    simulator::Profile profile;
    profile.api_version = static_cast<std::uint16_t>(21 - choice % 8);
    profile.reboot_time = Milliseconds{(choice & 8) != 0 ? 300 : 5};
    profile.transmit_time = Milliseconds{1};
    profile.packet_buffers = 4;
    profile.indication_memory = 8;
    return profile;
}

} // namespace

ScriptedDevice::ScriptedDevice(Input& input)
    : device_(profile_of(input.octet()), configured_sink(input.flag()), {}, {}, 1, std::chrono::hours(1))
{
    read_events(input);
}

void ScriptedDevice::read_events(Input& input)
{
    static constexpr std::array<Now, 8> delays = {
        Now{0},           Now{200},          Milliseconds{1},    Milliseconds{10},
        Milliseconds{50}, Milliseconds{400}, Milliseconds{2000}, Milliseconds{20000}};
    Now at = std::chrono::hours(1);
    std::size_t actions = 0;
    while (!input.empty() && events_.size() < most_events) {
        const std::uint8_t choice = input.octet();
        at += delays[choice >> 5];
        Event event{at, static_cast<std::uint8_t>(choice % kinds), {}, {}};
        for (std::uint8_t& argument : event.arguments)
            argument = input.octet();
        if (event.kind == noise) {
            const auto octets = input.octets(event.arguments[0] % 40);
            event.octets.assign(octets.begin(), octets.end());
        }
        if (event.kind >= client_action && ++actions > most_client_actions)
            continue;
        events_.push_back(std::move(event));
    }
}

void ScriptedDevice::arm(const Event& event)
{
    const auto [what, when, how] = event.arguments;
    simulator::FaultRule rule;
    rule.kind = static_cast<FaultKind>(what % 10);
    rule.frames = static_cast<FrameClass>(what / 10 % 5);
    rule.skip = when % 16;
    rule.count = 1 + (when >> 4) % 4;
    rule.duration = unit_of_trouble * (how % 16);
    rule.octets = how % 40;
    // A frame that comes twice, late or under another's number cannot be told from one that the sink
    // means; nor can random octets that happen to be an error report.
    misled_host_ |= rule.kind == FaultKind::delay || rule.kind == FaultKind::duplicate ||
                    rule.kind == FaultKind::wrong_frame_id || rule.kind == FaultKind::garbage;
    device_.faults().add(rule);
}

void ScriptedDevice::unplug(Now until)
{
    ++plug_;
    plugs_in_at_ = until;
}

void ScriptedDevice::plug_in(Now now)
{
    plugs_in_at_.reset();
    device_.take_output(Now::max());
    device_.reboot(now);
}

void ScriptedDevice::send_numbered_packet(std::size_t octets, Now now)
{
    device_.sink().received_from_mesh(simulator::numbered_packet(next_number_++, octets), now);
}

void ScriptedDevice::happen(const Event& event, Now now)
{
    const auto [first, second, third] = event.arguments;
    simulator::Circumstances& around = device_.sink().circumstances();
    switch (event.kind) {
    case fault:
    case other_fault:
        arm(event);
        break;
    case noise:
        misled_host_ = true;
        device_.send_raw(event.octets, now);
        break;
    case reboot:
        device_.reboot(now);
        break;
    case silence:
        device_.be_silent(unit_of_trouble * first, now);
        break;
    case cable:
        unplug(now + unit_of_trouble * first);
        break;
    case uplink:
    case more_uplink:
        for (int i = 0; i <= first % 8; ++i)
            send_numbered_packet(second < 200 ? 4 + second % 98 : 4 + second * 5U, now);
        break;
    case circumstances:
        around.out_of_memory = (first & 1) != 0;
        around.storage_fails = (first & 2) != 0;
        around.downlink_dropped = (first & 4) != 0;
        around.scratchpad_damaged = (first & 8) != 0;
        break;
    case consumer:
        client_.take_packets((first & 1) != 0);
        break;
    case rate:
        hears_only_ = std::array<std::uint32_t, 4>{0, 115200, 125000, 1000000}[first % 4];
        break;
    case autostart:
        device_.sink().mutable_state().persistent.autostart = (first & 1) != 0;
        break;
    default:
        client_.act({first, second});
    }
}

void ScriptedDevice::end_trouble(Now now)
{
    trouble_ended_ = now;
    device_.faults().clear();
    device_.speak();
    device_.sink().circumstances() = {};
    hears_only_ = 0;
    if (plugs_in_at_)
        plug_in(now);
    client_.take_packets(true);
}

void ScriptedDevice::advance(Now now)
{
    if (finished_)
        return;
    if (plugs_in_at_ && *plugs_in_at_ <= now)
        plug_in(now);
    while (next_ < events_.size() && events_[next_].at <= now)
        happen(events_[next_++], now);
    device_.advance(now);
    if (next_ < events_.size())
        return;
    if (!trouble_ended_)
        end_trouble(now);
    if (now >= asks_client_at_) {
        asks_client_at_ = now + between_questions;
        finished_ = client_.recovered();
        expect(now - *trouble_ended_ < time_to_recover, "everything recovers when the trouble is over");
    }
}

std::optional<Now> ScriptedDevice::next_event() const
{
    Now next = next_ < events_.size() ? events_[next_].at : asks_client_at_;
    if (const auto event = device_.next_event())
        next = std::min(next, *event);
    if (plugs_in_at_)
        next = std::min(next, *plugs_in_at_);
    return next;
}

gateway::Bytes ScriptedDevice::take_output(Now now)
{
    gateway::Bytes octets = device_.take_output(now);
    const bool heard = !plugs_in_at_ && (hears_only_ == 0 || hears_only_ == host_rate_);
    return heard ? octets : gateway::Bytes();
}

void ScriptedDevice::receive(gateway::ByteView octets, Now now)
{
    if (hears_only_ == 0 || hears_only_ == host_rate_)
        device_.receive(octets, now);
}

std::optional<int> ScriptedDevice::plugged() const
{
    return plugs_in_at_ ? std::nullopt : std::optional(plug_);
}

} // namespace fuzz
