/// The transport service: sinks on one side, the broker on the other.
#pragma once

#include "transport/settings.hpp"

#include <memory>

namespace gateway {
class EventLoop;
}

namespace transport {

class Service {
public:
    Service(gateway::EventLoop& loop, const TransportSettings& settings);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    void start();
    /// Reads certificates and credentials again; connects anew when they differ and can be used.
    void reload();
    /// Ends in order, in 8 s at most, and quits the loop with `status`
    /// (docs/spec/gateway-backend-api.md, 9.6).
    void stop(int status);

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace transport
