// What the bootloader does with a scratchpad that is marked for processing
// (spec/scratchpad-format.md, 12, 13).
#include "gateway/scratchpad_file.hpp"
#include "simulator/bootloader/process.hpp"
#include "simulator/sink/operations.hpp"

namespace simulator {
namespace {

namespace status {
using dual_mcu::scratchpad_status::success;
constexpr std::uint8_t bad_header = 2;
constexpr std::uint8_t bad_crc = 3;
constexpr std::uint8_t not_authentic = 4;
constexpr std::uint8_t bad_file_header = 7;
} // namespace status

constexpr std::size_t security_block = 32; // authentication tag and initial counter block
constexpr std::size_t file_header = 16;
constexpr std::uint32_t signature_area = 0x027C362F;
constexpr std::uint32_t user_data_area = 0x8AE573BA; // keeps no version
constexpr std::uint32_t custom_area_bit = 0x80000000;

bool is_stack_area(std::uint32_t area)
{
    return (area & 0xFFFFFF00) == 0x00000100;
}

bool is_application_area(std::uint32_t area)
{
    return (area & custom_area_bit) != 0 && area != user_data_area;
}

struct File {
    std::uint32_t area_id;
    std::array<std::uint8_t, 4> version;
};

/// Nothing when the chain is not sound.
std::optional<std::vector<File>> files_of(gateway::ByteView image)
{
    std::vector<File> files;
    gateway::Reader reader(image.subspan(gateway::scratchpad_header_end + security_block));
    while (reader.left() != 0) {
        File file{};
        file.area_id = reader.u32();
        const std::uint32_t length = reader.u32();
        for (std::uint8_t& number : file.version)
            number = reader.u8();
        reader.u32();
        reader.bytes(length);
        if (reader.failed() || length % file_header != 0)
            return std::nullopt;
        files.push_back(file);
    }
    if (files.empty())
        return std::nullopt;
    return files;
}

/// A data container is made so that no bootloader takes it for a program.
bool is_data_container(gateway::ByteView image)
{
    constexpr std::size_t tag_size = 16;
    return std::ranges::all_of(
        image.subspan(gateway::scratchpad_header_end, tag_size),
        [](std::uint8_t octet) { return octet == 0xFF; });
}

/// With areas and keys of its own.
std::uint8_t process_as_device(SinkState& state)
{
    const StoredScratchpad& stored = state.persistent.stored;
    if (state.around.scratchpad_damaged)
        return status::bad_crc;
    const BootloaderOutcome outcome = run_bootloader(*stored.image, *state.profile.bootloader);
    for (const WrittenArea& area : outcome.written) {
        if (area.id != state.profile.stack_area)
            continue;
        state.persistent.firmware = area.version;
        state.persistent.processed = {stored.size(), stored.crc, stored.sequence, area.id};
    }
    return outcome.status;
}

std::uint8_t process(SinkState& state)
{
    if (state.profile.bootloader)
        return process_as_device(state);
    const StoredScratchpad& stored = state.persistent.stored;
    const gateway::ByteView image = *stored.image;
    const auto fault = gateway::inspect_scratchpad(image).fault;
    if (fault == gateway::ScratchpadFault::bad_crc || state.around.scratchpad_damaged)
        return status::bad_crc;
    if (fault)
        return status::bad_header;
    if (is_data_container(image))
        return status::not_authentic;
    const auto files = files_of(image);
    if (!files)
        return status::bad_file_header;

    // Areas that keep versions leave a trace; that of a stack is the one that counts.
    const File* recorded = nullptr;
    for (const File& file : *files) {
        if (file.area_id == signature_area)
            continue;
        if (is_stack_area(file.area_id)) {
            recorded = &file;
            state.persistent.firmware = file.version;
        } else if (is_application_area(file.area_id) && recorded == nullptr) {
            recorded = &file;
        }
    }
    if (recorded != nullptr)
        state.persistent.processed = {stored.size(), stored.crc, stored.sequence, recorded->area_id};
    return status::success;
}

} // namespace

bool bootloader_has_work(const Persistent& persistent)
{
    return persistent.stored.image && persistent.stored.type == dual_mcu::scratchpad_type::process &&
           persistent.stored.status == dual_mcu::scratchpad_status::fresh;
}

void run_bootloader(SinkState& state)
{
    if (!bootloader_has_work(state.persistent))
        return;
    const auto ordered = std::exchange(state.around.bootloader_status, std::nullopt);
    state.persistent.stored.status = ordered ? *ordered : process(state);
}

} // namespace simulator
