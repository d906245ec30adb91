#include "transport/requests/set_config.hpp"

#include "transport/requests/error_mapping.hpp"
#include "transport/requests/stack_switch.hpp"
#include "transport/sinks/config_reader.hpp"
#include "transport/sinks/conversions.hpp"
#include "transport/sinks/sink_memory.hpp"

#include <spdlog/spdlog.h>

namespace transport::set_config {
namespace {

gateway::ByteView view(const std::string& text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

KeyPair key_pair(const api::SecurityKeys& keys)
{
    return {view(keys.cipher()), view(keys.authentication()), static_cast<std::uint8_t>(keys.sequence())};
}

/// One set_config under way on one sink: the sequence of 4.4, and its first error.
class Sequence {
public:
    Sequence(Backpressure& backpressure, std::shared_ptr<Sink> sink, const api::SinkNewConfig& config)
        : backpressure_(backpressure), sink_(std::move(sink)), config_(config)
    {
    }

    gateway::Task<api::ErrorCode> run()
    {
        auto reading = read_running(sink_);
        const auto was_running = co_await reading;
        if (!was_running)
            co_return error_code(was_running.error());
        was_running_ = *was_running;

        auto attributes = write_attributes();
        co_await attributes;
        auto keys = write_keys();
        co_await keys;
        auto app_config = write_app_config();
        co_await app_config;
        auto access_cycle = write_access_cycle_range();
        co_await access_cycle;
        auto key_pairs = write_key_pairs();
        co_await key_pairs;
        auto restore = restore_stack();
        co_await restore;
        backpressure_.request_ended(*sink_);
        co_return first_error_;
    }

private:
    struct Attribute {
        bool wanted;
        const char* property;
        std::uint32_t value;
        api::ErrorCode invalid_value;
    };

    static bool ends_the_sequence(const BusFailure& failure)
    {
        return failure.fault == BusFault::deadline || failure.fault == BusFault::gone;
    }

    void note(api::ErrorCode code)
    {
        if (first_error_ == api::OK)
            first_error_ = code;
    }
    void note(const BusFailure& failure, api::ErrorCode invalid_value = api::INVALID_PARAM)
    {
        spdlog::warn("{}: set_config: {}", sink_->id(), failure.message);
        // After a missed deadline nothing but the stack's state is touched any more (4.2).
        ended_ = ended_ || ends_the_sequence(failure);
        note(error_code(failure, invalid_value));
    }

    /// Stops a running stack once; false when steps that need it stopped must be skipped.
    gateway::Task<bool> stopped()
    {
        if (ended_ || stop_failed_)
            co_return false;
        if (!was_running_ || stop_tried_)
            co_return true;
        stop_tried_ = true;
        if (wanted_running())
            backpressure_.will_stop(*sink_);
        auto stop = switch_stack(sink_, false);
        const api::ErrorCode code = co_await stop;
        if (code == api::OK)
            co_return true;
        stop_failed_ = true;
        stop_unanswered_ = code == api::SINK_TIMEOUT;
        ended_ = ended_ || code == api::SINK_TIMEOUT || code == api::INVALID_SINK_ID;
        note(code);
        co_return false;
    }

    gateway::Task<void> write_attributes()
    {
        const Attribute attributes[] = {
            {config_.has_node_address(), "NodeAddress", config_.node_address(), api::INVALID_PARAM},
            {config_.has_node_role(), "NodeRole", role_octet(config_.node_role()), api::INVALID_ROLE},
            {config_.has_network_address(), "NetworkAddress",
             static_cast<std::uint32_t>(config_.network_address()), api::INVALID_NETWORK_ADDRESS},
            {config_.has_network_channel(), "NetworkChannel", config_.network_channel(),
             api::INVALID_NETWORK_CHANNEL},
            {config_.has_channel_map(), "ChannelMap", config_.channel_map(), api::INVALID_CHANNEL_MAP},
        };
        for (const Attribute& attribute : attributes) {
            if (!attribute.wanted || ended_)
                continue;
            auto current_call = sink_->read(SinkInterface::config, attribute.property);
            const auto current = co_await current_call;
            if (current && current->size() == 1 && current->front() == attribute.value)
                continue;
            if (!current && ends_the_sequence(current.error())) {
                note(current.error());
                continue;
            }
            auto stop = stopped();
            const bool ready = co_await stop;
            if (!ready)
                continue;
            auto write_call = sink_->write(attribute.property, attribute.value);
            const auto written = co_await write_call;
            if (!written)
                note(written.error(), attribute.invalid_value);
        }
    }

    gateway::Task<void> write_keys()
    {
        if (!config_.has_keys())
            co_return;
        const std::pair<const char*, gateway::ByteView> keys[] = {
            {"AuthenticationKey", view(config_.keys().authentication())},
            {"CipherKey", view(config_.keys().cipher())},
        };
        for (const auto& [property, key] : keys) {
            auto stop = stopped();
            const bool ready = co_await stop;
            if (!ready)
                continue;
            auto call = sink_->write_key(property, key);
            const auto written = co_await call;
            if (!written)
                note(written.error(), api::INVALID_NETWORK_KEYS);
        }
    }

    gateway::Task<void> write_app_config()
    {
        if (!config_.has_app_config() || ended_)
            co_return;
        const api::AppConfigData& wanted = config_.app_config();
        auto call = sink_->set_app_config(
            static_cast<std::uint8_t>(wanted.seq()), static_cast<std::uint16_t>(wanted.diag_interval_s()),
            view(wanted.app_config_data()));
        const auto written = co_await call;
        if (!written)
            note(written.error(), api::INVALID_APP_CONFIG);
    }

    gateway::Task<void> write_access_cycle_range()
    {
        if (!config_.has_current_ac_range() || ended_)
            co_return;
        const auto min_ms = static_cast<std::uint16_t>(config_.current_ac_range().min_ms());
        const auto max_ms = static_cast<std::uint16_t>(config_.current_ac_range().max_ms());
        auto min_call = sink_->read(SinkInterface::config, "ACRangeMinCur");
        auto max_call = sink_->read(SinkInterface::config, "ACRangeMaxCur");
        const auto min_now = co_await min_call;
        const auto max_now = co_await max_call;
        for (const auto* now : {&min_now, &max_now})
            if (!*now && ends_the_sequence(now->error())) {
                note(now->error());
                co_return;
            }
        if (min_now && max_now && *min_now == PropertyValue{min_ms} && *max_now == PropertyValue{max_ms})
            co_return;
        auto call = sink_->set_access_cycle_range(min_ms, max_ms);
        const auto written = co_await call;
        if (!written)
            note(written.error(), api::INVALID_AC_RANGE);
    }

    gateway::Task<void> write_key_pairs()
    {
        if (config_.has_network_keys()) {
            auto stop = stopped();
            const bool ready = co_await stop;
            if (ready) {
                auto call = sink_->set_network_keys(key_pair(config_.network_keys()));
                const auto written = co_await call;
                if (!written)
                    note(written.error(), api::INVALID_NETWORK_KEYS);
            }
        }
        if (config_.has_management_keys()) {
            auto stop = stopped();
            const bool ready = co_await stop;
            if (ready) {
                auto call = sink_->set_management_keys(key_pair(config_.management_keys()));
                const auto written = co_await call;
                if (!written)
                    note(written.error(), api::INVALID_NETWORK_KEYS);
            }
        }
    }

    [[nodiscard]] bool wanted_running() const
    {
        return config_.has_sink_state() ? config_.sink_state() == api::ON : was_running_;
    }

    /// Step 12: as asked for, else as it was.
    gateway::Task<void> restore_stack()
    {
        const bool wanted = wanted_running();
        if (config_.has_sink_state())
            backpressure_.operator_decided(*sink_, wanted);
        auto reading = read_running(sink_);
        const auto running = co_await reading;
        // A stop without an answer may still be under way, whatever the sink reads as: a start follows it.
        if (running && *running == wanted && !(wanted && stop_unanswered_)) {
            if (wanted)
                backpressure_.runs_again(*sink_);
            co_return;
        }
        if (!running) {
            note(error_code(running.error()));
            // Unknown state: only what this request has to bring about is tried.
            if (running.error().fault == BusFault::gone || (!stop_tried_ && !config_.has_sink_state()))
                co_return;
        }
        if (wanted && !backpressure_.may_start(*sink_))
            co_return;
        auto change = switch_stack(sink_, wanted);
        const api::ErrorCode code = co_await change;
        if (code != api::OK)
            note(code);
        else if (wanted)
            backpressure_.runs_again(*sink_);
    }

    Backpressure& backpressure_;
    std::shared_ptr<Sink> sink_;
    const api::SinkNewConfig& config_;
    bool was_running_ = false;
    bool stop_tried_ = false;
    bool stop_failed_ = false;
    bool stop_unanswered_ = false;
    bool ended_ = false;
    api::ErrorCode first_error_ = api::OK;
};

} // namespace

gateway::Task<void> execute(RequestContext& context, RequestPtr request)
{
    Sequence sequence(context.backpressure, request->sink, request->content().set_config_req().config());
    auto run = sequence.run();
    const api::ErrorCode code = co_await run;
    context.refresh_network_address(*request->sink);
    auto answer = answer_with_configuration(request, code);
    co_await answer;
    context.request_status();
}

gateway::Task<void> answer_with_configuration(RequestPtr request, api::ErrorCode code)
{
    auto read = read_configuration(request->sink);
    const SinkConfiguration now = co_await read;
    request->answer(code, [&](api::WirepasMessage& response) {
        *response.mutable_set_config_resp()->mutable_config() = now.config;
    });
}

} // namespace transport::set_config
