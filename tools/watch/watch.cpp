#include "tools/watch/watch.hpp"

#include "tools/stand/signal_watch.hpp"
#include "tools/watch/packet_source.hpp"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

namespace gateway::tools {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::hours no_limit(24 * 365);

struct Summary {
    std::uint64_t shown = 0;
    std::uint64_t filtered = 0;
    std::set<std::uint32_t> nodes;
    Clock::time_point begin = Clock::now();
};

std::string in_words(const Summary& summary, std::uint64_t dropped)
{
    const double seconds = std::chrono::duration<double>(Clock::now() - summary.begin).count();
    std::string text =
        fmt::format("{} packets from {} nodes in {:.1f} s", summary.shown, summary.nodes.size(), seconds);
    if (summary.filtered != 0)
        text += fmt::format(", {} others", summary.filtered);
    if (dropped != 0)
        text += fmt::format(", {} lost here because this terminal was too slow", dropped);
    return text;
}

void show(const WatchOptions& options, const Style& style, const Packet& packet)
{
    if (options.local.json)
        std::cout << to_json(packet).dump() << '\n' << std::flush;
    else
        std::cout << packet_line(style, packet, options.full) << '\n' << std::flush;
}

/// True when it ended by itself, false after Ctrl-C.
bool show_packets(const WatchOptions& options, PacketSource& source, Summary& summary)
{
    const Style style = Style::of_standard_output();
    if (!options.local.json)
        std::cout << packet_head(style) << std::endl;
    const stand::Deadline deadline(options.timeout.count() == 0 ? no_limit : options.timeout);
    try {
        while (std::cout && (options.count == 0 || summary.shown < options.count)) {
            const auto packet = source.next(deadline);
            if (!packet)
                break;
            if (!passes(options.filter, *packet)) {
                ++summary.filtered;
                continue;
            }
            show(options, style, *packet);
            ++summary.shown;
            summary.nodes.insert(packet->source);
        }
        return true;
    } catch (const stand::Interrupted&) {
        return false;
    }
}

} // namespace

int watch(const WatchOptions& options)
{
    const stand::SignalWatch signals;
    std::unique_ptr<PacketSource> source;
    if (options.broker.url.empty()) {
        source = packets_of_bus(options.local.bus_address);
    } else {
        backend::BackendOptions broker = to_backend_options(options.broker);
        broker.stop = stand::interruption();
        source = packets_of_broker(std::move(broker));
    }
    std::cerr << "Watching " << source->name() << "; Ctrl-C ends." << std::endl;
    Summary summary;
    const bool ended = show_packets(options, *source, summary);
    std::cerr << (ended ? "" : "\n") << in_words(summary, source->dropped()) << std::endl;
    if (options.count == 0 || summary.shown >= options.count)
        return local::exit_fine;
    return ended ? local::exit_refused : local::exit_interrupted;
}

} // namespace gateway::tools
