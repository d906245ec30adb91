// Every decoder on an arbitrary payload: octet 0 is the primitive, the rest its payload. What decodes
// must encode to a payload that decodes to the same value (spec/dual-mcu-api.md, chapter 3).
#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/target.hpp"
#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"

using namespace dual_mcu;
using fuzz::expect;

namespace {

template<typename Primitive>
void try_decoder(const Frame& frame)
{
    const auto value = decode<Primitive>(frame);
    if (frame.primitive != Primitive::id) {
        expect(!value, "a decoder refuses other primitives");
        return;
    }
    if (!value) {
        expect(!value.error().message.empty(), "a refusal has words");
        return;
    }
    const Frame encoded = encode(*value, frame.frame_id);
    const auto again = decode<Primitive>(encoded);
    expect(again.has_value(), "what was decoded and encoded decodes");
    expect(*again == *value, "… to the same value");
    expect(encode(*again, frame.frame_id) == encoded, "encoding is unambiguous");
}

template<typename... Primitives>
struct Decoders {
    static void try_all(const Frame& frame) { (try_decoder<Primitives>(frame), ...); }
};

template<typename... Requests>
struct Exchanges {
    static void try_all(const Frame& frame)
    {
        (try_decoder<Requests>(frame), ...);
        (try_decoder<typename Requests::Confirm>(frame), ...);
    }
};

using Indications = Decoders<
    AppConfigRx, ConfigDataItemRx, DataRx, DataRxFragment, DataTxIndication, LegacyAppConfigRx,
    ScanNeighboursIndication, StackStateIndication>;

using Requests = Exchanges<
    AppConfigRead, AppConfigWrite, ConfigDataItemGet, ConfigDataItemList, ConfigDataItemSet,
    CsapAttributeRead, CsapAttributeWrite, DataTx, DataTxFragment, DataTxTt, FactoryReset, GetNeighbours,
    IndicationPoll, InstallQuality, LegacyAppConfigRead, LegacyAppConfigWrite, MaxQueueTimeRead,
    MaxQueueTimeWrite, MsapAttributeRead, MsapAttributeWrite, ScanNeighbours, ScratchpadBlock,
    ScratchpadBlockRead, ScratchpadClear, ScratchpadStart, ScratchpadStatus, ScratchpadTargetRead,
    ScratchpadTargetWrite, ScratchpadUpdate, SinkCostRead, SinkCostWrite, StackStart, StackStop>;

/// A payload of which no part may be read in a log.
void check_secrecy(const Frame& frame)
{
    const std::string line = describe(frame);
    if (!carries_secret(frame) || frame.payload.size() < key_size)
        return;
    const std::string key = gateway::to_hex(frame.payload.view().last(key_size));
    expect(line.find(key) == std::string::npos, "keys are never described");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Input input(data, size);
    Frame frame;
    frame.primitive = input.octet();
    frame.frame_id = 0x5A;
    frame.payload.assign(input.octets(max_payload));
    Indications::try_all(frame);
    Requests::try_all(frame);
    check_secrecy(frame);

    const Frame response = encode_response(frame, true);
    expect(response.is_answer() && response.frame_id == frame.frame_id, "every indication has a response");
    return 0;
}
