#include "gateway/remote_api/description.hpp"

#include "gateway/remote_api/attributes.hpp"
#include "gateway/remote_api/overloaded.hpp"
#include "gateway/target_and_action.hpp"

#include <fmt/format.h>

namespace gateway::remote_api {
namespace {

std::string with_rest(std::string text, const Bytes& rest)
{
    return rest.empty() ? text : fmt::format("{} (and {} octets more)", text, rest.size());
}

std::string describe(const Undecoded& record, const char* what)
{
    const char* reason = "of an unknown type";
    if (record.reason == Undecoded::Reason::too_short)
        reason = "too short to be understood";
    else if (record.reason == Undecoded::Reason::unknown_layout)
        reason = "of an unknown layout";
    return fmt::format("{} {}: {} octets, {}", request_name(record.type), what, record.value.size(), reason);
}

std::string describe(const response::Error& error)
{
    std::string what = request_name(error.request);
    if (error.attribute) {
        const bool reads = error.request == wire(RequestType::read_msap_attribute) ||
                           error.request == wire(RequestType::read_csap_attribute);
        const bool msap = error.request == wire(RequestType::read_msap_attribute) ||
                          error.request == wire(RequestType::write_msap_attribute);
        const Attribute attribute{msap ? AttributeSet::msap : AttributeSet::csap, *error.attribute};
        what = (reads ? "read " : "write ") + to_text(attribute);
    }
    return fmt::format("{} refused: {}", what, error_name(error.error));
}

const char* action_text(std::uint8_t action)
{
    switch (static_cast<OtapAction>(action)) {
    case OtapAction::no_otap:
        return "no OTAP";
    case OtapAction::propagate_only:
        return "propagate only";
    case OtapAction::propagate_and_process:
        return "propagate and process";
    case OtapAction::propagate_and_process_with_delay:
        return "propagate and process with delay";
    case OtapAction::legacy:
        return "legacy";
    }
    return nullptr;
}

/// Puts "**" over octets `begin` to `end` of text that has three characters an octet.
void mask(std::string& text, std::size_t begin, std::size_t end)
{
    for (std::size_t octet = begin; octet < end; ++octet)
        text.replace(octet * 3, 2, "**");
}

/// Where the secret of a request's value begins; nothing when it has none. A cut or too long key is
/// one too.
std::optional<std::size_t> secret_in(std::uint8_t type, ByteView value)
{
    if (type == wire(RequestType::begin_with_lock))
        return 0;
    if (type != wire(RequestType::write_csap_attribute) || value.size() < sizeof(std::uint16_t))
        return std::nullopt;
    Reader reader(value);
    if (!is_secret({AttributeSet::csap, reader.u16()}))
        return std::nullopt;
    return sizeof(std::uint16_t);
}

} // namespace

std::string bootloader_status_text(std::uint8_t status)
{
    static constexpr const char* names[] = {
        "processed",
        "flash error",
        "invalid scratchpad header",
        "invalid CRC",
        "authentication failed",
        "decompression failed",
        "no space",
        "invalid file header",
        "flash driver error",
        "modem firmware failed",
        "modem delta firmware failed",
    };
    constexpr std::uint8_t fresh = 255;
    if (status == fresh)
        return "new";
    return status < std::size(names) ? names[status] : fmt::format("unknown error {}", status);
}

std::string describe(const StoredScratchpad& stored)
{
    if (stored.length == 0)
        return "none";
    std::string state = bootloader_status_text(stored.status);
    if (stored.type == 0)
        state = "not valid";
    else if (stored.type == 2 && state == "new")
        state = "marked for processing";
    return fmt::format(
        "{} octets, CRC 0x{:04X}, sequence {}, {}", stored.length, stored.crc, stored.sequence, state);
}

std::string describe(const ProcessedScratchpad& processed)
{
    if (processed == ProcessedScratchpad{})
        return "unknown";
    return fmt::format(
        "{} from sequence {}, CRC 0x{:04X}, area 0x{:08X}", gateway::to_text(processed.version),
        processed.sequence, processed.crc, processed.area_id);
}

std::string describe(const TargetInForce& target)
{
    const char* const action = action_text(target.action);
    std::string text = action != nullptr ? action : fmt::format("action {}", target.action);
    if (target.action == static_cast<std::uint8_t>(OtapAction::no_otap) ||
        target.action == static_cast<std::uint8_t>(OtapAction::legacy))
        return text;
    text += fmt::format(", sequence {}, CRC 0x{:04X}", target.sequence, target.crc);
    if (target.delay_minutes != 0)
        text += fmt::format(", {} of {} min left", target.remaining_minutes, target.delay_minutes);
    return text;
}

std::string describe(const Request& request)
{
    const std::string name = request_name(type_of(request));
    return with_rest(
        std::visit(
            Overloaded{
                [](const Undecoded& record) { return describe(record, "request"); },
                [&](const request::Ping& ping) { return fmt::format("{} {}", name, to_hex(ping.value)); },
                [&](const request::BeginWithLock&) { return name + " (key)"; },
                [&](const request::Update& update) {
                    return update.countdown ? fmt::format("{} in {} s", name, *update.countdown)
                                            : name + ": how long still?";
                },
                [](const request::ReadAttribute& read) { return "read " + to_text(read.attribute); },
                [](const request::WriteAttribute& write) {
                    return fmt::format(
                        "write {}: {}", to_text(write.attribute), value_text(write.attribute, write.value));
                },
                [&](const request::ScratchpadUpdate& update) {
                    return fmt::format("{} to sequence {}", name, update.sequence);
                },
                [&](const request::WriteMaxQueuingTime& write) {
                    return fmt::format("{} of priority {}: {} s", name, write.priority, write.seconds);
                },
                [&](const request::ReadMaxQueuingTime& read) {
                    return fmt::format("{} of priority {}", name, read.priority);
                },
                [&](const auto&) { return name; },
            },
            request.body),
        request.rest);
}

std::string describe(const Response& response)
{
    const std::string name = request_name(type_of(response));
    return with_rest(
        std::visit(
            Overloaded{
                [](const Undecoded& record) { return describe(record, "answer"); },
                [&](const response::Ping& ping) { return fmt::format("{} {}", name, to_hex(ping.value)); },
                [&](const response::Update& update) {
                    return update.countdown != 0 ? fmt::format("{} in {} s", name, update.countdown)
                                                 : name + ": no countdown runs";
                },
                [](const response::ReadAttribute& read) {
                    return fmt::format(
                        "{}: {}", to_text(read.attribute), value_text(read.attribute, read.value));
                },
                [](const response::WriteAttribute& write) {
                    return fmt::format("{} written", to_text(write.attribute));
                },
                [](const ScratchpadStatus& status) {
                    std::string text =
                        "stored: " + describe(status.stored) + "; stack: " + describe(status.stack);
                    if (status.application)
                        text += "; application: " + describe(*status.application);
                    if (status.target)
                        text += "; target: " + describe(*status.target);
                    return text;
                },
                [&](const response::ScratchpadUpdate& update) {
                    return fmt::format("{} to sequence {}", name, update.sequence);
                },
                [](const response::Error& error) { return describe(error); },
                [&](const auto&) { return name + " done"; },
            },
            response.body),
        response.rest);
}

std::string masked_hex(ByteView requests)
{
    std::string text = to_hex(requests);
    std::size_t at = 0;
    const RawPacket packet = split(requests);
    for (const RawRecord& record : packet.records) {
        at += record_head;
        if (const auto secret = secret_in(record.type, record.value))
            mask(text, at + *secret, at + record.value.size());
        at += record.value.size();
    }
    // A cut record may hold the beginning of a key.
    if (packet.remains.size() > record_head) {
        at += record_head;
        if (const auto secret = secret_in(packet.remains[0], packet.remains.subspan(record_head)))
            mask(text, at + *secret, requests.size());
    }
    return text;
}

} // namespace gateway::remote_api
