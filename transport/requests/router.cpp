#include "transport/requests/router.hpp"

#include "transport/messages.hpp"
#include "transport/requests/configuration_data_item.hpp"
#include "transport/requests/decode.hpp"
#include "transport/requests/scratchpad.hpp"
#include "transport/requests/send_data.hpp"
#include "transport/requests/set_config.hpp"
#include "transport/requests/target.hpp"
#include "transport/sinks/sink.hpp"
#include "transport/sinks/sink_memory.hpp"

#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::size_t max_configuration_answers = 16;
constexpr std::chrono::seconds send_data_patience{60};
constexpr std::chrono::minutes patience{15};

/// The sink that the payload names; empty when it leaves that to the topic (1.4).
const std::string& sink_in_payload(const api::WirepasMessage& content, RequestKind kind)
{
    if (kind == RequestKind::set_config)
        return content.set_config_req().config().sink_id();
    return request_header(content, kind).sink_id();
}

} // namespace

bool OncePerMinute::operator()(std::string_view text)
{
    constexpr std::size_t capacity = 256;
    const auto now = std::chrono::steady_clock::now();
    const auto found = last_.find(text);
    if (found != last_.end() && now - found->second < std::chrono::minutes(1))
        return false;
    if (found == last_.end() && last_.size() >= capacity)
        last_.clear();
    last_[std::string(text)] = now;
    return true;
}

Router::Router(RequestContext& context, const Topics& topics, Respond respond)
    : context_(context), topics_(topics), respond_(std::move(respond)), queries_(context)
{
    queries_.on_idle([this] { check_idle(); });
}

Router::~Router() = default;

void Router::message(const IncomingMessage& message)
{
    const auto topic = topics_.parse_request(message.topic);
    if (!topic || context_.stopping)
        return;
    if (message.retained) { // step 1
        ++counters_.retained;
        if (complaints_(message.topic))
            spdlog::warn(
                "a request on {} is retained and not executed: the broker would repeat it at every "
                "connection; delete "
                "it with an empty retained message",
                message.topic);
        return;
    }
    if (message.payload.empty()) // step 2
        return;
    RequestKey key;
    RequestPtr request = accept(message, *topic, key);
    if (request == nullptr)
        return;
    ++counters_.requests;

    const RequestKind kind = request->kind();
    if (const api::ErrorCode code = check_complete(request->content(), kind); code != api::OK) { // step 6
        request->answer(code);
        return;
    }
    if (is_guarded(request->content(), kind)) { // step 7
        const auto repetition =
            context_.repetitions.check(key, message.duplicate, RepetitionMemory::Clock::now());
        if (repetition != Repetition::none) {
            ++context_.repeated_requests;
            spdlog::info(
                "request {} on {} is a repetition and not executed again", request->id(), message.topic);
            if (repetition == Repetition::answered) {
                request->sink = context_.sinks.find(request->sink_id());
                respond(*request, api::OK, {});
            }
            request->leave_unanswered();
            return;
        }
        context_.repetitions.begin(key);
    }
    dispatch(std::move(request), key, message.duplicate, message.payload.size());
}

/// Steps 3 to 5; null: dropped.
RequestPtr Router::accept(const IncomingMessage& message, RequestTopic topic, RequestKey& key)
{
    auto decoded = decode_request(message.payload, topic.kind);
    if (!decoded) {
        unreadable(message, decoded.error());
        return nullptr;
    }
    const api::WirepasMessage& content = (*decoded)->wirepas();
    key = context_.repetitions.key(
        message.topic, request_header(content, topic.kind).req_id(), message.payload);
    std::string sink_id = sink_used(content, topic);
    return std::make_shared<Request>(topic.kind, std::move(sink_id), std::move(*decoded), answer_with(key));
}

/// The deciding sink id (1.4), or the topic's level where that cannot be part of a topic (2.2).
std::string Router::sink_used(const api::WirepasMessage& content, RequestTopic topic)
{
    std::string used(topic.sink_id);
    if (!needs_sink(topic.kind))
        return used;
    const std::string& named = sink_in_payload(content, topic.kind);
    const bool usable = is_topic_level(named);
    if (topic.kind != RequestKind::send_data && !named.empty() && named != used) {
        if (complaints_("sink id"))
            spdlog::warn(
                "a request {} names sink '{}' in its payload and '{}' in its topic; {}",
                topic_name(topic.kind), usable ? named : "?", used,
                usable ? "the payload decides" : "the one in the payload cannot be part of a topic");
        if (usable)
            used = named;
    }
    const bool header_decides = topic.kind != RequestKind::send_data && topic.kind != RequestKind::set_config;
    const std::string& in_header = request_header(content, topic.kind).sink_id();
    if (!header_decides && !in_header.empty() && in_header != used && complaints_("sink id in the header"))
        spdlog::warn(
            "a request {} for sink '{}' names '{}' in its header, which is ignored", topic_name(topic.kind),
            used, is_topic_level(in_header) ? in_header : "?");
    return used;
}

Request::Answer Router::answer_with(RequestKey key)
{
    return [this, key = std::move(key), began = std::chrono::steady_clock::now()](
               const Request& request, api::ErrorCode code, const Request::Fill& fill) {
        context_.repetitions.answered(key, code == api::OK, RepetitionMemory::Clock::now());
        respond(request, code, fill);
        if (on_answered_)
            on_answered_(request.kind(), code, std::chrono::steady_clock::now() - began);
    };
}

void Router::respond(const Request& request, api::ErrorCode code, const Request::Fill& fill)
{
    api::GenericMessage message;
    api::WirepasMessage& response = *message.mutable_wirepas();
    api::ResponseHeader& header = response_header(response, request.kind());
    fill_header(header, context_.settings, request.id(), code);
    if (needs_sink(request.kind()))
        header.set_sink_id(request.sink_id());
    if (fill)
        fill(response);
    if (request.kind() == RequestKind::set_config && !response.set_config_resp().has_config()) {
        api::SinkReadConfig& config = *response.mutable_set_config_resp()->mutable_config();
        if (request.sink != nullptr && code != api::INVALID_SINK_ID)
            config = request.sink->memory().config;
        else
            config.set_sink_id(request.sink_id());
    }
    if (request.kind() == RequestKind::get_gw_info && !response.get_gateway_info_resp().has_info())
        *response.mutable_get_gateway_info_resp()->mutable_info() = gateway_info(context_.settings);
    spdlog::debug(
        "request {} {} for '{}': {}", request.id(), topic_name(request.kind()), request.sink_id(),
        api::ErrorCode_Name(code));
    respond_(topics_.response(request.kind(), request.sink_id()), serialise(message));
}

/// Steps 8 to 10.
void Router::dispatch(RequestPtr request, const RequestKey& key, bool duplicate, std::size_t octets)
{
    const RequestKind kind = request->kind();
    if (kind == RequestKind::get_gw_info)
        return answer_gateway_info(context_.settings, *request);
    if (kind == RequestKind::get_configs)
        return queries_.add(std::move(request));

    if (kind == RequestKind::otap_set_target_scratchpad) {
        const auto& wanted = request->content().set_scratchpad_target_and_action_req().target_and_action();
        if (const api::ErrorCode code = target::check_numbers(wanted); code != api::OK)
            return request->answer(code);
    }
    const std::string& named = sink_in_payload(request->content(), kind);
    const bool unusable = kind != RequestKind::send_data && !named.empty() && !is_topic_level(named);
    request->sink = unusable ? nullptr : context_.sinks.find(request->sink_id());
    if (request->sink == nullptr)
        return request->answer(api::INVALID_SINK_ID);

    const api::ErrorCode invalid = check_values(request->content(), kind, request->sink->memory().config);
    if (invalid != api::OK) {
        // With a silent sink each reading takes its time: beyond a few the remembered values do.
        if (kind == RequestKind::set_config && tasks_->size() < max_configuration_answers)
            tasks_->start(refuse_with_configuration(std::move(request), invalid));
        else
            request->answer(invalid);
        return;
    }

    LaneJob job;
    job.pipelined = kind == RequestKind::send_data;
    job.octets = octets;
    job.patience = job.pipelined ? send_data_patience : std::chrono::seconds(patience);
    job.refuse = [request](api::ErrorCode code) { request->answer(code); };
    Lane& lane = lane_of(request->sink_id());
    job.run = [this, request = std::move(request), key, duplicate]() -> gateway::Task<void> {
        switch (request->kind()) {
        case RequestKind::set_config:
            return set_config::execute(context_, request);
        case RequestKind::send_data:
            return send_data::execute(request);
        case RequestKind::otap_status:
            return scratchpad::execute_status(request);
        case RequestKind::otap_load_scratchpad:
            return scratchpad::execute_upload(context_, request, key, duplicate);
        case RequestKind::otap_process_scratchpad:
            return scratchpad::execute_process(context_, request);
        case RequestKind::otap_set_target_scratchpad:
            return target::execute(context_, request);
        case RequestKind::set_configuration_data_item:
            return configuration_data_item::execute_set(context_, request);
        case RequestKind::get_configuration_data_item:
            return configuration_data_item::execute_get(request);
        case RequestKind::get_gw_info:
        case RequestKind::get_configs:
            break;
        }
        throw std::logic_error("a gateway-wide request is in a lane");
    };
    lane.add(std::move(job));
}

gateway::Task<void> Router::refuse_with_configuration(RequestPtr request, api::ErrorCode code)
{
    auto answer = set_config::answer_with_configuration(std::move(request), code);
    co_await answer;
    // In a turn of its own: this task counts until it has ended.
    context_.loop.post([this] { check_idle(); });
}

void Router::unreadable(const IncomingMessage& message, const char* why)
{
    ++counters_.unreadable;
    if (complaints_(message.topic))
        spdlog::warn(
            "a message of {} octets on {} is dropped: {}", message.payload.size(), message.topic, why);
}

Lane& Router::lane_of(const std::string& sink_id)
{
    auto& lane = lanes_[sink_id];
    if (lane == nullptr) {
        lane = std::make_unique<Lane>(context_.loop);
        lane->on_idle([this] { check_idle(); });
    }
    return *lane;
}

void Router::run_ahead(const std::string& sink_id, LaneJob job)
{
    if (context_.stopping)
        return job.refuse(api::INTERNAL_ERROR);
    lane_of(sink_id).add_ahead(std::move(job));
}

void Router::sink_disappeared(const Sink& sink)
{
    if (const auto found = lanes_.find(sink.id()); found != lanes_.end())
        found->second->clear(api::INVALID_SINK_ID);
}

bool Router::idle() const
{
    for (const auto& [id, lane] : lanes_)
        if (!lane->idle())
            return false;
    return queries_.idle() && tasks_->size() == 0;
}

void Router::check_idle()
{
    if (on_idle_ && idle())
        context_.loop.post(std::exchange(on_idle_, nullptr));
}

void Router::stop(std::function<void()> on_idle)
{
    context_.stopping = true;
    on_idle_ = std::move(on_idle);
    for (const auto& [id, lane] : lanes_)
        lane->clear(api::INTERNAL_ERROR);
    for (const auto& sink : context_.sinks.all())
        sink->abandon_upload();
    check_idle();
}

void Router::abandon()
{
    lanes_.clear();
    tasks_.emplace();
    queries_.abandon();
}

} // namespace transport
