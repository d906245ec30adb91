/// A sink service whose answers a test decides: a real object on a private bus, without a sink.
#pragma once

#include "gateway/event_loop.hpp"

#include <functional>
#include <map>
#include <memory>
#include <sdbus-c++/sdbus-c++.h>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace transport_test {

/// Served by the loop of the transport under test: one thread, so everything happens in order.
class FakeSink {
public:
    FakeSink(gateway::EventLoop& loop, const std::string& bus_address, const std::string& id);

    /// What was done, in order: "stop", "start", "NodeRole=1", "SendMessage hello", "UploadScratchpad 51
    /// 8176".
    std::vector<std::string> calls;
    /// Properties as they read; writes change them.
    std::map<std::string, std::uint32_t> values;
    /// Application codes that answer a method, or the reading ("get X") or writing ("set X") of a property.
    std::map<std::string, unsigned> errors;
    /// Methods that get no answer.
    std::set<std::string> silent;
    /// What SetStackState answers.
    bool stop_succeeds = true;
    bool start_succeeds = true;
    unsigned send_result = 0;

    /// Answers the calls of a method that was silent, and is not any more. For methods that give nothing.
    void answer_silent(const std::string& method);
    void release_name();
    void emit_packet(std::uint8_t destination_endpoint, const std::vector<std::uint8_t>& payload);
    void emit_stack_started();

private:
    /// Keeps a method unanswered that is to be silent.
    template<typename... Results>
    bool stays_silent(const std::string& method, sdbus::Result<Results...>& result);
    /// Adds `call` to the list, and fails or keeps silent as the test wants; true: answer.
    template<typename... Results>
    bool proceed(const std::string& method, const std::string& call, sdbus::Result<Results...>& result);
    void fail_as_wanted(const std::string& what) const;
    void add_property(const char* interface, const char* name, char type, std::uint32_t value);
    void add_methods();

    std::string name_;
    std::unique_ptr<sdbus::IConnection> connection_;
    gateway::EventLoop::Handle serving_;
    std::unique_ptr<sdbus::IObject> object_;
    struct Unanswered {
        std::string method;
        std::function<void()> answer; ///< only for methods that give nothing; else empty
        std::shared_ptr<void> result;
    };
    std::vector<Unanswered> unanswered_;
};

} // namespace transport_test
