/// What libFuzzer calls: once for each input, in one process.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// Before the first input; a target that needs nothing has none.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
