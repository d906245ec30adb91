/// Reassembly of uplink fragments (spec/dual-mcu-api.md, 5.7).
#include "sink-service/dual_mcu/reassembly.hpp"

#include <catch2/catch.hpp>

using namespace dual_mcu;

namespace {

const Reassembly::TimePoint start = Reassembly::TimePoint{} + std::chrono::hours(1);

DataRxFragment piece(
    std::uint16_t packet_id, std::uint16_t offset, std::initializer_list<std::uint8_t> octets, bool last,
    std::uint32_t source = 77)
{
    DataRxFragment fragment;
    fragment.header.source = source;
    fragment.fragment = {packet_id, offset, last};
    fragment.apdu.assign(gateway::Bytes(octets));
    return fragment;
}

} // namespace

TEST_CASE("fragments in any order make the packet", "[reassembly]")
{
    const std::vector<DataRxFragment> pieces = {
        piece(1, 0, {1, 2, 3}, false), piece(1, 3, {4, 5, 6}, false), piece(1, 6, {7}, true)};
    std::vector<std::size_t> order = {0, 1, 2};
    do {
        Reassembly reassembly({});
        CHECK_FALSE(reassembly.add(pieces[order[0]], start));
        CHECK_FALSE(reassembly.add(pieces[order[1]], start));
        CHECK(reassembly.add(pieces[order[2]], start) == gateway::Bytes{1, 2, 3, 4, 5, 6, 7});
        CHECK(reassembly.incomplete() == 0);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("duplicates change nothing, late ones neither", "[reassembly]")
{
    Reassembly reassembly({});
    CHECK_FALSE(reassembly.add(piece(1, 0, {1}, false), start));
    CHECK_FALSE(reassembly.add(piece(1, 0, {1}, false), start));
    CHECK(reassembly.add(piece(1, 1, {2}, true), start) == gateway::Bytes{1, 2});
    CHECK_FALSE(reassembly.add(piece(1, 1, {2}, true), start + std::chrono::seconds(3)));
    CHECK(reassembly.incomplete() == 0);
    // Much later the id means another packet.
    CHECK_FALSE(reassembly.add(piece(1, 1, {2}, true), start + std::chrono::seconds(60)));
    CHECK(reassembly.incomplete() == 1);
}

TEST_CASE("a duplicate does not extend the life of a packet", "[reassembly]")
{
    Reassembly reassembly({});
    reassembly.add(piece(1, 0, {1}, false), start);
    reassembly.add(piece(1, 0, {1}, false), start + std::chrono::seconds(600));
    reassembly.expire(start + std::chrono::seconds(901));
    CHECK(reassembly.incomplete() == 0);
}

TEST_CASE("a fragment that contradicts begins the packet anew", "[reassembly]")
{
    const auto contradiction = GENERATE(
        piece(1, 0, {9, 9}, false),    // other contents
        piece(1, 1, {9}, false),       // overlaps the one before
        piece(1, 0, {1, 2, 3}, false), // other size, overlaps the one behind
        piece(1, 0, {1, 2}, true));    // the last one, before data that came already
    Reassembly reassembly({});
    CHECK_FALSE(reassembly.add(piece(1, 0, {1, 2}, false), start));
    CHECK_FALSE(reassembly.add(piece(1, 2, {3, 4}, false), start));
    reassembly.add(contradiction, start);
    // What was there before is forgotten: its end alone completes nothing.
    CHECK_FALSE(reassembly.add(piece(1, 4, {5}, true), start));
}

TEST_CASE("octets beyond a known end begin the packet anew", "[reassembly]")
{
    Reassembly reassembly({});
    CHECK_FALSE(reassembly.add(piece(1, 4, {5}, true), start));
    CHECK_FALSE(reassembly.add(piece(1, 8, {9}, false), start));
    CHECK_FALSE(reassembly.add(piece(1, 0, {1, 2, 3, 4}, false), start));
    CHECK_FALSE(reassembly.add(piece(1, 4, {5}, false), start));
}

TEST_CASE("impossible fragments are dropped", "[reassembly]")
{
    Reassembly reassembly({});
    CHECK_FALSE(reassembly.add(piece(1, 0, {}, true), start));
    CHECK_FALSE(reassembly.add(piece(1, 1499, {1, 2}, true), start));
    CHECK(reassembly.incomplete() == 0);
    CHECK_FALSE(reassembly.add(piece(1, 1499, {1}, true), start));
    CHECK(reassembly.incomplete() == 1);
}

TEST_CASE("memory is bounded, for one source and for all", "[reassembly]")
{
    Reassembly reassembly({});
    for (std::uint16_t id = 0; id < 100; ++id)
        reassembly.add(piece(id, 0, {1}, false), start + std::chrono::seconds(id));
    CHECK(reassembly.incomplete() == 16);
    // The youngest survived.
    CHECK(reassembly.add(piece(99, 1, {2}, true), start + std::chrono::seconds(100)));
    for (std::uint32_t source = 1000; source < 4000; ++source)
        reassembly.add(piece(1, 0, {1}, false, source), start + std::chrono::seconds(200));
    CHECK(reassembly.incomplete() == 1024);
}

TEST_CASE("incomplete packets end with their time, or never when it is 0", "[reassembly]")
{
    ReassemblySettings for_ever;
    for_ever.max_age = std::chrono::seconds(0);
    Reassembly bounded({});
    Reassembly unbounded(for_ever);
    for (Reassembly* reassembly : {&bounded, &unbounded}) {
        reassembly->add(piece(1, 0, {1}, false), start);
        reassembly->expire(start + std::chrono::seconds(900));
        CHECK(reassembly->incomplete() == 1);
        reassembly->expire(start + std::chrono::seconds(901));
    }
    CHECK(bounded.incomplete() == 0);
    CHECK(unbounded.incomplete() == 1);
}
