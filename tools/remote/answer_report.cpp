#include "tools/remote/answer_report.hpp"

#include "gateway/remote_api/attributes.hpp"
#include "gateway/remote_api/description.hpp"
#include "gateway/remote_api/lock_state.hpp"
#include "gateway/remote_api/overloaded.hpp"
#include "tools/local/values.hpp"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

using nlohmann::json;
using namespace remote_api; // NOLINT(google-build-using-namespace): everything here is about it

std::string crc_text(std::uint16_t crc)
{
    return fmt::format("0x{:04X}", crc);
}

json stored_json(const StoredScratchpad& stored)
{
    return {
        {"length", stored.length}, {"crc", crc_text(stored.crc)}, {"sequence", stored.sequence},
        {"type", stored.type},     {"status", stored.status},     {"text", describe(stored)},
    };
}

json processed_json(const ProcessedScratchpad& processed)
{
    return {
        {"length", processed.length},
        {"crc", crc_text(processed.crc)},
        {"sequence", processed.sequence},
        {"area_id", fmt::format("0x{:08X}", processed.area_id)},
        {"version", gateway::to_text(processed.version)},
    };
}

json status_json(const ScratchpadStatus& status)
{
    json made{
        {"kind", "scratchpad status"},
        {"stored", stored_json(status.stored)},
        {"stack", processed_json(status.stack)},
    };
    if (status.application)
        made["application"] = processed_json(*status.application);
    if (status.target)
        made["target"] = {
            {"action", status.target->action},
            {"sequence", status.target->sequence},
            {"crc", crc_text(status.target->crc)},
            {"delay_minutes", status.target->delay_minutes},
            {"remaining_minutes", status.target->remaining_minutes},
        };
    return made;
}

json attribute_json(Attribute attribute, const Bytes& value)
{
    const AttributeRow* const row = find_attribute(attribute);
    return {
        {"kind", "attribute"},
        {"set", attribute.set == AttributeSet::msap ? "msap" : "csap"},
        {"id", attribute.id},
        {"name", row != nullptr ? json(row->name) : json()},
        {"value", is_secret(attribute) ? json() : json(local::packed_hex(value))},
        {"text", value_text(attribute, value)},
    };
}

json record_json(const Response& response)
{
    return std::visit(
        Overloaded{
            [](const ScratchpadStatus& status) { return status_json(status); },
            [](const response::ReadAttribute& read) { return attribute_json(read.attribute, read.value); },
            [&](const response::Error& error) {
                return json{
                    {"kind", "error"},
                    {"error", error_name(error.error)},
                    {"request", request_name(error.request)},
                    {"attribute", error.attribute ? json(*error.attribute) : json()},
                    {"text", describe(response)},
                };
            },
            [](const response::Update& update) {
                return json{{"kind", "update"}, {"countdown_seconds", update.countdown}};
            },
            [&](const response::Ping& ping) {
                return json{{"kind", "ping"}, {"value", local::packed_hex(ping.value)}};
            },
            [&](const Undecoded& record) {
                return json{
                    {"kind", "undecoded"},
                    {"type", record.type},
                    {"value", local::packed_hex(record.value)},
                    {"text", describe(response)},
                };
            },
            [&](const auto&) {
                return json{{"kind", request_name(type_of(response))}, {"text", describe(response)}};
            },
        },
        response.body);
}

bool tells_of_lock(const LockState& state)
{
    return state.bits.has_value() || state.key_set.has_value();
}

std::string lock_text(const LockState& state)
{
    const auto locked = state.is_otap_locked();
    std::string text = !locked ? "not known" : *locked ? "OTAP locked" : "OTAP not locked";
    if (state.key_set)
        text += *state.key_set ? ", a lock key is set" : ", no lock key is set";
    return text;
}

/// True for what the line about the lock says already.
bool is_lock_key_error(const Response& response)
{
    const auto* const error = response.as<response::Error>();
    return error != nullptr && error->attribute == lock_key.id && lock_state({response}).key_set.has_value();
}

void print_line(std::ostream& out, std::string_view title, const std::string& text)
{
    constexpr std::size_t widest = 13;
    out << "    " << padded(title, widest) << text << '\n';
}

void print_record(std::ostream& out, const Response& response)
{
    const auto* const status = response.as<ScratchpadStatus>();
    if (status == nullptr) {
        out << "    " << describe(response) << '\n';
        return;
    }
    print_line(out, "stored", describe(status->stored));
    print_line(out, "stack", describe(status->stack));
    if (status->application)
        print_line(out, "application", describe(*status->application));
    if (status->target)
        print_line(out, "target", describe(*status->target));
}

} // namespace

void print_answer(
    std::ostream& out, const Style& style, const Answer& answer, std::chrono::milliseconds since)
{
    std::string way = "via " + answer.packet.sink_id;
    if (answer.packet.hops != 0)
        way += fmt::format(", {} hops", answer.packet.hops);
    way += fmt::format(", travelled {} ms", answer.packet.travel_time_ms);
    way += answer.asked_for ? fmt::format(", after {} ms", since.count()) : ", unasked";
    out << style.bold("node " + local::address_in_words(answer.packet.source)) << "  " << style.faint(way)
        << '\n';
    const LockState lock = lock_state(answer.records);
    for (const Response& record : answer.records)
        if (!is_lock_key_error(record))
            print_record(out, record);
    if (tells_of_lock(lock))
        print_line(out, "lock", lock_text(lock));
    if (answer.truncated)
        out << "    the answer is truncated: the rest is missing\n";
    out << std::flush;
}

json to_json(const Answer& answer, std::chrono::milliseconds since)
{
    json records = json::array();
    for (const Response& record : answer.records)
        records.push_back(record_json(record));
    json made{
        {"node", answer.packet.source},
        {"gateway", answer.packet.gateway_id},
        {"sink", answer.packet.sink_id},
        {"time", utc_time(answer.packet.time_ms)},
        {"travel_time_ms", answer.packet.travel_time_ms},
        {"hops", answer.packet.hops},
        {"asked_for", answer.asked_for},
        {"round_trip_ms", answer.asked_for ? json(since.count()) : json()},
        {"truncated", answer.truncated},
        {"records", std::move(records)},
    };
    if (const LockState lock = lock_state(answer.records); tells_of_lock(lock)) {
        const auto locked = lock.is_otap_locked();
        made["lock"] = {
            {"bits", lock.bits ? json(fmt::format("0x{:08X}", *lock.bits)) : json()},
            {"key_set", lock.key_set ? json(*lock.key_set) : json()},
            {"otap_locked", locked ? json(*locked) : json()},
        };
    }
    return made;
}

} // namespace gateway::tools
