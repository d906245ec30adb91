#include "simulator/meshed_sinks.hpp"

#include "simulator/sink/attribute_table.hpp"
#include "simulator/sink/operations.hpp"
#include "simulator/sink/ticks.hpp"

#include <cmath>

namespace simulator {
namespace {

using mesh::to_sink::BootloaderEnds;
using mesh::to_sink::Erased;
using mesh::to_sink::Locked;
using mesh::to_sink::Packet;
using mesh::to_sink::PoweredOff;
using mesh::to_sink::PoweredOn;
using mesh::to_sink::Processes;
using mesh::to_sink::Received;
using mesh::to_sink::Restarts;
using mesh::to_sink::Swapped;
using mesh::to_sink::Targeted;
using mesh::to_sink::Written;

mesh::SinkView view_of(const Device& device)
{
    const SinkState& sink = device.sink().state();
    const Persistent& settings = sink.persistent;
    mesh::SinkView view;
    view.address = settings.node_address.value_or(0);
    view.runs = sink.live.running && !device.rebooting();
    const StoredScratchpad& stored = settings.stored;
    view.stored = {stored.image, stored.crc, stored.sequence, stored.type, stored.status};
    view.target = {
        settings.target.sequence, settings.target.crc, settings.target.action, settings.target.parameter};
    view.stack = {
        settings.processed.size, settings.processed.crc, settings.processed.sequence, sink.firmware()};
    view.lock_key = settings.lock_key.value_or(gateway::remote_api::no_lock_key);
    view.lock_bits = settings.lock_bits;
    return view;
}

void serve(Device& device, const Packet& what, Now now)
{
    const mesh::PacketInFlight& packet = what.packet;
    device.sink().received_from_mesh(
        {packet.source, packet.source_endpoint, packet.destination, packet.destination_endpoint, packet.qos,
         packet.hops, aged(0, what.travelled), packet.payload},
        now);
}

void serve(Device& device, const Erased& /*what*/, Now /*now*/)
{
    device.sink().mutable_state().persistent.stored = {};
}

void serve(Device& device, const Received& what, Now now)
{
    SinkState& sink = device.sink().mutable_state();
    const mesh::Stored& stored = what.stored;
    sink.persistent.stored = {stored.image, stored.crc, stored.sequence, stored.type, stored.status};
    plan_own_processing(sink, now);
}

void serve(Device& device, const Processes& /*what*/, Now now)
{
    device.sink().mutable_state().persistent.stored.type = dual_mcu::scratchpad_type::process;
    device.reboot(now);
}

void serve(Device& device, const Restarts& /*what*/, Now now)
{
    device.reboot(now);
}

/// As `set` on the control socket: past feature lock and stack state.
void serve(Device& device, const Written& what, Now /*now*/)
{
    SinkState& sink = device.sink().mutable_state();
    const bool msap = what.attribute.set == gateway::remote_api::AttributeSet::msap;
    const auto where = msap ? dual_mcu::AccessPoint::msap : dual_mcu::AccessPoint::csap;
    const AttributeRow* row = find_attribute_row(sink, where, what.attribute.id);
    gateway::Bytes value = what.value;
    if (what.attribute == gateway::remote_api::node_role && value.size() == 2) {
        const std::uint8_t role = sink.persistent.role.value_or(0);
        value = {static_cast<std::uint8_t>((role & ~value[1]) | (value[0] & value[1]))};
    }
    if (row != nullptr && row->store != nullptr && row->is_valid(sink, value))
        row->store(sink, value);
}

void serve(Device& device, const Locked& what, Now now)
{
    SinkState& sink = device.sink().mutable_state();
    const bool followed_no_target = sink.locked(feature::otap);
    sink.persistent.lock_key.reset();
    if (what.key != gateway::remote_api::no_lock_key)
        sink.persistent.lock_key = what.key;
    sink.persistent.lock_bits = what.bits;
    if (sink.locked(feature::otap) != followed_no_target)
        plan_own_processing(sink, now);
}

void serve(Device& device, const BootloaderEnds& what, Now /*now*/)
{
    device.sink().circumstances().bootloader_status = what.status;
}

void serve(Device& device, const Swapped& what, Now now)
{
    Persistent& settings = device.sink().mutable_state().persistent;
    device.sink().circumstances().bootloader_status.reset(); // that was meant for the other device
    settings.node_address = what.address;
    settings.stored = {};
    settings.processed = {};
    settings.target = {};
    device.reboot(now);
}

void serve(Device& device, const PoweredOff& /*what*/, Now /*now*/)
{
    device.power_off();
}

void serve(Device& device, const PoweredOn& /*what*/, Now now)
{
    device.power_on(now);
}

void serve(Device& device, const Targeted& what, Now now)
{
    const gateway::TargetAndAction& target = what.target;
    store_target(
        device.sink().mutable_state(), {target.sequence, target.crc, target.action, target.parameter}, now);
}

} // namespace

MeshedSinks::MeshedSinks(mesh::Setup setup, std::vector<Device*> devices, double factor, Now now)
    : devices_(std::move(devices)),
      mesh_(std::move(setup)),
      factor_(factor),
      pace_{now, mesh::Time{0}, factor},
      progress_(now)
{
    look_at_sinks();
}

mesh::Time MeshedSinks::to_mesh(Now now) const
{
    return pace_.mesh + mesh::scaled(now - pace_.device, pace_.factor);
}

std::optional<Now> MeshedSinks::to_device(std::optional<mesh::Time> time) const
{
    if (!time || pace_.factor <= 0)
        return std::nullopt;
    const double passed = static_cast<double>((*time - pace_.mesh).count()) / pace_.factor;
    return pace_.device + Now{static_cast<std::int64_t>(std::ceil(passed))};
}

std::optional<Now> MeshedSinks::next_event() const
{
    return to_device(mesh_.next_event());
}

/// Devices keep announcing output that nobody has taken yet: only what is ahead counts.
std::optional<Now> MeshedSinks::next_step(Now after, Now limit) const
{
    std::optional<Now> next;
    const auto consider = [&](std::optional<Now> when) {
        if (when && *when <= limit && (!next || *when < *next))
            next = when;
    };
    if (const auto of_mesh = next_event())
        consider(std::max(*of_mesh, after));
    for (const Device* device : devices_)
        if (const auto when = device->next_event(); when && *when > after)
            consider(when);
    return next;
}

void MeshedSinks::advance(Now now)
{
    while (const auto next = next_step(progress_, now))
        step(*next);
    step(std::max(now, progress_));
}

void MeshedSinks::step(Now now)
{
    for (Device* device : devices_)
        device->advance(now);
    look_at_sinks();
    const mesh::Time time = std::max(to_mesh(now), mesh_.now());
    while (mesh_.step(time)) {
        serve_sinks(now);
        look_at_sinks();
    }
    serve_sinks(now);
    progress_ = now;
}

void MeshedSinks::synchronise(Now now)
{
    serve_sinks(now);
    look_at_sinks();
}

void MeshedSinks::look_at_sinks()
{
    for (mesh::SinkIndex sink = 0; sink < devices_.size(); ++sink) {
        Device& device = *devices_[sink];
        mesh_.sink_is(sink, view_of(device));
        for (ToMesh& each : device.sink().take_for_mesh()) {
            auto* packet = std::get_if<DownlinkPacket>(&each);
            if (packet == nullptr)
                continue; // targets are seen in the view; nodes do not read configurations
            const dual_mcu::TxHeader& header = packet->header;
            mesh_.send_down(
                sink, {header.destination, header.source_endpoint, header.destination_endpoint, header.qos,
                       header.options.hop_limit, std::move(packet->payload)});
        }
    }
}

void MeshedSinks::serve_sinks(Now now)
{
    for (const mesh::ToSink& each : mesh_.take_for_sinks()) {
        Device& device = *devices_[each.sink];
        std::visit([&](const auto& what) { serve(device, what, now); }, each.what);
        if (std::holds_alternative<PoweredOff>(each.what) || std::holds_alternative<PoweredOn>(each.what))
            cable_changes_.push_back({each.sink, device.has_power()});
    }
}

Now MeshedSinks::skip(mesh::Time duration, Now now)
{
    advance(now);
    const double factor = factor_ > 0 ? factor_ : 1;
    pace_ = {now, mesh_.now(), factor};
    const Now after = now + Now{static_cast<std::int64_t>(static_cast<double>(duration.count()) / factor)};
    advance(after);
    pace_ = {after, mesh_.now(), factor_};
    return after;
}

} // namespace simulator
