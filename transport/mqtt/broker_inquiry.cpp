#include "transport/mqtt/broker_inquiry.hpp"

#include <condition_variable>
#include <mutex>
#include <spdlog/spdlog.h>
#include <system_error>
#include <thread>

namespace transport {
namespace {

constexpr std::chrono::seconds probe_limit{8};
constexpr std::chrono::milliseconds end_limit{500};

} // namespace

/// Lives as long as the longer of question and thread.
struct BrokerInquiry::Shared {
    std::mutex mutex;
    std::condition_variable ended;
    bool running = true;
    gateway::EventLoop* loop; ///< null: nobody wants the answer any more
    std::stop_source stop;
    Answer answer; ///< for the loop's thread only

    Shared(gateway::EventLoop& loop_, Answer answer_) : loop(&loop_), answer(std::move(answer_)) {}
};

void BrokerInquiry::ask(const BrokerSettings& settings, Answer answer)
{
    if (shared_ != nullptr) {
        const std::lock_guard lock(shared_->mutex);
        if (shared_->running) {
            shared_->answer = std::move(answer);
            return;
        }
    }
    shared_ = std::make_shared<Shared>(loop_, std::move(answer));
    try {
        std::thread([shared = shared_, settings] {
            const BrokerFinding finding = probe_broker(settings, probe_limit, shared->stop.get_token());
            const std::lock_guard lock(shared->mutex);
            if (shared->loop != nullptr)
                shared->loop->post([shared, finding] {
                    if (const Answer tell = std::exchange(shared->answer, nullptr))
                        tell(finding);
                });
            shared->running = false;
            shared->ended.notify_all();
        }).detach();
    } catch (const std::system_error& error) {
        spdlog::warn("cannot look for the reason: {}", error.what());
        shared_->running = false;
        loop_.post([shared = shared_] {
            if (const Answer tell = std::exchange(shared->answer, nullptr))
                tell({});
        });
    }
}

void BrokerInquiry::cancel()
{
    if (shared_ == nullptr)
        return;
    const std::shared_ptr<Shared> ending = std::exchange(shared_, nullptr);
    ending->answer = nullptr;
    ending->stop.request_stop();
    std::unique_lock lock(ending->mutex);
    ending->loop = nullptr;
    ending->ended.wait_for(lock, end_limit, [&] { return !ending->running; });
}

} // namespace transport
