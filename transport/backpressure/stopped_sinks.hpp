/// The sinks whose stacks this service has stopped and has to start again, whatever happens to it in
/// between (docs/spec/gateway-backend-api.md, 8.4, rules 3 to 7). For the loop's thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace transport {

enum class StopReason : std::uint8_t {
    black_hole, ///< turned away by black-hole protection: started at the recovery
    request,    ///< stopped for the time of a request (4.4, 4.7, 4.9)
};

/// Kept in `stopped-sinks` of the state directory, one line each: "sink0 black-hole". Every change is
/// on the storage when the call returns; where that fails it is said once and the list lives in
/// memory.
class StoppedSinks {
public:
    /// Reads the list of an earlier run; lines that make no sense are left out.
    explicit StoppedSinks(const std::filesystem::path& state_directory);

    [[nodiscard]] std::optional<StopReason> find(std::string_view sink_id) const;
    [[nodiscard]] bool any(StopReason reason) const;

    void set(const std::string& sink_id, StopReason reason);
    void remove(std::string_view sink_id);

private:
    void save();

    std::filesystem::path file_;
    std::map<std::string, StopReason, std::less<>> sinks_;
    bool complained_ = false;
};

} // namespace transport
