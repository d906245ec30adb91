#include "transport/back_off.hpp"

namespace transport {
namespace {

constexpr unsigned max_exponent = 5;

} // namespace

BackOff::Duration BackOff::next()
{
    const double shortest = static_cast<double>(1U << exponent_) * 1000.0;
    if (exponent_ < max_exponent)
        ++exponent_;
    std::uniform_real_distribution<double> spread(shortest, 2.0 * shortest);
    return Duration(static_cast<Duration::rep>(spread(random_)));
}

} // namespace transport
