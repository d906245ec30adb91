// A scratchpad file of which nothing is known, judged with and without keys
// (docs/spec/scratchpad-format.md, 16.1); and images that go into one and come out again.
#include "gateway/scratchpad_file.hpp"
#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/target.hpp"
#include "gateway/crc16.hpp"
#include "gateway/scratchpad/building.hpp"
#include "gateway/scratchpad/inspection.hpp"
#include "gateway/scratchpad/opening.hpp"

using fuzz::expect;
namespace scratchpad = gateway::scratchpad;

namespace {

/// Those of tests/fixtures/scratchpads/keys-throwaway.ini, so that its files open.
std::vector<scratchpad::KeyPair> make_keys()
{
    const auto key = [](const char* hex) {
        return scratchpad::Key::from(gateway::from_hex(hex).value()).value();
    };
    return {
        {"default", key("00112233445566778899AABBCCDDEEFF"), key("FFEEDDCCBBAA99887766554433221100")},
        {"vendor_b", key("A0A1A2A3A4A5A6A7A8A9AAABACADAEAF"), key("B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF")},
    };
}

const std::vector<scratchpad::KeyPair>& keys()
{
    static const auto pairs = make_keys();
    return pairs;
}

void check_verdict(gateway::ByteView file)
{
    const auto verdict = gateway::inspect_scratchpad(file);
    const auto checked = gateway::check_scratchpad(file);
    expect(checked.has_value() == !verdict.fault, "both judge alike");
    if (verdict.fault) {
        expect(!verdict.explanation.empty(), "a refusal says why");
        expect(checked.error().code == gateway::application_code(*verdict.fault), "… with the fault's code");
        return;
    }
    const std::size_t size = file.size();
    expect(size >= gateway::scratchpad_min_size && size % gateway::scratchpad_granularity == 0, "size");
    expect(verdict.header.length == size - gateway::scratchpad_header_end, "length");
    expect(gateway::crc16(file.subspan(gateway::scratchpad_header_end)) == verdict.header.crc, "CRC");
    const auto head = file.first(gateway::scratchpad_header_end);
    expect(!gateway::check_scratchpad_head(head, size), "the head alone is judged alike");
}

void check_inspection(gateway::ByteView file)
{
    const auto found = scratchpad::inspect(file, {keys(), std::nullopt, nullptr});
    expect(found.refusal() == gateway::inspect_scratchpad(file).fault, "one validation");
    for (const scratchpad::Check& check : found.checks)
        expect(!check.what.empty(), "every check says what it found");
    const auto chain = scratchpad::read_chain(file);
    if (!chain.fault && found.kind != scratchpad::Kind::readable) {
        const scratchpad::Area& last = chain.areas.back();
        expect(last.data_offset() + last.stored_length == file.size(), "a sound chain runs to the end");
    }
    expect(
        found.images.empty() || found.images.size() == chain.areas.size(), "all images are opened, or none");
    static_cast<void>(scratchpad::warnings(file));
}

/// The input with a head and an authentication tag that suit it: what is behind them is reached.
void check_with_repaired_head(gateway::ByteView input)
{
    if (input.size() < scratchpad::areas_offset)
        return;
    gateway::Bytes file(input.begin(), input.end());
    file.resize(std::max(gateway::scratchpad_min_size, file.size() / 16 * 16));
    if (scratchpad::kind_of(file) == scratchpad::Kind::symmetric) {
        const auto tag = scratchpad::cmac(
            keys()[0].authentication, gateway::ByteView(file).subspan(scratchpad::counter_offset));
        std::ranges::copy(tag, file.begin() + scratchpad::tag_offset);
    }
    gateway::Bytes head;
    gateway::Writer writer(head);
    writer.bytes(gateway::scratchpad_tag);
    writer.u32(static_cast<std::uint32_t>(file.size() - gateway::scratchpad_header_end));
    writer.u16(gateway::crc16(gateway::ByteView(file).subspan(gateway::scratchpad_header_end)));
    std::ranges::copy(head, file.begin());
    expect(gateway::check_scratchpad(file).has_value(), "a repaired head passes");
    check_inspection(file);
}

/// The input as images, built into a scratchpad and taken out of it again.
void check_building(gateway::ByteView octets)
{
    fuzz::Input input(octets.data(), octets.size());
    std::vector<scratchpad::Image> images;
    while (!input.empty() && images.size() < 4) {
        const std::uint32_t id = 0x80000000U + input.octet();
        const gateway::FirmwareVersion version{input.octet(), input.octet(), 0, 1};
        const auto image = input.octets(input.word() % 2048);
        images.push_back({id, version, {image.begin(), image.end()}});
    }
    const auto& pair = keys()[octets.size() % keys().size()];
    const auto order = octets.size() % 3 == 0 ? scratchpad::CounterOrder::big_endian
                                              : scratchpad::CounterOrder::little_endian;
    const auto file = scratchpad::build(images, {.keys = pair, .counter = order, .initial_counter = {}});
    if (!file)
        return; // two for one area, or none at all
    expect(gateway::check_scratchpad(*file).has_value(), "what is built passes");
    const auto* const authentic = scratchpad::authenticating_pair(*file, keys());
    expect(authentic == &pair, "… is of its key pair");
    const auto opened =
        scratchpad::decrypt_images(*file, scratchpad::read_chain(*file), pair.encryption, order);
    expect(opened.has_value() && opened->size() == images.size(), "… and opens");
    for (std::size_t i = 0; i < images.size(); ++i)
        expect(opened->at(i) == images[i].octets, "an image comes out as it went in");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const gateway::ByteView file(data, size);
    check_verdict(file);
    check_inspection(file);
    check_with_repaired_head(file);
    check_building(file);
    return 0;
}
