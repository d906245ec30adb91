#include "transport/mqtt/window.hpp"

#include <catch2/catch.hpp>
#include <deque>

using namespace transport;
using namespace std::chrono_literals;

namespace {

using Clock = InFlightWindow::Clock;

/// A path with a delay and a bottleneck, used by a sender that always has something to send. Time is
/// simulated.
class Path {
public:
    Path(Clock::duration delay, Clock::duration each) : delay_(delay), each_(each) {}

    void set_delay(Clock::duration delay) { delay_ = delay; }

    /// Sends as the window allows for `time`, at most `limit` at once; gives the acknowledgements.
    std::size_t run(InFlightWindow& window, Clock::duration time, std::size_t limit = SIZE_MAX)
    {
        const auto end = now_ + time;
        std::size_t acknowledged = 0;
        while (true) {
            while (under_way_.size() < std::min(window.size(), limit)) {
                free_ = std::max(free_, now_) + each_;
                under_way_.push_back({now_, free_ + delay_});
            }
            const auto [sent, arrives] = under_way_.front();
            if (arrives > end)
                break;
            now_ = std::max(now_, arrives);
            window.acknowledged(sent, now_, under_way_.size());
            under_way_.pop_front();
            ++acknowledged;
        }
        now_ = end;
        return acknowledged;
    }

    /// How long a message sent now waits for those before it.
    [[nodiscard]] Clock::duration queue() const { return std::max(free_ - now_, Clock::duration::zero()); }

private:
    struct Message {
        Clock::time_point sent;
        Clock::time_point arrives;
    };
    Clock::duration delay_;
    Clock::duration each_;
    Clock::time_point now_ = Clock::time_point(1h);
    Clock::time_point free_ = now_;
    std::deque<Message> under_way_;
};

} // namespace

TEST_CASE("the window begins as the reference's and never leaves its bounds", "[window]")
{
    CHECK(InFlightWindow(20).size() == 20);
    CHECK(InFlightWindow(1000).size() == 20);
    for (const std::size_t bound : {1U, 2U, 5U, 20U}) {
        InFlightWindow window(bound);
        CHECK(window.size() == bound);
        Path slow(300ms, 500ms);
        for (int i = 0; i < 100; ++i) {
            slow.run(window, 1s);
            CHECK(window.size() >= 1);
            CHECK(window.size() <= bound);
        }
    }
}

TEST_CASE("a fast path has the whole bound", "[window]")
{
    InFlightWindow window(1000);
    Path path(200us, 20us);
    path.run(window, 1s);
    CHECK(window.size() == 1000);
    path.run(window, 50s);
    CHECK(window.size() == 1000);
}

TEST_CASE("a long path that is not slow is filled", "[window]")
{
    InFlightWindow window(500);
    Path path(400ms, 1ms); // 1000 messages a second, 400 on their way
    path.run(window, 10s);
    CHECK(path.run(window, 10s) > 9000);
    CHECK(window.size() >= 400);
}

TEST_CASE("on a slow path little more waits than the allowed delay, at full throughput", "[window]")
{
    InFlightWindow window(1000);
    Path path(100ms, 10ms); // 100 messages a second
    path.run(window, 10s);
    CHECK(path.run(window, 20s) > 1900);
    CHECK(window.size() >= 10);
    CHECK(window.size() <= 30);
    CHECK(path.queue() < 200ms);
    CHECK(window.shortest_round_trip() < 130ms);
}

TEST_CASE("hours under full load do not take the own queue for the path", "[window]")
{
    InFlightWindow window(1000);
    Path path(100ms, 10ms);
    for (int minute = 0; minute < 120; ++minute) {
        CHECK(path.run(window, 60s) > 5800);
        CHECK(path.queue() < 300ms);
    }
    CHECK(window.size() <= 40);
}

TEST_CASE("a path that has become longer is used in full again", "[window]")
{
    InFlightWindow window(300);
    Path path(20ms, 5ms); // 200 messages a second
    path.run(window, 30s);
    path.set_delay(600ms);
    path.run(window, 3min);
    CHECK(path.run(window, 60s) > 10000);
    CHECK(*window.shortest_round_trip() > 600ms);
}

TEST_CASE("a window that is not used up does not grow", "[window]")
{
    InFlightWindow window(1000);
    Path path(10ms, 10us);
    path.run(window, 50s, 5);
    CHECK(window.size() == 20);
}

TEST_CASE("a new connection forgets the old path", "[window]")
{
    InFlightWindow window(1000);
    Path path(100ms, 10ms);
    CHECK_FALSE(window.round_trip());
    path.run(window, 30s);
    CHECK(*window.round_trip() > 100ms);
    window.reset();
    CHECK(window.size() == 20);
    CHECK_FALSE(window.round_trip());
    CHECK_FALSE(window.shortest_round_trip());
}
