// A packet of the Remote API from a node, or to one, of which nothing is known
// (docs/spec/remote-api.md, 3).
#include "fuzz/support/expect.hpp"
#include "fuzz/support/target.hpp"
#include "gateway/remote_api/control_node_report.hpp"
#include "gateway/remote_api/description.hpp"
#include "gateway/remote_api/matching.hpp"

using fuzz::expect;
namespace remote_api = gateway::remote_api;

namespace {

constexpr std::size_t no_limit = 65536;

/// Decoding loses nothing, and what it gives is decoded the same again.
template<typename Decode>
void check(gateway::ByteView payload, Decode decode)
{
    const auto packet = decode(payload);
    expect((packet.end == remote_api::PacketEnd::empty) == payload.empty(), "only nothing is empty");
    expect(
        (packet.end == remote_api::PacketEnd::truncated) == !packet.remains.empty(),
        "what is truncated leaves octets");
    for (const auto& record : packet.records)
        expect(!describe(record).empty(), "every record has words");

    gateway::Bytes again;
    if (!packet.records.empty()) {
        const auto encoded = encode(packet.records, no_limit);
        expect(encoded.has_value(), "what came can be sent");
        again = *encoded;
        expect((decode(again).records == packet.records), "the same records");
    }
    again.insert(again.end(), packet.remains.begin(), packet.remains.end());
    expect(std::ranges::equal(again, payload), "the same octets");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const gateway::ByteView payload(data, size);
    check(payload, [](gateway::ByteView octets) { return remote_api::decode_requests(octets); });
    check(payload, [](gateway::ByteView octets) { return remote_api::decode_responses(octets); });

    const auto requests = remote_api::decode_requests(payload).records;
    const auto responses = remote_api::decode_responses(payload).records;
    const remote_api::ResponseSize expected = response_size(requests);
    expect(expected.plain <= expected.largest, "the plain answer is not the largest");
    expect(
        !all_answered(requests, responses) || requests.empty(),
        "requests and their answers have other types");

    // A mask is as long as what it hides.
    expect(remote_api::masked_hex(payload).size() == gateway::to_hex(payload).size(), "every octet shows");

    const auto report = remote_api::decode_control_node_report(payload);
    if (report)
        expect(std::ranges::equal(remote_api::encode(*report), payload), "the same report");
    return 0;
}
