/// A Sink on its Link for the length of one script.
#pragma once

#include "fuzz/link/scripted_device.hpp"
#include "sink-service/dual_mcu/sink.hpp"

#include <future>

namespace fuzz {

/// Everything but `to_the_end` happens on the link's thread.
class LinkRun final : private dual_mcu::SinkObserver {
public:
    explicit LinkRun(Input& input) : LinkRun(read_settings(input), input) {}

    /// Returns when all has recovered; a run that does not recover ends the process.
    void to_the_end();

private:
    LinkRun(dual_mcu::SinkSettings settings, Input& input);
    static dual_mcu::SinkSettings read_settings(Input& input);

    using Operation = gateway::Task<dual_mcu::Result<>>;

    void act(ClientAction action);
    Operation operation(ClientAction action);
    gateway::Task<> perform(Operation operation);
    bool recovered();
    void check_downlink();

    void online(const dual_mcu::SinkState& state) override;
    void lost(const std::string& why) override;
    void state_changed(const dual_mcu::SinkState& /*state*/) override {}
    void packet_received(dual_mcu::UplinkPacket packet) override;
    void stack_started() override {}
    void stack_stopped() override {}
    [[nodiscard]] bool can_take_packets() const override { return takes_packets_; }

    ScriptedDevice device_;
    bool online_ = false;
    bool was_online_ = false;
    bool takes_packets_ = true;
    int under_way_ = 0;
    std::optional<std::uint32_t> last_uplink_;
    std::optional<std::uint32_t> probe_; ///< number of the packet that must come through in the end
    std::uint32_t next_downlink_ = 0;
    std::promise<void> ended_;
    bool ended_told_ = false;
    dual_mcu::Sink sink_;
};

} // namespace fuzz
