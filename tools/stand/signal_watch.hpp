/// Ctrl-C that ends a stand in order.
#pragma once

#include "gateway/file_descriptor.hpp"

#include <thread>

namespace gateway::stand {

/// Turns SIGINT, SIGTERM and SIGHUP into `interrupt()`. Blocks them in this thread and all that it
/// starts from now on: create it before any other thread exists, and once.
class SignalWatch {
public:
    SignalWatch();
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;
    ~SignalWatch();

private:
    FileDescriptor signals_;
    FileDescriptor done_;
    std::jthread watcher_;
};

} // namespace gateway::stand
