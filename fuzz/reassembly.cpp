// Sequences of fragments: their octets say where they belong, so that a payload of the wrong parts is
// seen (spec/dual-mcu-api.md, 5.7).
#include "sink-service/dual_mcu/reassembly.hpp"
#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/log.hpp"
#include "fuzz/support/target.hpp"
#include "gateway/address.hpp"

using namespace dual_mcu;
using fuzz::expect;

namespace {

constexpr ReassemblySettings settings{
    .max_age = std::chrono::seconds(900),
    .max_packets = 8,
    .max_packets_of_source = 3,
    .remember_completed = std::chrono::seconds(10)};
constexpr std::size_t sources = 4;
constexpr std::size_t packet_ids = 4;
constexpr std::uint16_t largest_fragment = 102;

/// The octet of a packet at a place, in one of two versions of it.
std::uint8_t octet_at(std::size_t source, std::size_t packet_id, std::size_t version, std::size_t place)
{
    return static_cast<std::uint8_t>(
        source * 61 + packet_id * 17 + version * 128 + place * 3 + (place >> 8) * 5);
}

DataRxFragment make_fragment(
    std::size_t source, std::size_t packet_id, std::size_t version, FragmentInfo place, std::size_t size)
{
    DataRxFragment fragment;
    fragment.header.source = static_cast<std::uint32_t>(source);
    fragment.header.source_endpoint = static_cast<std::uint8_t>(version);
    fragment.fragment = place;
    fragment.fragment.packet_id = static_cast<std::uint16_t>(packet_id);
    for (std::size_t i = 0; i < size; ++i)
        fragment.apdu.push_back(octet_at(source, packet_id, version, place.offset + i));
    return fragment;
}

void check_payload(const DataRxFragment& last, const gateway::Bytes& payload)
{
    expect(!payload.empty() && payload.size() <= gateway::max_packet_size, "a packet has a packet's size");
    for (std::size_t i = 0; i < payload.size(); ++i)
        expect(
            payload[i] ==
                octet_at(last.header.source, last.fragment.packet_id, last.header.source_endpoint, i),
            "a payload has the octets of its packet, each at its place");
}

/// Fragments of one packet, cut and ordered by the input.
std::vector<DataRxFragment> fragments_of_a_packet(fuzz::Input& input)
{
    std::vector<DataRxFragment> fragments;
    const std::size_t total = 1 + input.word() % gateway::max_packet_size;
    for (std::size_t offset = 0; offset < total;) {
        const std::size_t size = std::min<std::size_t>(1 + input.below(largest_fragment), total - offset);
        const FragmentInfo place{0, static_cast<std::uint16_t>(offset), offset + size == total};
        fragments.push_back(make_fragment(0, 0, 0, place, size));
        offset += size;
    }
    for (std::size_t i = fragments.size(); i > 1; --i)
        std::swap(fragments[i - 1], fragments[input.below(i)]);
    return fragments;
}

} // namespace

int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/)
{
    fuzz::set_log_level();
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Input input(data, size);
    Reassembly reassembly(settings);
    Reassembly::TimePoint now{std::chrono::hours(1)};

    const auto whole = fragments_of_a_packet(input);
    while (!input.empty()) {
        const std::uint8_t choice = input.octet();
        const std::uint16_t where = input.word();
        const FragmentInfo place{0, static_cast<std::uint16_t>(where % 2048), (where & 0x8000) != 0};
        const std::size_t octets = input.below(largest_fragment + 1);
        const DataRxFragment fragment =
            make_fragment(choice % sources, (choice >> 2) % packet_ids, (choice >> 4) & 1, place, octets);
        if (const auto payload = reassembly.add(fragment, now))
            check_payload(fragment, *payload);
        expect(reassembly.incomplete() <= settings.max_packets, "memory is bounded");
        now += std::chrono::seconds((choice >> 5) * (choice >> 5));
        if ((choice >> 5) == 7)
            reassembly.expire(now);
    }

    // When the old is forgotten, whatever it was, a packet in any order completes with its last part.
    now += settings.max_age + std::chrono::seconds(1);
    reassembly.expire(now);
    expect(reassembly.incomplete() == 0, "what is too old is dropped");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const auto payload = reassembly.add(whole[i], now);
        expect(payload.has_value() == (i + 1 == whole.size()), "a packet completes with its last part");
        if (payload)
            check_payload(whole[i], *payload);
    }
    return 0;
}
