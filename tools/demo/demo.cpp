#include "tools/demo/demo.hpp"

#include "tools/backend/requests.hpp"
#include "tools/demo/checks.hpp"
#include "tools/demo/how_to_connect.hpp"
#include "tools/demo/mesh_story.hpp"
#include "tools/demo/packet_counter.hpp"
#include "tools/report/sink_report.hpp"
#include "tools/stand/signal_watch.hpp"
#include "tools/stand/stand.hpp"
#include "tools/terminal/progress_bar.hpp"

#include "generic_message.pb.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

namespace gateway::tools {
namespace {

using namespace std::chrono_literals;
using backend::Backend;
using stand::Stand;

constexpr const char* gateway_id = "demo";
constexpr const char* sink_id = "sink0";
constexpr std::uint64_t awaited_packets = 20;
constexpr double packets_per_second = 20;
constexpr auto packets_limit = 30s;
constexpr auto online_limit = 60s;
constexpr std::uint32_t piece_size = 1024; ///< small, so that there is progress to see

// What the scenario gives the simulated sink, and must be told by the gateway.
constexpr std::uint32_t node_address = 1;
constexpr std::uint32_t network_address = 0x123456;
constexpr std::uint32_t network_channel = 5;

class DemoFailure : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Scratchpad {
    Bytes octets;
    ScratchpadHeader header;
};

Scratchpad read_scratchpad(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    Scratchpad scratchpad;
    scratchpad.octets.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad() || !file.is_open())
        throw DemoFailure("cannot read " + path.string() + "; give another file with --scratchpad");
    const auto header = check_scratchpad(scratchpad.octets);
    if (!header)
        throw DemoFailure(path.string() + ": " + header.error().message);
    scratchpad.header = *header;
    return scratchpad;
}

/// The demo's story, told on standard output.
class Demo {
public:
    explicit Demo(const DemoOptions& options)
        : options_(options),
          scratchpad_(read_scratchpad(options.scratchpad)),
          stand_({
              .gateway_id = gateway_id,
              .uplink_rate = packets_per_second,
              .simulator_arguments = {"--scenario", GATEWAY_SCENARIOS "/demo.yml"},
              .sink_arguments = {},
              .transport_arguments = {"--gateway_max_scratchpad_size", std::to_string(piece_size)},
              .on_started = [this](const std::string& part, const std::string& where) { done(part, where); },
          }),
          backend_({
              .host = "127.0.0.1",
              .port = stand_.broker().port(),
              .gateway_id = gateway_id,
              .stop = stand::interruption(),
              .on_packet =
                  [this](const auto& packet) {
                      if (!nodes_.add(packet))
                          packets_.add(packet);
                  },
          }),
          mesh_(backend_, nodes_, sink_id, out_, style_)
    {
    }

    /// True when everything agreed.
    bool run()
    {
        const api::StatusEvent status = come_online();
        bool passed = show_configuration(status.configs(0));
        passed = count_packets() && passed;
        heading("Nodes behind the sink");
        passed = mesh_.list_nodes() && passed;
        upload(status.max_scratchpad_size());
        passed = spread() && passed;
        passed = process() && passed;
        passed = compare_with_file() && passed;
        heading("What the nodes tell");
        passed = mesh_.show_result(scratchpad_in_mesh()) && passed;
        if (passed)
            out_ << '\n'
                 << style_.good("The scratchpad went all the way, and everything agrees.") << std::endl;
        return passed;
    }

    void keep_running();

    Stand& stand() { return stand_; }

private:
    void heading(const std::string& text) { out_ << '\n' << style_.bold(text) << std::endl; }
    void done(const std::string& what, const std::string& detail, bool passed = true)
    {
        out_ << "  " << style_.mark(passed) << ' ' << padded(what, 18) << "  " << style_.faint(detail)
             << std::endl;
    }
    /// Refuses to go on after an answer that is not OK.
    void accepted(
        const std::string& request, const api::ResponseHeader& header, const std::string& what,
        const std::string& detail)
    {
        if (header.res() != api::OK)
            throw DemoFailure(
                "the gateway answered " + api::ErrorCode_Name(header.res()) + " to the request to " +
                request);
        done(what, detail);
    }

    api::StatusEvent come_online();
    bool show_configuration(const api::SinkReadConfig& sink);
    bool count_packets();
    void upload(std::uint32_t piece);
    void set_target(api::ScratchpadAction action);
    bool spread();
    bool process();
    bool compare_with_file();
    [[nodiscard]] MeshScratchpad scratchpad_in_mesh() const
    {
        return {static_cast<std::uint8_t>(options_.sequence), scratchpad_.header.crc};
    }

    std::ostream& out_ = std::cout;
    Style style_ = Style::of_standard_output();
    DemoOptions options_;
    Scratchpad scratchpad_;
    PacketCounter packets_;
    NodeStatuses nodes_;
    Stand stand_;
    Backend backend_; ///< after the stand, because it is its client
    MeshStory mesh_;
};

api::StatusEvent Demo::come_online()
{
    const auto online = [](const api::StatusEvent& status) {
        return status.state() == api::ON && status.configs_size() == 1 &&
               status.configs(0).sink_state() == api::ON;
    };
    // In slices, so that a part that ends meanwhile is named at once.
    const stand::Deadline deadline(online_limit);
    std::optional<api::StatusEvent> status;
    while (!(status = backend_.status_within(online, 500ms))) {
        stand_.expect_all_running();
        if (deadline.passed())
            break;
    }
    if (!status)
        status = backend_.wait_for_status("an ONLINE status with a running sink", online, 0ms);
    done("gateway ONLINE", "retained on gw-event/status/" + std::string(gateway_id));
    return *status;
}

bool Demo::show_configuration(const api::SinkReadConfig& sink)
{
    heading("Configuration of " + std::string(gateway_id) + '/' + sink.sink_id());
    print_sink(out_, style_, sink);
    const bool as_given = sink.node_address() == node_address && sink.network_address() == network_address &&
                          sink.network_channel() == network_channel;
    done(
        "addresses", as_given ? "as the simulated sink was given" : "not what the simulated sink was given",
        as_given);
    return as_given;
}

bool Demo::count_packets()
{
    heading("Uplink packets");
    const PacketCount count = packets_.wait(awaited_packets, packets_limit, stand::interruption());
    if (stand::interruption().stop_requested())
        throw stand::Interrupted();
    if (count.packets < awaited_packets)
        throw DemoFailure(
            "only " + std::to_string(count.packets) + " of " + std::to_string(awaited_packets) +
            " uplink packets arrived; look for the others in the logs below");
    done(
        std::to_string(count.packets) + " packets",
        "numbers " + std::to_string(count.first) + " to " + std::to_string(count.last) +
            (count.in_sequence ? ", complete and in order" : ", with gaps or out of order"),
        count.in_sequence);
    return count.in_sequence;
}

void Demo::upload(std::uint32_t piece)
{
    heading("Scratchpad " + options_.scratchpad.filename().string());
    api::UploadScratchpadResp response;
    {
        ProgressBar bar(out_, style_, "upload", "octets");
        bar.show(0, scratchpad_.octets.size());
        response = backend::upload_scratchpad_in_pieces(
            backend_, sink_id, options_.sequence, scratchpad_.octets, piece != 0 ? piece : piece_size,
            [&bar](std::size_t octets, std::size_t total) { bar.show(octets, total); });
    }
    accepted(
        "store the scratchpad", response.header(), "stored",
        "under sequence " + std::to_string(options_.sequence));
}

void Demo::set_target(api::ScratchpadAction action)
{
    api::TargetScratchpadAndAction target;
    target.set_action(action);
    target.set_target_sequence(options_.sequence);
    target.set_target_crc(scratchpad_.header.crc);
    accepted(
        "set the target", backend::set_target(backend_, sink_id, target).header(), "target set",
        in_words(target));
}

bool Demo::spread()
{
    heading("From neighbour to neighbour");
    set_target(api::PROPAGATE_ONLY);
    const bool passed = mesh_.watch_spreading(scratchpad_in_mesh());
    done("spread", passed ? "every node stores it" : "some nodes did not tell that they store it", passed);
    return passed;
}

/// The sink first, by request; then the target has the nodes do it.
bool Demo::process()
{
    heading("Processing");
    accepted(
        "process the scratchpad", backend::process_scratchpad(backend_, sink_id).header(), "the sink",
        "processed it, rebooted and runs again");
    set_target(api::PROPAGATE_AND_PROCESS);
    const bool passed = mesh_.watch_processing(scratchpad_in_mesh());
    done(
        "the nodes", passed ? "processed it, and run again" : "some did not tell that they processed it",
        passed);
    return passed;
}

bool Demo::compare_with_file()
{
    heading("What the sink tells, against the file");
    const auto status = backend::otap_status(backend_, sink_id);
    const auto configs = backend::get_configs(backend_);
    const api::SinkReadConfig sink = configs.configs_size() == 1 ? configs.configs(0) : api::SinkReadConfig();
    return print_checks(
        out_, style_,
        compare({scratchpad_.octets.size(), scratchpad_.header, options_.sequence}, status, sink));
}

void Demo::keep_running()
{
    print_how_to_connect(out_, style_, stand_);
    // A process that is ended to see what happens does not end the others.
    std::set<const stand::ChildProcess*> ended;
    try {
        for (;;) {
            for (stand::ChildProcess* process : stand_.processes()) {
                const auto status = process->status();
                if (status && ended.insert(process).second)
                    out_ << process->command().name << " ended with " << status->describe() << std::endl;
            }
            stand::wait_readable({}, stand::Deadline(1s));
        }
    } catch (const stand::Interrupted&) {
        out_ << "\nStopping." << std::endl;
    }
}

/// Runs the story; failures are shown with the logs while the stand still exists.
int tell(const DemoOptions& options)
{
    Demo demo(options);
    bool passed = false;
    try {
        passed = demo.run();
    } catch (const stand::Interrupted&) {
        throw;
    } catch (const std::exception& failure) {
        if (stand::interruption().stop_requested())
            throw stand::Interrupted();
        std::cerr << "\nThe demo failed: " << failure.what() << "\n\n" << demo.stand().logs() << std::flush;
        return EXIT_FAILURE;
    }
    if (!passed)
        std::cerr << "\nThe demo failed: see the lines that are not ticked.\n\n"
                  << demo.stand().logs() << std::flush;
    if (options.keep)
        demo.keep_running();
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int run_demo(const DemoOptions& options)
{
    const stand::SignalWatch signals;
    std::cout << Style::of_standard_output().bold("A gateway on this machine") << std::endl;
    try {
        return tell(options);
    } catch (const stand::Interrupted&) {
        std::cerr << "\nInterrupted; everything that was started has ended.\n";
        return exit_interrupted;
    }
}

} // namespace gateway::tools
