/// The link to one sink: owns the serial port on a thread of its own, shares it fairly between
/// those who need it, polls, and recovers from everything that a line can do.
#pragma once

#include "gateway/task.hpp"
#include "sink-service/dual_mcu/frame_channel.hpp"
#include "sink-service/dual_mcu/polling.hpp"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace dual_mcu {

struct LinkSettings {
    std::string port = "/dev/ttyACM0";
    std::uint32_t bits_per_second = 0; ///< 0: try 125 000, 115 200, 1 000 000
    std::size_t leading_ends = host_leading_ends;
    std::chrono::seconds max_poll_fail_duration{120}; ///< silence after which the sink is lost; 0 never
    PollingSettings polling;
};

/// Who waits for the line. One exchange of each class in turn; a poll takes its turn likewise.
enum class Turn : std::uint8_t {
    control,   ///< configuration and status
    data,      ///< downlink packets
    upload,    ///< scratchpad blocks
    exclusive, ///< the holder of exclusive access: nobody else, and no polls, while it lasts
};

enum class LinkState : std::uint8_t { closed, starting_up, online };

std::string_view describe(LinkState state);

/// What the link tells, on its own thread.
class LinkListener {
public:
    LinkListener() = default;
    LinkListener(const LinkListener&) = delete;
    LinkListener& operator=(const LinkListener&) = delete;
    virtual ~LinkListener() = default;

    /// The port is open and answers: the start-up sequence (12.2, from step 4). Holds exclusive
    /// access. When it fails the link closes the port and tries again later.
    virtual gateway::Task<Result<>> start_up() = 0;
    /// A new indication.
    virtual void indication(const Frame& frame, std::chrono::system_clock::time_point received) = 0;
    /// False while indications cannot be stored: the link does not poll then. Two more may follow.
    [[nodiscard]] virtual bool can_take_indications() const = 0;
    /// The start-up sequence succeeded, the first time or after the sink was lost.
    virtual void online() = 0;
    /// No sign of life for the maximum poll failure duration; the link goes on searching.
    virtual void lost(const std::string& why) = 0;
};

struct LinkStatus {
    LinkState state = LinkState::closed;
    std::string port;
    std::uint32_t bits_per_second = 0; ///< found or configured; 0 before
    LineCounters counters;
    std::uint64_t connections = 0; ///< start-up sequences that succeeded
};

/// `start`, `stop` and `post` are for any thread; everything else, and every coroutine that waits
/// on the link, is for the link's thread.
class Link {
public:
    Link(LinkSettings settings, LinkListener& listener);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link();

    void start();
    /// Ends the thread within the rest of one write (at most a second); abandons what is under way.
    void stop();
    /// Calls on the link's thread, between two exchanges.
    void post(std::function<void()> call);
    /// Starts a task on the link's thread.
    void spawn(gateway::Task<> task);

    /// Sends a request when its turn comes and gives the confirm, decoded. One whose turn has not come by
    /// `not_after` is not sent (out_of_memory).
    template<typename Request>
    gateway::Task<Result<typename Request::Confirm>> call(
        Request request, Turn turn, std::chrono::milliseconds timeout = confirm_timeout,
        Deadline not_after = Deadline::max())
    {
        const Frame frame = encode(request, 0);
        Exchange exchange(*this, frame, turn, timeout, not_after);
        const Result<Frame> confirm = co_await exchange;
        if (!confirm)
            co_return gateway::fail(confirm.error());
        co_return decode<typename Request::Confirm>(*confirm);
    }

    /// Holds the line alone until destroyed (Turn::exclusive).
    class ExclusiveAccess {
    public:
        explicit ExclusiveAccess(Link& link) : link_(&link) {}
        ExclusiveAccess(ExclusiveAccess&& other) noexcept : link_(std::exchange(other.link_, nullptr)) {}
        ExclusiveAccess(const ExclusiveAccess&) = delete;
        ExclusiveAccess& operator=(const ExclusiveAccess&) = delete;
        ExclusiveAccess& operator=(ExclusiveAccess&&) = delete;
        ~ExclusiveAccess()
        {
            if (link_ != nullptr)
                link_->release_exclusive_access();
        }

    private:
        Link* link_;
    };

    /// Waits until no one else holds exclusive access.
    gateway::Task<ExclusiveAccess> exclusive_access();

    /// Resumes after `delay`.
    auto delay(std::chrono::milliseconds duration) { return Delay(*this, Clock::now() + duration); }

    /// The sink was told to reboot: its indications start again at frame id 0.
    void sink_rebooted();
    /// Closes the port; the start-up sequence follows when the sink answers again.
    void start_again(const std::string& why) { close(why); }
    /// Where the rate is automatic: opens the port anew and tries all rates, because a firmware update
    /// may have changed it (1.2). For the holder of exclusive access.
    void search_rate_again();
    /// Something waits in the sink: poll at once.
    void poll_now() { schedule_.poll_now(Clock::now()); }
    void uploading(bool active) { schedule_.uploading(active); }

    [[nodiscard]] const LinkSettings& settings() const { return settings_; }
    [[nodiscard]] LinkStatus status() const;
    /// The latest frames to the log (SIGUSR1, and after failures).
    void dump_flight_recorder(std::string_view why) const;

private:
    static constexpr std::size_t turns = 4;

    /// What a delay resumes; taken out before it is resumed.
    struct Delay;
    using Timers = std::multimap<Deadline, Delay*>;

    /// Awaits one exchange.
    struct Exchange {
        Exchange(
            Link& owner, const Frame& frame, Turn its_turn, std::chrono::milliseconds its_timeout,
            Deadline its_limit)
            : link(owner), request(frame), turn(its_turn), timeout(its_timeout), not_after(its_limit)
        {
        }
        Exchange(const Exchange&) = delete;
        Exchange& operator=(const Exchange&) = delete;
        ~Exchange() { link.withdraw(*this); }

        [[nodiscard]] bool await_ready() const { return false; }
        bool await_suspend(std::coroutine_handle<> handle); ///< false: failed at once, the port is closed
        Result<Frame> await_resume() { return std::move(result); }

        Link& link;
        Frame request;
        Turn turn;
        std::chrono::milliseconds timeout;
        Deadline not_after;
        std::coroutine_handle<> waiting;
        Result<Frame> result;
    };

    struct Delay {
        Delay(Link& owner, Deadline deadline) : link(owner), until(deadline) {}
        Delay(const Delay&) = delete;
        Delay& operator=(const Delay&) = delete;
        ~Delay();
        [[nodiscard]] bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> handle);
        void await_resume() {}

        Link& link;
        Deadline until;
        std::coroutine_handle<> waiting;
        std::optional<Timers::iterator> timer; ///< while it waits
    };

    /// Awaits exclusive access.
    struct ExclusiveWait {
        explicit ExclusiveWait(Link& owner) : link(owner) {}
        ExclusiveWait(const ExclusiveWait&) = delete;
        ExclusiveWait& operator=(const ExclusiveWait&) = delete;
        ~ExclusiveWait();
        [[nodiscard]] bool await_ready() const { return !link.exclusive_; }
        void await_suspend(std::coroutine_handle<> handle);
        void await_resume() { link.exclusive_ = true; }

        Link& link;
        std::coroutine_handle<> waiting;
    };

    void run();
    void run_posted();
    void run_timers();
    void grant_exclusive_access();
    [[nodiscard]] bool take_turn();
    void serve(Exchange& exchange);
    void poll_once();
    void wait();
    void open();
    Result<> try_open(std::uint32_t bits_per_second, int attempts);
    gateway::Task<> bring_up();
    void close(const std::string& why);
    void schedule_reopening(const std::string& why);
    void check_for_loss(const std::string& why);
    void withdraw(Exchange& exchange);
    void release_exclusive_access();
    [[nodiscard]] bool requests_wait();
    [[nodiscard]] bool polls_allowed() const;
    [[nodiscard]] bool stopping();

    LinkSettings settings_;
    LinkListener& listener_;

    std::thread thread_;
    int wake_ = -1; ///< posted work, for the wait between exchanges
    int stop_ = -1; ///< shutting down, for every wait
    std::mutex mutex_;
    std::deque<std::function<void()>> posted_;
    bool stopping_ = false; ///< guarded by mutex_

    std::optional<Frame> last_indication_; ///< outlives the port: the sink may repeat it on the next one
    std::optional<FrameChannel> channel_;
    LinkState state_ = LinkState::closed;
    std::uint32_t current_rate_ = 0;
    LineCounters counters_;
    FlightRecorder recorder_;
    std::uint64_t connections_ = 0;

    PollSchedule schedule_;
    std::array<std::deque<Exchange*>, turns> waiting_;
    std::size_t next_turn_ = 0;
    bool exclusive_ = false;
    std::deque<ExclusiveWait*> exclusive_waiting_;
    Timers timers_;

    Deadline last_sign_of_life_ = Clock::now();
    Deadline reopen_at_{};
    int failed_openings_ = 0;
    std::string last_opening_failure_;
    bool published_ = false;                  ///< online() was called and lost() was not, since
    std::optional<gateway::TaskScope> tasks_; ///< ends with the thread
};

} // namespace dual_mcu
