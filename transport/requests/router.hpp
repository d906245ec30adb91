/// From a message of the broker to its one answer: the common path of all requests
/// (docs/spec/gateway-backend-api.md, 4.1, 4.2). For the loop's thread.
#pragma once

#include "transport/mqtt/publisher.hpp"
#include "transport/mqtt/topics.hpp"
#include "transport/requests/context.hpp"
#include "transport/requests/gateway_info.hpp"
#include "transport/requests/lane.hpp"
#include "transport/requests/request.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace transport {

/// Says yes once a minute for each text; bounded.
class OncePerMinute {
public:
    bool operator()(std::string_view text);

private:
    std::map<std::string, std::chrono::steady_clock::time_point, std::less<>> last_;
};

class Router {
public:
    /// Publishes an answer: topic, payload.
    using Respond = std::function<void(std::string, std::string)>;

    struct Counters {
        std::uint64_t requests = 0;
        std::uint64_t unreadable = 0;
        std::uint64_t retained = 0;
    };

    Router(RequestContext& context, const Topics& topics, Respond respond);
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;
    ~Router();

    void message(const IncomingMessage& message);
    /// Runs a job of the service's own in the sink's lane, before the requests that wait there.
    void run_ahead(const std::string& sink_id, LaneJob job);
    /// Answers what waits for this sink.
    void sink_disappeared(const Sink& sink);

    /// Takes no more requests; those that wait are answered INTERNAL_ERROR, uploads under way are
    /// abandoned. `idle` is called, later, when nothing runs any more.
    void stop(std::function<void()> idle);
    [[nodiscard]] bool idle() const;
    /// Ends what still runs; each request is answered INTERNAL_ERROR.
    void abandon();

    [[nodiscard]] const Counters& counters() const { return counters_; }
    /// Told of each answer, and how long it took.
    using Answered = std::function<void(RequestKind, api::ErrorCode, std::chrono::nanoseconds)>;
    void on_answered(Answered answered) { on_answered_ = std::move(answered); }

private:
    RequestPtr accept(const IncomingMessage& message, RequestTopic topic, RequestKey& key);
    std::string sink_used(const api::WirepasMessage& content, RequestTopic topic);
    [[nodiscard]] Request::Answer answer_with(RequestKey key);
    void respond(const Request& request, api::ErrorCode code, const Request::Fill& fill);
    void dispatch(RequestPtr request, const RequestKey& key, bool duplicate, std::size_t octets);
    gateway::Task<void> refuse_with_configuration(RequestPtr request, api::ErrorCode code);
    void unreadable(const IncomingMessage& message, const char* why);
    Lane& lane_of(const std::string& sink_id);
    void check_idle();

    RequestContext& context_;
    const Topics& topics_;
    Respond respond_;
    OncePerMinute complaints_;
    Counters counters_;
    std::function<void()> on_idle_;
    Answered on_answered_;
    // What holds requests goes first: those that are not answered yet are answered then.
    ConfigurationQueries queries_;
    std::map<std::string, std::unique_ptr<Lane>, std::less<>> lanes_;
    std::optional<gateway::TaskScope> tasks_{
        std::in_place}; ///< beside the lanes: refusals that show the configuration
};

/// The code for required fields that are missing; OK when all are there (step 6).
api::ErrorCode check_complete(const api::WirepasMessage& content, RequestKind kind);
/// The checks of values (step 9) that need nothing but the request and what is known of the sink.
api::ErrorCode check_values(
    const api::WirepasMessage& content, RequestKind kind, const api::SinkReadConfig& known_sink);
/// True for requests whose repetition is not executed (4.2).
bool is_guarded(const api::WirepasMessage& content, RequestKind kind);

} // namespace transport
