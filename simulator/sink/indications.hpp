/// The sink's queue of indications (spec/dual-mcu-api.md, 2.3, 2.4, 2.8, 2.9).
#pragma once

#include "simulator/sink/profile.hpp"
#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/codec/management.hpp"

#include <deque>
#include <optional>
#include <variant>

namespace simulator {

using Indication = std::variant<
    dual_mcu::StackStateIndication, dual_mcu::DataRx, dual_mcu::DataRxFragment, dual_mcu::DataTxIndication,
    dual_mcu::AppConfigRx, dual_mcu::LegacyAppConfigRx, dual_mcu::ScanNeighboursIndication,
    dual_mcu::ConfigDataItemRx>;

/// Holds indications until the host acknowledges them; one that was not acknowledged stays at the
/// head and is sent again with the same frame id.
class IndicationQueue {
public:
    void push(Indication indication, Now now);

    /// APP_CONFIG_RX and SCAN_NBORS: a newer one takes the place of one that was not sent yet.
    void push_collapsed(Indication indication, Now now);

    /// The head as a frame; travel times are brought up to `now`, those of fragments only where the
    /// device does so (`fragments_age`). Nothing when empty.
    std::optional<dual_mcu::Frame> send(Now now, bool fragments_age);

    /// A response from the host; true when it acknowledged the head, which is gone then.
    bool acknowledge(const dual_mcu::Frame& response);

    /// Deletes received data older than the limit of its class; gives their number.
    std::size_t age_out(Now now, const std::array<std::uint16_t, 2>& limit_seconds);

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] bool empty() const { return entries_.empty(); }

private:
    struct Entry {
        Indication indication;
        Now queued;
    };

    std::deque<Entry> entries_;
    std::uint8_t frame_id_ = 0;
    bool sent_ = false; ///< the head, at least once
};

} // namespace simulator
