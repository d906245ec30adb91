#include "bench/rows.hpp"

#include <fmt/format.h>

namespace bench {

void print_row(
    const std::string& what, const std::string& ours, const std::string& yardstick, const std::string& goal)
{
    fmt::print(
        "{:<50} {:<28} {:<34} {}\n", what, ours.empty() ? "-" : ours, yardstick.empty() ? "-" : yardstick,
        goal.empty() ? "-" : goal);
}

void print_head()
{
    print_row("", "ours", "yardstick of this run", "goal");
}

double median_of(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

std::string in_words(std::vector<double> values, int digits)
{
    if (values.empty())
        return "";
    const auto [low, high] = std::ranges::minmax(values);
    const double median = median_of(std::move(values));
    if (low == high)
        return fmt::format("{:.{}f}", median, digits);
    return fmt::format("{:.{}f} ({:.{}f}-{:.{}f})", median, digits, low, digits, high, digits);
}

std::string in_words(const Percentiles& percentiles)
{
    return fmt::format(
        "{:.2f} / {:.2f} ms", in_milliseconds(percentiles.p50), in_milliseconds(percentiles.p99));
}

} // namespace bench
