/// The table of a gateway's figures: what was measured, ours, a yardstick of the same run, the goal.
#pragma once

#include "bench/percentiles.hpp"

#include <string>

namespace bench {

void print_head();

/// `goal` is that of the table which all of it follows; empty columns are shown as "-".
void print_row(
    const std::string& what, const std::string& ours, const std::string& yardstick, const std::string& goal);

/// Median and range of a few rounds: "9405 (9102-9800)".
std::string in_words(std::vector<double> values, int digits);

double median_of(std::vector<double> values);

/// "1.20 / 3.40 ms": p50 and p99.
std::string in_words(const Percentiles& percentiles);

} // namespace bench
