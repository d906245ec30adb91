/// A mesh on the bench of a unit test: sinks that the test plays, a clock that it moves.
#pragma once

#include "gateway/crc16.hpp"
#include "gateway/remote_api/response.hpp"
#include "simulator/mesh/mesh.hpp"
#include "simulator/mesh/remote.hpp"

#include <catch2/catch.hpp>
#include <fstream>

namespace mesh_test {

using namespace std::chrono_literals;
using namespace simulator::mesh;
using gateway::OtapAction;

inline constexpr std::uint32_t sink_address = 1;
inline constexpr std::uint32_t stack_area = 0x00000103;
inline constexpr std::uint32_t application_area = 0x83744C03;
inline constexpr std::uint8_t thirty_minutes = 0x5E;

inline Image read_image(const std::string& name)
{
    std::ifstream file(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    REQUIRE(file.good());
    return std::make_shared<const gateway::Bytes>(
        gateway::Bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
}

/// As a node keeps it after a transfer.
inline Stored fresh(const Image& image, std::uint8_t sequence)
{
    gateway::Reader crc(gateway::ByteView(*image).subspan(20, 2));
    return {image, crc.u16(), sequence, stored_type::present, stored_status::fresh};
}
inline Stored fresh(const std::string& fixture, std::uint8_t sequence)
{
    return fresh(read_image(fixture), sequence);
}

inline Stored with_status(Stored stored, std::uint8_t status)
{
    stored.status = status;
    stored.type = stored_type::process;
    return stored;
}

inline std::vector<gateway::scratchpad::KeyPair> test_keys(const std::string& name = "default")
{
    const auto file =
        gateway::scratchpad::read_key_file(std::string(FIXTURES) + "/scratchpads/keys-throwaway.ini");
    REQUIRE(file.has_value());
    const auto* pair = file->find(name);
    REQUIRE(pair != nullptr);
    return {*pair};
}

inline Model standard_model()
{
    Model model;
    model.name = "lamp";
    model.stack = {5, 1, 0, 80};
    model.application = {1, 2, 3, 4};
    model.stack_area = stack_area;
    model.application_area = application_area;
    model.bootloader.areas = {{stack_area, 1'000'000}, {application_area, 1'000'000}};
    model.bootloader.keys = test_keys();
    return model;
}

inline Model old_model()
{
    Model model = standard_model();
    model.stack = {5, 0, 2, 77};
    return model;
}

inline Model sink_model()
{
    Model model = standard_model();
    model.kind = NodeKind::sink;
    return model;
}

/// A sink with a chain of nodes 101, 102, ... of one model.
inline Setup chain_of(std::size_t nodes, const Model& model)
{
    Setup setup;
    setup.parameters.exchange.detect = 10s;
    setup.models = {sink_model(), model};
    SinkSetup sink;
    sink.name = "sink0";
    sink.node.address = sink_address;
    setup.sinks = {sink};
    for (std::uint32_t i = 0; i < nodes; ++i) {
        NodeSetup node;
        node.address = 101 + i;
        node.model = 1;
        setup.nodes.push_back(node);
        setup.links.emplace_back(i, i + 1);
    }
    return setup;
}

class Bench {
public:
    explicit Bench(Setup setup) : mesh(std::move(setup)), sinks(mesh.state().sinks.size())
    {
        for (SinkIndex sink = 0; sink < sinks.size(); ++sink) {
            sinks[sink].address = mesh.state().nodes[sink].address;
            sinks[sink].runs = true;
            sinks[sink].stack = mesh.state().nodes[sink].stack;
            mesh.sink_is(sink, sinks[sink]);
        }
        pass(6s); // everybody has a route
    }

    void pass(Time time) { until(mesh.now() + time); }

    /// Moves the clock, and lets the sinks do what the mesh asks of them.
    void until(Time time)
    {
        while (mesh.step(time))
            serve_sinks();
        serve_sinks();
    }

    /// Moves the clock event by event until `done`, for a day at most.
    template<typename Condition>
    bool wait(Condition done, Time limit = 24h)
    {
        const Time end = mesh.now() + limit;
        while (!done()) {
            if (!mesh.step(end))
                return done();
            serve_sinks();
        }
        return true;
    }

    void store_in_sink(Stored stored, SinkIndex sink = 0)
    {
        sinks[sink].stored = std::move(stored);
        mesh.sink_is(sink, sinks[sink]);
    }
    void set_target(
        OtapAction action, const Stored& stored = {}, std::uint8_t parameter = 0, SinkIndex sink = 0)
    {
        sinks[sink].target = {stored.sequence, stored.crc, static_cast<std::uint8_t>(action), parameter};
        mesh.sink_is(sink, sinks[sink]);
    }
    void run_sink(bool runs, SinkIndex sink = 0)
    {
        sinks[sink].runs = runs;
        mesh.sink_is(sink, sinks[sink]);
    }

    NodeIndex index(std::uint32_t address) const
    {
        const NodeIndex found = mesh.state().find(address);
        REQUIRE(found != no_node);
        return found;
    }
    Node& node(std::uint32_t address) { return mesh.mutable_state().nodes[index(address)]; }
    State& state() { return mesh.mutable_state(); }

    /// Octets `first` to before `end` of the node's status answer, in hexadecimal.
    std::string status(std::uint32_t address, std::size_t first, std::size_t end)
    {
        const gateway::Bytes octets = status_octets(mesh.state(), node(address));
        REQUIRE(octets.size() >= end);
        return gateway::to_hex(gateway::ByteView(octets).subspan(first, end - first));
    }
    std::string stored(std::uint32_t address) { return status(address, 0, 9); }
    std::string processed(std::uint32_t address) { return status(address, 9, 39); }
    std::string target(std::uint32_t address) { return status(address, 39, 47); }

    /// Sends requests to a node and gives the answer's octets, or "silence".
    std::string ask(std::uint32_t address, const std::string& hex, SinkIndex sink = 0, Time patience = 5s)
    {
        heard.clear();
        mesh.send_down(sink, {address, 255, 240, 0, 0, *gateway::from_hex(hex)});
        pass(patience);
        for (const to_sink::Packet& packet : heard)
            if (packet.packet.source == address && packet.packet.source_endpoint == 240)
                return gateway::to_hex(packet.packet.payload);
        return "silence";
    }

    Mesh mesh;
    std::vector<SinkView> sinks;
    std::vector<to_sink::Packet> heard; ///< by all sinks
    std::vector<std::string> done_to_sinks;

private:
    void serve_sinks()
    {
        for (const ToSink& each : mesh.take_for_sinks()) {
            SinkView& sink = sinks[each.sink];
            if (const auto* packet = std::get_if<to_sink::Packet>(&each.what)) {
                heard.push_back(*packet);
            } else if (const auto* received = std::get_if<to_sink::Received>(&each.what)) {
                sink.stored = received->stored;
                done_to_sinks.emplace_back("received");
            } else if (std::holds_alternative<to_sink::Erased>(each.what)) {
                sink.stored = {};
                done_to_sinks.emplace_back("erased");
            } else if (std::holds_alternative<to_sink::Processes>(each.what)) {
                sink.stored = with_status(sink.stored, 0);
                done_to_sinks.emplace_back("processes");
            } else if (std::holds_alternative<to_sink::Restarts>(each.what)) {
                done_to_sinks.emplace_back("restarts");
            } else {
                done_to_sinks.emplace_back("written");
            }
            mesh.sink_is(each.sink, sink);
        }
    }
};

// What status bytes 0 to 8 say of the fixtures.
inline const std::string empty = "00 00 00 00 00 00 00 00 00";
inline const std::string fresh_42 = "B0 84 01 00 81 2D 2A 01 FF";     ///< stack-app-100k
inline const std::string processed_42 = "B0 84 01 00 81 2D 2A 02 00"; ///< the same
inline const std::string fresh_41 = "F0 1F 00 00 F1 23 29 01 FF";     ///< app-8k
inline const std::string processed_41 = "F0 1F 00 00 F1 23 29 02 00";

inline Stored file_42()
{
    return fresh("stack-app-100k.otap", 42);
}
inline Stored file_41()
{
    return fresh("app-8k.otap", 41);
}

} // namespace mesh_test
