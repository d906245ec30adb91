/// What is built verifies, and decrypts to what went in.
#include "gateway/crc16.hpp"
#include "gateway/scratchpad/building.hpp"
#include "gateway/scratchpad/compression.hpp"
#include "gateway/scratchpad/inspection.hpp"
#include "gateway/scratchpad/opening.hpp"
#include "scratchpad_files.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace gateway;
using namespace gateway::scratchpad;

namespace {

/// Octets with runs and repetitions, as programs have, and some without.
Bytes random_image(std::mt19937& random, std::size_t size)
{
    Bytes image;
    image.reserve(size);
    while (image.size() < size) {
        const std::size_t run = 1 + random() % 200;
        const auto value = static_cast<std::uint8_t>(random());
        const bool noise = random() % 3 == 0;
        for (std::size_t i = 0; i < run && image.size() < size; ++i)
            image.push_back(noise ? static_cast<std::uint8_t>(random()) : value);
    }
    return image;
}

} // namespace

TEST_CASE("random images come out of a scratchpad as they went in", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    std::mt19937 random(1);
    const std::size_t sizes[] = {0, 1, 15, 16, 17, 4096, 100'000};
    for (int round = 0; round < 24; ++round) {
        std::vector<Image> images;
        const std::size_t count = 1 + random() % 4;
        for (std::size_t i = 0; i < count; ++i) {
            const auto part = [&] { return static_cast<std::uint8_t>(random()); };
            images.push_back(
                {0x80000000U + static_cast<std::uint32_t>(i),
                 {part(), part(), part(), part()},
                 random_image(random, sizes[random() % std::size(sizes)])});
        }
        const KeyPair& pair = keys.pairs[random() % keys.pairs.size()];
        const CounterOrder order = random() % 2 == 0 ? CounterOrder::little_endian : CounterOrder::big_endian;
        const auto file = build(images, {.keys = pair, .counter = order});
        REQUIRE(file);
        CAPTURE(round, file->size());

        CHECK(check_scratchpad(*file));
        CHECK(remarks(*file).empty());
        const Inspection found = inspect(*file, {keys.pairs, order, nullptr});
        CHECK(found.passed());
        CHECK(found.verdict_of(CheckId::decryption) == Verdict::passed);
        CHECK(found.key == pair.name);
        CHECK(found.counter == order);
        CHECK(found.header.sequence == 255);
        REQUIRE(found.areas.size() == images.size());

        const auto opened = decrypt_images(*file, read_chain(*file), pair.encryption, order);
        REQUIRE(opened);
        for (std::size_t i = 0; i < images.size(); ++i) {
            CHECK(found.areas[i].id == images[i].area_id);
            CHECK(found.areas[i].version == images[i].version);
            CHECK((opened->at(i) == images[i].octets));
        }
    }
}

TEST_CASE("both orders of the counter carry over its end", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    Block all_ones;
    all_ones.fill(0xFF);
    Block zero{};
    for (const CounterOrder order : {CounterOrder::little_endian, CounterOrder::big_endian}) {
        KeyStream wrapping(keys.pairs[0].encryption, all_ones, order);
        KeyStream from_zero(keys.pairs[0].encryption, zero, order);
        wrapping.skip(16);
        Bytes a(64);
        Bytes b(64);
        wrapping.apply(a);
        from_zero.apply(b);
        CHECK((a == b));
    }
    // After 256 blocks the next octet counts, at the one end or at the other.
    KeyStream little(keys.pairs[0].encryption, zero, CounterOrder::little_endian);
    Block second{};
    second[1] = 1;
    KeyStream expected(keys.pairs[0].encryption, second, CounterOrder::little_endian);
    little.skip(256 * 16);
    Bytes a(16);
    Bytes b(16);
    little.apply(a);
    expected.apply(b);
    CHECK((a == b));
}

TEST_CASE("the ciphers are those of the published vectors", "[scratchpad]")
{
    // RFC 4493, 4; NIST SP 800-38A, F.5.1.
    const Key key = Key::from(from_hex("2b7e1516 28aed2a6 abf71588 09cf4f3c").value()).value();
    CHECK(lower_hex(cmac(key, {})) == "bb1d6929e95937287fa37d129b756746");
    CHECK(
        lower_hex(cmac(key, from_hex("6bc1bee22e409f96e93d7e117393172a").value())) ==
        "070a16b46b4d4144f79bdd9dd04a287c");
    Block counter;
    for (std::size_t i = 0; i < counter.size(); ++i)
        counter.at(i) = static_cast<std::uint8_t>(0xF0 + i);
    KeyStream stream(key, counter, CounterOrder::big_endian);
    Bytes text = from_hex("6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51").value();
    stream.apply(text);
    CHECK(lower_hex(text) == "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff");
}

TEST_CASE("the worked example decrypts as the specification computes it", "[scratchpad]")
{
    const Bytes file = read_fixture("min-96.otap");
    const KeyFile keys = fixture_keys();
    Block counter{};
    std::ranges::copy(ByteView(file).subspan(0x30, 16), counter.begin());
    KeyStream stream(keys.find("default")->encryption, counter, CounterOrder::little_endian);
    Bytes octets(file.begin() + 0x50, file.end());
    stream.apply(octets);
    CHECK(to_hex(octets) == "FB FF 9F 32 00 00 00 00 00 00 00 00 00 00 00 00");
    CHECK((decompress_image(octets).value() == Bytes(64, 0xFF)));
}

TEST_CASE("a scratchpad is the same each time but for its counter block", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    const std::vector<Image> images{{0x83744C03, {1, 2, 3, 4}, Bytes(1000, 7)}};
    const auto first = build(images, {.keys = keys.pairs[0]}).value();
    const auto second = build(images, {.keys = keys.pairs[0]}).value();
    CHECK_FALSE((first == second));
    CHECK(first.size() == second.size());
    const Block block{1, 2, 3};
    const auto a = build(images, {.keys = keys.pairs[0], .sequence = 7, .initial_counter = block}).value();
    const auto b = build(images, {.keys = keys.pairs[0], .sequence = 7, .initial_counter = block}).value();
    CHECK((a == b));
    CHECK(read_scratchpad_header(a).sequence == 7);
}

TEST_CASE("what cannot be a scratchpad is not built", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    const Recipe recipe{.keys = keys.pairs[0]};
    const auto refused = [&](const std::vector<Image>& images) { return !build(images, recipe); };
    CHECK(refused({}));
    CHECK(refused({{1, {}, {}}, {1, {}, {}}}));
    CHECK(refused({{signature_area, {}, Bytes(96)}}));
    CHECK(refused({{1, {}, Bytes(max_image_size + 1)}}));
    const auto empty = build(std::vector<Image>{{1, {}, {}}}, recipe);
    REQUIRE(empty); // removes what is in the area
    CHECK(empty->size() == scratchpad_min_size);
}

TEST_CASE("an image must end where its octets end", "[scratchpad]")
{
    const Bytes image(100, 3);
    Bytes stored = compress_image(image);
    CHECK(stored.size() % 16 == 0);
    CHECK((decompress_image(stored).value() == image));

    Bytes longer = stored;
    longer.resize(longer.size() + 16);
    CHECK_FALSE(decompress_image(longer));
    Bytes marked = stored;
    REQUIRE(marked.back() == 0);
    marked.back() = 1;
    CHECK_FALSE(decompress_image(marked));
    CHECK_FALSE(decompress_image({}));
    CHECK_FALSE(decompress_image(ByteView(stored).first(2)));
    CHECK_FALSE(decompress_image(compress_image(Bytes(max_image_size + 1))));
    CHECK((decompress_image(compress_image(Bytes(max_image_size))).value().size() == max_image_size));
}
