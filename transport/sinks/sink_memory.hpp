/// What is remembered of a sink.
#pragma once

#include "transport/api.hpp"

namespace transport {

struct SinkMemory {
    api::SinkReadConfig config; ///< always with sink_id; fields as last read
    bool was_read = false;      ///< at least one reading has ended
};

} // namespace transport
