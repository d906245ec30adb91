// The exchanges of a FrameChannel with a peer that answers what it likes, when it likes. Whatever that
// is, an exchange ends in its time, and only what answers a request is taken for its confirm
// (spec/dual-mcu-api.md, 2.1 to 2.8).
#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/log.hpp"
#include "fuzz/support/target.hpp"
#include "fuzz/virtual_line/virtual_line.hpp"
#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/frame_channel.hpp"

#include <deque>

using namespace dual_mcu;
using fuzz::expect;
using fuzz::Now;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t burst = 4;
constexpr Now slack = milliseconds(20); // for the time that writes take

/// One thing that the peer says after a frame of the host.
struct Reply {
    Now delay{0};
    enum class Kind : std::uint8_t { raw, confirm, stray, indication, same_indication, report } kind{};
    std::uint8_t octet = 0;
    gateway::Bytes octets;
};

std::vector<Reply> read_replies(fuzz::Input& input)
{
    std::vector<Reply> replies(input.below(6));
    for (Reply& reply : replies) {
        const std::uint8_t choice = input.octet();
        static constexpr std::array<int, 8> delays = {0, 0, 0, 1, 20, 60, 400, 700};
        reply.delay = milliseconds(delays[choice >> 5]);
        reply.kind = static_cast<Reply::Kind>(choice % 6);
        reply.octet = input.octet();
        const gateway::ByteView octets = input.octets(input.below(32));
        reply.octets.assign(octets.begin(), octets.end());
    }
    return replies;
}

class ArbitraryPeer final : public fuzz::Peer {
public:
    explicit ArbitraryPeer(std::vector<std::vector<Reply>> script) : script_(std::move(script)) {}

    void advance(Now /*now*/) override {}
    [[nodiscard]] std::optional<Now> next_event() const override
    {
        return output_.empty() ? std::nullopt : std::optional(output_.front().first);
    }
    gateway::Bytes take_output(Now now) override
    {
        gateway::Bytes octets;
        while (!output_.empty() && output_.front().first <= now) {
            octets.insert(octets.end(), output_.front().second.begin(), output_.front().second.end());
            output_.pop_front();
        }
        return octets;
    }
    void receive(gateway::ByteView octets, Now now) override
    {
        for (const std::uint8_t octet : octets) {
            const auto event = decoder_.push(octet);
            expect(!event || std::holds_alternative<Frame>(*event), "the host sends nothing but good frames");
            if (event)
                answer(std::get<Frame>(*event), now);
        }
    }
    [[nodiscard]] std::optional<int> plugged() const override { return 1; }
    void opened(std::uint32_t /*bits_per_second*/) override {}
    [[nodiscard]] bool finished() const override { return false; }

private:
    /// The script begins again at its end: a peer that repeats itself is the one that wedges a host.
    void answer(const Frame& frame, Now now)
    {
        if (script_.empty())
            return;
        Now when = output_.empty() ? now : std::max(now, output_.back().first);
        for (const Reply& reply : script_[answered_++ % script_.size()]) {
            when += reply.delay;
            output_.emplace_back(when, octets_of(reply, frame));
        }
    }

    gateway::Bytes octets_of(const Reply& reply, const Frame& to)
    {
        Frame frame;
        frame.payload.assign(reply.octets);
        switch (reply.kind) {
        case Reply::Kind::raw:
            return reply.octets;
        case Reply::Kind::confirm:
            frame.primitive = to.primitive | answer_bit;
            frame.frame_id = to.frame_id;
            break;
        case Reply::Kind::stray:
            frame.primitive = reply.octet;
            frame.frame_id = static_cast<std::uint8_t>(to.frame_id - 1);
            break;
        case Reply::Kind::indication:
            frame.primitive = reply.octet & static_cast<std::uint8_t>(~answer_bit);
            frame.frame_id = next_frame_id_++;
            break;
        case Reply::Kind::same_indication:
            frame.primitive = DataRx::id;
            break;
        case Reply::Kind::report:
            return encode_error_report({ErrorReport::Reason::crc_mismatch, reply.octet});
        }
        return encode_slip(frame, sink_leading_ends);
    }

    std::vector<std::vector<Reply>> script_;
    std::size_t answered_ = 0;
    std::uint8_t next_frame_id_ = 0;
    SlipDecoder decoder_;
    std::deque<std::pair<Now, gateway::Bytes>> output_;
};

void check_request(FrameChannel& channel, fuzz::Input& input)
{
    const milliseconds timeout(1 + input.octet());
    const Now begun = fuzz::virtual_now();
    const auto confirm = channel.request(encode(MsapAttributeRead{msap::stack_status}, 0), timeout);
    expect(
        fuzz::virtual_now() - begun <= (max_repetitions + 1) * (timeout + slack),
        "a request ends in its time");
    if (confirm)
        expect(confirm->primitive == MsapAttributeRead::Confirm::id, "a confirm is of its request");
    else
        expect(!confirm.error().message.empty(), "a failure has words");
}

void check_poll(FrameChannel& channel)
{
    const Now begun = fuzz::virtual_now();
    std::size_t taken = 0;
    const auto wants_more = [&taken] { return ++taken < burst; };
    const auto check = [](const Frame& indication, std::chrono::system_clock::time_point /*received*/) {
        expect(!indication.is_answer(), "only indications are handed on");
    };
    const auto more = channel.poll({wants_more, check});
    expect(taken <= burst, "no more indications than wanted");
    const Now longest =
        (max_repetitions + 1) * (confirm_timeout + slack) + (burst + 2) * (indication_timeout + slack);
    expect(fuzz::virtual_now() - begun <= longest, "a poll ends in its time");
    if (!more)
        expect(!more.error().message.empty(), "a failure has words");
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
    std::vector<std::vector<Reply>> script(input.below(8));
    for (auto& replies : script)
        replies = read_replies(input);
    ArbitraryPeer peer(std::move(script));
    fuzz::connect(peer);

    auto port = SerialPort::open("", 0);
    expect(port.has_value(), "the port opens");
    LineCounters counters;
    FlightRecorder recorder;
    std::optional<Frame> last_indication;
    FrameChannel channel(std::move(*port), host_leading_ends, -1, counters, recorder, last_indication);
    constexpr int most_exchanges = 16;
    for (int i = 0; i < most_exchanges && !input.empty(); ++i) {
        if (input.flag())
            check_request(channel, input);
        else
            check_poll(channel);
    }
    expect(!channel.port_gone(), "no answer makes a port vanish");
    return 0;
}
