/// One visitor of several lambdas.
#pragma once

namespace gateway::remote_api {

template<typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template<typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

} // namespace gateway::remote_api
