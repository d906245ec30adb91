/// A simulated sink on the bench of a unit test, with a clock that the test moves.
#pragma once

#include "simulator/sink/sink.hpp"
#include "sink-service/dual_mcu/codec/slip.hpp"

#include <catch2/catch.hpp>
#include <fstream>

namespace simulator_test {

using namespace std::chrono_literals;
using simulator::Now;
using simulator::Persistent;
using simulator::Profile;

inline constexpr std::uint32_t own_address = 0x00A0B0C0;

/// Everything that a start needs.
inline Persistent configured(std::uint8_t role = gateway::role::sink)
{
    Persistent settings;
    settings.node_address = own_address;
    settings.network_address = 0x123456;
    settings.channel = 10;
    settings.role = role;
    return settings;
}

inline Persistent running()
{
    Persistent settings = configured();
    settings.autostart = true;
    return settings;
}

inline Profile with_api(std::uint16_t version)
{
    Profile profile;
    profile.api_version = version;
    return profile;
}

class Bench {
public:
    explicit Bench(Persistent settings = configured(), Profile profile = {})
        : sink(profile, std::move(settings))
    {
    }

    /// The confirm; nothing when the sink stays silent.
    template<typename Request>
    std::optional<typename Request::Confirm> call(const Request& request)
    {
        const auto frame = send(dual_mcu::encode(request, ++frame_id));
        if (!frame)
            return std::nullopt;
        const auto confirm = dual_mcu::decode<typename Request::Confirm>(*frame);
        REQUIRE(confirm.has_value());
        return *confirm;
    }

    /// The result of a request that must be answered.
    template<typename Request>
    int result(const Request& request)
    {
        const auto confirm = call(request);
        REQUIRE(confirm.has_value());
        return confirm->result;
    }

    /// A request of any octets.
    std::optional<dual_mcu::Frame> raw(std::uint8_t primitive, gateway::ByteView payload)
    {
        dual_mcu::Frame frame;
        frame.primitive = primitive;
        frame.frame_id = ++frame_id;
        frame.payload.assign(payload);
        return send(frame);
    }

    std::optional<dual_mcu::Frame> raw(std::uint8_t primitive, const char* hex)
    {
        return raw(primitive, *gateway::from_hex(hex));
    }

    int write(dual_mcu::AccessPoint where, std::uint16_t id, const char* hex)
    {
        dual_mcu::AttributeValue value;
        value.assign(*gateway::from_hex(hex));
        if (where == dual_mcu::AccessPoint::csap)
            return result(dual_mcu::CsapAttributeWrite{id, value});
        return result(dual_mcu::MsapAttributeWrite{id, value});
    }
    int csap_write(std::uint16_t id, const char* hex) { return write(dual_mcu::AccessPoint::csap, id, hex); }
    int msap_write(std::uint16_t id, const char* hex) { return write(dual_mcu::AccessPoint::msap, id, hex); }

    /// The value in hexadecimal, or "result N".
    std::string csap_read(std::uint16_t id) { return text(*call(dual_mcu::CsapAttributeRead{id})); }
    std::string msap_read(std::uint16_t id) { return text(*call(dual_mcu::MsapAttributeRead{id})); }

    /// Polls, acknowledges and gives the indication; nothing when none is pending.
    std::optional<dual_mcu::Frame> next_indication()
    {
        const auto answer = sink.handle(dual_mcu::encode(dual_mcu::IndicationPoll{}, ++frame_id), now);
        REQUIRE_FALSE(answer.frames.empty());
        if (answer.frames.size() == 1)
            return std::nullopt;
        const dual_mcu::Frame indication = answer.frames.at(1);
        sink.handle(dual_mcu::encode_response(indication, false), now);
        return indication;
    }

    template<typename Indication>
    Indication next()
    {
        const auto frame = next_indication();
        REQUIRE(frame.has_value());
        CAPTURE(dual_mcu::describe(*frame));
        const auto indication = dual_mcu::decode<Indication>(*frame);
        REQUIRE(indication.has_value());
        return *indication;
    }

    void drain()
    {
        while (next_indication()) {
        }
    }

    void pass(Now time)
    {
        now += time;
        rebooted |= sink.advance(now).reboot;
    }

    void boot()
    {
        rebooted = false;
        sink.boot(now);
    }

    /// Stops the stack with the reboot that this takes.
    void stop()
    {
        REQUIRE(result(dual_mcu::StackStop{}) == 0);
        REQUIRE(rebooted);
        boot();
        drain();
    }

    simulator::SimulatedSink sink;
    Now now{1s};
    std::uint8_t frame_id = 100;
    bool rebooted = false;
    simulator::Milliseconds silence{0};

private:
    std::optional<dual_mcu::Frame> send(const dual_mcu::Frame& frame)
    {
        const auto answer = sink.handle(frame, now);
        rebooted |= answer.reboot;
        silence = answer.silence;
        if (answer.frames.empty())
            return std::nullopt;
        CHECK(answer.frames.front().primitive == (frame.primitive | dual_mcu::answer_bit));
        CHECK(answer.frames.front().frame_id == frame.frame_id);
        return answer.frames.front();
    }

    template<typename Confirm>
    static std::string text(const Confirm& confirm)
    {
        if (confirm.result != 0)
            return "result " + std::to_string(confirm.result);
        return gateway::to_hex(confirm.value);
    }
};

inline gateway::Bytes fixture(const std::string& name)
{
    std::ifstream file(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace simulator_test
