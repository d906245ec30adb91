#include "simulator/bootloader/process.hpp"

#include "gateway/scratchpad/compression.hpp"
#include "gateway/scratchpad/opening.hpp"

#include <algorithm>

namespace simulator {
namespace {

namespace scratchpad = gateway::scratchpad;
using gateway::ByteView;
using gateway::ScratchpadFault;

scratchpad::Block block_at(ByteView file, std::size_t offset)
{
    scratchpad::Block block{};
    std::ranges::copy(file.subspan(offset, block.size()), block.begin());
    return block;
}

bool is_signed(ByteView file, const BootloaderDevice& device)
{
    return std::ranges::any_of(device.public_keys, [&file](const std::string& pem) {
        const auto key = scratchpad::PublicKey::from_pem(pem);
        return key && scratchpad::is_signed_by(file, *key).value_or(false);
    });
}

/// Decrypts, decompresses and writes what belongs to this device; stops at the first failure.
BootloaderOutcome write_areas(
    ByteView file, const scratchpad::Chain& chain, const scratchpad::Key& key, const BootloaderDevice& device)
{
    BootloaderOutcome outcome;
    scratchpad::KeyStream stream(key, block_at(file, scratchpad::counter_offset), device.counter);
    for (const scratchpad::Area& area : chain.areas) {
        const auto own = std::ranges::find(device.areas, area.id, &BootloaderArea::id);
        if (area.id == scratchpad::signature_area || own == device.areas.end()) {
            stream.skip(area.stored_length);
            continue;
        }
        const ByteView stored = scratchpad::stored_octets(file, area);
        gateway::Bytes octets(stored.begin(), stored.end());
        stream.apply(octets);
        const auto image = scratchpad::decompress_image(octets);
        if (!image)
            outcome.status = bootloader_status::decompression_failed;
        else if (image->size() > own->size)
            outcome.status = bootloader_status::no_space;
        else
            outcome.status = own->write_status;
        if (outcome.status != bootloader_status::success)
            return outcome;
        outcome.written.push_back({area.id, area.version, static_cast<std::uint32_t>(image->size())});
    }
    return outcome;
}

} // namespace

BootloaderOutcome run_bootloader(ByteView file, const BootloaderDevice& device)
{
    if (const auto fault = gateway::inspect_scratchpad(file).fault)
        return {
            *fault == ScratchpadFault::bad_crc ? bootloader_status::bad_crc : bootloader_status::bad_header,
            {}};
    const scratchpad::Kind kind = scratchpad::kind_of(file);
    if (kind == scratchpad::Kind::readable)
        return {bootloader_status::not_authentic, {}};
    const scratchpad::Chain chain = scratchpad::read_chain(file);
    if (kind == scratchpad::Kind::public_key) {
        if (device.keys.empty() || !is_signed(file, device))
            return {bootloader_status::not_authentic, {}};
        return chain.fault ? BootloaderOutcome{bootloader_status::bad_file_header, {}}
                           : write_areas(file, chain, device.keys.front().encryption, device);
    }
    const scratchpad::KeyPair* pair = scratchpad::authenticating_pair(file, device.keys);
    if (pair == nullptr)
        return {bootloader_status::not_authentic, {}};
    if (chain.fault)
        return {bootloader_status::bad_file_header, {}};
    return write_areas(file, chain, pair->encryption, device);
}

const BootloaderOutcome& BootloaderRuns::run(
    const std::shared_ptr<const gateway::Bytes>& image, std::size_t model, const BootloaderDevice& device)
{
    for (const Run& run : runs_)
        if (run.model == model && run.image.lock() == image)
            return run.outcome;
    std::erase_if(runs_, [](const Run& run) { return run.image.expired(); });
    if (runs_.size() == most)
        runs_.erase(runs_.begin());
    runs_.push_back({image, model, run_bootloader(*image, device)});
    return runs_.back().outcome;
}

} // namespace simulator
