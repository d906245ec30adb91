#include "transport/requests/scratchpad.hpp"

#include "gateway/scratchpad/contents.hpp"
#include "transport/requests/error_mapping.hpp"
#include "transport/requests/stack_switch.hpp"
#include "transport/sinks/config_reader.hpp"

#include <spdlog/spdlog.h>

namespace transport::scratchpad {
namespace {

constexpr unsigned start_attempts = 3;
constexpr std::chrono::seconds start_pause{5};

gateway::ByteView view(const std::string& text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

enum class Operation : std::uint8_t { clear, upload, process };

BusCall<Done> start(Sink& sink, Operation operation, std::uint8_t sequence, gateway::ByteView file)
{
    switch (operation) {
    case Operation::clear:
        return sink.clear_scratchpad();
    case Operation::upload:
        return sink.upload_scratchpad(sequence, file);
    case Operation::process:
        break;
    }
    return sink.process_scratchpad();
}

/// Steps 1 to 3 of 4.7: stops the stack, operates, starts it again if it ran.
gateway::Task<api::ErrorCode> with_stack_stopped(
    RequestContext& context, std::shared_ptr<Sink> sink, Operation operation, std::uint8_t sequence,
    gateway::ByteView file)
{
    auto reading = read_running(sink);
    const auto running = co_await reading;
    if (!running) {
        spdlog::warn("{}: {}", sink->id(), running.error().message);
        const api::ErrorCode code = error_code(running.error());
        const bool named = code == api::SINK_TIMEOUT || code == api::INVALID_SINK_ID;
        co_return named ? code : api::INVALID_SINK_STATE;
    }
    api::ErrorCode code = api::OK;
    bool stopped = true;
    if (*running) {
        context.backpressure.will_stop(*sink);
        auto stop = switch_stack(sink, false);
        code = co_await stop;
        stopped = code == api::OK;
    }
    if (stopped) {
        auto call = start(*sink, operation, sequence, file);
        const auto done = co_await call;
        if (!done) {
            spdlog::warn("{}: {}", sink->id(), done.error().message);
            code =
                operation == Operation::upload ? upload_error_code(done.error()) : error_code(done.error());
        }
    }
    // A stop that failed may have stopped all the same: one start is tried then.
    const unsigned attempts = stopped && !context.stopping ? start_attempts : 1;
    for (unsigned attempt = 1; *running && !sink->gone() && context.backpressure.may_start(*sink);
         ++attempt) {
        auto restart = switch_stack(sink, true);
        const api::ErrorCode started = co_await restart;
        if (started == api::OK) {
            context.backpressure.runs_again(*sink);
            break;
        }
        if (attempt < attempts && !context.stopping) {
            co_await context.loop.sleep(start_pause);
            continue;
        }
        if (code == api::OK)
            code = started;
        break;
    }
    context.backpressure.request_ended(*sink);
    co_return sink->gone() && code == api::OK ? api::INVALID_SINK_ID : code;
}

template<typename Field, typename Set>
void put(const std::optional<Field>& value, Set set)
{
    if (value)
        set(*value);
}

void fill(api::GetScratchpadStatusResp& response, const ScratchpadState& state)
{
    put(state.stored, [&](const auto& info) { *response.mutable_stored_scratchpad() = info; });
    put(state.stored_status, [&](auto status) { response.set_stored_status(status); });
    put(state.stored_type, [&](auto type) { response.set_stored_type(type); });
    put(state.processed, [&](const auto& info) { *response.mutable_processed_scratchpad() = info; });
    put(state.firmware_area_id, [&](auto id) { response.set_firmware_area_id(id); });
    put(state.target, [&](const auto& target) { *response.mutable_target_and_action() = target; });
}

/// The failure that answers when nothing of the scratchpads could be read.
const BusFailure* first_failure(const SinkReading& reading)
{
    const BusFailure* first = nullptr;
    for (std::size_t i = 0; i < property_count; ++i) {
        const auto& read = reading.properties.at(i);
        if (property_rows.at(i).interface != SinkInterface::otap)
            continue;
        if (read.outcome == Outcome::value)
            return nullptr;
        if (first == nullptr)
            first = &read.failure;
    }
    return first;
}

} // namespace

UploadForm form_of(const api::UploadScratchpadReq& request)
{
    if (!request.has_scratchpad())
        return UploadForm::clear;
    return request.has_chunk_info() ? UploadForm::piece : UploadForm::whole;
}

api::ErrorCode check_values(const api::UploadScratchpadReq& request, const std::string& sink_id)
{
    const UploadForm form = form_of(request);
    if (form == UploadForm::clear)
        return request.seq() > 255 ? api::INVALID_PARAM : api::OK;
    if (form == UploadForm::piece)
        return api::OK; // judged in its turn, against the state of the upload
    if (const api::ErrorCode code = check_sequence(request.seq()); code != api::OK)
        return code;
    const gateway::ScratchpadVerdict verdict = gateway::inspect_scratchpad(view(request.scratchpad()));
    if (verdict.fault) {
        spdlog::warn("{}: upload refused: {}", sink_id, verdict.explanation);
        return error_code(*verdict.fault);
    }
    for (const std::string& warning : gateway::scratchpad::warnings(view(request.scratchpad())))
        spdlog::warn("{}: scratchpad to be uploaded: {}", sink_id, warning);
    return api::OK;
}

gateway::Task<void> execute_status(RequestPtr request)
{
    auto read = read_scratchpad_state(request->sink);
    const SinkReading reading = co_await read;
    if (const BusFailure* const failure = first_failure(reading)) {
        request->answer(error_code(*failure));
        co_return;
    }
    const ScratchpadState state = scratchpad_state_from(reading);
    if (reading[Property::stored_type].outcome == Outcome::value && !state.stored_type)
        spdlog::warn("{}: its stored scratchpad's type is unknown and left out", request->sink_id());
    if (reading.target.outcome == Outcome::value && !state.target)
        spdlog::warn(
            "{}: target action {} is unknown and left out", request->sink_id(), reading.target.value.action);
    request->answer(api::OK, [&](api::WirepasMessage& response) {
        fill(*response.mutable_get_scratchpad_status_resp(), state);
    });
}

gateway::Task<void> execute_upload(
    RequestContext& context, RequestPtr request, RequestKey key, bool duplicate)
{
    const api::UploadScratchpadReq& wanted = request->content().upload_scratchpad_req();
    const UploadForm form = form_of(wanted);
    const auto sequence = static_cast<std::uint8_t>(wanted.seq());
    api::ErrorCode code = api::OK;

    if (form == UploadForm::piece) {
        const auto now = ChunkedUploads::Clock::now();
        if (context.repetitions.check(key, duplicate, now) == Repetition::answered) {
            ++context.repeated_requests;
            spdlog::info(
                "{}: a repeated last piece of an upload is answered, not executed", request->sink_id());
            request->answer(api::OK);
            co_return;
        }
        const ScratchpadPiece piece{
            wanted.seq(), wanted.chunk_info().scratchpad_total_size(), wanted.chunk_info().start_offset(),
            wanted.scratchpad()};
        const ChunkedUploads::Outcome outcome = context.uploads.add(request->sink_id(), piece, now);
        if (outcome.code != api::OK || !outcome.file) {
            request->answer(outcome.code);
            co_return;
        }
        context.repetitions.begin(key);
        auto upload =
            with_stack_stopped(context, request->sink, Operation::upload, sequence, view(*outcome.file));
        code = co_await upload;
        context.repetitions.answered(key, code == api::OK, RepetitionMemory::Clock::now());
    } else {
        context.uploads.discard(request->sink_id());
        const std::uint32_t announced = context.settings.max_scratchpad_size.value_or(UINT32_MAX);
        if (wanted.scratchpad().size() > announced)
            spdlog::warn(
                "{}: a whole scratchpad of {} octets came though only {} are announced: the backend knows no "
                "chunks",
                request->sink_id(), wanted.scratchpad().size(), announced);
        const Operation operation = form == UploadForm::clear ? Operation::clear : Operation::upload;
        auto upload =
            with_stack_stopped(context, request->sink, operation, sequence, view(wanted.scratchpad()));
        code = co_await upload;
    }
    request->answer(code);
    context.request_status();
}

gateway::Task<void> execute_process(RequestContext& context, RequestPtr request)
{
    auto process = with_stack_stopped(context, request->sink, Operation::process, 0, {});
    const api::ErrorCode code = co_await process;
    request->answer(code);
    context.request_status();
}

} // namespace transport::scratchpad
