#include "gateway/scratchpad/opening.hpp"

#include "gateway/scratchpad/compression.hpp"

#include <fmt/format.h>

namespace gateway::scratchpad {
namespace {

/// Records of the signature file: type, length, value.
enum class SignatureRecord : std::uint8_t { end = 0, authentication = 2, encryption = 4, signature = 6 };

constexpr std::string_view es256 = "ES256";

struct SignatureFile {
    ByteView algorithm;
    ByteView signature;
};

/// Views of `octets`.
SignatureFile read_signature_file(ByteView octets)
{
    SignatureFile file;
    Reader reader(octets);
    while (reader.left() != 0) {
        const auto type = static_cast<SignatureRecord>(reader.u8());
        if (type == SignatureRecord::end)
            break;
        const ByteView value = reader.bytes(reader.u8());
        if (type == SignatureRecord::authentication)
            file.algorithm = value;
        else if (type == SignatureRecord::signature)
            file.signature = value;
    }
    return file;
}

} // namespace

const KeyPair* authenticating_pair(ByteView file, std::span<const KeyPair> pairs)
{
    const ByteView tag = file.subspan(tag_offset, sizeof(Block));
    const ByteView covered = file.subspan(counter_offset);
    for (const KeyPair& pair : pairs)
        if (equal_in_constant_time(cmac(pair.authentication, covered), tag))
            return &pair;
    return nullptr;
}

Result<bool> is_signed_by(ByteView file, const PublicKey& key)
{
    const Chain chain = read_chain(file);
    if (chain.fault)
        return fail(ApplicationCode::invalid_scratchpad, to_text(*chain.fault));
    const Area& area = chain.areas.front();
    const SignatureFile signature = read_signature_file(stored_octets(file, area));
    if (!std::ranges::equal(signature.algorithm, es256))
        return fail(
            ApplicationCode::invalid_scratchpad,
            "the signature file names another algorithm than ES256, or none");
    return key.verifies(signature.signature, file.subspan(area.data_offset() + area.stored_length));
}

Result<std::vector<Bytes>> decrypt_images(
    ByteView file, const Chain& chain, const Key& encryption, CounterOrder order)
{
    Block counter{};
    std::ranges::copy(file.subspan(counter_offset, counter.size()), counter.begin());
    KeyStream stream(encryption, counter, order);

    std::vector<Bytes> images;
    std::size_t total = 0;
    for (const Area& area : chain.areas) {
        const ByteView stored = stored_octets(file, area);
        Bytes octets(stored.begin(), stored.end());
        if (area.id == signature_area) {
            stream.skip(octets.size());
            images.push_back(std::move(octets));
            continue;
        }
        stream.apply(octets);
        Result<Bytes> image = decompress_image(octets);
        if (!image)
            return fail(
                image.error().with_context(fmt::format("area 0x{:08X} at offset {}", area.id, area.offset)));
        total += image->size();
        if (total > max_images_size)
            return fail(
                ApplicationCode::invalid_scratchpad,
                fmt::format("the images are longer than {} octets together", max_images_size));
        images.push_back(std::move(*image));
    }
    return images;
}

} // namespace gateway::scratchpad
