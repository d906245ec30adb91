#include "gateway/journal.hpp"
#include "gateway/log.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace gateway;
using Entry = std::vector<std::string>;

TEST_CASE("a line's beginning tells what it is about", "[log]")
{
    const auto check = [](std::string_view line, std::string_view sink_id, std::string_view request_id) {
        CAPTURE(line);
        CHECK(subject_of(line).sink_id == sink_id);
        CHECK(subject_of(line).request_id == request_id);
    };
    check("sink0: found on D-Bus (owner :1.3)", "sink0", "");
    check("sink12: request 7 send_data: OK", "sink12", "7");
    check("request 18446744073709551615 get_gw_info: OK", "", "18446744073709551615");
    check("stopping", "", "");
    check("", "", "");
    check("sink0", "", "");
    check("sink0:", "", "");
    check("sink: none", "", "");
    check("sink0x: none", "", "");
    check("a request failed: sink0: no", "", "");
    check("request 7", "", "");
    check("request seven ", "", "");
}

TEST_CASE("an entry of the journal has fields to select by", "[log]")
{
    CHECK(
        journal_entry(4, "wirepas-transport-service", "sink0: gone from D-Bus", {"GATEWAY_ID=gw-1"}) ==
        Entry{
            "MESSAGE=sink0: gone from D-Bus", "PRIORITY=4", "SYSLOG_IDENTIFIER=wirepas-transport-service",
            "SINK_ID=sink0", "GATEWAY_ID=gw-1"});
}

TEST_CASE("what a line names itself has precedence over what goes with every entry", "[log]")
{
    const Entry fixed = {"SINK_ID=sink0"};
    CHECK(
        journal_entry(6, "s", "sink1: other", fixed) ==
        Entry{"MESSAGE=sink1: other", "PRIORITY=6", "SYSLOG_IDENTIFIER=s", "SINK_ID=sink1"});
    CHECK(journal_entry(6, "s", "the sink has rebooted by itself", fixed).back() == "SINK_ID=sink0");
}

TEST_CASE("only the stream that the service manager connected is the journal", "[log]")
{
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    struct stat status {};
    REQUIRE(fstat(ends[1], &status) == 0);
    const std::string name = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);

    CHECK(is_journal_stream(ends[1], name.c_str()));
    CHECK_FALSE(is_journal_stream(ends[1], nullptr));
    CHECK_FALSE(is_journal_stream(ends[1], ""));
    CHECK_FALSE(is_journal_stream(ends[1], (name + "0").c_str())); // redirected elsewhere
    CHECK_FALSE(is_journal_stream(-1, name.c_str()));
    for (const int end : ends)
        close(end);
}

TEST_CASE("the level goes to debug and back to what it was", "[log]")
{
    for (const char* level : {"quiet", "error", "info"}) {
        REQUIRE(set_log_level(level));
        const auto before = spdlog::get_level();
        toggle_debug_logging();
        CHECK(spdlog::get_level() == spdlog::level::debug);
        toggle_debug_logging();
        CHECK(spdlog::get_level() == before);
    }
    CHECK_FALSE(set_log_level("loud"));
    CHECK(set_log_level("INFO"));
}
