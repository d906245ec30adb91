/// The simulated device on a virtual line, with what happens to it read from the input.
#pragma once

#include "fuzz/support/input.hpp"
#include "fuzz/virtual_line/virtual_line.hpp"
#include "simulator/device.hpp"

#include <functional>

namespace fuzz {

/// What a client of the sink does at a moment of the script.
struct ClientAction {
    std::uint8_t what = 0;
    std::uint8_t argument = 0;
};

class ScriptedDevice final : public Peer {
public:
    struct Client {
        std::function<void(ClientAction)> act;
        std::function<void(bool)> take_packets;
        /// Called from time to time after the script, when all faults are gone; true: all is well and
        /// the run ends.
        std::function<bool()> recovered;
    };

    explicit ScriptedDevice(Input& input);

    void set_client(Client client) { client_ = std::move(client); }

    void advance(Now now) override;
    [[nodiscard]] std::optional<Now> next_event() const override;
    gateway::Bytes take_output(Now now) override;
    void receive(gateway::ByteView octets, Now now) override;
    [[nodiscard]] std::optional<int> plugged() const override;
    void opened(std::uint32_t bits_per_second) override { host_rate_ = bits_per_second; }
    [[nodiscard]] bool finished() const override { return finished_; }

    /// True when the line may have shown the host valid frames that the sink never meant: what it
    /// believes then is not its fault.
    [[nodiscard]] bool misled_host() const { return misled_host_; }
    [[nodiscard]] simulator::Device& device() { return device_; }
    /// A packet with the next running number arrives from the mesh.
    void send_numbered_packet(std::size_t octets, Now now);
    [[nodiscard]] std::uint32_t next_number() const { return next_number_; }

private:
    struct Event {
        Now at{0};
        std::uint8_t kind = 0;
        std::array<std::uint8_t, 3> arguments{};
        gateway::Bytes octets;
    };

    void read_events(Input& input);
    void happen(const Event& event, Now now);
    void arm(const Event& event);
    void unplug(Now until);
    void plug_in(Now now);
    void end_trouble(Now now);

    std::vector<Event> events_;
    std::size_t next_ = 0;
    simulator::Device device_;
    Client client_;
    std::uint32_t host_rate_ = 0;
    std::uint32_t hears_only_ = 0;
    int plug_ = 1;
    std::optional<Now> plugs_in_at_;
    std::optional<Now> trouble_ended_;
    Now asks_client_at_{0};
    std::uint32_t next_number_ = 0;
    bool misled_host_ = false;
    bool finished_ = false;
};

} // namespace fuzz
