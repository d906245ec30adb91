#include "gateway/scratchpad/building.hpp"

#include "gateway/crc16.hpp"
#include "gateway/scratchpad/compression.hpp"

#include <fmt/format.h>
#include <set>

namespace gateway::scratchpad {
namespace {

constexpr std::uint32_t fresh_status = 0xFFFFFFFF;

Result<> check(std::span<const Image> images)
{
    if (images.empty())
        return fail(ApplicationCode::invalid_value, "a scratchpad needs at least one image");
    std::set<std::uint32_t> ids;
    for (const Image& image : images) {
        if (!ids.insert(image.area_id).second)
            return fail(
                ApplicationCode::invalid_value,
                fmt::format("two images are for area 0x{:08X}; give each its own", image.area_id));
        if (image.area_id == signature_area)
            return fail(
                ApplicationCode::invalid_value,
                fmt::format("area 0x{:08X} is for signatures; an image needs another", image.area_id));
        if (image.octets.size() > max_image_size)
            return fail(
                ApplicationCode::invalid_value,
                fmt::format(
                    "the image for area 0x{:08X} has {} octets (at most {}); is it the right file?",
                    image.area_id, image.octets.size(), max_image_size));
    }
    return {};
}

void append_image(Bytes& body, const Image& image, KeyStream& stream)
{
    Bytes stored = compress_image(image.octets);
    stream.apply(stored);
    Writer writer(body);
    writer.u32(image.area_id);
    writer.u32(static_cast<std::uint32_t>(stored.size()));
    writer.bytes(image.version);
    writer.u32(0);
    body.insert(body.end(), stored.begin(), stored.end());
}

} // namespace

Result<Bytes> build(std::span<const Image> images, const Recipe& recipe)
{
    const Result<> checked = check(images);
    if (!checked)
        return fail(checked.error());

    Bytes body(recipe.initial_counter.begin(), recipe.initial_counter.end());
    KeyStream stream(recipe.keys.encryption, recipe.initial_counter, recipe.counter);
    for (const Image& image : images)
        append_image(body, image, stream);
    const Block tag = cmac(recipe.keys.authentication, body);

    Bytes file;
    Writer writer(file);
    writer.bytes(scratchpad_tag);
    writer.u32(static_cast<std::uint32_t>(tag.size() + body.size()));
    writer.u16(crc16(body, crc16(tag)));
    writer.u8(recipe.sequence);
    writer.u8(0);
    writer.u32(0);
    writer.u32(fresh_status);
    writer.bytes(tag);
    file.insert(file.end(), body.begin(), body.end());
    if (check_scratchpad_size(file.size()))
        return fail(
            ApplicationCode::invalid_value,
            fmt::format(
                "the scratchpad would have {} octets (at most {}); leave an image out", file.size(),
                scratchpad_max_size));
    return file;
}

} // namespace gateway::scratchpad
