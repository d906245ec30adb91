#include "transport/network_address.hpp"

#include "transport/sinks/sink.hpp"

#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds retry_period{1};
constexpr std::chrono::seconds longest_wait{30};

} // namespace

NetworkAddress::NetworkAddress(
    gateway::EventLoop& loop, std::shared_ptr<Sink> sink, std::function<void()> settled)
    : loop_(loop), sink_(std::move(sink)), on_settled_(std::move(settled))
{
    refresh();
}

void NetworkAddress::refresh()
{
    settled_ = false;
    if (!give_up_)
        give_up_ = loop_.after(longest_wait, [this] {
            if (!value_)
                spdlog::warn(
                    "{}: its network address cannot be read: packets go out without it", sink_->id());
            settle();
        });
    stale_ = true;
    start_reading();
}

void NetworkAddress::set(std::uint32_t address)
{
    value_ = address;
    stale_ = false;
    retry_.reset();
    settle();
}

void NetworkAddress::start_reading()
{
    if (reading_ || sink_->gone())
        return;
    retry_.reset();
    reading_ = true;
    tasks_.start(read());
}

gateway::Task<void> NetworkAddress::read()
{
    stale_ = false;
    auto call = sink_->read(SinkInterface::config, "NetworkAddress");
    const auto result = co_await call;
    reading_ = false;
    if (stale_) {
        // Posted: a task must not start its successor while it still runs.
        retry_ = loop_.after(gateway::EventLoop::Duration::zero(), [this] { start_reading(); });
    } else if (result && !result->empty()) {
        set(result->front());
    } else {
        // An address that was known before is more likely right than none.
        if (value_)
            settle();
        retry_ = loop_.after(retry_period, [this] { start_reading(); });
    }
}

void NetworkAddress::settle()
{
    give_up_.reset();
    settled_ = true;
    on_settled_();
}

} // namespace transport
