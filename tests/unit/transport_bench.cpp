#include "transport_bench.hpp"

#include "tools/stand/wait.hpp"
#include "transport/sinks/sink.hpp"
#include "transport/state_file.hpp"

#include <cstdlib>
#include <stdexcept>

namespace transport_test {

using namespace transport;

Bench::Bench(BenchOptions options) : options_(std::move(options))
{
    setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_.address().c_str(), 1); // NOLINT(concurrency-mt-unsafe)
    if (!options_.stopped_sinks.empty() &&
        !write_state_file(directory_.path() / "stopped-sinks", options_.stopped_sinks))
        throw std::runtime_error("cannot write the list of stopped sinks");
    std::promise<void> found;
    thread_ = std::thread([&] { run(found); });
    if (found.get_future().wait_for(patience) != std::future_status::ready)
        throw std::runtime_error("the sinks did not appear");
}

Bench::~Bench()
{
    on_loop([this] { loop_->quit(0); });
    thread_.join();
}

void Bench::on_loop(const std::function<void()>& what)
{
    std::promise<void> done;
    loop_->post([&] {
        what();
        done.set_value();
    });
    done.get_future().wait();
}

void Bench::sink(const std::function<void(FakeSink&)>& change, const std::string& id)
{
    on_loop([&] { change(*sinks_.at(id)); });
}

Calls Bench::calls(const std::string& id)
{
    Calls copy;
    sink([&](FakeSink& fake) { copy = fake.calls; }, id);
    return copy;
}

void Bench::forget_calls(const std::string& id)
{
    sink([](FakeSink& fake) { fake.calls.clear(); }, id);
}

bool Bench::wait_until(const std::function<bool()>& condition_on_loop)
{
    return gateway::stand::wait_until(
        [&] {
            bool holds = false;
            on_loop([&] { holds = condition_on_loop(); });
            return holds;
        },
        gateway::stand::Deadline(patience));
}

bool Bench::wait_for(const std::function<bool(const Calls&)>& condition, const std::string& id)
{
    return wait_until([&] { return condition(sinks_.at(id)->calls); });
}

bool Bench::wait_for_calls(std::size_t count, const std::string& id)
{
    return wait_for([count](const Calls& calls) { return calls.size() >= count; }, id);
}

void Bench::send(const std::string& name, const api::WirepasMessage& content, const std::string& id)
{
    api::GenericMessage message;
    *message.mutable_wirepas() = content;
    const std::string payload = message.SerializePartialAsString();
    const std::string topic = "gw-request/" + name + "/gw-1" + (id.empty() ? "" : "/" + id);
    on_loop([&] { router_->message({topic, payload, false, false}); });
}

std::vector<api::WirepasMessage> Bench::answers(std::size_t count)
{
    std::unique_lock lock(mutex_);
    answered_.wait_for(lock, patience, [&] { return answers_.size() >= count; });
    return answers_;
}

void Bench::set_backlog(const Backlog& backlog)
{
    on_loop([&] { backlog_ = backlog; });
}

std::string Bench::stopped_sinks_file()
{
    return read_state_file(directory_.path() / "stopped-sinks").value_or("");
}

void Bench::run(std::promise<void>& found)
{
    gateway::EventLoop loop;
    loop_ = &loop;
    TransportSettings settings;
    settings.gateway_id = "gw-1";
    settings.state_directory = directory_.path();
    settings.buffering = options_.buffering;
    const Topics topics("gw-1");
    Router* router = nullptr;
    Backpressure* protection = nullptr;
    std::size_t missing = options_.sinks.size();
    SinkRegistry::Handlers handlers;
    handlers.appeared = [&](const std::shared_ptr<Sink>& sink) {
        if (options_.protection)
            protection->sink_appeared(sink);
        if (missing > 0 && --missing == 0)
            found.set_value();
    };
    handlers.listed = [] {};
    handlers.disappeared = [&](const std::shared_ptr<Sink>& gone) {
        router->sink_disappeared(*gone);
        protection->sink_disappeared(*gone);
    };
    handlers.stack_changed = [&](Sink& sink, bool running) {
        if (running)
            protection->stack_started(sink);
    };
    handlers.properties_changed = [](Sink&, std::optional<std::uint32_t>) {};
    handlers.packet = [](Sink&, const UplinkPacket&) {};
    SinkRegistry registry(loop, handlers);
    const auto in_lane = [&router](const std::string& sink_id, LaneJob job) {
        router->run_ahead(sink_id, std::move(job));
    };
    using namespace std::chrono_literals;
    Backpressure backpressure(loop, settings, [this] { return backlog_; }, in_lane, {20ms, 50ms, 50ms});
    protection = backpressure_ = &backpressure;
    RequestContext context{
        loop,
        settings,
        registry,
        backpressure,
        [this] { ++statuses_; },
        [](const Sink&) {},
        ChunkedUploads({}),
        RepetitionMemory(std::chrono::seconds(30))};
    Router routing(context, topics, [this](const std::string&, const std::string& payload) {
        api::GenericMessage message;
        const bool complete = message.ParseFromString(payload); // strict
        const std::lock_guard lock(mutex_);
        answers_.push_back(complete ? message.wirepas() : api::WirepasMessage());
        answered_.notify_all();
    });
    router = router_ = &routing;
    for (const std::string& id : options_.sinks) {
        auto& fake = sinks_[id] = std::make_unique<FakeSink>(loop, bus_.address(), id);
        options_.prepare(*fake);
    }
    if (options_.protection)
        backpressure.start();
    registry.start();
    loop.run();
    sinks_.clear();
}

} // namespace transport_test
