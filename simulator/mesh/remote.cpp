#include "simulator/mesh/remote.hpp"

#include "gateway/remote_api/attributes.hpp"
#include "gateway/remote_api/request.hpp"
#include "gateway/remote_api/response.hpp"
#include "simulator/mesh/attributes.hpp"
#include "simulator/mesh/operations.hpp"

namespace simulator::mesh {
namespace {

namespace api = gateway::remote_api;
namespace request = api::request;
namespace response = api::response;
using api::ErrorType;
using api::RequestType;
using api::Response;

struct Context {
    State& state;
    NodeIndex index;
    bool broadcast;

    [[nodiscard]] Node& node() const { return state.nodes[index]; }
    [[nodiscard]] Extras& extras() const { return node().more(); }
    [[nodiscard]] bool counts_down() const { return node().countdown_ends != never; }
};

Response refuse(ErrorType error, RequestType type)
{
    return response::Error{error, api::wire(type), std::nullopt};
}

Response execute(const Context& /*context*/, const request::Ping& ping)
{
    if (ping.value.size() > api::max_ping_size)
        return refuse(ErrorType::invalid_length, RequestType::ping);
    return response::Ping{ping.value};
}

bool opens_session(const Context& context)
{
    Extras& extras = context.extras();
    if (extras.session_open || context.counts_down())
        return false;
    stop_countdown(context.node()); // empties the buffer
    extras.session_open = true;
    return true;
}

Response execute(const Context& context, const request::Begin& /*begin*/)
{
    if (context.extras().lock_key != api::no_lock_key) {
        const bool denied =
            context.state.parameters.remote.locked_plain_begin == PlainBeginRefusal::access_denied;
        return refuse(denied ? ErrorType::access_denied : ErrorType::invalid_begin, RequestType::begin);
    }
    if (!opens_session(context))
        return refuse(ErrorType::invalid_begin, RequestType::begin);
    return response::Begin{};
}

Response execute(const Context& context, const request::BeginWithLock& begin)
{
    const Extras& extras = context.extras();
    if (extras.lock_key == api::no_lock_key || extras.lock_key != begin.key)
        return refuse(ErrorType::access_denied, RequestType::begin_with_lock);
    if (!opens_session(context))
        return refuse(ErrorType::invalid_begin, RequestType::begin_with_lock);
    return response::BeginWithLock{};
}

Response execute(const Context& context, const request::End& /*end*/)
{
    Extras& extras = context.extras();
    if (!extras.session_open)
        return refuse(ErrorType::invalid_begin, RequestType::end);
    extras.session_open = false;
    extras.session_ended = true;
    return response::End{};
}

Response execute(const Context& context, const request::Cancel& /*cancel*/)
{
    stop_countdown(context.node());
    check_fail_safe(context.state, context.index);
    return response::Cancel{};
}

std::uint16_t seconds_left(const Context& context)
{
    const Node& node = context.node();
    if (node.countdown_ends == never)
        return 0;
    using std::chrono::ceil;
    using std::chrono::seconds;
    return static_cast<std::uint16_t>(ceil<seconds>(node.countdown_ends - context.state.now).count());
}

Response execute(const Context& context, const request::Update& update)
{
    Node& node = context.node();
    if (!update.countdown)
        return response::Update{seconds_left(context)};
    const std::uint16_t asked = *update.countdown;
    if (asked == 0) {
        stop_countdown(node);
        check_fail_safe(context.state, context.index);
        return response::Update{0};
    }
    if (asked < api::min_countdown || asked > api::max_countdown)
        return refuse(ErrorType::invalid_value, RequestType::update);
    if (!context.extras().session_ended || context.counts_down())
        return refuse(ErrorType::invalid_begin, RequestType::update);
    const Time jitter = context.state.random.between(
        Time{0}, context.state.parameters.remote.jitter, node.address, Purpose::countdown, context.state.now);
    const auto seconds = static_cast<std::uint16_t>(asked + whole_seconds(jitter));
    node.countdown_ends = context.state.now + std::chrono::seconds{seconds};
    schedule(context.state, context.index, EventKind::countdown_ends, node.countdown_ends);
    return response::Update{seconds};
}

Response execute(const Context& context, const request::ReadAttribute& read)
{
    const AttributeAnswer answer = read_attribute(context.state, context.index, read.attribute);
    if (!answer.error)
        return response::ReadAttribute{read.attribute, answer.value};
    const bool msap = read.attribute.set == api::AttributeSet::msap;
    const auto type = msap ? RequestType::read_msap_attribute : RequestType::read_csap_attribute;
    return response::Error{*answer.error, api::wire(type), read.attribute.id};
}

Response execute(const Context& context, const request::WriteAttribute& write)
{
    const bool msap = write.attribute.set == api::AttributeSet::msap;
    const auto type = msap ? RequestType::write_msap_attribute : RequestType::write_csap_attribute;
    Extras& extras = context.extras();
    const auto error = extras.session_open ? check_write(write.attribute, write.value, context.broadcast)
                                           : std::optional(ErrorType::invalid_begin);
    if (error)
        return response::Error{*error, api::wire(type), write.attribute.id};
    extras.buffered[key_of(write.attribute)] = write.value;
    return response::WriteAttribute{
        write.attribute, api::is_secret(write.attribute) ? gateway::Bytes{} : write.value};
}

Response execute(const Context& context, const request::ScratchpadStatus& /*status*/)
{
    return status_of(context.state, context.node());
}

Response execute(const Context& context, const request::ScratchpadUpdate& update)
{
    const Node& node = context.node();
    Extras& extras = context.extras();
    constexpr auto type = RequestType::scratchpad_update;
    if (!extras.session_open)
        return refuse(ErrorType::invalid_begin, type);
    if (!follows_v1(node) && !context.state.parameters.v2.remote_update_allowed)
        return refuse(ErrorType::access_denied, type);
    if (!gateway::is_backend_sequence(update.sequence) || !node.stored.image ||
        node.stored.sequence != update.sequence)
        return refuse(ErrorType::invalid_value, type);
    extras.processes = true;
    extras.armed = node.stored;
    return response::ScratchpadUpdate{update.sequence};
}

/// What a node of any stack does not know, or does not understand.
Response execute(const Context& /*context*/, const api::Undecoded& unknown)
{
    const bool known = unknown.reason == api::Undecoded::Reason::too_short;
    return response::Error{
        known ? ErrorType::invalid_length : ErrorType::unknown_request, unknown.type, std::nullopt};
}

Response execute(const Context& /*context*/, const request::WriteMaxQueuingTime& /*write*/)
{
    return refuse(ErrorType::unknown_request, RequestType::write_max_queuing_time);
}

Response execute(const Context& /*context*/, const request::ReadMaxQueuingTime& /*read*/)
{
    return refuse(ErrorType::unknown_request, RequestType::read_max_queuing_time);
}

std::optional<std::uint16_t> attribute_in(const api::Request& record)
{
    if (const auto* read = record.as<request::ReadAttribute>())
        return read->attribute.id;
    if (const auto* write = record.as<request::WriteAttribute>())
        return write->attribute.id;
    return std::nullopt;
}

Response execute_record(const Context& context, const api::Request& record)
{
    if (!record.rest.empty()) // a request is as long as it should be
        return response::Error{ErrorType::invalid_length, api::type_of(record), attribute_in(record)};
    return std::visit([&context](const auto& body) { return execute(context, body); }, record.body);
}

/// As many responses as fit; the first that does not is replaced by "no space", where that fits.
gateway::Bytes pack(
    const std::vector<Response>& responses, const std::vector<api::Request>& requests, std::size_t mtu)
{
    std::size_t total = 0;
    for (const Response& each : responses)
        total += api::encoded_size(each);
    if (total <= mtu)
        return api::encode(responses, mtu).value_or(gateway::Bytes{});
    // From the end: the first that is left out is the one that is named.
    for (std::size_t count = responses.size(); count-- > 0;) {
        total -= api::encoded_size(responses[count]);
        const Response full = response::Error{
            ErrorType::no_space_for_response, api::type_of(requests[count]), attribute_in(requests[count])};
        if (total + api::encoded_size(full) > mtu)
            continue;
        std::vector<Response> fitting(
            responses.begin(), responses.begin() + static_cast<std::ptrdiff_t>(count));
        fitting.push_back(full);
        return api::encode(fitting, mtu).value_or(gateway::Bytes{});
    }
    return {};
}

std::uint16_t minutes_of(std::uint8_t parameter)
{
    constexpr std::uint32_t per_hour = 60;
    constexpr std::uint32_t per_day = 24 * per_hour;
    const std::uint32_t amount = parameter & 0x3FU;
    const std::uint32_t unit = parameter >> 6 == 1   ? 1
                               : parameter >> 6 == 2 ? per_hour
                               : parameter >> 6 == 3 ? per_day
                                                     : 0;
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(amount * unit, UINT16_MAX));
}

api::ProcessedScratchpad processed_of(const Origin& origin, std::uint32_t area)
{
    return {origin.length, origin.crc, origin.sequence, area, origin.version};
}

} // namespace

gateway::Bytes answer_requests(State& state, NodeIndex index, gateway::ByteView payload, bool broadcast)
{
    const auto packet = api::decode_requests(payload);
    if (packet.records.empty())
        return {};
    ++state.counters.requests;
    const Context context{state, index, broadcast};
    std::vector<Response> responses;
    responses.reserve(packet.records.size());
    for (const api::Request& record : packet.records)
        responses.push_back(execute_record(context, record));
    return pack(responses, packet.records, state.parameters.remote.mtu);
}

api::ScratchpadStatus status_of(const State& state, const Node& node)
{
    const Model& model = state.model_of(node);
    const Stored& stored = node.stored;
    api::ScratchpadStatus status;
    status.stored = {stored.size(), stored.crc, stored.sequence, stored.type, stored.status};
    status.stack = processed_of(node.stack, model.stack_area);
    constexpr std::uint8_t first_major_that_tells_application = 5;
    std::size_t size = api::status_size_stack;
    if (knows_targets(node.stack.version))
        size = api::status_size_target;
    else if (node.stack.version[0] >= first_major_that_tells_application)
        size = api::status_size_application;
    size = model.status_size.value_or(size);
    if (size >= api::status_size_application)
        status.application = processed_of(node.application, model.application_area);
    if (size >= api::status_size_target) {
        const bool delayed =
            gateway::OtapAction{node.target.action} == gateway::OtapAction::propagate_and_process_with_delay;
        using std::chrono::minutes;
        const auto left =
            node.delay_ends == never ? minutes{0} : std::chrono::ceil<minutes>(node.delay_ends - state.now);
        status.target = api::TargetInForce{
            node.target.action, node.target.sequence, node.target.crc,
            delayed ? minutes_of(node.target.parameter) : std::uint16_t{0},
            static_cast<std::uint16_t>(std::min<std::int64_t>(left.count(), UINT16_MAX))};
    }
    return status;
}

gateway::Bytes status_octets(const State& state, const Node& node)
{
    gateway::Bytes octets;
    api::write_scratchpad_status(octets, status_of(state, node));
    return octets;
}

} // namespace simulator::mesh
