#include "simulator/mesh/event_queue.hpp"

#include <algorithm>
#include <tuple>

namespace simulator::mesh {
namespace {

/// The heap's top is what is not later than anything.
bool is_later(const Event& a, const Event& b)
{
    return std::tie(a.time, a.address, a.serial) > std::tie(b.time, b.address, b.serial);
}

} // namespace

void EventQueue::add(Time time, EventKind kind, NodeIndex node, std::uint32_t address, std::uint32_t data)
{
    heap_.push_back({time, serial_++, address, node, data, kind});
    std::ranges::push_heap(heap_, is_later);
}

std::optional<Time> EventQueue::next() const
{
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().time);
}

Event EventQueue::take()
{
    std::ranges::pop_heap(heap_, is_later);
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
}

} // namespace simulator::mesh
