#include "simulator/mesh/random.hpp"

namespace simulator::mesh {
namespace {

/// The finaliser of splitmix64.
constexpr std::uint64_t mix(std::uint64_t value)
{
    value += 0x9E3779B97F4A7C15;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
    return value ^ (value >> 31);
}

} // namespace

std::uint64_t Random::bits(std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra) const
{
    const auto stream = static_cast<std::uint64_t>(node) << 32 | static_cast<std::uint32_t>(purpose);
    const std::uint64_t at = mix(mix(mix(seed_) ^ stream) ^ static_cast<std::uint64_t>(moment.count()));
    return mix(at ^ extra);
}

double Random::fraction(std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra) const
{
    constexpr int mantissa = 53; // every value of these bits is a double of its own
    return static_cast<double>(bits(node, purpose, moment, extra) >> (64 - mantissa)) /
           static_cast<double>(std::uint64_t{1} << mantissa);
}

bool Random::happens(
    double probability, std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra) const
{
    return probability > 0 && fraction(node, purpose, moment, extra) < probability;
}

std::uint64_t Random::below(
    std::uint64_t bound, std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra) const
{
    return bits(node, purpose, moment, extra) % bound; // the bias is below 2^-40 for any bound in use
}

Time Random::between(
    Time least, Time most, std::uint32_t node, Purpose purpose, Time moment, std::uint32_t extra) const
{
    if (most <= least)
        return least;
    const auto width = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + Time{static_cast<std::int64_t>(below(width, node, purpose, moment, extra))};
}

} // namespace simulator::mesh
