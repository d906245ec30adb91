#include "transport/intake.hpp"

#include "gateway/bytes.hpp"
#include "gateway/task.hpp"
#include "transport/sinks/sink.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

/// Acknowledgements are collected: one call serves all packets of this time.
constexpr std::chrono::milliseconds acknowledge_interval{50};
constexpr std::size_t acknowledge_at = 32; ///< … or of so many: the sink service waits for them
constexpr std::chrono::seconds retry_period{1};
constexpr std::size_t max_undecided = 1000; ///< packets by signal while it is being attached

struct EarlyPacket {
    UplinkPacket packet; ///< its payload views `payload`
    gateway::Bytes payload;
};

} // namespace

struct Intake::Source {
    enum class Way : std::uint8_t { undecided, delivery, signal };

    std::shared_ptr<Sink> sink;
    DeliveryLedger& ledger;
    Way way = Way::undecided;
    std::deque<EarlyPacket> early;
    std::size_t to_acknowledge = 0;
    gateway::EventLoop::Handle acknowledge_timer;
    gateway::TaskScope tasks;
};

Intake::Intake(
    gateway::EventLoop& loop, std::string consumer, PacketHandler handler,
    std::function<void(bool)> hear_signals)
    : loop_(loop),
      consumer_(std::move(consumer)),
      handler_(std::move(handler)),
      hear_signals_(std::move(hear_signals))
{
}

Intake::~Intake() = default;

void Intake::remember_stored(std::span<const EventStore::StreamEnd> streams)
{
    for (const EventStore::StreamEnd& end : streams)
        stored_[end.sink_id].push_back(end.mark);
}

void Intake::sink_appeared(const std::shared_ptr<Sink>& sink)
{
    auto& source = sources_[sink->id()];
    source.reset(new Source{sink, ledgers_[sink->id()], Source::Way::undecided, {}, 0, nullptr, {}});
    choose_signals();
    source->tasks.start(attach(*source));
}

void Intake::sink_disappeared(const Sink& sink)
{
    const auto found = sources_.find(sink.id());
    if (found == sources_.end() || found->second->sink.get() != &sink)
        return;
    // Its attaching may be what notices the disappearance: it is destroyed in a turn of its own.
    loop_.post([gone = std::shared_ptr<Source>(std::move(found->second))] {});
    sources_.erase(found);
}

void Intake::choose_signals()
{
    hear_signals_(std::ranges::any_of(
        sources_, [](const auto& entry) { return entry.second->way != Source::Way::delivery; }));
}

gateway::Task<void> Intake::attach(Source& source)
{
    const std::string& id = source.sink->id();
    while (true) {
        auto call = source.sink->attach(consumer_);
        const auto attached = co_await call;
        if (attached) {
            std::optional<DeliveryMark> stored;
            for (const DeliveryMark& mark : stored_[id])
                if (mark.stream == attached->stream)
                    stored = mark;
            const std::uint64_t given_up = source.ledger.attached(attached->stream, attached->oldest, stored);
            if (given_up > 0)
                spdlog::error(
                    "{}: {} packets are lost: this service was away for longer than the sink service holds "
                    "them",
                    id, given_up);
            spdlog::info("{}: packets come by the delivery interface, from {} on", id, attached->oldest);
            source.way = Source::Way::delivery;
            source.early.clear(); // the stream has them
            choose_signals();
            co_return;
        }
        if (attached.error().fault == BusFault::gone)
            co_return;
        if (attached.error().fault != BusFault::deadline) {
            if (attached.error().fault == BusFault::unsupported)
                spdlog::info("{}: its sink service has no delivery interface: packets come by signal", id);
            else
                spdlog::warn("{}: packets come by signal: {}", id, attached.error().message);
            take_signals(source);
            co_return;
        }
        co_await loop_.sleep(retry_period);
    }
}

void Intake::take_signals(Source& source)
{
    source.way = Source::Way::signal;
    for (std::deque<EarlyPacket> early = std::exchange(source.early, {}); EarlyPacket & packet : early) {
        packet.packet.payload = packet.payload;
        handler_(*source.sink, packet.packet, {});
    }
}

void Intake::signalled(Sink& sink, const UplinkPacket& packet)
{
    const auto found = sources_.find(sink.id());
    if (found == sources_.end())
        return;
    Source& source = *found->second;
    switch (source.way) {
    case Source::Way::delivery:
        return; // it comes with its number as well
    case Source::Way::signal:
        handler_(sink, packet, {});
        return;
    case Source::Way::undecided:
        source.early.push_back({packet, {packet.payload.begin(), packet.payload.end()}});
        // Rather twice, should it be attached after all, than never: one of the reference that is busy
        // does not say for long that it has no delivery interface.
        if (source.early.size() >= max_undecided) {
            spdlog::warn(
                "{}: its sink service does not answer Attach: packets come by signal until it does",
                sink.id());
            take_signals(source);
        }
        return;
    }
}

void Intake::delivered(Sink& sink, const DeliveryMark& mark, const UplinkPacket& packet)
{
    const auto found = sources_.find(sink.id());
    if (found == sources_.end())
        return;
    Source& source = *found->second;
    if (mark.stream != source.ledger.stream())
        return; // of an attachment that is over
    const std::uint64_t expected = source.ledger.received() + 1;
    if (!source.ledger.receive(mark)) {
        acknowledge_soon(source); // safe already, but the sink service does not know
        return;
    }
    if (mark.number != expected)
        spdlog::error(
            "{}: packets {} to {} never came from the sink service", sink.id(), expected, mark.number - 1);
    handler_(sink, packet, mark);
}

void Intake::safe(const std::string& sink_id, const DeliveryMark& mark)
{
    if (mark.number == 0)
        return;
    const auto ledger = ledgers_.find(sink_id);
    if (ledger == ledgers_.end() || !ledger->second.safe(mark))
        return;
    if (const auto found = sources_.find(sink_id); found != sources_.end())
        acknowledge_soon(*found->second);
}

void Intake::acknowledge_soon(Source& source)
{
    if (++source.to_acknowledge >= acknowledge_at)
        acknowledge(source);
    else if (source.acknowledge_timer == nullptr)
        source.acknowledge_timer =
            loop_.after(acknowledge_interval, [this, &source] { acknowledge(source); });
}

void Intake::acknowledge(Source& source)
{
    source.acknowledge_timer.reset();
    source.to_acknowledge = 0;
    if (source.way == Source::Way::delivery)
        source.sink->acknowledge(consumer_, source.ledger.acknowledge());
}

void Intake::acknowledge_all()
{
    for (const auto& [id, source] : sources_)
        acknowledge(*source);
}

bool Intake::is_attached(const std::string& sink_id) const
{
    const auto found = sources_.find(sink_id);
    return found != sources_.end() && found->second->way == Source::Way::delivery;
}

} // namespace transport
