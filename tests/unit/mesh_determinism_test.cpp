// The same seed and the same commands at the same times: the same octets on every sink's line
// (spec/otap-campaign.md, 13.1).
#include "simulator/meshed_sinks.hpp"
#include "simulator/scenario/live_actions.hpp"
#include "simulator/scenario/scenario.hpp"

#include <catch2/catch.hpp>
#include <deque>

namespace {

using namespace simulator;
using namespace std::chrono_literals;

/// A host that polls a device, acknowledges all it says, and writes down every octet of it.
class Host {
public:
    explicit Host(Device& device) : device_(device) {}

    void poll(Now now) { send(dual_mcu::encode(dual_mcu::IndicationPoll{}, ++frame_id_), now); }
    void send_to_nodes(std::uint32_t destination, const char* hex, Now now)
    {
        dual_mcu::DataTx request;
        request.header.pdu_id = ++frame_id_;
        request.header.source_endpoint = 255;
        request.header.destination_endpoint = 240;
        request.header.destination = destination;
        request.apdu.assign(*gateway::from_hex(hex));
        send(dual_mcu::encode(request, ++frame_id_), now);
    }
    void listen(Now now)
    {
        const gateway::Bytes octets = device_.take_output(now);
        traffic.insert(traffic.end(), octets.begin(), octets.end());
        for (const std::uint8_t octet : octets) {
            const auto event = decoder_.push(octet);
            const auto* frame = event ? std::get_if<dual_mcu::Frame>(&*event) : nullptr;
            if (frame != nullptr && !frame->is_answer()) {
                ++indications;
                send(dual_mcu::encode_response(*frame, true), now);
            }
        }
    }

    gateway::Bytes traffic;
    std::size_t indications = 0;

private:
    void send(const dual_mcu::Frame& frame, Now now)
    {
        device_.receive(dual_mcu::encode_slip(frame, dual_mcu::host_leading_ends), now);
    }

    Device& device_;
    dual_mcu::SlipDecoder decoder_;
    std::uint8_t frame_id_ = 0;
};

struct Recording {
    std::vector<gateway::Bytes> traffic; ///< of each sink
    std::size_t indications = 0;
    mesh::Counters counters;
};

/// An hour of the building, with a campaign in it.
Recording run_building(std::uint64_t seed)
{
    const std::filesystem::path folder = SCENARIOS;
    scenario::Scenario scenario = scenario::read_scenario(folder / "building.yml", 1);
    scenario.setup.parameters.seed = seed;
    Now now{1s};
    std::deque<Device> devices;
    std::vector<Device*> behind;
    std::vector<Host> hosts;
    for (const scenario::SinkDevice& sink : scenario.sinks) {
        devices.emplace_back(sink.profile, sink.settings, LineSettings{}, UplinkPlan{}, seed, now);
        behind.push_back(&devices.back());
        hosts.emplace_back(devices.back());
    }
    MeshedSinks network(scenario.setup, behind, 1, now);
    const auto act = [&](const char* action) {
        for (const mesh::Action& each : scenario::read_live_actions(action, network.mesh().state(), folder))
            mesh::perform(network.mesh().mutable_state(), each);
        network.synchronise(now);
    };
    for (int tick = 0; tick < 3600 * 2; ++tick) {
        now += 500ms;
        network.advance(now);
        if (tick == 60)
            hosts[0].send_to_nodes(gateway::broadcast_address, "00 04 01 00 00 00 19 00", now);
        if (tick == 400)
            act("{store: {node: [gw-a, gw-b], file: ../../tests/fixtures/scratchpads/app-8k.otap, sequence: "
                "42}}");
        for (const char* sink : {"gw-a/sink0", "gw-a/sink1", "gw-b/sink0", "gw-b/sink1"})
            if (tick == 500)
                act(("{set_target: {sink: " + std::string(sink) +
                     ", action: 3, sequence: 42, crc: 0x23F1, delay: 0x5E}}")
                        .c_str());
        for (Host& host : hosts) {
            host.poll(now);
            for (int i = 0; i < 20; ++i) {
                network.advance(now);
                host.listen(now);
            }
        }
    }
    Recording recording;
    for (Host& host : hosts) {
        recording.traffic.push_back(host.traffic);
        recording.indications += host.indications;
    }
    recording.counters = network.mesh().state().counters;
    return recording;
}

} // namespace

TEST_CASE("two runs of 500 nodes give the same octets; another seed gives others", "[mesh][determinism]")
{
    const Recording first = run_building(7);
    const Recording second = run_building(7);
    CHECK(first.traffic == second.traffic);
    CHECK(first.indications > 2000);
    CHECK(first.counters.transfers > 300);
    CHECK(first.counters.processed > 200);
    CHECK(first.counters.transfers_failed > 0);
    CHECK(first.counters.events == second.counters.events);

    const Recording other = run_building(8);
    CHECK(other.traffic != first.traffic);
}
