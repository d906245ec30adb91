// The real program on a real pty.
#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/codec/slip.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace dual_mcu;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto patience = 20s;

bool readable(int descriptor, Clock::time_point deadline)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd ready{descriptor, POLLIN, 0};
    return left.count() > 0 && ::poll(&ready, 1, static_cast<int>(left.count())) == 1;
}

/// A folder that goes with its test.
struct Folder {
    Folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "simulator-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

/// The program, ended with its test by its process id.
class Program {
public:
    explicit Program(std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), std::string(BINARIES) + "/wirepas-sink-simulator");
        std::vector<char*> pointers;
        for (std::string& argument : arguments)
            pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        int pipe[2];
        REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
        REQUIRE(::posix_spawn(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ) == 0);
        posix_spawn_file_actions_destroy(&actions);
        ::close(pipe[1]);
        output_ = pipe[0];
    }

    ~Program()
    {
        if (pid_ > 0)
            stop();
        ::close(output_);
    }

    std::string line()
    {
        std::string text;
        const auto deadline = Clock::now() + patience;
        char character = 0;
        while (readable(output_, deadline) && ::read(output_, &character, 1) == 1 && character != '\n')
            text += character;
        return text;
    }

    /// The exit status after SIGTERM.
    int stop()
    {
        ::kill(pid_, SIGTERM);
        return wait();
    }

    int wait()
    {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = 0;
    int output_ = -1;
};

class Host {
public:
    explicit Host(const std::filesystem::path& port)
        : port_(::open(port.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC))
    {
        REQUIRE(port_ >= 0);
    }
    ~Host() { ::close(port_); }

    template<typename Request>
    std::optional<typename Request::Confirm> call(const Request& request)
    {
        const gateway::Bytes wire = encode_slip(encode(request, ++frame_id_), host_leading_ends);
        REQUIRE(::write(port_, wire.data(), wire.size()) == static_cast<ssize_t>(wire.size()));
        while (const auto frame = receive())
            if (frame->frame_id == frame_id_ && frame->primitive == Request::Confirm::id)
                return *decode<typename Request::Confirm>(*frame);
        return std::nullopt;
    }

    std::optional<Frame> receive()
    {
        const auto deadline = Clock::now() + patience;
        while (readable(port_, deadline)) {
            std::uint8_t octet = 0;
            if (::read(port_, &octet, 1) != 1)
                return std::nullopt;
            if (auto event = decoder_.push(octet); event && std::holds_alternative<Frame>(*event))
                return std::get<Frame>(*event);
        }
        return std::nullopt;
    }

    void respond(const Frame& indication, bool next)
    {
        const gateway::Bytes wire = encode_slip(encode_response(indication, next), host_leading_ends);
        REQUIRE(::write(port_, wire.data(), wire.size()) == static_cast<ssize_t>(wire.size()));
    }

private:
    int port_;
    SlipDecoder decoder_;
    std::uint8_t frame_id_ = 0;
};

nlohmann::json command(const std::filesystem::path& socket_path, const nlohmann::json& object)
{
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path.c_str());
    REQUIRE(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const std::string line = object.dump() + "\n";
    REQUIRE(::write(client, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    std::string answer;
    const auto deadline = Clock::now() + patience;
    char character = 0;
    while (readable(client, deadline) && ::read(client, &character, 1) == 1 && character != '\n')
        answer += character;
    ::close(client);
    return nlohmann::json::parse(answer);
}

} // namespace

TEST_CASE("the program is a sink for whoever opens its link", "[simulator][program]")
{
    const Folder folder;
    const auto link = folder.path / "sink";
    Program program({"--link", link, "--start", "--node-address", "0x1234"});
    const std::string line = program.line();
    CAPTURE(line);
    CHECK(line.starts_with("wirepas-sink-simulator: sink on /dev/pts/"));
    CHECK(line.ends_with(", linked as " + link.string()));
    {
        Host host(link);
        CHECK(host.call(CsapAttributeRead{csap::mesh_api_version})->value.view()[0] == 21);
        CHECK(host.call(CsapAttributeRead{csap::node_address})->value.view()[0] == 0x34);
        REQUIRE(host.call(IndicationPoll{})->result == 1);
        const auto indication = host.receive();
        REQUIRE(indication.has_value());
        CHECK(indication->primitive == StackStateIndication::id);
        host.respond(*indication, false);
        CHECK(host.call(IndicationPoll{})->result == 0);
    }
    // The program lives on while nobody has the port open.
    Host again(link);
    CHECK(again.call(CsapAttributeRead{csap::mtu})->value.view()[0] == 102);
    CHECK(program.stop() == 0);
    CHECK_FALSE(std::filesystem::is_symlink(link));
}

TEST_CASE("the program keeps its flash in a file and its cable in a command", "[simulator][program]")
{
    const Folder folder;
    const auto link = folder.path / "sink";
    const auto other = folder.path / "other";
    const auto control = folder.path / "control";
    const std::vector<std::string> arguments = {"--link",  link,          "--control",
                                                control,   "--state",     folder.path / "flash.json",
                                                "--blank", "--reboot-ms", "0"};
    {
        Program program(arguments);
        program.line();
        Host host(link);
        AttributeValue address;
        address.assign(*gateway::from_hex("44 33 22 11"));
        CHECK(host.call(CsapAttributeWrite{csap::node_address, address})->result == 0);
        CHECK(command(control, {{"command", "unplug"}}).at("ok") == true);
        CHECK_FALSE(std::filesystem::is_symlink(link));
        CHECK(command(control, {{"command", "replug"}, {"link", other.string()}}).at("ok") == true);
        Host elsewhere(other);
        CHECK(elsewhere.call(CsapAttributeRead{csap::node_address})->value == address);
        CHECK(command(control, {{"command", "state"}}).at("counters").at("boots") == 2);
        CHECK(program.stop() == 0);
    }
    CHECK_FALSE(std::filesystem::exists(control));
    Program program(arguments);
    program.line();
    Host host(link);
    CHECK(gateway::to_hex(host.call(CsapAttributeRead{csap::node_address})->value) == "44 33 22 11");
}

TEST_CASE("the program refuses bad arguments with status 2", "[simulator][program]")
{
    const std::vector<std::vector<std::string>> wrong = {
        {"--role", "7"},           {"--mtu", "181"},       {"--network-channel", "0"},
        {"--uplink-rate", "many"}, {"--blank", "--start"}, {"--node-address", "0"},
        {"--no-such-option"},      {"--uplink-size", "3"},
    };
    for (const auto& arguments : wrong) {
        CAPTURE(arguments.front());
        Program program(arguments);
        CHECK(program.wait() == 2);
    }
}

TEST_CASE("the program refuses what a scenario says itself, with status 2", "[simulator][program]")
{
    const std::string scenario = std::string(SCENARIOS) + "/demo.yml";
    for (const char* option :
         {"--node-address", "--network-address", "--network-channel", "--role", "--api-version", "--mtu",
          "--reboot-ms", "--processing-ms", "--erase-ms", "--transmit-ms", "--own-processing-ms"}) {
        CAPTURE(option);
        Program program({"--scenario", scenario, option, "17"});
        REQUIRE(program.line().empty()); // else it runs
        CHECK(program.wait() == 2);
    }
}
