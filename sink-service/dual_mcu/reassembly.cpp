#include "sink-service/dual_mcu/reassembly.hpp"

#include "gateway/address.hpp"

#include <spdlog/spdlog.h>
#include <string_view>

namespace dual_mcu {
namespace {

std::size_t hash_of(ByteView octets)
{
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(octets.data()), octets.size()}); // NOLINT: octets as characters
}

bool same_packet(const RxHeader& a, const RxHeader& b)
{
    return a.destination == b.destination && a.source_endpoint == b.source_endpoint &&
           a.destination_endpoint == b.destination_endpoint;
}

} // namespace

bool Reassembly::is_duplicate(const Packet& packet, const DataRxFragment& fragment)
{
    const auto found = packet.fragments.find(fragment.fragment.offset);
    if (found == packet.fragments.end() || !std::ranges::equal(found->second, fragment.apdu.view()))
        return false;
    const std::size_t end = fragment.fragment.offset + fragment.apdu.size();
    return same_packet(packet.header, fragment.header) && fragment.fragment.last == (packet.total == end);
}

bool Reassembly::contradicts(const Packet& packet, const DataRxFragment& fragment)
{
    const std::size_t begin = fragment.fragment.offset;
    const std::size_t end = begin + fragment.apdu.size();
    if (!same_packet(packet.header, fragment.header))
        return true;
    if (packet.total && (end > *packet.total || (fragment.fragment.last && end != *packet.total)))
        return true;
    const auto after = packet.fragments.lower_bound(fragment.fragment.offset);
    if (after != packet.fragments.end() && (after->first < end || fragment.fragment.last))
        return true;
    if (after == packet.fragments.begin())
        return false;
    const auto before = std::prev(after);
    return before->first + before->second.size() > begin;
}

bool Reassembly::belongs_to_completed(const Key& key, const DataRxFragment& fragment, TimePoint now) const
{
    const auto found = completed_.find(key);
    return found != completed_.end() && now - found->second.at <= settings_.remember_completed &&
           found->second.fragment_hashes.contains({fragment.fragment.offset, hash_of(fragment.apdu)});
}

void Reassembly::make_room(std::uint32_t source)
{
    const auto older = [](const auto& a, const auto& b) { return a.second.touched < b.second.touched; };
    const auto first = packets_.lower_bound(Key{source, 0});
    const auto last = packets_.upper_bound(Key{source, UINT16_MAX});
    if (static_cast<std::size_t>(std::distance(first, last)) >= settings_.max_packets_of_source)
        packets_.erase(std::min_element(first, last, older));
    if (packets_.size() >= settings_.max_packets)
        packets_.erase(std::min_element(packets_.begin(), packets_.end(), older));
}

gateway::Bytes Reassembly::complete(const Key& key, Packet& packet, TimePoint now)
{
    gateway::Bytes payload;
    payload.reserve(packet.octets);
    Completed& completed = completed_[key];
    completed.at = now;
    completed.fragment_hashes.clear();
    for (const auto& [offset, octets] : packet.fragments) {
        payload.insert(payload.end(), octets.begin(), octets.end());
        completed.fragment_hashes.emplace(offset, hash_of(octets));
    }
    packets_.erase(key);
    return payload;
}

std::optional<gateway::Bytes> Reassembly::add(const DataRxFragment& fragment, TimePoint now)
{
    const std::size_t end = fragment.fragment.offset + fragment.apdu.size();
    if (fragment.apdu.empty() || end > gateway::max_packet_size)
        return std::nullopt;
    const Key key{fragment.header.source, fragment.fragment.packet_id};
    if (belongs_to_completed(key, fragment, now))
        return std::nullopt;

    auto found = packets_.find(key);
    if (found != packets_.end() && is_duplicate(found->second, fragment))
        return std::nullopt;
    if (found != packets_.end() && contradicts(found->second, fragment)) {
        spdlog::debug(
            "packet {} of node {} begins anew: its fragments contradict each other", key.packet_id,
            key.source);
        packets_.erase(found);
        found = packets_.end();
    }
    if (found == packets_.end()) {
        make_room(key.source);
        found = packets_.emplace(key, Packet{fragment.header, {}, {}, 0, now}).first;
    }

    Packet& packet = found->second;
    packet.touched = now;
    packet.octets += fragment.apdu.size();
    packet.fragments.emplace(
        fragment.fragment.offset, gateway::Bytes(fragment.apdu.view().begin(), fragment.apdu.view().end()));
    if (fragment.fragment.last)
        packet.total = end;
    // Fragments do not overlap and none is beyond the total: as many octets means no gap.
    if (packet.total != packet.octets)
        return std::nullopt;
    return complete(key, packet, now);
}

void Reassembly::expire(TimePoint now)
{
    std::erase_if(
        completed_, [&](const auto& entry) { return now - entry.second.at > settings_.remember_completed; });
    if (settings_.max_age.count() == 0)
        return;
    std::erase_if(packets_, [&](const auto& entry) {
        const bool old = now - entry.second.touched > settings_.max_age;
        if (old)
            spdlog::info(
                "packet {} of node {} is incomplete for {} s ({} octets came): dropped",
                entry.first.packet_id, entry.first.source, settings_.max_age.count(), entry.second.octets);
        return old;
    });
}

void Reassembly::clear()
{
    packets_.clear();
    completed_.clear();
}

} // namespace dual_mcu
