/// Upload, clear, processing and target of the sink's scratchpad (spec/dual-mcu-api.md, chapter 6).
#include "gateway/scratchpad/contents.hpp"
#include "sink-service/dual_mcu/results.hpp"
#include "sink-service/dual_mcu/sink.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

constexpr std::chrono::milliseconds check_for_end_of_upload{10};
constexpr std::uint16_t first_version_with_target = 15;
constexpr std::uint16_t last_version_with_legacy_action = 18;
constexpr std::uint8_t target_write_refused = 2; ///< invalid value

/// While it lives, an upload is under way.
class UploadUnderWay {
public:
    UploadUnderWay(bool& uploading, Link& link) : uploading_(uploading), link_(link)
    {
        uploading_ = true;
        link_.uploading(true);
    }
    UploadUnderWay(const UploadUnderWay&) = delete;
    UploadUnderWay& operator=(const UploadUnderWay&) = delete;
    ~UploadUnderWay()
    {
        uploading_ = false;
        link_.uploading(false);
    }

private:
    bool& uploading_;
    Link& link_;
};

/// Failures after which the whole upload is worth another try: a lost confirm, a reboot of the
/// sink in the middle (it forgot the start), and damage on the way to its flash.
bool is_worth_retrying(ApplicationCode code)
{
    return code == ApplicationCode::internal_error || code == ApplicationCode::no_scratchpad_start ||
           code == ApplicationCode::invalid_start_address || code == ApplicationCode::data_error;
}

} // namespace

gateway::Task<Result<>> Sink::upload_scratchpad(
    std::uint8_t sequence, gateway::Bytes file, UploadProgress progress)
{
    const auto header = gateway::check_scratchpad(file);
    if (!header)
        co_return fail(header.error());
    for (const std::string& warning : gateway::scratchpad::warnings(file))
        spdlog::warn("scratchpad to be uploaded: {}", warning);
    if (uploading_)
        co_return fail(
            ApplicationCode::internal_error, "another upload to this sink is under way: wait for its end");
    const UploadUnderWay under_way(uploading_, link_); // before the first wait: nobody may come between
    upload_cancelled_ = false;
    const Result<> stopped = co_await require_stopped_stack();
    if (!stopped)
        co_return fail(stopped.error());
    if (state_.scratchpad && state_.scratchpad->stored_sequence == sequence &&
        state_.scratchpad->stored_crc != header->crc)
        spdlog::warn(
            "the stored scratchpad has sequence {} too, with another CRC: nodes that have it may not take "
            "the new one",
            sequence);

    Result<> uploaded;
    for (int attempt = 1; attempt <= settings_.upload.attempts; ++attempt) {
        uploaded = co_await try_upload(sequence, file, progress);
        if (uploaded || upload_cancelled_ || !is_worth_retrying(uploaded.error().code))
            break;
        spdlog::warn("upload of a scratchpad, attempt {}: {}", attempt, uploaded.error().message);
        const Result<> ready = co_await ready_for_another_upload();
        if (!ready)
            break;
    }
    const Result<> read = co_await reader_.read_scratchpad(Turn::control);
    publish();
    co_return uploaded;
}

/// The sink may be rebooting; when it is back, its stack must still be stopped.
gateway::Task<Result<>> Sink::ready_for_another_upload()
{
    {
        const Link::ExclusiveAccess access = co_await link_.exclusive_access();
        const Result<> answers = co_await await_answer(Clock::now());
        if (!answers)
            co_return fail(answers.error());
    }
    co_return co_await require_stopped_stack();
}

gateway::Task<Result<>> Sink::begin_upload(std::uint8_t sequence, std::size_t size)
{
    const ScratchpadStart start{static_cast<std::uint32_t>(size), sequence};
    const auto confirm = co_await link_.call(start, Turn::upload, settings_.upload.erase_timeout);
    if (!confirm)
        co_return fail(confirm.error().with_context("starting a scratchpad upload"));
    co_return check_result(confirm->result, results::scratchpad_start, "starting a scratchpad upload");
}

gateway::Task<Result<>> Sink::try_upload(
    std::uint8_t sequence, const gateway::Bytes& file, const UploadProgress& progress)
{
    const Result<> begun = co_await begin_upload(sequence, file.size());
    if (!begun)
        co_return fail(begun.error());

    const gateway::ByteView octets = file;
    for (std::size_t offset = 0; offset < octets.size();) {
        if (upload_cancelled_)
            co_return fail(
                ApplicationCode::internal_error, "the upload was cancelled; no scratchpad is stored now");
        const std::size_t size =
            std::min<std::size_t>(state_.fixed.scratchpad_block_max, octets.size() - offset);
        ScratchpadBlock block;
        block.offset = static_cast<std::uint32_t>(offset);
        block.octets.assign(octets.subspan(offset, size));
        const auto confirm = co_await link_.call(block, Turn::upload, settings_.upload.block_timeout);
        const std::string what = fmt::format("scratchpad block at {}", offset);
        if (!confirm)
            co_return fail(confirm.error().with_context(what));
        const Result<> taken = check_result(confirm->result, results::scratchpad_block, what);
        if (!taken)
            co_return fail(taken.error());
        offset += size;
        const std::uint8_t expected =
            offset == octets.size() ? block_result::complete : block_result::accepted;
        if (confirm->result != expected)
            co_return fail(
                ApplicationCode::internal_error,
                fmt::format("{}: the sink and the file disagree about where the scratchpad ends", what));
        if (progress)
            progress(offset);
    }
    co_return co_await verify_upload(sequence, file);
}

gateway::Task<Result<>> Sink::verify_upload(std::uint8_t sequence, const gateway::Bytes& file)
{
    const Result<> read = co_await reader_.read_scratchpad(Turn::upload);
    if (!read)
        co_return fail(read.error());
    if (!state_.scratchpad)
        co_return fail(state_.scratchpad.error(), "the uploaded scratchpad cannot be verified");
    const auto& stored = *state_.scratchpad;
    const std::uint16_t crc = gateway::inspect_scratchpad(file).header.crc;
    const bool same = stored.stored_size == file.size() && stored.stored_crc == crc &&
                      stored.stored_sequence == sequence && stored.stored_type == scratchpad_type::present &&
                      stored.stored_status == scratchpad_status::fresh;
    if (!same)
        co_return fail(
            ApplicationCode::internal_error,
            fmt::format(
                "the sink stored length {}, CRC 0x{:04x}, sequence {}, type {}, status {} instead of {}, "
                "0x{:04x}, {}, "
                "1, 255",
                stored.stored_size, stored.stored_crc, stored.stored_sequence, stored.stored_type,
                stored.stored_status, file.size(), crc, sequence));
    co_return Result<>();
}

gateway::Task<Result<>> Sink::clear_scratchpad()
{
    cancel_upload();
    while (uploading_)
        co_await link_.delay(check_for_end_of_upload);
    const Result<> stopped = co_await require_stopped_stack();
    if (!stopped)
        co_return fail(stopped.error());
    const auto confirm =
        co_await link_.call(ScratchpadClear{}, Turn::control, settings_.upload.erase_timeout);
    if (!confirm)
        co_return fail(confirm.error().with_context("clearing the scratchpad"));
    const Result<> cleared =
        check_result(confirm->result, results::scratchpad_clear, "clearing the scratchpad");
    const Result<> read = co_await reader_.read_scratchpad(Turn::control);
    publish();
    if (!cleared)
        co_return fail(cleared.error());
    if (!read)
        co_return fail(read.error());
    if (state_.scratchpad && state_.scratchpad->stored_size != 0)
        co_return fail(
            ApplicationCode::internal_error, "the sink still has a scratchpad after it was cleared");
    co_return Result<>();
}

gateway::Task<Result<>> Sink::process_scratchpad()
{
    const Result<> stopped = co_await require_stopped_stack();
    if (!stopped)
        co_return fail(stopped.error());
    if (state_.scratchpad && state_.scratchpad->stored_size != 0 &&
        state_.scratchpad->stored_status != scratchpad_status::fresh)
        spdlog::warn("the stored scratchpad was processed already: the sink only reboots");

    const Link::ExclusiveAccess access = co_await link_.exclusive_access();
    const auto confirm = co_await link_.call(ScratchpadUpdate{}, Turn::exclusive);
    if (!confirm)
        co_return fail(confirm.error().with_context("marking the scratchpad for processing"));
    const Result<> marked =
        check_result(confirm->result, results::scratchpad_update, "marking the scratchpad for processing");
    if (!marked)
        co_return fail(marked.error());
    const Result<> rebooted = co_await stop_and_await_reboot();
    // Not a failure of the call: it says that the sink took the order and came back (6.6).
    if (rebooted && state_.scratchpad && state_.scratchpad->stored_status != scratchpad_status::success)
        spdlog::warn(
            "the bootloader did not process the scratchpad: stored status {}",
            state_.scratchpad->stored_status);
    co_return rebooted;
}

gateway::Task<Result<>> Sink::set_target(gateway::TargetAndAction target)
{
    if (state_.fixed.mesh_api_version < first_version_with_target)
        co_return fail(ApplicationCode::not_supported, "the sink's firmware knows no target and action");
    const auto wanted = gateway::normalised(target);
    if (!wanted)
        co_return fail(wanted.error());
    const bool legacy = wanted->action == static_cast<std::uint8_t>(gateway::OtapAction::legacy);
    if (legacy && state_.fixed.mesh_api_version > last_version_with_legacy_action)
        co_return fail(ApplicationCode::invalid_value, "the sink's firmware has no legacy OTAP any more");

    const ScratchpadTargetWrite request{{wanted->sequence, wanted->crc, wanted->action, wanted->parameter}};
    const auto confirm = co_await link_.call(request, Turn::control);
    if (confirm && confirm->result == 0)
        co_return Result<>();
    // A lost confirm leaves the outcome open, and a sink refuses action 3 with the delay that it
    // already has: what is stored decides (6.5).
    const bool delayed =
        wanted->action == static_cast<std::uint8_t>(gateway::OtapAction::propagate_and_process_with_delay);
    if (!confirm || (confirm->result == target_write_refused && delayed)) {
        const auto stored = co_await get_target();
        if (stored && *stored == *wanted)
            co_return Result<>();
    }
    if (!confirm)
        co_return fail(confirm.error());
    co_return check_result(confirm->result, results::target_write, "writing the OTAP target");
}

gateway::Task<Result<gateway::TargetAndAction>> Sink::get_target()
{
    if (state_.fixed.mesh_api_version < first_version_with_target)
        co_return fail(ApplicationCode::not_supported, "the sink's firmware knows no target and action");
    const auto confirm = co_await link_.call(ScratchpadTargetRead{}, Turn::control);
    if (!confirm)
        co_return fail(confirm.error());
    const Result<> read = check_result(confirm->result, results::target_read, "reading the OTAP target");
    if (!read)
        co_return fail(read.error());
    const ScratchpadTarget& target = confirm->target;
    co_return gateway::TargetAndAction{target.sequence, target.crc, target.action, target.parameter};
}

} // namespace dual_mcu
