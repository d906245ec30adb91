/// A broker that says of MQTT what a test wants, and nothing else: it takes every client, and answers
/// SUBSCRIBE as it is told.
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/file_descriptor.hpp"

#include <atomic>
#include <thread>

namespace integration {

class ScriptedBroker {
public:
    enum class AtSubscribe : std::uint8_t { close, wait, grant };

    explicit ScriptedBroker(AtSubscribe at_subscribe);
    ScriptedBroker(const ScriptedBroker&) = delete;
    ScriptedBroker& operator=(const ScriptedBroker&) = delete;
    ~ScriptedBroker() = default;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// From now on, and for a SUBSCRIBE that waits.
    void set(AtSubscribe at_subscribe) { at_subscribe_ = at_subscribe; }
    /// SUBSCRIBE packets that came.
    [[nodiscard]] std::size_t subscriptions() const { return subscriptions_; }

private:
    void serve(const std::stop_token& stop);
    void converse(const std::stop_token& stop, int client);
    /// False: the connection ends.
    bool answer_subscribe(const std::stop_token& stop, int client, const gateway::Bytes& packet);

    std::atomic<AtSubscribe> at_subscribe_;
    std::atomic<std::size_t> subscriptions_ = 0;
    gateway::FileDescriptor listener_;
    std::uint16_t port_ = 0;
    std::jthread thread_; ///< last, because it uses all the others
};

} // namespace integration
