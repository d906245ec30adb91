#include "gateway/remote_api/sequences.hpp"

namespace gateway::remote_api {
namespace {

Request write_lock_bits(std::uint32_t bits)
{
    request::WriteAttribute write{lock_bits, {}};
    Writer(write.value).u32(bits);
    return write;
}

Request write_lock_key(const LockKey& key)
{
    return request::WriteAttribute{lock_key, {key.begin(), key.end()}};
}

} // namespace

std::vector<Request> survey(const Tag& tag)
{
    return {
        request::Ping{{tag.begin(), tag.end()}}, request::ScratchpadStatus{},
        request::ReadAttribute{node_role},       request::ReadAttribute{lock_bits},
        request::ReadAttribute{lock_key},
    };
}

std::vector<Request> trigger(
    std::uint8_t sequence, std::uint16_t countdown, const std::optional<LockKey>& key)
{
    std::vector<Request> requests{request::Cancel{}};
    if (key)
        requests.emplace_back(request::BeginWithLock{*key});
    else
        requests.emplace_back(request::Begin{});
    requests.emplace_back(request::ScratchpadUpdate{sequence});
    requests.emplace_back(request::End{});
    requests.emplace_back(request::Update{countdown});
    return requests;
}

std::vector<Request> lock_otap(const LockKey& key, std::uint16_t countdown)
{
    return {
        request::Begin{},           write_lock_bits(everything_allowed & ~otap_allowed),
        write_lock_key(key),        request::End{},
        request::Update{countdown},
    };
}

std::vector<Request> unlock_otap(const LockKey& key, std::uint16_t countdown)
{
    return {
        request::BeginWithLock{key}, write_lock_bits(everything_allowed),
        write_lock_key(no_lock_key), request::End{},
        request::Update{countdown},
    };
}

std::vector<Request> restart(std::uint8_t role, std::uint16_t countdown)
{
    return {
        request::Begin{},
        request::WriteAttribute{node_role, {role, 0}},
        request::End{},
        request::Update{countdown},
    };
}

} // namespace gateway::remote_api
