/// What must hold for every input. A crash is how a fuzz target reports.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace fuzz {

/// Ends the process when `condition` does not hold; libFuzzer then keeps the input.
inline void expect(
    bool condition, const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE())
{
    if (condition)
        return;
    std::fprintf(stderr, "%s:%d: expected: %s\n", file, line, what);
    std::abort();
}

} // namespace fuzz
