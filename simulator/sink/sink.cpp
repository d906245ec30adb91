#include "simulator/sink/sink.hpp"

#include "simulator/sink/operations.hpp"
#include "simulator/sink/routes.hpp"

#include <unordered_map>

namespace simulator {
namespace {

constexpr std::size_t to_mesh_bound = 4096;
constexpr Now age_check_period = std::chrono::seconds{5}; // 2.9
constexpr std::uint16_t api_with_ageing = 19;

const Route* find_route(std::uint8_t primitive)
{
    static const auto table = [] {
        std::unordered_map<std::uint8_t, Route> routes;
        for (const auto family :
             {stack_routes(), attribute_routes(), app_config_routes(), data_routes(), scratchpad_routes(),
              target_routes(), neighbour_routes(), config_item_routes(), sink_cost_routes(), rare_routes()})
            for (const Route& route : family)
                routes.emplace(route.primitive, route);
        return routes;
    }();
    const auto found = table.find(primitive);
    return found == table.end() ? nullptr : &found->second;
}

void send_indication(SinkState& state, Answer& answer, Now now)
{
    const bool fragments_age = state.profile.api_version >= api_with_ageing;
    if (auto frame = state.live.indications.send(now, fragments_age)) {
        answer.frames.push_back(std::move(*frame));
        ++state.counters.indications;
    }
}

/// INDICATION_POLL: the confirm, and with result 1 the indication behind it (2.4).
Answer poll(SinkState& state, const dual_mcu::Frame& frame, Now now)
{
    Answer answer;
    const bool pending = !state.live.indications.empty();
    const dual_mcu::SimpleConfirm<0x84> confirm{static_cast<std::uint8_t>(pending ? 1 : 0)};
    answer.frames.push_back(dual_mcu::encode(confirm, frame.frame_id));
    send_indication(state, answer, now);
    return answer;
}

/// A response: acknowledges, and asks for the next one (or the same again, when its ids are wrong).
Answer respond(SinkState& state, const dual_mcu::Frame& response, Now now)
{
    Answer answer;
    if (response.payload.size() != 1)
        return answer;
    if (state.live.indications.acknowledge(response)) {
        ++state.counters.acknowledged;
        take_held(state, now);
    }
    if (response.payload.view()[0] == 1)
        send_indication(state, answer, now);
    return answer;
}

} // namespace

SimulatedSink::SimulatedSink(Profile profile, Persistent persistent, Now now)
{
    state_.profile = profile;
    state_.persistent = std::move(persistent);
    boot(now);
}

Answer SimulatedSink::handle(const dual_mcu::Frame& frame, Now now)
{
    Answer happened = advance(now);
    if (happened.reboot)
        return happened;
    if (frame.is_answer())
        return respond(state_, frame, now);
    if (frame.primitive == dual_mcu::IndicationPoll::id && frame.payload.empty()) {
        ++state_.counters.requests;
        return poll(state_, frame, now);
    }

    const Route* route = find_route(frame.primitive);
    const std::uint16_t api = state_.profile.api_version;
    MaybeReply reply;
    if (route != nullptr && api >= route->first_api && api <= route->last_api)
        reply = route->handler(state_, frame, now);
    if (!reply) {
        ++state_.counters.silent;
        return {};
    }
    ++state_.counters.requests;

    Answer answer;
    dual_mcu::Frame confirm;
    confirm.primitive = frame.primitive | dual_mcu::answer_bit;
    confirm.frame_id = frame.frame_id;
    confirm.payload = reply->confirm;
    answer.frames.push_back(std::move(confirm));
    answer.silence = reply->silence;
    answer.reboot = reply->reboot;
    return answer;
}

Answer SimulatedSink::advance(Now now)
{
    transmit_due(state_, now);
    take_held(state_, now);
    Volatile& live = state_.live;
    if (live.scan_done && *live.scan_done <= now) {
        live.scan_done.reset();
        live.indications.push_collapsed(dual_mcu::ScanNeighboursIndication{false, 1}, now);
    }
    if (state_.profile.api_version >= api_with_ageing && live.next_age_check && *live.next_age_check <= now) {
        state_.counters.uplink_aged += live.indications.age_out(now, live.max_queue_time);
        live.next_age_check = now + age_check_period;
    }
    Answer answer;
    if (live.own_processing && *live.own_processing <= now) {
        live.own_processing.reset();
        state_.persistent.stored.type = dual_mcu::scratchpad_type::process;
        answer.reboot = true;
    }
    return answer;
}

std::optional<Now> SimulatedSink::next_event() const
{
    const Volatile& live = state_.live;
    std::optional<Now> next;
    const auto consider = [&next](std::optional<Now> when) {
        if (when && (!next || *when < *next))
            next = when;
    };
    if (!live.buffers.empty())
        consider(live.buffers.front().leaves);
    consider(live.scan_done);
    consider(live.own_processing);
    if (!live.indications.empty() && state_.profile.api_version >= api_with_ageing)
        consider(live.next_age_check);
    return next;
}

void SimulatedSink::boot(Now now)
{
    run_bootloader(state_);
    lose_power();
    state_.live.booted = now;
    state_.live.next_age_check = now + age_check_period;
    if (state_.persistent.autostart)
        try_to_start(state_);
    state_.live.indications.push(dual_mcu::StackStateIndication{false, stack_status_of(state_)}, now);
    plan_own_processing(state_, now);
    ++state_.counters.boots;
}

void SimulatedSink::lose_power()
{
    state_.live = Volatile{};
    state_.held.clear();
}

bool SimulatedSink::will_process() const
{
    return bootloader_has_work(state_.persistent);
}

bool SimulatedSink::has_indication_room() const
{
    return simulator::has_indication_room(state_, 1) && state_.held.empty();
}

std::vector<ToMesh> SimulatedSink::take_for_mesh()
{
    std::vector<ToMesh> taken(
        std::make_move_iterator(state_.to_mesh.begin()), std::make_move_iterator(state_.to_mesh.end()));
    state_.to_mesh.clear();
    return taken;
}

void give_to_mesh(SinkState& state, ToMesh what)
{
    if (state.to_mesh.size() == to_mesh_bound)
        state.to_mesh.pop_front();
    state.to_mesh.push_back(std::move(what));
}

} // namespace simulator
