/// Which answer belongs to which request (docs/spec/remote-api.md, 3, 7, 9). Pure.
#pragma once

#include "gateway/remote_api/response.hpp"

namespace gateway::remote_api {

/// True when `response` is the plain answer to `request`: of its type, and where the request names
/// something (tag, attribute, sequence), about that.
bool answers(const Response& response, const Request& request);

/// True when every request has its plain answer in its place: only then did a sequence of changes
/// succeed (7).
bool all_answered(const std::vector<Request>& requests, const std::vector<Response>& responses);

/// Octets of the packet that answers `requests`: when all goes well, and at most (9). Reading an
/// attribute that is not known counts as much as the longest that is.
struct ResponseSize {
    std::size_t plain = 0;
    std::size_t largest = 0;
};
ResponseSize response_size(const std::vector<Request>& requests);

} // namespace gateway::remote_api
