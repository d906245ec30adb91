/// What the doctor makes of what it sees.
#include "gateway/file_descriptor.hpp"
#include "tools/broker/broker_options.hpp"
#include "tools/doctor/broker_checks.hpp"
#include "tools/doctor/host_checks.hpp"
#include "tools/doctor/serial_checks.hpp"
#include "tools/doctor/service_settings.hpp"
#include "tools/stand/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace gateway::tools;

TEST_CASE("a clock before 2020 is not set", "[tools]")
{
    CHECK(judge_clock(1000, false).at(0).verdict == Verdict::failure);
    CHECK_THAT(judge_clock(1000, false).at(0).detail, Catch::StartsWith("1970-01-01"));
    CHECK(judge_clock(1'795'273'857, false).at(0).verdict == Verdict::fine);
    CHECK(judge_clock(1'795'273'857, false).at(1).verdict == Verdict::warning);
    CHECK(judge_clock(1'795'273'857, true).at(1).verdict == Verdict::fine);
}

TEST_CASE("a disk with little room is a warning, a full one a failure", "[tools]")
{
    constexpr std::uint64_t mebi = 1024 * 1024;
    const auto verdict = [](const DiskSpace& space) { return judge_space("/x", space).verdict; };
    CHECK(verdict({.free_octets = 1000 * mebi, .free_files = 1000}) == Verdict::fine);
    CHECK(verdict({.free_octets = 100 * mebi, .free_files = 1000}) == Verdict::warning);
    CHECK(verdict({.free_octets = 1 * mebi, .free_files = 1000}) == Verdict::failure);
    CHECK(verdict({.free_octets = 1000 * mebi, .free_files = 3}) == Verdict::failure);
    CHECK(verdict({.free_octets = 1000 * mebi, .free_files = 1000, .read_only = true}) == Verdict::failure);
    CHECK(check_state_directory("/no/such/folder").at(0).verdict == Verdict::failure);
    const gateway::stand::TemporaryDirectory directory;
    CHECK(check_state_directory(directory.path()).at(0).verdict == Verdict::fine);
}

TEST_CASE("a serial port is there, a terminal, and free", "[tools]")
{
    const gateway::stand::TemporaryDirectory directory;
    CHECK(check_port(directory.path() / "none", {}).at(0).verdict == Verdict::failure);
    std::ofstream(directory.path() / "file") << "x";
    CHECK(check_port(directory.path() / "file", {}).at(0).detail == "is no device");
    CHECK(check_port("/dev/null", {}).back().verdict == Verdict::failure); // no serial port, or in use

    const gateway::FileDescriptor master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(master);
    REQUIRE(grantpt(master.get()) == 0);
    REQUIRE(unlockpt(master.get()) == 0);
    const std::string port = ptsname(master.get()); // NOLINT(concurrency-mt-unsafe)
    const auto free = check_port(port, {});
    REQUIRE(free.size() == 2);
    CHECK(free[1].verdict == Verdict::fine);
    CHECK(free[1].detail == "free");
    const auto used = check_port(port, {{port, "sink0"}});
    REQUIRE(used.size() == 2);
    CHECK(used[1].detail == "by the service of sink0");
}

TEST_CASE("a service's settings are read from what --check prints", "[tools]")
{
    const auto settings =
        EffectiveSettings::parse("2026-11-21 10:00:00 warning: something\n"
                                 "mqtt_hostname: broker: # odd  # gateway.yml:3 mqtt_hostname\n"
                                 "mqtt_username:   # default\n"
                                 "mqtt_force_unsecure: true  # --mqtt_force_unsecure\n");
    CHECK(settings.size() == 3);
    CHECK(settings.text("mqtt_hostname") == "broker: # odd");
    CHECK_FALSE(settings.is_set("mqtt_username"));
    CHECK(settings.flag("mqtt_force_unsecure"));
    CHECK_FALSE(settings.is_set("no_such_key"));
}

TEST_CASE("a secret is fetched from where it was set", "[tools]")
{
    const gateway::stand::TemporaryDirectory directory;
    const std::string file = directory.path() / "a file.yml";
    std::ofstream(file) << "password: from the file\n";
    setenv("WM_TEST_SECRET", "from the environment", 1); // NOLINT(concurrency-mt-unsafe)
    const auto settings = EffectiveSettings::parse(
        "first: ********  # " + file + ":1 password\nsecond: ********  # WM_TEST_SECRET\n" +
        "third: ********  # /no/such/file:1 x\n");
    CHECK(settings.secret("first") == "from the file");
    CHECK(settings.secret("second") == "from the environment");
    CHECK_FALSE(settings.secret("third").has_value());
    CHECK_FALSE(settings.secret("fourth").has_value());
}

TEST_CASE("a broker's refusal names what to check", "[tools]")
{
    BrokerToCheck broker;
    broker.username = "me";
    broker.password = "5ecret";
    for (const int code : {1, 2, 3, 4, 5, -1}) {
        const Finding finding = judge_connect(code, broker);
        CHECK(finding.verdict == Verdict::failure);
        CHECK_FALSE(finding.advice.empty());
        CHECK_THAT(finding.detail + finding.advice, !Catch::Contains("5ecret"));
    }
    CHECK_THAT(judge_connect(4, broker).advice, Catch::Contains("mqtt_password"));
    CHECK(judge_connect(0, broker).verdict == Verdict::fine);
}

TEST_CASE("only failures count, and JSON has them all", "[tools]")
{
    Findings findings = {
        {"clock", "set", Verdict::fine, "now", ""}, {"clock", "synchronised", Verdict::warning, "no", "do"}};
    CHECK(all_fine(findings));
    findings.push_back({"disk", "space", Verdict::failure, "none", "free some"});
    CHECK_FALSE(all_fine(findings));
    const auto json = to_json(findings);
    CHECK(json.at("ok") == false);
    CHECK(json.at("warnings") == 1);
    CHECK(json.at("checks").at(2).at("advice") == "free some");
}

TEST_CASE("a broker's URL says how to connect, and holds no password", "[tools]")
{
    const auto url = parse_broker_url("mqtts://me@broker.example");
    REQUIRE(url);
    CHECK(url->host == "broker.example");
    CHECK(url->port == 8883);
    CHECK(url->tls);
    CHECK(url->username == "me");
    CHECK(parse_broker_url("localhost")->port == 1883);
    CHECK(parse_broker_url("mqtt://[::1]:1884/")->host == "::1");
    CHECK(parse_broker_url("mqtt://[::1]:1884")->port == 1884);
    CHECK(parse_broker_url("wss://h")->websocket);
    for (const char* wrong :
         {"", "http://h", "mqtt://", "mqtt://h:0", "mqtt://h:x", "mqtt://[::1", "ws://h/path"})
        CHECK_FALSE(parse_broker_url(wrong).has_value());
    const auto secret = parse_broker_url("mqtt://me:5ecret@h");
    REQUIRE_FALSE(secret.has_value());
    CHECK_THAT(secret.error(), !Catch::Contains("5ecret") && Catch::Contains("--password-file"));
}
