// Every row of docs/spec/gateway-backend-api.md, 4.7, "Chunks, gateway".
#include "transport/requests/chunked_upload.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

using namespace transport;
using namespace std::chrono_literals;

namespace {

const ChunkedUploads::Clock::time_point start{};
const std::string sink = "sink0";

std::string fixture(const std::string& name)
{
    std::ifstream in(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Uploads : ChunkedUploads {
    explicit Uploads(const Limits& limits = {}) : ChunkedUploads(limits) {}

    api::ErrorCode piece(
        std::uint32_t offset, std::size_t size, ChunkedUploads::Clock::time_point now = start)
    {
        last =
            add(sink,
                {sequence, static_cast<std::uint32_t>(file.size()), offset,
                 std::string_view(file).substr(offset, size)},
                now);
        return last.code;
    }

    std::string file = fixture("app-8k.otap");
    std::uint32_t sequence = 51;
    Outcome last;
};

} // namespace

TEST_CASE("a file in pieces is complete with its last one, in any order", "[chunks]")
{
    Uploads uploads;
    const std::size_t size = 1000;
    const std::size_t pieces = (uploads.file.size() + size - 1) / size;
    for (std::size_t i = 1; i <= pieces; ++i) {
        // 0, then from the end to the front
        const std::size_t index = i == 1 ? 0 : pieces + 1 - i;
        REQUIRE(uploads.piece(static_cast<std::uint32_t>(index * size), size) == api::OK);
        CHECK(uploads.last.file.has_value() == (i == pieces));
    }
    CHECK(*uploads.last.file == uploads.file);
    CHECK(uploads.empty());
}

TEST_CASE("a piece with a wrong sequence changes nothing", "[chunks]")
{
    Uploads uploads;
    for (const auto& [sequence, code] :
         {std::pair(256U, api::INVALID_PARAM), std::pair(0U, api::INVALID_SEQUENCE_NUMBER),
          std::pair(255U, api::INVALID_SEQUENCE_NUMBER)}) {
        uploads.sequence = sequence;
        CHECK(uploads.piece(0, 100) == code);
    }
    CHECK(uploads.empty());
}

TEST_CASE("an impossible total is refused before anything is kept", "[chunks]")
{
    ChunkedUploads uploads({});
    for (const std::uint32_t total : {0U, 80U, 100U, 16U * 1024 * 1024 + 16, 0xFFFFFFF0U}) {
        CAPTURE(total);
        CHECK(uploads.add(sink, {51, total, 0, "abc"}, start).code == api::INVALID_SCRATCHPAD_SIZE);
    }
    CHECK(uploads.empty());
}

TEST_CASE("pieces must fit their limits and the file", "[chunks]")
{
    Uploads uploads({.max_piece = 1000});
    const auto total = static_cast<std::uint32_t>(uploads.file.size());
    CHECK(uploads.piece(0, 0) == api::INVALID_SCRATCHPAD_CHUNK_SIZE);
    CHECK(uploads.piece(0, 1001) == api::INVALID_SCRATCHPAD_CHUNK_SIZE);
    CHECK(uploads.add(sink, {51, total, total, "abc"}, start).code == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    CHECK(
        uploads.add(sink, {51, total, 0xFFFFFFFF, "abc"}, start).code ==
        api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    CHECK(uploads.add(sink, {51, total, total - 2, "abc"}, start).code == api::INVALID_SCRATCHPAD_CHUNK_SIZE);
    CHECK(uploads.piece(0, 1000) == api::OK);
}

TEST_CASE("the first piece repeated changes nothing", "[chunks]")
{
    Uploads uploads;
    REQUIRE(uploads.piece(0, 4000) == api::OK);
    REQUIRE(uploads.piece(4000, 2000) == api::OK);
    CHECK(uploads.piece(0, 4000) == api::OK);
    CHECK(uploads.piece(0, 100) == api::OK);
    REQUIRE(uploads.piece(6000, 10000) == api::OK);
    CHECK(uploads.last.file.has_value());
}

TEST_CASE("another first piece begins anew", "[chunks]")
{
    Uploads uploads;
    REQUIRE(uploads.piece(0, 4000) == api::OK);
    uploads.sequence = 52;
    REQUIRE(uploads.piece(0, 100) == api::OK);
    REQUIRE(uploads.piece(4000, 10000) == api::OK);
    CHECK_FALSE(uploads.last.file.has_value()); // 100 to 4000 went with the first upload
    REQUIRE(uploads.piece(100, 3900) == api::OK);
    CHECK(uploads.last.file.has_value());
}

TEST_CASE("a piece from the middle of an unknown upload is refused", "[chunks]")
{
    Uploads uploads;
    CHECK(uploads.piece(1000, 1000) == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    REQUIRE(uploads.piece(0, 1000) == api::OK);
    uploads.sequence = 52;
    CHECK(uploads.piece(1000, 1000) == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    const auto total = static_cast<std::uint32_t>(uploads.file.size());
    CHECK(
        uploads.add(sink, {51, total + 16, 1000, "abc"}, start).code == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    uploads.sequence = 51;
    CHECK(uploads.piece(1000, 10000) == api::OK); // the state was untouched
    CHECK(uploads.last.file.has_value());
}

TEST_CASE("overlaps are taken when they agree and refused when they do not", "[chunks]")
{
    Uploads uploads;
    REQUIRE(uploads.piece(0, 2000) == api::OK);
    CHECK(uploads.piece(1000, 2000) == api::OK);
    std::string wrong = uploads.file.substr(2500, 1000);
    wrong[0] = static_cast<char>(~wrong[0]);
    const auto total = static_cast<std::uint32_t>(uploads.file.size());
    CHECK(uploads.add(sink, {51, total, 2500, wrong}, start).code == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    CHECK(uploads.piece(3000, 10000) == api::OK);
    CHECK(uploads.last.file.has_value());
}

TEST_CASE("overlapping pieces do not hide a hole", "[chunks]")
{
    Uploads uploads;
    const auto half = static_cast<std::uint32_t>(uploads.file.size() / 2);
    REQUIRE(uploads.piece(0, half) == api::OK);
    REQUIRE(uploads.piece(16, half - 16) == api::OK);
    REQUIRE(uploads.piece(half + 16, uploads.file.size()) == api::OK);
    CHECK_FALSE(uploads.last.file.has_value());
}

TEST_CASE("a wrong header ends the upload with the piece that completes it", "[chunks]")
{
    SECTION("tag")
    {
        Uploads uploads;
        uploads.file[3] = 'x';
        CHECK(uploads.piece(0, 31) == api::OK);
        CHECK(uploads.piece(31, 1) == api::INVALID_SCRATCHPAD);
        CHECK(uploads.empty());
    }
    SECTION("length")
    {
        Uploads uploads;
        uploads.file = fixture("bad-length-field.otap");
        CHECK(uploads.piece(0, 100) == api::INVALID_SCRATCHPAD_SIZE);
        CHECK(uploads.empty());
    }
}

TEST_CASE("a wrong CRC is found when the file is complete, and the upload is over", "[chunks]")
{
    Uploads uploads;
    uploads.file = fixture("bad-crc.otap");
    REQUIRE(uploads.piece(0, 100) == api::OK);
    CHECK(uploads.piece(100, uploads.file.size()) == api::INVALID_SCRATCHPAD);
    CHECK(uploads.empty());
}

TEST_CASE("an upload without a piece for 300 s is discarded", "[chunks]")
{
    Uploads uploads;
    REQUIRE(uploads.piece(0, 1000, start) == api::OK);
    REQUIRE(uploads.piece(1000, 1000, start + 299s) == api::OK);
    REQUIRE(uploads.piece(2000, 1000, start + 598s) == api::OK);
    CHECK(uploads.piece(3000, 1000, start + 898s) == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
    CHECK(uploads.empty());
}

TEST_CASE("another upload takes the place", "[chunks]")
{
    Uploads uploads;
    REQUIRE(uploads.piece(0, 1000) == api::OK);
    uploads.discard(sink);
    CHECK(uploads.piece(1000, 1000) == api::INVALID_SCRATCHPAD_CHUNK_OFFSET);
}

TEST_CASE("announced totals are bounded together, sinks are independent", "[chunks]")
{
    Uploads uploads({.max_announced = 20'000});
    REQUIRE(uploads.piece(0, 1000) == api::OK);
    const auto total = static_cast<std::uint32_t>(uploads.file.size());
    const std::string_view first = std::string_view(uploads.file).substr(0, 1000);
    CHECK(uploads.add("sink1", {7, total, 0, first}, start).code == api::OK);
    CHECK(uploads.add("sink2", {7, total, 0, first}, start).code == api::SINK_OUT_OF_MEMORY);
    CHECK(uploads.piece(1000, 10000) == api::OK);
    CHECK(uploads.last.file.has_value());
    CHECK(uploads.add("sink2", {7, total, 0, first}, start).code == api::OK);
}
