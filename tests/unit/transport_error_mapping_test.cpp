#include "transport/requests/error_mapping.hpp"

#include <catch2/catch.hpp>

using namespace transport;
using gateway::ApplicationCode;

TEST_CASE("application codes become the error codes of the table", "[errors]")
{
    // docs/spec/gateway-backend-api.md, 5.1, in the order of the codes.
    const int expected[] = {0, 9,  9,  9, 21, 1, 1,  1,  1,  9, 3, 10, 1,  1, 1,
                            1, 23, 14, 1, 22, 1, 26, 19, 17, 1, 1, 15, 18, 1, 23};
    for (std::uint32_t code = 0; code < std::size(expected); ++code) {
        CAPTURE(code);
        CHECK(static_cast<int>(error_code(gateway::application_code_from(code))) == expected[code]);
    }
    CHECK(error_code(gateway::application_code_from(30)) == api::INTERNAL_ERROR);
    CHECK(error_code(gateway::application_code_from(0xFFFFFFFF)) == api::INTERNAL_ERROR);
}

TEST_CASE("failures of D-Bus become the error codes of the table", "[errors]")
{
    const auto code = [](const std::string& name, const std::string& message = "text") {
        return error_code(bus_failure("Call", name, message));
    };
    const std::string standard = "org.freedesktop.DBus.Error.";
    for (const char* name : {"ServiceUnknown", "NameHasNoOwner", "Disconnected"})
        CHECK(code(standard + name) == api::INVALID_SINK_ID);
    for (const char* name : {"NoReply", "Timeout", "TimedOut"})
        CHECK(code(standard + name) == api::SINK_TIMEOUT);
    for (const char* name : {"UnknownMethod", "UnknownInterface", "UnknownProperty"})
        CHECK(code(standard + name) == api::ACCESS_DENIED);
    for (const char* name : {"AccessDenied", "InvalidArgs", "Failed"})
        CHECK(code(standard + name) == api::INTERNAL_ERROR);
    CHECK(code("com.wirepas.sink.config.error") == api::INTERNAL_ERROR);
    CHECK(
        code("com.wirepas.sink.config.error", "[WPC_start]: C Mesh Lib ret = 9 (stopped)") ==
        api::INVALID_SINK_STATE);
    CHECK(code("com.wirepas.sink.config.error", "[WPC_start]: C Mesh Lib ret = 99") == api::INTERNAL_ERROR);
}

TEST_CASE("failures of D-Bus say where to look", "[errors]")
{
    const auto message = [](const std::string& name) {
        return bus_failure("Call", "org.freedesktop.DBus.Error." + name, "text").message;
    };
    CHECK_THAT(message("AccessDenied"), Catch::Contains("com.wirepas.sink.conf"));
    CHECK_THAT(message("InvalidArgs"), Catch::Contains("a fault of the gateway's own"));
    CHECK_THAT(malformed_reply("Get", "no y").message, Catch::Contains("a fault of the gateway's own"));
    CHECK(message("Failed") == "Call: org.freedesktop.DBus.Error.Failed: text");
}

TEST_CASE("the context of a request names the fault better", "[errors]")
{
    const auto failure = [](unsigned code) {
        return bus_failure(
            "Call", "com.wirepas.sink.config.error", "[f]: C Mesh Lib ret = " + std::to_string(code));
    };
    CHECK(error_code(failure(4)) == api::INVALID_PARAM);
    CHECK(error_code(failure(4), api::INVALID_NETWORK_CHANNEL) == api::INVALID_NETWORK_CHANNEL);
    CHECK(error_code(failure(16), api::INVALID_NETWORK_CHANNEL) == api::ACCESS_DENIED);
    CHECK(upload_error_code(failure(4)) == api::INVALID_SCRATCHPAD_SIZE);
    CHECK(upload_error_code(failure(17)) == api::INVALID_SCRATCHPAD);
    CHECK(upload_error_code(failure(26)) == api::INVALID_SCRATCHPAD);
    CHECK(upload_error_code(failure(28)) == api::INTERNAL_ERROR);
    CHECK(upload_error_code(failure(1)) == api::INVALID_SINK_STATE);
}
