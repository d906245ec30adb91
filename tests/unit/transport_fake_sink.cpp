#include "transport_fake_sink.hpp"

#include "gateway/dbus/sink_contract.hpp"

namespace transport_test {
namespace {

using gateway::sink_contract::config_interface;
using gateway::sink_contract::data_interface;
using gateway::sink_contract::otap_interface;
using Octets = std::vector<std::uint8_t>;

sdbus::Error application_error(unsigned code)
{
    return {gateway::sink_contract::error_name, "[WPC_function]: C Mesh Lib ret = " + std::to_string(code)};
}

std::string text(const Octets& octets)
{
    return {octets.begin(), octets.end()};
}

} // namespace

FakeSink::FakeSink(gateway::EventLoop& loop, const std::string& bus_address, const std::string& id)
    : name_(gateway::sink_contract::name_prefix + id),
      connection_(sdbus::createSessionBusConnectionWithAddress(bus_address)),
      serving_(loop.serve(*connection_, [] {})),
      object_(sdbus::createObject(*connection_, gateway::sink_contract::object_path))
{
    struct Row {
        const char* interface;
        const char* name;
        char type;
        std::uint32_t value;
    };
    for (const Row& row : std::initializer_list<Row>{{config_interface, "StackStatus", 'y', 0},
                                                     {config_interface, "NodeAddress", 'u', 1},
                                                     {config_interface, "NodeRole", 'y', 1},
                                                     {config_interface, "NetworkAddress", 'u', 0x0CBBAA},
                                                     {config_interface, "NetworkChannel", 'y', 5},
                                                     {config_interface, "ChannelMap", 'u', 0},
                                                     {config_interface, "SinkCost", 'y', 0},
                                                     {config_interface, "ACRangeMin", 'q', 2000},
                                                     {config_interface, "ACRangeMax", 'q', 8000},
                                                     {config_interface, "ACRangeMinCur", 'q', 2000},
                                                     {config_interface, "ACRangeMaxCur", 'q', 8000},
                                                     {config_interface, "ChRangeMin", 'y', 1},
                                                     {config_interface, "ChRangeMax", 'y', 27},
                                                     {config_interface, "MaxMtu", 'y', 102},
                                                     {config_interface, "HwMagic", 'q', 10},
                                                     {config_interface, "StackProfile", 'q', 1},
                                                     {config_interface, "AppConfigMaxSize", 'q', 80},
                                                     {config_interface, "AuthenticationKeySet", 'b', 0},
                                                     {config_interface, "CipherKeySet", 'b', 0},
                                                     {otap_interface, "StoredStatus", 'y', 255},
                                                     {otap_interface, "StoredType", 'y', 1},
                                                     {otap_interface, "StoredSeq", 'y', 101},
                                                     {otap_interface, "StoredCrc", 'q', 0x6C33},
                                                     {otap_interface, "StoredLen", 'u', 208},
                                                     {otap_interface, "ProcessedSeq", 'y', 7},
                                                     {otap_interface, "ProcessedCrc", 'q', 0xC0DB},
                                                     {otap_interface, "ProcessedLen", 'u', 1024},
                                                     {otap_interface, "FirmwareAreaId", 'u', 0x846B74}})
        add_property(row.interface, row.name, row.type, row.value);
    object_->registerProperty("FirmwareVersion").onInterface(config_interface).withGetter([] {
        return std::vector<std::uint16_t>{5, 4, 0, 59};
    });
    add_methods();
    object_->finishRegistration();
    connection_->requestName(name_);
}

void FakeSink::fail_as_wanted(const std::string& what) const
{
    if (const auto found = errors.find(what); found != errors.end())
        throw application_error(found->second);
}

void FakeSink::add_property(const char* interface, const char* name, char type, std::uint32_t value)
{
    values[name] = value;
    const auto get = [this, name] {
        fail_as_wanted(std::string("get ") + name);
        return values.at(name);
    };
    const auto set = [this, name](std::uint32_t written) {
        calls.push_back(std::string(name) + "=" + std::to_string(written));
        fail_as_wanted(std::string("set ") + name);
        values[name] = written;
    };
    const std::string property = name; // the registration refers to it
    auto registered = object_->registerProperty(property);
    registered.onInterface(interface);
    switch (type) {
    case 'b':
        registered.withGetter([get] { return get() != 0; });
        break;
    case 'y':
        registered.withGetter([get] { return static_cast<std::uint8_t>(get()); });
        registered.withSetter([set](const std::uint8_t& written) { set(written); });
        break;
    case 'q':
        registered.withGetter([get] { return static_cast<std::uint16_t>(get()); });
        break;
    default:
        registered.withGetter([get] { return get(); });
        registered.withSetter([set](const std::uint32_t& written) { set(written); });
        break;
    }
}

template<typename... Results>
bool FakeSink::stays_silent(const std::string& method, sdbus::Result<Results...>& result)
{
    if (silent.count(method) == 0)
        return false;
    const auto kept = std::make_shared<sdbus::Result<Results...>>(std::move(result));
    Unanswered waiting{method, {}, kept};
    if constexpr (sizeof...(Results) == 0)
        waiting.answer = [kept] { kept->returnResults(); };
    unanswered_.push_back(std::move(waiting));
    return true;
}

template<typename... Results>
bool FakeSink::proceed(const std::string& method, const std::string& call, sdbus::Result<Results...>& result)
{
    calls.push_back(call);
    if (stays_silent(method, result))
        return false;
    if (const auto found = errors.find(method); found != errors.end()) {
        result.returnError(application_error(found->second));
        return false;
    }
    return true;
}

void FakeSink::add_methods()
{
    object_->registerMethod("SetStackState")
        .onInterface(config_interface)
        .implementedAs([this](sdbus::Result<bool>&& result, bool running) {
            if (!proceed("SetStackState", running ? "start" : "stop", result))
                return;
            const bool done = running ? start_succeeds : stop_succeeds;
            if (done)
                values["StackStatus"] = running ? 0 : 1;
            result.returnResults(done);
        });
    object_->registerMethod("SetAppConfig")
        .onInterface(config_interface)
        .implementedAs([this](sdbus::Result<bool>&& result, std::uint8_t, std::uint16_t, Octets data) {
            if (proceed("SetAppConfig", "SetAppConfig " + text(data), result))
                result.returnResults(true);
        });
    object_->registerMethod("GetAppConfig")
        .onInterface(config_interface)
        .implementedAs([this](sdbus::Result<std::uint8_t, std::uint16_t, Octets>&& result) {
            if (!stays_silent("GetAppConfig", result))
                result.returnError(application_error(12));
        });
    object_->registerMethod("GetConfigDataContent")
        .onInterface(config_interface)
        .implementedAs([](sdbus::Result<std::vector<sdbus::Struct<std::uint16_t, Octets>>>&& result) {
            result.returnResults({});
        });
    object_->registerMethod("SetNetworkSecurityKeys")
        .onInterface(config_interface)
        .implementedAs([this](sdbus::Result<>&& result, Octets, Octets, std::uint8_t sequence) {
            if (proceed(
                    "SetNetworkSecurityKeys", "SetNetworkSecurityKeys " + std::to_string(sequence), result))
                result.returnResults();
        });
    object_->registerMethod("SendMessage")
        .onInterface(data_interface)
        .implementedAs([this](
                           sdbus::Result<std::uint32_t>&& result, std::uint32_t, std::uint8_t, std::uint8_t,
                           std::uint32_t, std::uint8_t, bool, std::uint8_t, Octets payload) {
            if (proceed("SendMessage", "SendMessage " + text(payload), result))
                result.returnResults(send_result);
        });
    object_->registerSignal("MessageReceived")
        .onInterface(data_interface)
        .withParameters<
            std::uint64_t, std::uint32_t, std::uint32_t, std::uint8_t, std::uint8_t, std::uint32_t,
            std::uint8_t, std::uint8_t, Octets>();
    object_->registerSignal("StackStarted").onInterface(config_interface);
    object_->registerMethod("UploadScratchpad")
        .onInterface(otap_interface)
        .implementedAs([this](sdbus::Result<>&& result, std::uint8_t sequence, Octets file) {
            const std::string call =
                "UploadScratchpad " + std::to_string(sequence) + " " + std::to_string(file.size());
            if (proceed("UploadScratchpad", call, result))
                result.returnResults();
        });
    object_->registerMethod("ClearLocalScratchpad")
        .onInterface(otap_interface)
        .implementedAs([this](sdbus::Result<>&& result) {
            if (proceed("ClearLocalScratchpad", "ClearLocalScratchpad", result))
                result.returnResults();
        });
    object_->registerMethod("ProcessScratchpad")
        .onInterface(otap_interface)
        .implementedAs([this](sdbus::Result<>&& result) {
            if (proceed("ProcessScratchpad", "ProcessScratchpad", result))
                result.returnResults();
        });
    object_->registerMethod("SetTargetScratchpad")
        .onInterface(otap_interface)
        .implementedAs([this](
                           sdbus::Result<bool>&& result, std::uint8_t sequence, std::uint16_t crc,
                           std::uint8_t action, std::uint8_t parameter) {
            const std::string call = "SetTargetScratchpad " + std::to_string(sequence) + " " +
                                     std::to_string(crc) + " " + std::to_string(action) + " " +
                                     std::to_string(parameter);
            if (proceed("SetTargetScratchpad", call, result))
                result.returnResults(true);
        });
    object_->registerMethod("GetTargetScratchpad")
        .onInterface(otap_interface)
        .implementedAs([](sdbus::Result<std::uint8_t, std::uint16_t, std::uint8_t, std::uint8_t>&& result) {
            result.returnResults(101, 0x6C33, 3, 0x4A);
        });
}

void FakeSink::answer_silent(const std::string& method)
{
    silent.erase(method);
    for (const Unanswered& waiting : unanswered_)
        if (waiting.method == method && waiting.answer)
            waiting.answer();
    std::erase_if(unanswered_, [&](const Unanswered& waiting) { return waiting.method == method; });
}

void FakeSink::release_name()
{
    connection_->releaseName(name_);
}

void FakeSink::emit_packet(std::uint8_t destination_endpoint, const Octets& payload)
{
    object_->emitSignal("MessageReceived")
        .onInterface(data_interface)
        .withArguments(
            std::uint64_t{1608644981498}, std::uint32_t{1234}, std::uint32_t{1}, std::uint8_t{10},
            destination_endpoint, std::uint32_t{1500}, std::uint8_t{1}, std::uint8_t{2}, payload);
}

void FakeSink::emit_stack_started()
{
    object_->emitSignal("StackStarted").onInterface(config_interface);
}

} // namespace transport_test
