#include "gateway/remote_api/lock_state.hpp"

namespace gateway::remote_api {
namespace {

/// A key cannot be read: which error answers tells whether there is one.
std::optional<bool> key_set_by(const response::Error& error)
{
    if (error.request != wire(RequestType::read_csap_attribute) || error.attribute != lock_key.id)
        return std::nullopt;
    if (error.error == ErrorType::write_only_attribute)
        return true;
    if (error.error == ErrorType::invalid_value)
        return false;
    return std::nullopt;
}

} // namespace

std::optional<bool> LockState::is_otap_locked() const
{
    if (key_set == false)
        return false;
    if (!bits)
        return std::nullopt;
    if ((*bits & otap_allowed) != 0)
        return false;
    return key_set;
}

std::vector<Request> read_lock_state()
{
    return {request::ReadAttribute{lock_bits}, request::ReadAttribute{lock_key}};
}

LockState lock_state(const std::vector<Response>& responses)
{
    LockState state;
    for (const Response& response : responses) {
        if (const auto* const read = response.as<response::ReadAttribute>();
            read != nullptr && read->attribute == lock_bits && read->value.size() == sizeof(std::uint32_t))
            state.bits = Reader(read->value).u32();
        if (const auto* const error = response.as<response::Error>())
            if (const auto set = key_set_by(*error))
                state.key_set = set;
    }
    return state;
}

} // namespace gateway::remote_api
