// What the other integration tests stand on: children that end when told, a bus and a broker.
#include "tools/stand/broker.hpp"
#include "tools/stand/child_process.hpp"
#include "tools/stand/private_bus.hpp"
#include "tools/stand/programs.hpp"
#include "tools/stand/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

using namespace gateway::stand;
using namespace std::chrono_literals;

namespace {

Command shell(const TemporaryDirectory& directory, const std::string& script)
{
    return {
        .name = "shell",
        .program = "/bin/sh",
        .arguments = {"-c", script},
        .environment = {{"GREETING", "hello"}},
        .log = directory.path() / "shell.log",
    };
}

} // namespace

TEST_CASE("a child's output and exit status are seen", "[stand]")
{
    const TemporaryDirectory directory;
    ChildProcess child(shell(directory, "echo $GREETING from the child; exit 3"));

    CHECK(child.wait_for_output("hello from the child", Deadline(10s)));
    const auto status = child.wait(Deadline(10s));
    REQUIRE(status);
    CHECK(status->code == 3);
    CHECK_FALSE(child.running());
    CHECK_FALSE(child.wait_for_output("something it never wrote", Deadline(10s)));
}

TEST_CASE("a second run does not see the output of the first", "[stand]")
{
    const TemporaryDirectory directory;
    ChildProcess(shell(directory, "echo first")).wait(Deadline(10s));
    ChildProcess second(shell(directory, "echo second"));

    CHECK_FALSE(second.wait_for_output("first", Deadline(10s)));
    CHECK(second.output() == "second\n");
    CHECK(last_lines(directory.path() / "shell.log", 1) == "second\n");
    CHECK(last_lines(directory.path() / "shell.log", 9) == "first\nsecond\n");
}

TEST_CASE("a child that ignores the request to end is killed", "[stand]")
{
    const TemporaryDirectory directory;
    ChildProcess child(shell(directory, "trap '' TERM; echo ready; while :; do read never; done"));
    REQUIRE(child.wait_for_output("ready", Deadline(10s)));

    CHECK(child.terminate().signal == SIGKILL);
}

TEST_CASE("a program that does not exist is named", "[stand]")
{
    const TemporaryDirectory directory;
    Command command = shell(directory, "");
    command.program = "/nonexistent/program";

    CHECK_THROWS_WITH(ChildProcess(command), Catch::Contains("cannot run /nonexistent/program"));
    CHECK_THROWS_WITH(find_program("no-such-program"), Catch::Contains("no-such-program"));
}

TEST_CASE("a temporary directory goes with everything in it", "[stand]")
{
    std::filesystem::path path;
    {
        const TemporaryDirectory directory;
        path = directory.path();
        std::ofstream(path / "file") << "content";
        REQUIRE(std::filesystem::exists(path / "file"));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a private bus comes back at the same address", "[stand]")
{
    const TemporaryDirectory directory;
    PrivateBus bus(directory.path());
    CHECK(bus.has_owner("org.freedesktop.DBus"));
    CHECK_FALSE(bus.has_owner("com.wirepas.sink.sink0"));

    bus.stop();
    CHECK_THROWS_WITH(bus.has_owner("org.freedesktop.DBus"), Catch::Contains(bus.address()));
    bus.start();
    CHECK(bus.has_owner("org.freedesktop.DBus"));
}

TEST_CASE("a broker comes back on the same port", "[stand]")
{
    const TemporaryDirectory directory;
    Broker broker(directory.path());
    const auto port = broker.port();
    REQUIRE(broker.process()->running());

    broker.stop();
    broker.start();
    CHECK(broker.port() == port);
    CHECK(broker.process()->running());
}

TEST_CASE("two brokers live beside each other", "[stand]")
{
    const TemporaryDirectory one;
    const TemporaryDirectory other;
    Broker first(one.path());
    Broker second(other.path());

    CHECK(first.port() != second.port());
}
