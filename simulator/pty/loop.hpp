/// Moves octets between simulated devices and their ptys, commands to them, and the time of the mesh
/// behind them, until a signal ends it.
#pragma once

#include "simulator/control/server.hpp"
#include "simulator/control/simulation.hpp"
#include "simulator/pty/host_port.hpp"

#include <functional>

namespace simulator {

/// The clock of the process.
Now monotonic_now();

struct LoopSettings {
    std::filesystem::path control_socket; ///< empty: no commands
    bool exact_line = false;              ///< watches the ports without sleeping while octets move
    std::filesystem::path folder = {};    ///< of the scenario, for files that commands name
    /// Told every line that a scenario's script tells.
    std::function<void(const std::string&)> on_notice = {};
};

/// A port of the loop.
struct LoopPort {
    std::string name; ///< of the sink, for commands
    HostPort& port;
};

class Loop {
public:
    /// `network` may be null. Everything outlives the loop. Opens the socket; throws std::system_error.
    Loop(std::vector<LoopPort> ports, MeshedSinks* network, LoopSettings settings);

    /// Until SIGINT or SIGTERM. Throws std::runtime_error when a state cannot be saved.
    void run();

private:
    /// The devices' clock: that of the process, and what was skipped.
    [[nodiscard]] Now now() const { return monotonic_now() + skipped_; }
    void advance();
    void move_cables();
    [[nodiscard]] Now longest_wait() const;
    [[nodiscard]] Now next_wait() const;
    std::string execute(std::string_view line);

    std::vector<LoopPort> ports_;
    MeshedSinks* network_;
    LoopSettings settings_;
    std::unique_ptr<ControlServer> control_;
    Now skipped_{0};
    Now octets_moved_{0}; ///< latest; with `exact_line`
};

} // namespace simulator
