#include "simulator/faults.hpp"

#include "sink-service/dual_mcu/codec/slip.hpp"

namespace simulator {
namespace {

FrameClass class_of(const dual_mcu::Frame& frame, bool from_host)
{
    if (from_host)
        return frame.is_answer() ? FrameClass::response : FrameClass::request;
    return frame.is_answer() ? FrameClass::confirm : FrameClass::indication;
}

/// Reboots come with what the host sends; what shapes a frame on the wire, with what the sink sends.
bool applies(FaultKind kind, bool from_host)
{
    switch (kind) {
    case FaultKind::reboot_before:
    case FaultKind::reboot_after:
        return from_host;
    case FaultKind::flip:
    case FaultKind::drop:
        return true;
    case FaultKind::truncate:
    case FaultKind::duplicate:
    case FaultKind::delay:
    case FaultKind::stall:
    case FaultKind::wrong_frame_id:
    case FaultKind::garbage:
        return !from_host;
    }
    return false;
}

bool is_spent(const FaultRule& rule, std::uint64_t seen)
{
    return rule.count != 0 && seen >= rule.skip + rule.count;
}

} // namespace

std::vector<FaultRule> Faults::strike(const dual_mcu::Frame& frame, bool from_host)
{
    const FrameClass frame_class = class_of(frame, from_host);
    std::vector<FaultRule> striking;
    for (Armed& armed : rules_) {
        const FaultRule& rule = armed.rule;
        const bool matches = (rule.frames == FrameClass::any || rule.frames == frame_class) &&
                             (!rule.primitive || *rule.primitive == frame.primitive) &&
                             applies(rule.kind, from_host);
        if (!matches || is_spent(rule, armed.seen))
            continue;
        ++armed.seen;
        const bool exposed = armed.seen > rule.skip;
        if (exposed && std::uniform_real_distribution<>(0, 1)(random_) < rule.probability)
            striking.push_back(rule);
    }
    std::erase_if(rules_, [](const Armed& armed) { return is_spent(armed.rule, armed.seen); });
    hits_ += striking.empty() ? 0 : 1;
    return striking;
}

void Faults::flip_bit(gateway::Bytes& wire)
{
    constexpr std::size_t ends = 2; // the END octets around the frame are left alone
    if (wire.size() <= ends)
        return;
    std::uniform_int_distribution<std::size_t> place(1, wire.size() - ends);
    std::uniform_int_distribution<int> bit(0, 7);
    wire[place(random_)] ^= static_cast<std::uint8_t>(1 << bit(random_));
}

gateway::Bytes Faults::garbage(std::size_t octets)
{
    std::uniform_int_distribution<int> octet(0, 255);
    gateway::Bytes made;
    for (std::size_t i = 0; i < octets; ++i)
        made.push_back(static_cast<std::uint8_t>(octet(random_)));
    return made;
}

std::vector<Emission> Faults::send(const dual_mcu::Frame& frame)
{
    dual_mcu::Frame sent = frame;
    const std::vector<FaultRule> striking = rules_.empty() ? std::vector<FaultRule>{} : strike(frame, false);
    for (const FaultRule& rule : striking) {
        if (rule.kind == FaultKind::drop)
            return {};
        if (rule.kind == FaultKind::wrong_frame_id)
            sent.frame_id = static_cast<std::uint8_t>(sent.frame_id + 1 + random_() % 255);
    }

    std::vector<Emission> emissions{{encode_slip(sent, dual_mcu::sink_leading_ends), {}, {}}};
    for (const FaultRule& rule : striking) {
        Emission& last = emissions.back();
        switch (rule.kind) {
        case FaultKind::flip:
            flip_bit(last.octets);
            break;
        case FaultKind::truncate:
            if (rule.octets < last.octets.size())
                last.octets.resize(rule.octets);
            break;
        case FaultKind::duplicate:
            emissions.push_back(last);
            break;
        case FaultKind::delay:
            last.delay = rule.duration;
            break;
        case FaultKind::stall: {
            const auto middle = last.octets.begin() + static_cast<std::ptrdiff_t>(last.octets.size() / 2);
            Emission rest{{middle, last.octets.end()}, rule.duration, last.delay};
            last.octets.erase(middle, last.octets.end());
            emissions.push_back(std::move(rest));
            break;
        }
        case FaultKind::garbage: {
            Emission noise{garbage(rule.octets), {}, {}};
            emissions.insert(emissions.begin(), std::move(noise));
            break;
        }
        case FaultKind::drop:
        case FaultKind::wrong_frame_id:
        case FaultKind::reboot_before:
        case FaultKind::reboot_after:
            break;
        }
    }
    return emissions;
}

Reception Faults::receive(const dual_mcu::Frame& frame)
{
    Reception reception;
    if (rules_.empty())
        return reception;
    for (const FaultRule& rule : strike(frame, true)) {
        reception.lost |= rule.kind == FaultKind::drop;
        reception.damaged |= rule.kind == FaultKind::flip;
        reception.reboot_before |= rule.kind == FaultKind::reboot_before;
        reception.reboot_after |= rule.kind == FaultKind::reboot_after;
    }
    return reception;
}

std::size_t Faults::armed() const
{
    return rules_.size();
}

} // namespace simulator
