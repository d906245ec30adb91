#include "bench/bus_client.hpp"

#include "gateway/dbus/sink_contract.hpp"

#include <cstring>
#include <fmt/format.h>
#include <stdexcept>
#include <systemd/sd-bus.h>

namespace bench {
namespace {

using namespace gateway::sink_contract;

constexpr const char* sink_name = "com.wirepas.sink.sink0";
constexpr std::uint64_t call_timeout_us = 60'000'000;
constexpr std::uint64_t upload_timeout_us = 600'000'000;

void check(int result, const char* what)
{
    if (result < 0)
        throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(-result)));
}

std::uint64_t microseconds_until(Clock::time_point deadline)
{
    const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - Clock::now()).count();
    return left > 0 ? static_cast<std::uint64_t>(left) : 0;
}

} // namespace

void BusClient::Free::operator()(sd_bus* bus) const
{
    sd_bus_flush_close_unref(bus);
}

void BusClient::Free::operator()(sd_bus_message* message) const
{
    sd_bus_message_unref(message);
}

void BusClient::Free::operator()(sd_bus_slot* slot) const
{
    sd_bus_slot_unref(slot);
}

BusClient::BusClient(const std::string& address)
{
    sd_bus* bus = nullptr;
    check(sd_bus_new(&bus), "make a bus connection");
    bus_.reset(bus);
    check(sd_bus_set_address(bus, address.c_str()), "set the address of the bus");
    check(sd_bus_set_bus_client(bus, 1), "become a client of the bus");
    check(sd_bus_start(bus), "connect to the bus");
}

BusClient::~BusClient() = default;

void BusClient::watch_packets(OnPacket on_packet)
{
    on_packet_ = std::move(on_packet);
    sd_bus_slot* slot = nullptr;
    check(
        sd_bus_match_signal(
            bus_.get(), &slot, sink_name, object_path, data_interface, "MessageReceived",
            [](sd_bus_message* message, void* self, sd_bus_error* error) {
                return take_signal(message, self, error);
            },
            this),
        "listen for packets");
    packets_.reset(slot);
}

int BusClient::take_signal(sd_bus_message* message, void* self, void* /*error*/)
{
    const Clock::time_point now = Clock::now();
    const void* octets = nullptr;
    std::size_t size = 0;
    check(sd_bus_message_skip(message, "tuuyyuyy"), "read a packet");
    check(sd_bus_message_read_array(message, 'y', &octets, &size), "read the payload of a packet");
    const gateway::ByteView payload(static_cast<const std::uint8_t*>(octets), size);
    static_cast<BusClient*>(self)->on_packet_(gateway::Reader(payload).u32(), now);
    return 0;
}

bool BusClient::run_until(const std::function<bool()>& done, Clock::time_point deadline)
{
    while (!done()) {
        const int processed = sd_bus_process(bus_.get(), nullptr);
        check(processed, "serve the bus");
        if (!upload_failure_.empty())
            throw std::runtime_error("the upload failed: " + upload_failure_);
        if (Clock::now() >= deadline)
            return done();
        if (processed == 0)
            check(sd_bus_wait(bus_.get(), microseconds_until(deadline)), "wait for the bus");
    }
    return true;
}

bool BusClient::sink_is_there()
{
    sd_bus_creds* owner = nullptr;
    const int found = sd_bus_get_name_creds(bus_.get(), sink_name, 0, &owner);
    sd_bus_creds_unref(owner);
    return found >= 0;
}

BusClient::Message BusClient::method(const char* interface, const char* member)
{
    sd_bus_message* message = nullptr;
    check(
        sd_bus_message_new_method_call(bus_.get(), &message, sink_name, object_path, interface, member),
        member);
    return Message(message);
}

Duration BusClient::call(const Message& message)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* answer = nullptr;
    const Clock::time_point begun = Clock::now();
    const int result = sd_bus_call(bus_.get(), message.get(), call_timeout_us, &error, &answer);
    const Duration took = Clock::now() - begun;
    const Message owned(answer);
    const std::string why = error.message == nullptr ? "" : error.message;
    sd_bus_error_free(&error);
    if (result < 0)
        throw std::runtime_error(fmt::format("{}: {}", sd_bus_message_get_member(message.get()), why));
    return took;
}

Duration BusClient::read_property(const char* interface, const char* name)
{
    const Message message = method("org.freedesktop.DBus.Properties", "Get");
    check(sd_bus_message_append(message.get(), "ss", interface, name), name);
    return call(message);
}

Duration BusClient::read_target()
{
    return call(method(otap_interface, "GetTargetScratchpad"));
}

Duration BusClient::set_stack_state(bool running)
{
    const Message message = method(config_interface, "SetStackState");
    check(sd_bus_message_append(message.get(), "b", running ? 1 : 0), "SetStackState");
    return call(message);
}

Duration BusClient::send_message(std::uint32_t destination, gateway::ByteView payload)
{
    const Message message = method(data_interface, "SendMessage");
    check(sd_bus_message_append(message.get(), "uyyuyby", destination, 1, 2, 0, 0, 0, 0), "SendMessage");
    check(sd_bus_message_append_array(message.get(), 'y', payload.data(), payload.size()), "SendMessage");
    return call(message);
}

void BusClient::begin_upload(std::uint8_t sequence, gateway::ByteView scratchpad)
{
    uploaded_ = false;
    const Message message = method(otap_interface, "UploadScratchpad");
    check(sd_bus_message_append(message.get(), "y", sequence), "UploadScratchpad");
    check(
        sd_bus_message_append_array(message.get(), 'y', scratchpad.data(), scratchpad.size()),
        "UploadScratchpad");
    sd_bus_slot* slot = nullptr;
    check(
        sd_bus_call_async(
            bus_.get(), &slot, message.get(),
            [](sd_bus_message* answer, void* self, sd_bus_error* error) {
                return take_upload_answer(answer, self, error);
            },
            this, upload_timeout_us),
        "UploadScratchpad");
    upload_.reset(slot);
}

int BusClient::take_upload_answer(sd_bus_message* message, void* self, void* /*error*/)
{
    auto& client = *static_cast<BusClient*>(self);
    if (const sd_bus_error* error = sd_bus_message_get_error(message))
        client.upload_failure_ = error->message == nullptr ? error->name : error->message;
    client.uploaded_ = true;
    return 0;
}

} // namespace bench
