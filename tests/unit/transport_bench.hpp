/// Registry, router, black-hole protection and fake sinks on one loop in a thread of its own, on a
/// private bus: the transport service without a broker.
#pragma once

#include "tools/stand/private_bus.hpp"
#include "tools/stand/temporary_directory.hpp"
#include "transport/requests/router.hpp"
#include "transport_fake_sink.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace transport_test {

namespace api = transport::api;
using Calls = std::vector<std::string>;

inline constexpr std::chrono::seconds patience{20};

struct BenchOptions {
    std::vector<std::string> sinks = {"sink0"};
    transport::BufferingSettings buffering = {};
    /// Black-hole protection is told of sinks; without, their `calls` are those of requests alone.
    bool protection = false;
    /// Before the service looks for sinks.
    std::function<void(FakeSink&)> prepare = [](FakeSink&) {};
    /// Contents of the list of stopped sinks that an earlier run left.
    std::string stopped_sinks = {};
};

class Bench {
public:
    explicit Bench(BenchOptions options = {});
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    ~Bench();

    /// Calls `what` on the loop's thread and waits for it.
    void on_loop(const std::function<void()>& what);
    void sink(const std::function<void(FakeSink&)>& change, const std::string& id = "sink0");
    Calls calls(const std::string& id = "sink0");
    void forget_calls(const std::string& id = "sink0");
    /// Waits until the calls of a sink satisfy `condition`; false at the deadline.
    bool wait_for(const std::function<bool(const Calls&)>& condition, const std::string& id = "sink0");
    bool wait_for_calls(std::size_t count, const std::string& id = "sink0");
    bool wait_until(const std::function<bool()>& condition_on_loop);

    /// `id`: empty for requests without a sink.
    void send(const std::string& name, const api::WirepasMessage& content, const std::string& id = "sink0");
    /// The answers, once there are `count`; fewer at the deadline.
    std::vector<api::WirepasMessage> answers(std::size_t count);
    std::size_t statuses_requested() { return statuses_; }

    /// What black-hole protection is told about the way to the broker.
    void set_backlog(const transport::Backlog& backlog);
    transport::Backpressure& backpressure() { return *backpressure_; } ///< on the loop only
    transport::Router& router() { return *router_; }                   ///< on the loop only
    std::string stopped_sinks_file();

private:
    void run(std::promise<void>& found);

    BenchOptions options_;
    gateway::stand::TemporaryDirectory directory_;
    gateway::stand::PrivateBus bus_{directory_.path()};
    gateway::EventLoop* loop_ = nullptr;
    std::map<std::string, std::unique_ptr<FakeSink>> sinks_;
    transport::Router* router_ = nullptr;
    transport::Backpressure* backpressure_ = nullptr;
    transport::Backlog backlog_;
    std::mutex mutex_;
    std::condition_variable answered_;
    std::vector<api::WirepasMessage> answers_;
    std::atomic<std::size_t> statuses_ = 0;
    std::thread thread_;
};

} // namespace transport_test
