#include "gateway/scratchpad/inspection.hpp"

#include "gateway/crc16.hpp"
#include "gateway/scratchpad/opening.hpp"

#include <fmt/format.h>

namespace gateway::scratchpad {
namespace {

constexpr std::uint8_t placeholder_sequence = 255;

CheckId check_of(ScratchpadFault fault)
{
    switch (fault) {
    case ScratchpadFault::too_short:
        return CheckId::minimum_96;
    case ScratchpadFault::too_long:
        return CheckId::maximum_16_mib;
    case ScratchpadFault::not_multiple_of_16:
        return CheckId::length_multiple_of_16;
    case ScratchpadFault::bad_tag:
        return CheckId::tag;
    case ScratchpadFault::bad_length:
        return CheckId::length_field;
    case ScratchpadFault::bad_crc:
        break;
    }
    return CheckId::crc;
}

Check failed(CheckId id, const ScratchpadComplaint& complaint)
{
    return {id, Verdict::failed, complaint.what, complaint.advice};
}

std::string found(const Inspection& inspection, ScratchpadFault fault)
{
    switch (fault) {
    case ScratchpadFault::bad_tag:
        return "begins with the scratchpad tag";
    case ScratchpadFault::bad_length:
        return fmt::format("{} octets after the header, as it announces", inspection.header.length);
    case ScratchpadFault::bad_crc:
        return fmt::format("0x{:04X}, as computed", inspection.computed_crc);
    default:
        return fmt::format("{} octets", inspection.size);
    }
}

Check check_chain(const Inspection& inspection, const Chain& chain)
{
    if (inspection.kind == Kind::readable)
        return {CheckId::file_chain, Verdict::not_checked, "a readable container has no files", {}};
    if (chain.fault)
        return failed(CheckId::file_chain, *chain.fault);
    return {
        CheckId::file_chain, Verdict::passed, fmt::format("{} files, to the end", chain.areas.size()), {}};
}

Check check_sequence(const Inspection& inspection)
{
    const std::uint8_t sequence = inspection.header.sequence;
    if (inspection.size < scratchpad_header_end)
        return {CheckId::sequence, Verdict::not_checked, "there is no header", {}};
    if (sequence == 0)
        return {
            CheckId::sequence, Verdict::warned, "0, with which a node takes no part in OTAP",
            "give a sequence of 1 to 254 at the upload"};
    const char* const meaning =
        sequence == placeholder_sequence ? "a placeholder" : "which the upload replaces";
    return {CheckId::sequence, Verdict::passed, fmt::format("{}, {}", sequence, meaning), {}};
}

/// Sets `inspection.key` when a pair matches.
Check check_cmac(Inspection& inspection, ByteView file, const InspectionKeys& keys)
{
    if (keys.pairs.empty())
        return {
            CheckId::authentication, Verdict::not_checked, "needs the authentication key",
            "give a key file to learn whether nodes with these keys will accept it"};
    const KeyPair* const pair = authenticating_pair(file, keys.pairs);
    if (pair == nullptr)
        return {
            CheckId::authentication, Verdict::failed,
            fmt::format(
                "none of {} key pairs made it: it is for nodes with other keys, or was altered",
                keys.pairs.size()),
            "build it again with the keys of these nodes; nodes would answer with status 4"};
    inspection.key = pair->name;
    return {CheckId::authentication, Verdict::passed, fmt::format("key pair {}", pair->name), {}};
}

Check check_signature(ByteView file, const InspectionKeys& keys)
{
    if (keys.public_key == nullptr)
        return {
            CheckId::authentication, Verdict::not_checked, "needs the public key",
            "give a file with the public key to learn whether it is authentic"};
    const Result<bool> is_signed = is_signed_by(file, *keys.public_key);
    if (!is_signed)
        return {
            CheckId::authentication, Verdict::failed, is_signed.error().message,
            "build the scratchpad again"};
    if (!*is_signed)
        return {
            CheckId::authentication, Verdict::failed,
            "the signature is not of this public key: it is for nodes with another one, or was altered",
            "sign it again with the key of these nodes"};
    return {CheckId::authentication, Verdict::passed, "signed by the public key (ES256)", {}};
}

Check check_authentication(Inspection& inspection, ByteView file, const InspectionKeys& keys)
{
    if (file.size() < areas_offset)
        return {CheckId::authentication, Verdict::not_checked, "there is no security block", {}};
    switch (inspection.kind) {
    case Kind::symmetric:
        return check_cmac(inspection, file, keys);
    case Kind::public_key:
        return check_signature(file, keys);
    case Kind::readable:
        break;
    }
    return {
        CheckId::authentication,
        Verdict::not_checked,
        "a readable container cannot be authenticated; no bootloader applies it",
        {}};
}

/// True when `pair` opens all images; fills in what was found.
Result<> open_with(
    Inspection& inspection, ByteView file, const Chain& chain, const KeyPair& pair, CounterOrder order)
{
    const Result<std::vector<Bytes>> images = decrypt_images(file, chain, pair.encryption, order);
    if (!images)
        return fail(images.error());
    inspection.key = pair.name;
    inspection.counter = order;
    for (const Bytes& image : *images)
        inspection.images.push_back({image.size(), sha256(image)});
    return {};
}

Check check_decryption(Inspection& inspection, ByteView file, const Chain& chain, const InspectionKeys& keys)
{
    const auto not_checked = [](const char* why) {
        return Check{CheckId::decryption, Verdict::not_checked, why, {}};
    };
    if (inspection.kind == Kind::readable)
        return not_checked("a readable container is not encrypted");
    if (keys.pairs.empty())
        return not_checked("needs the encryption key");
    if (chain.fault)
        return not_checked("the file chain is broken");
    if (inspection.kind == Kind::symmetric && inspection.key.empty())
        return not_checked("it is not authentic");

    const CounterOrder first = keys.counter.value_or(CounterOrder::little_endian);
    const CounterOrder second =
        first == CounterOrder::little_endian ? CounterOrder::big_endian : CounterOrder::little_endian;
    std::string reason;
    for (const KeyPair& pair : keys.pairs) {
        if (!inspection.key.empty() && pair.name != inspection.key)
            continue;
        for (const CounterOrder order : {first, second}) {
            const Result<> opened = open_with(inspection, file, chain, pair, order);
            if (opened)
                return {
                    CheckId::decryption,
                    Verdict::passed,
                    fmt::format(
                        "all images decompress; the counter is {}-endian",
                        order == CounterOrder::little_endian ? "little" : "big"),
                    {}};
            if (reason.empty())
                reason = opened.error().message;
        }
    }
    return {
        CheckId::decryption, Verdict::failed, reason,
        "is the encryption key that of the nodes? Raw files that are not compressed cannot be checked"};
}

} // namespace

std::optional<ScratchpadFault> Inspection::refusal() const
{
    for (const ScratchpadFault fault : scratchpad_faults)
        if (verdict_of(check_of(fault)) == Verdict::failed)
            return fault;
    return std::nullopt;
}

Verdict Inspection::verdict_of(CheckId id) const
{
    const auto check = std::ranges::find(checks, id, &Check::id);
    return check == checks.end() ? Verdict::not_checked : check->verdict;
}

bool Inspection::passed() const
{
    return std::ranges::none_of(checks, [](const Check& check) { return check.verdict == Verdict::failed; });
}

Inspection inspect(ByteView file, const InspectionKeys& keys)
{
    Inspection inspection;
    inspection.size = file.size();
    inspection.kind = kind_of(file);
    if (file.size() >= scratchpad_header_end) {
        inspection.header = read_scratchpad_header(file);
        inspection.computed_crc = crc16(file.subspan(scratchpad_header_end));
    }
    for (const ScratchpadFault fault : scratchpad_faults) {
        const auto complaint = find_scratchpad_fault(file, fault);
        inspection.checks.push_back(
            complaint ? failed(check_of(fault), *complaint)
                      : Check{check_of(fault), Verdict::passed, found(inspection, fault), {}});
    }
    const Chain chain = read_chain(file);
    inspection.areas = chain.areas;
    inspection.checks.push_back(check_chain(inspection, chain));
    inspection.checks.push_back(check_sequence(inspection));
    inspection.checks.push_back(check_authentication(inspection, file, keys));
    inspection.checks.push_back(check_decryption(inspection, file, chain, keys));
    inspection.remarks = remarks(file);
    return inspection;
}

std::string_view name_of(CheckId id)
{
    switch (id) {
    case CheckId::minimum_96:
        return "minimum_96";
    case CheckId::maximum_16_mib:
        return "maximum_16_mib";
    case CheckId::length_multiple_of_16:
        return "length_multiple_of_16";
    case CheckId::tag:
        return "tag";
    case CheckId::length_field:
        return "length_field";
    case CheckId::crc:
        return "crc";
    case CheckId::file_chain:
        return "file_chain";
    case CheckId::sequence:
        return "sequence";
    case CheckId::authentication:
        return "authentication";
    case CheckId::decryption:
        return "decryption";
    }
    return "unknown";
}

} // namespace gateway::scratchpad
