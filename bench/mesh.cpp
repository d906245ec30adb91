// mesh-benchmark: what a big mesh costs (docs/mesh.md; figures of spec/otap-campaign.md, 13.1: below 200
// octets a node beside configuration, below 1 s of CPU per virtual minute without traffic).
#include "simulator/mesh/mesh.hpp"
#include "gateway/scratchpad/keys.hpp"
#include "gateway/scratchpad_file.hpp"
#include "simulator/scenario/layout.hpp"

#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <malloc.h>

namespace {

using namespace simulator::mesh;
using namespace std::chrono_literals;

constexpr std::size_t sinks = 20;

double cpu_seconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::size_t heap_octets()
{
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

Stored read_file(const std::string& name, std::uint8_t sequence)
{
    std::ifstream file(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    gateway::Bytes octets{std::istreambuf_iterator<char>(file), {}};
    if (octets.empty()) {
        fmt::print(stderr, "cannot read {}\n", name);
        std::exit(1);
    }
    const std::uint16_t crc = gateway::read_scratchpad_header(octets).crc;
    return {
        std::make_shared<const gateway::Bytes>(std::move(octets)), crc, sequence, stored_type::present,
        stored_status::fresh};
}

Setup make_setup(std::size_t nodes)
{
    Setup setup;
    setup.parameters.radio.uplink_rate = 0;
    Model sink;
    sink.kind = NodeKind::sink;
    Model node;
    node.bootloader.areas = {{node.stack_area, 1'000'000}, {node.application_area, 1'000'000}};
    const auto keys =
        gateway::scratchpad::read_key_file(std::string(FIXTURES) + "/scratchpads/keys-throwaway.ini");
    if (keys)
        node.bootloader.keys = keys->pairs;
    setup.models = {sink, node};
    for (std::size_t i = 0; i < sinks; ++i) {
        SinkSetup made;
        made.name = fmt::format("sink{}", i);
        made.node.address = static_cast<std::uint32_t>(i + 1);
        setup.sinks.push_back(made);
    }
    std::vector<std::size_t> tree_of;
    for (std::size_t i = 0; i < nodes; ++i) {
        NodeSetup made;
        made.address = static_cast<std::uint32_t>(1000 + i);
        made.model = 1;
        setup.nodes.push_back(made);
        tree_of.push_back(i % sinks);
    }
    setup.links = simulator::scenario::lay_out_tree({}, sinks, tree_of, Random(1));
    return setup;
}

struct Run {
    explicit Run(std::size_t nodes) : mesh(make_setup(nodes)), views(sinks)
    {
        for (SinkIndex i = 0; i < sinks; ++i) {
            views[i].address = i + 1U;
            views[i].runs = true;
            views[i].stack.version = {5, 1, 0, 80};
            mesh.sink_is(i, views[i]);
        }
    }
    /// CPU seconds for each virtual minute.
    double pass(Time time)
    {
        const double before = cpu_seconds();
        const Time end = mesh.now() + time;
        while (mesh.step(end))
            for (const ToSink& each : mesh.take_for_sinks())
                packets += std::holds_alternative<to_sink::Packet>(each.what) ? 1 : 0;
        return (cpu_seconds() - before) / (as_seconds(time) / 60);
    }
    void order(const Stored& stored, std::uint8_t action, std::uint8_t parameter = 0)
    {
        for (SinkIndex i = 0; i < sinks; ++i) {
            views[i].stored = stored;
            views[i].target = {stored.sequence, stored.crc, action, parameter};
            mesh.sink_is(i, views[i]);
        }
    }

    Mesh mesh;
    std::vector<SinkView> views;
    std::size_t packets = 0;
};

void tell_memory(std::size_t nodes)
{
    const Setup configuration = make_setup(nodes);
    const std::size_t before = heap_octets();
    auto mesh = std::make_unique<Mesh>(configuration);
    const std::size_t octets = heap_octets() - before;
    const std::size_t topology = mesh->state().topology.octets();
    fmt::print(
        "memory of {} nodes: {} octets each, {} of them topology; a node's own structure has {} (limit "
        "200)\n",
        nodes, octets / nodes, topology / nodes, sizeof(Node));
}

} // namespace

int main(int argc, char** argv)
{
    const std::size_t nodes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
    if (nodes == 0) {
        fmt::print(stderr, "mesh-benchmark [NODES]\n");
        return 2;
    }
    tell_memory(nodes);
    Run run(nodes);
    run.pass(1min);
    fmt::print("without traffic: {:.4f} s of CPU a virtual minute (limit 1)\n", run.pass(60min));
    run.packets = 0;
    const double before = cpu_seconds();
    for (SinkIndex i = 0; i < sinks; ++i)
        run.mesh.send_down(i, {gateway::broadcast_address, 255, 240, 0, 0, {0x19, 0x00}});
    run.pass(1min);
    fmt::print("broadcast status: {} answers, {:.3f} s of CPU\n", run.packets, cpu_seconds() - before);
    const Stored file = read_file("stack-app-100k.otap", 42);
    run.order(file, 1);
    double used = 0;
    Time took{0};
    while (run.mesh.state().census.stored[42] < nodes && took < 48h) {
        used += run.pass(1min);
        took += 1min;
    }
    fmt::print(
        "propagation of {} octets: {:.0f} virtual minutes, {:.4f} s of CPU each, {} transfers\n", file.size(),
        as_seconds(took) / 60, used / (as_seconds(took) / 60), run.mesh.state().counters.transfers);
    run.order(file, 3, 0x41);
    fmt::print("processing: {:.4f} s of CPU a virtual minute", run.pass(10min));
    fmt::print(", {} of {} processed\n", run.mesh.state().census.processed[42], nodes);
    return 0;
}
