#include "transport/requests/repetition.hpp"

#include <random>

namespace transport {

RepetitionMemory::RepetitionMemory(std::chrono::seconds memory) : memory_(memory)
{
    std::random_device random;
    for (std::uint64_t& part : hash_key_)
        part = static_cast<std::uint64_t>(random()) << 32 | random();
}

RequestKey RepetitionMemory::key(std::string_view topic, std::uint64_t id, std::string_view payload) const
{
    return {std::string(topic), id, siphash128(hash_key_, payload)};
}

Repetition RepetitionMemory::check(const RequestKey& key, bool duplicate, Clock::time_point now) const
{
    if (memory_.count() == 0 || key.id == 0)
        return Repetition::none;
    const auto found = entries_.find(key);
    if (found == entries_.end())
        return Repetition::none;
    const auto& answered = found->second.answered;
    if (!answered)
        return Repetition::in_progress;
    return duplicate || now - *answered < memory_ ? Repetition::answered : Repetition::none;
}

void RepetitionMemory::begin(const RequestKey& key)
{
    if (memory_.count() == 0 || key.id == 0)
        return;
    entries_[key] = Entry{std::nullopt, ++serial_};
    order_.emplace_back(serial_, key);
    while (order_.size() > capacity) {
        const auto found = entries_.find(order_.front().second);
        if (found != entries_.end() && found->second.serial == order_.front().first)
            entries_.erase(found);
        order_.pop_front();
    }
}

void RepetitionMemory::answered(const RequestKey& key, bool ok, Clock::time_point now)
{
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.answered)
        return;
    if (ok)
        found->second.answered = now;
    else
        entries_.erase(found);
}

} // namespace transport
