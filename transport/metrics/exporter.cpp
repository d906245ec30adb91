#include "transport/metrics/exporter.hpp"

#include "gateway/event_loop.hpp"
#include "transport/metrics/families.hpp"

#include <atomic>
#include <condition_variable>
#include <fmt/format.h>
#include <httplib.h>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace transport {
namespace {

constexpr const char* text_format = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::time_t client_limit_s = 2; ///< a client that says nothing keeps others waiting so long
constexpr int unavailable = 503;

/// Serves in the thread that accepts: scrapes are rare and come one at a time.
class InTurn final : public httplib::TaskQueue {
public:
    void enqueue(std::function<void()> task) override { task(); }
    void shutdown() override {}
};

/// Where the server's thread waits for the loop's.
struct Meeting {
    std::mutex mutex;
    std::condition_variable changed;
    bool closed = false;
};

struct Question {
    std::optional<Snapshot> answer; ///< under the meeting's mutex
    bool given_up = false;          ///< likewise
};

} // namespace

struct Exporter::Implementation {
    Implementation(
        gateway::EventLoop& used_loop, const ListenAddress& address, Collect used_collect,
        std::chrono::milliseconds used_limit)
        : loop(used_loop), collect(std::move(used_collect)), limit(used_limit)
    {
        server.new_task_queue = [] { return new InTurn; };
        server.set_keep_alive_max_count(1);
        server.set_read_timeout(client_limit_s);
        server.set_write_timeout(client_limit_s);
        server.set_payload_max_length(0);
        // The library's own options would share the port with whoever has it.
        server.set_socket_options([](socket_t socket) {
            const int yes = 1;
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        });
        server.Get(
            "/metrics", [this](const httplib::Request&, httplib::Response& response) { answer(response); });
        if (!server.bind_to_port(address.host.c_str(), address.port))
            throw std::runtime_error(
                fmt::format("cannot listen on {} port {}: is it taken?", address.host, address.port));
        thread = std::thread([this] {
            server.listen_after_bind();
            ended = true;
        });
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;
    ~Implementation()
    {
        {
            const std::lock_guard lock(meeting->mutex);
            meeting->closed = true;
            meeting->changed.notify_all();
        }
        // One that has not begun to listen yet would not be stopped.
        while (!server.is_running() && !ended)
            std::this_thread::yield();
        server.stop();
        thread.join();
    }

    void answer(httplib::Response& response)
    {
        const auto question = std::make_shared<Question>();
        loop.post([this, question, kept = meeting] {
            {
                const std::lock_guard lock(kept->mutex);
                if (kept->closed || question->given_up)
                    return; // this is gone, perhaps
            }
            collect([question, kept](Snapshot snapshot) {
                const std::lock_guard lock(kept->mutex);
                question->answer = std::move(snapshot);
                kept->changed.notify_all();
            });
        });
        std::unique_lock lock(meeting->mutex);
        meeting->changed.wait_for(lock, limit, [&] { return meeting->closed || question->answer; });
        question->given_up = true;
        if (!question->answer) {
            response.status = unavailable;
            response.set_content("the service's loop does not answer\n", "text/plain");
            return;
        }
        response.set_content(exposition(*question->answer), text_format);
    }

    gateway::EventLoop& loop;
    Collect collect;
    std::chrono::milliseconds limit;
    std::shared_ptr<Meeting> meeting = std::make_shared<Meeting>();
    httplib::Server server;
    std::atomic<bool> ended = false; ///< it listens no more, for whatever reason
    std::thread thread;
};

Exporter::Exporter(
    gateway::EventLoop& loop, const ListenAddress& address, Collect collect, std::chrono::milliseconds limit)
    : implementation_(std::make_unique<Implementation>(loop, address, std::move(collect), limit))
{
}

Exporter::~Exporter() = default;

} // namespace transport
