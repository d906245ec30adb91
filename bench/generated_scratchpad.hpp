/// A scratchpad of any size, for what does not look into it.
#pragma once

#include "gateway/bytes.hpp"

namespace bench {

/// A file that a sink stores; no bootloader could use its contents. `size` is that of the file: 96 or more,
/// a multiple of 16.
gateway::Bytes generated_scratchpad(std::size_t size);

} // namespace bench
