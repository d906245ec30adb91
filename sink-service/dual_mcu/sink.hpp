/// One sink: its state, its operations, and what it reports. On the link's thread.
#pragma once

#include "sink-service/dual_mcu/downlink.hpp"
#include "sink-service/dual_mcu/reassembly.hpp"
#include "sink-service/dual_mcu/state_reader.hpp"

#include <functional>

namespace dual_mcu {

/// What a sink reports, on the link's thread.
class SinkObserver {
public:
    SinkObserver() = default;
    SinkObserver(const SinkObserver&) = delete;
    SinkObserver& operator=(const SinkObserver&) = delete;
    virtual ~SinkObserver() = default;

    virtual void online(const SinkState& state) = 0;
    virtual void lost(const std::string& why) = 0;
    virtual void state_changed(const SinkState& state) = 0;
    virtual void packet_received(UplinkPacket packet) = 0;
    virtual void stack_started() = 0;
    virtual void stack_stopped() = 0;
    /// False while packets cannot be stored: the link stops polling.
    [[nodiscard]] virtual bool can_take_packets() const = 0;
};

struct UploadSettings {
    std::chrono::milliseconds erase_timeout{45000}; ///< START and CLEAR
    std::chrono::milliseconds block_timeout{5000};
    int attempts = 3; ///< whole uploads: after a lost confirm or a reboot of the sink nothing else helps
};

struct SinkSettings {
    LinkSettings link;
    DownlinkSettings downlink;
    UploadSettings upload;
    ReassemblySettings reassembly;
    std::chrono::seconds refresh_interval{30}; ///< the Remote API can change the sink from outside
};

/// Progress of an upload: octets accepted by the sink so far.
using UploadProgress = std::function<void(std::size_t octets)>;

/// Operations fail with the codes of spec/dual-mcu-api.md, 8.2, and never before the sink was
/// online once. Those that change something end when the state was read back.
class Sink final : private LinkListener {
public:
    Sink(SinkSettings settings, SinkObserver& observer);

    [[nodiscard]] Link& link() { return link_; }
    [[nodiscard]] const SinkState& state() const { return state_; }

    // The stack (stack_control.cpp).
    gateway::Task<Result<>> start_stack();
    gateway::Task<Result<>> stop_stack();

    // Configuration (configuration.cpp).
    gateway::Task<Result<>> write_attribute(AccessPoint access_point, std::uint16_t id, AttributeValue value);
    gateway::Task<Result<>> write_key_pair(std::uint16_t id, AttributeValue key_pair);
    gateway::Task<Result<>> write_sink_cost(std::uint8_t cost);
    gateway::Task<Result<>> write_app_config(
        std::uint8_t sequence, std::uint16_t interval, gateway::Bytes octets);
    gateway::Task<Result<AppConfig>> read_app_config();
    gateway::Task<Result<>> set_config_data_item(std::uint16_t endpoint, gateway::Bytes value);
    gateway::Task<Result<gateway::Bytes>> get_config_data_item(std::uint16_t endpoint);
    gateway::Task<Result<std::vector<std::pair<std::uint16_t, gateway::Bytes>>>> get_config_data_content();

    // Data (downlink.cpp, and sink.cpp for what comes up).
    gateway::Task<Result<>> send(DownlinkPacket packet);

    // The scratchpad (scratchpad_jobs.cpp). The stack must be stopped, but for the target.
    gateway::Task<Result<>> upload_scratchpad(
        std::uint8_t sequence, gateway::Bytes file, UploadProgress progress);
    /// Ends an upload under way before its next block; nothing valid is stored then.
    void cancel_upload() { upload_cancelled_ = uploading_; }
    gateway::Task<Result<>> clear_scratchpad(); ///< cancels an upload under way
    gateway::Task<Result<>> process_scratchpad();
    gateway::Task<Result<>> set_target(gateway::TargetAndAction target);
    gateway::Task<Result<gateway::TargetAndAction>> get_target();

private:
    gateway::Task<Result<>> start_up() override;
    void indication(const Frame& frame, std::chrono::system_clock::time_point received) override;
    [[nodiscard]] bool can_take_indications() const override { return observer_.can_take_packets(); }
    void online() override;
    void lost(const std::string& why) override;

    void take_packet(
        const RxHeader& header, gateway::Bytes payload, std::chrono::system_clock::time_point received);
    void expect_boot_report();
    void take_boot_report(std::uint8_t status);
    gateway::Task<> after_boot_report();
    gateway::Task<> restore_sink_cost();
    gateway::Task<> keep_fresh();
    void publish();
    void raise_stack_event();

    gateway::Task<Result<>> require_stopped_stack();
    gateway::Task<Result<>> stop_and_await_reboot();
    gateway::Task<Result<>> await_reboot();
    gateway::Task<Result<>> await_answer(Deadline begun);
    gateway::Task<Result<>> await_start();
    gateway::Task<Result<>> ready_for_another_upload();
    gateway::Task<Result<>> begin_upload(std::uint8_t sequence, std::size_t size);
    gateway::Task<Result<>> try_upload(
        std::uint8_t sequence, const gateway::Bytes& file, const UploadProgress& progress);
    gateway::Task<Result<>> verify_upload(std::uint8_t sequence, const gateway::Bytes& file);
    [[nodiscard]] bool has_legacy_app_config() const;

    SinkObserver& observer_;
    SinkSettings settings_;
    SinkState state_;
    SinkState published_;
    Link link_;
    StateReader reader_;
    Downlink downlink_;
    Reassembly reassembly_;
    bool known_ = false;                      ///< online was told, and lost was not, since
    std::optional<std::uint8_t> wanted_cost_; ///< sink cost that was last written, or found
    bool untold_reboot_ = false;              ///< its stack event is due when the sink has been read
    bool keeping_fresh_ = false;
    bool uploading_ = false;
    bool upload_cancelled_ = false;
    /// A boot report that is no news: of a reboot that we asked for, or of the boot before we came.
    struct ExpectedBootReport {
        bool running;
        Deadline until;
    };
    std::optional<ExpectedBootReport> expected_boot_report_;
    Deadline reassembly_checked_ = Clock::now();
};

} // namespace dual_mcu
