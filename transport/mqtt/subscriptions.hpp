/// The filters of a connection and what the broker made of them
/// (docs/spec/gateway-backend-api.md, 2.1, 9.1, 9.4). Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace transport {

/// Asked for in batches, one at a time. A refused filter is asked for again when `retry` says so; the
/// others stand meanwhile.
class Subscriptions {
public:
    /// `per_batch`: filters in one SUBSCRIBE; 0: all.
    Subscriptions(std::vector<std::string> filters, std::size_t per_batch)
        : filters_(std::move(filters)), per_batch_(per_batch == 0 ? filters_.size() : per_batch)
    {
    }

    /// A new connection: everything is asked for, whatever the broker remembers.
    void begin();
    /// What to ask for now; empty while an answer is awaited, and when there is nothing left.
    std::vector<std::string> next_batch();

    struct Answer {
        std::vector<std::string> refused; ///< filters of this batch
        bool lower_qos = false;           ///< some are granted with less than `qos`
    };
    /// SUBACK's code of each filter of the batch: a QoS, or 0x80. Codes that are missing count as the
    /// last one; none at all as granted.
    Answer answered(const std::vector<int>& codes, int qos);

    /// Every filter is answered.
    [[nodiscard]] bool complete() const { return asked_.empty() && waiting_.empty(); }
    [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }
    /// The refused ones are to be asked for again.
    void retry();

private:
    std::vector<std::string> filters_;
    std::size_t per_batch_;
    std::deque<std::string> waiting_;
    std::vector<std::string> asked_;
    std::vector<std::string> refused_;
};

} // namespace transport
