/// How the link finds its sink, loses it, and finds it again (spec/dual-mcu-api.md, 1.2, 2.10, 12.2).
#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/link.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <random>
#include <spdlog/spdlog.h>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

constexpr std::array<std::uint32_t, 3> rate_candidates = {125000, 115200, 1000000};
constexpr std::chrono::milliseconds drain_after_opening{50};
constexpr int probe_attempts = 3; ///< at a configured rate (12.2, step 3)
constexpr std::chrono::seconds first_back_off{1};
constexpr std::chrono::seconds longest_back_off{30};
constexpr std::chrono::milliseconds reopening_of_rebooting_sink{250};

/// 1, 2, 4 … 30 s with a little jitter, so that the services of one gateway do not march in step.
std::chrono::milliseconds back_off(int failures)
{
    static thread_local std::minstd_rand random{std::random_device{}()};
    const auto seconds = std::min(first_back_off * (1 << std::min(failures, 5)), longest_back_off);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(seconds);
    return milliseconds + milliseconds * std::uniform_int_distribution<int>(0, 10)(random) / 100;
}

} // namespace

Result<> Link::try_open(std::uint32_t bits_per_second, int attempts)
{
    auto port = SerialPort::open(settings_.port, bits_per_second);
    if (!port)
        return fail(port.error());
    channel_.emplace(std::move(*port), settings_.leading_ends, stop_, counters_, recorder_, last_indication_);
    current_rate_ = bits_per_second;
    Result<> outcome = channel_->drain(drain_after_opening);
    for (int attempt = 0; outcome && attempt < attempts; ++attempt) {
        const auto confirm =
            channel_->request(encode(CsapAttributeRead{csap::mesh_api_version}, 0), confirm_timeout);
        if (confirm || channel_->port_gone() || stopping())
            return confirm ? Result<>() : fail(confirm.error());
        if (attempt + 1 == attempts)
            outcome = fail(
                ApplicationCode::internal_error, fmt::format(
                                                     "no sink answers on {} at {} bit/s: check that it is a "
                                                     "Wirepas sink with dual-MCU firmware, "
                                                     "and its bit rate (-b)",
                                                     settings_.port, bits_per_second));
    }
    return outcome;
}

void Link::open()
{
    // A sink that is told to reboot may vanish from its port: who waits for it holds exclusive
    // access, and probes by itself. One that was given up meanwhile starts up like a new one.
    if (exclusive_ && published_ && current_rate_ != 0) {
        if (const auto opened = try_open(current_rate_, 0); !opened) {
            channel_.reset();
            schedule_reopening(opened.error().message);
            return;
        }
        state_ = LinkState::online;
        return;
    }

    std::vector<std::uint32_t> rates;
    if (settings_.bits_per_second != 0)
        rates = {settings_.bits_per_second};
    else
        rates.assign(rate_candidates.begin(), rate_candidates.end());
    // The rate that worked is tried first; a firmware update may have changed it (1.2).
    std::stable_partition(
        rates.begin(), rates.end(), [&](std::uint32_t rate) { return rate == current_rate_; });

    Result<> opened;
    for (const std::uint32_t rate : rates) {
        opened = try_open(rate, rates.size() == 1 ? probe_attempts : 1);
        if (opened)
            break;
        const bool no_port = !channel_ || channel_->port_gone();
        channel_.reset();
        if (no_port || stopping())
            break;
    }
    if (stopping())
        return;
    if (!opened) {
        current_rate_ = 0;
        std::string why = opened.error().message;
        if (rates.size() > 1 && why.starts_with("no sink answers"))
            why = fmt::format(
                "no sink answers on {} at 125000, 115200 or 1000000 bit/s: check that it is a Wirepas sink "
                "with "
                "dual-MCU firmware, and set its bit rate (-b) if it is another",
                settings_.port);
        schedule_reopening(why);
        check_for_loss(why);
        return;
    }
    spdlog::info("a sink answers on {} at {} bit/s", settings_.port, current_rate_);
    state_ = LinkState::starting_up;
    spawn(bring_up());
}

gateway::Task<> Link::bring_up()
{
    Result<> started;
    {
        const ExclusiveAccess access = co_await exclusive_access();
        started = co_await listener_.start_up();
    }
    if (!started) {
        close(started.error().message);
        co_return;
    }
    state_ = LinkState::online;
    failed_openings_ = 0;
    last_opening_failure_.clear();
    ++connections_;
    schedule_.poll_now(Clock::now());
    if (!published_) {
        published_ = true;
        listener_.online();
    }
}

void Link::search_rate_again()
{
    if (settings_.bits_per_second != 0 || state_ == LinkState::closed)
        return;
    close("the rebooted sink does not answer at its old bit rate");
    current_rate_ = 0;
    reopen_at_ = Clock::now();
}

void Link::close(const std::string& why)
{
    if (state_ == LinkState::closed)
        return;
    if (channel_)
        last_sign_of_life_ = channel_->last_sign_of_life();
    channel_.reset();
    state_ = LinkState::closed;
    dump_flight_recorder(why);
    schedule_reopening(why);
    for (auto& queue : waiting_) {
        for (Exchange* exchange : std::exchange(queue, {})) {
            exchange->result = fail(ApplicationCode::internal_error, why);
            exchange->waiting.resume();
        }
    }
}

void Link::schedule_reopening(const std::string& why)
{
    const auto pause = exclusive_ ? reopening_of_rebooting_sink : back_off(failed_openings_++);
    reopen_at_ = Clock::now() + pause;
    // The same complaint every half minute for a day helps nobody.
    const bool news = why != last_opening_failure_ || (!exclusive_ && failed_openings_ % 20 == 0);
    last_opening_failure_ = why;
    spdlog::log(
        news ? spdlog::level::warn : spdlog::level::debug, "{}; trying again in {:.1f} s", why,
        std::chrono::duration<double>(pause).count());
}

void Link::check_for_loss(const std::string& why)
{
    if (channel_)
        last_sign_of_life_ = channel_->last_sign_of_life();
    const auto limit = settings_.max_poll_fail_duration;
    if (!published_ || limit.count() == 0 || Clock::now() - last_sign_of_life_ <= limit)
        return;
    published_ = false;
    listener_.lost(fmt::format("no sign of life for {} s: {}", limit.count(), why));
    close(why);
}

} // namespace dual_mcu
