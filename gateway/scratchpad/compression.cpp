#include "gateway/scratchpad/compression.hpp"

#include <fmt/format.h>
#include <stdexcept>
#include <zlib.h>

namespace gateway::scratchpad {
namespace {

constexpr int raw_deflate_32_kib = -15;
constexpr std::size_t granularity = 16;

/// zlib reads through a pointer to what is not const.
Bytef* to_zlib(ByteView octets)
{
    return const_cast<Bytef*>(octets.data()); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

class Inflater {
public:
    explicit Inflater(ByteView stored)
    {
        stream_.next_in = to_zlib(stored);
        stream_.avail_in = static_cast<uInt>(stored.size());
        if (inflateInit2(&stream_, raw_deflate_32_kib) != Z_OK)
            throw std::runtime_error("zlib has no memory to decompress");
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream_); }

    /// Appends to `out`; gives zlib's verdict.
    int next(Bytes& out)
    {
        std::array<std::uint8_t, 16 * 1024> piece;
        stream_.next_out = piece.data();
        stream_.avail_out = static_cast<uInt>(piece.size());
        const int verdict = inflate(&stream_, Z_NO_FLUSH);
        out.insert(out.end(), piece.begin(), piece.end() - static_cast<std::ptrdiff_t>(stream_.avail_out));
        return verdict;
    }

    [[nodiscard]] std::size_t left() const { return stream_.avail_in; }

private:
    z_stream stream_{};
};

} // namespace

Bytes compress_image(ByteView image)
{
    z_stream stream{};
    constexpr int best_memory = 9;
    if (deflateInit2(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, raw_deflate_32_kib, best_memory, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        throw std::runtime_error("zlib has no memory to compress");
    Bytes stored(deflateBound(&stream, image.size()));
    stream.next_in = to_zlib(image);
    stream.avail_in = static_cast<uInt>(image.size());
    stream.next_out = stored.data();
    stream.avail_out = static_cast<uInt>(stored.size());
    const int verdict = deflate(&stream, Z_FINISH);
    stored.resize(stored.size() - stream.avail_out);
    deflateEnd(&stream);
    if (verdict != Z_STREAM_END)
        throw std::runtime_error("zlib did not compress an image");
    stored.resize((stored.size() + granularity - 1) / granularity * granularity);
    return stored;
}

Result<Bytes> decompress_image(ByteView stored)
{
    Inflater inflater(stored);
    Bytes image;
    for (;;) {
        const int verdict = inflater.next(image);
        if (image.size() > max_image_size)
            return fail(
                ApplicationCode::invalid_scratchpad,
                fmt::format("the image is longer than {} octets", max_image_size));
        if (verdict == Z_STREAM_END)
            break;
        if (verdict != Z_OK)
            return fail(ApplicationCode::invalid_scratchpad, "the image does not decompress");
    }
    const ByteView padding = stored.last(inflater.left());
    if (padding.size() >= granularity ||
        std::ranges::any_of(padding, [](std::uint8_t octet) { return octet != 0; }))
        return fail(
            ApplicationCode::invalid_scratchpad,
            fmt::format("{} octets behind the image are not its padding", padding.size()));
    return image;
}

} // namespace gateway::scratchpad
