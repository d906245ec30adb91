/// A simulated sink with its UART: octets in, octets out, in the time that a real line and a real
/// device take. No I/O: the caller moves octets and says what time it is. Not thread-safe.
#pragma once

#include "simulator/faults.hpp"
#include "simulator/sink/sink.hpp"
#include "simulator/uplink_source.hpp"
#include "sink-service/dual_mcu/codec/slip.hpp"

namespace simulator {

struct LineSettings {
    std::uint32_t baud = 0; ///< both directions are paced at ten bits an octet; 0: not at all
};

class Device {
public:
    Device(
        Profile profile, Persistent persistent, LineSettings line, UplinkPlan uplink, std::uint64_t seed,
        Now now);

    /// Octets that the host has written, at the moment when it wrote them.
    void receive(gateway::ByteView octets, Now now);

    /// Does what is due by `now`.
    void advance(Now now);

    /// Octets that have arrived at the host by `now`: a frame arrives with its last octet.
    gateway::Bytes take_output(Now now);

    /// When `advance` or `take_output` have something to do.
    [[nodiscard]] std::optional<Now> next_event() const;

    /// False while so much input waits that a real line would hold the host back.
    [[nodiscard]] bool wants_input() const { return input_octets_ < input_bound; }

    /// Restarts at once, without a word, as after a watchdog or a power cut. Nothing without power.
    void reboot(Now now);
    [[nodiscard]] bool rebooting() const { return boots_at_.has_value(); }

    /// Without power it keeps what is in its flash and does nothing, until `power_on` boots it.
    void power_off();
    void power_on(Now now);
    [[nodiscard]] bool has_power() const { return powered_; }

    /// Hears nothing and says nothing, for a time or until `speak`; the mesh goes on.
    void be_silent(std::optional<Milliseconds> duration, Now now);
    void speak() { silent_until_ = Now{0}; }

    /// Puts octets onto the line as they are.
    void send_raw(gateway::Bytes octets, Now now);

    [[nodiscard]] Faults& faults() { return faults_; }

    [[nodiscard]] SimulatedSink& sink() { return sink_; }
    [[nodiscard]] const SimulatedSink& sink() const { return sink_; }
    [[nodiscard]] const UplinkSource& uplink() const { return uplink_; }

private:
    struct Octets {
        gateway::Bytes octets;
        Now arrives;
    };
    struct Received {
        dual_mcu::SlipEvent event;
        Now arrived;
    };
    static constexpr std::size_t input_bound = 4096;

    [[nodiscard]] Now line_time(std::size_t octets) const;
    [[nodiscard]] std::optional<Now> next_input() const;
    void decode(const Octets& input);
    void serve(const Received& received, Now now);
    void handle(const dual_mcu::Frame& frame, Now now);
    void report(const dual_mcu::DroppedOctets& dropped, Now now);
    void apply(const Answer& answer, Now now);
    void send(const dual_mcu::Frame& frame, Now now);
    void emit(Emission emission, Now now);
    void finish_reboot();
    void forget_octets();

    SimulatedSink sink_;
    LineSettings line_;
    UplinkSource uplink_;
    Faults faults_;
    dual_mcu::SlipDecoder decoder_;
    Now frame_began_{0};       ///< the one that is being collected
    std::deque<Octets> input_; ///< on the line towards the device
    std::size_t input_octets_ = 0;
    Now input_line_free_{0};
    std::deque<Received> waiting_; ///< in the device, until it gets to them
    std::deque<Octets> output_;    ///< on the line towards the host, in the order of arrival
    Now output_line_free_{0};
    Now busy_until_{0};   ///< hears, but does nothing: flash
    Now deaf_until_{0};   ///< hears nothing
    Now silent_until_{0}; ///< neither hears nor speaks
    std::optional<Now> boots_at_;
    bool powered_ = true;
};

} // namespace simulator
