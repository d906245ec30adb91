/// Messages taken from a bus connection before sdbus-c++ sees them, for what its API has no way to
/// answer.
#pragma once

#include <functional>
#include <memory>

struct sd_bus_message;
struct sd_bus_slot;
namespace sdbus {
class IObject;
}

namespace sink_service {

using BusMessage = std::shared_ptr<sd_bus_message>;

/// Takes over a reference.
BusMessage adopt(sd_bus_message* message);

/// Calls `take` for every message to the object's path, until destroyed; true: taken, nobody else
/// gets it. On the connection's thread; to be destroyed before the object.
class BusFilter {
public:
    using Take = std::function<bool(sd_bus_message*)>;

    BusFilter(sdbus::IObject& object, Take take);
    BusFilter(const BusFilter&) = delete;
    BusFilter& operator=(const BusFilter&) = delete;
    ~BusFilter();

private:
    std::string path_;
    Take take_;
    sd_bus_slot* slot_ = nullptr;
};

} // namespace sink_service
