/// The schema's C++ classes under a short name.
#pragma once

#include "generic_message.pb.h" // IWYU pragma: export

namespace transport {

namespace api = wirepas::proto::gateway_api;

} // namespace transport
