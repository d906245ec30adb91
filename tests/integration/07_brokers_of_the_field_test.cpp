#include "gateway_under_test.hpp"
#include "scripted_broker.hpp"

#include "tools/backend/message.hpp"
#include "tools/stand/certificate_authority.hpp"
#include "tools/stand/start.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

using namespace integration;
using namespace gateway::stand;

namespace {

using Arguments = std::vector<std::string>;

/// A transport service without sinks at a broker's second listener, and a backend at the first one.
class AtTheEntrance {
public:
    explicit AtTheEntrance(BrokerOptions options, std::function<void(AtTheEntrance&)> prepare = {})
        : exceptions_(std::uncaught_exceptions()), bus_(directory_.path())
    {
        options_ = std::move(options);
        if (prepare)
            prepare(*this);
        broker_.emplace(directory_.path(), options_);
    }
    AtTheEntrance(const AtTheEntrance&) = delete;
    AtTheEntrance& operator=(const AtTheEntrance&) = delete;
    ~AtTheEntrance()
    {
        if (service_ && std::uncaught_exceptions() > exceptions_)
            std::cerr << service_->output();
    }

    [[nodiscard]] std::filesystem::path file(const std::string& name) const
    {
        return directory_.path() / name;
    }
    [[nodiscard]] std::string directory() const { return directory_.path().string(); }
    BrokerEntrance& entrance() { return *options_.entrance; }
    Broker& broker() { return *broker_; }

    /// The host name is one that certificates can name.
    ChildProcess& start(
        Arguments arguments, std::vector<std::pair<std::string, std::string>> environment = {})
    {
        Arguments all = {"--mqtt_hostname", "localhost", "--mqtt_force_unsecure", "false"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        Command command = transport_service_command(
            directory_.path(), {.bus_address = bus_.address(),
                                .broker_port = broker_->entrance_port(),
                                .gateway_id = gateway_id,
                                .arguments = all});
        command.environment.insert(command.environment.end(), environment.begin(), environment.end());
        service_.emplace(std::move(command));
        return *service_;
    }
    ChildProcess& service() { return *service_; }

    void expect_log(const std::string& text) { expect_output(*service_, text, Deadline(patience)); }
    void expect_online()
    {
        const auto backend = connect_backend(*broker_);
        wait_until_online(*backend, 0);
    }
    [[nodiscard]] std::size_t lines_with(const std::string& text) const
    {
        std::istringstream lines(service_->output());
        std::size_t count = 0;
        for (std::string line; std::getline(lines, line);)
            count += line.find(text) != std::string::npos ? 1 : 0;
        return count;
    }
    void wait_for_lines(const std::string& text, std::size_t count)
    {
        INFO("waiting for " << count << " lines with: " << text);
        CHECK(wait_until([&] { return lines_with(text) >= count; }, Deadline(patience)));
    }

private:
    int exceptions_;
    TemporaryDirectory directory_;
    PrivateBus bus_;
    BrokerOptions options_;
    std::optional<Broker> broker_;
    std::optional<ChildProcess> service_;
};

/// The entrance has TLS with a certificate of the authority "ours".
struct WithTls {
    explicit WithTls(
        std::string names = "DNS:localhost,IP:127.0.0.1", Validity validity = Validity::now,
        bool client_certificates = false, bool websocket = false)
        : gateway({.entrance = BrokerEntrance{}}, [&](AtTheEntrance& made) {
              ours.emplace(made.directory(), "ours");
              const CertificateFiles files = ours->issue("broker", names, validity);
              made.entrance().certificate = files.certificate;
              made.entrance().key = files.key;
              if (client_certificates)
                  made.entrance().client_authority = ours->certificate();
              made.entrance().websocket = websocket;
          })
    {
    }
    [[nodiscard]] Arguments trust() const { return {"--mqtt_ca_certs", ours->certificate().string()}; }
    [[nodiscard]] Arguments trust_and_show(const CertificateFiles& own) const
    {
        return {"--mqtt_ca_certs", ours->certificate().string(),
                "--mqtt_certfile", own.certificate.string(),
                "--mqtt_keyfile",  own.key.string()};
    }

    std::optional<CertificateAuthority> ours;
    AtTheEntrance gateway;
};

Arguments with(Arguments arguments, const Arguments& more)
{
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

void write(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream(file) << text;
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

void replace(const CertificateFiles& old, const CertificateFiles& by)
{
    using std::filesystem::copy_options;
    std::filesystem::copy_file(by.certificate, old.certificate, copy_options::overwrite_existing);
    std::filesystem::copy_file(by.key, old.key, copy_options::overwrite_existing);
}

} // namespace

TEST_CASE("a broker whose certificate is right is trusted", "[tls]")
{
    WithTls with_tls;
    with_tls.gateway.start(with_tls.trust());
    with_tls.gateway.expect_online();
    with_tls.gateway.expect_log("connected to ssl://localhost:");
}

TEST_CASE("a broker that is named by its address is trusted when its certificate says so", "[tls]")
{
    WithTls with_tls;
    with_tls.gateway.start(with(with_tls.trust(), {"--mqtt_hostname", "127.0.0.1"}));
    with_tls.gateway.expect_online();
}

TEST_CASE("a certificate for another name is refused, and taken where the name is not compared", "[tls]")
{
    WithTls with_tls("DNS:other.example,DNS:second.example");
    with_tls.gateway.start(with_tls.trust());
    with_tls.gateway.expect_log("is for another name (other.example, second.example): give that name as "
                                "mqtt_hostname, or set mqtt_allow_untrusted");
    CHECK(with_tls.gateway.lines_with("connected to") == 0);

    with_tls.gateway.start(with(with_tls.trust(), {"--mqtt_allow_untrusted"}));
    with_tls.gateway.expect_online();
    with_tls.gateway.expect_log("mqtt_allow_untrusted: the broker's name is not compared");
}

TEST_CASE("an expired certificate is refused with its date", "[tls]")
{
    WithTls with_tls("DNS:localhost", Validity::past);
    with_tls.gateway.start(with_tls.trust());
    with_tls.gateway.expect_log(
        "has expired on 2021-01-01: renew it on the broker, or check this machine's clock");
    CHECK(with_tls.gateway.lines_with("connected to") == 0);
}

TEST_CASE("a certificate of the future is refused with its date", "[tls]")
{
    WithTls with_tls("DNS:localhost", Validity::future);
    with_tls.gateway.start(with_tls.trust());
    with_tls.gateway.expect_log("is valid only from 2048-01-01 on: check this machine's clock");
    CHECK(with_tls.gateway.lines_with("connected to") == 0);
}

TEST_CASE("an authority that is not known is refused, even where names are not compared", "[tls]")
{
    WithTls with_tls;
    const CertificateAuthority other(with_tls.gateway.directory(), "other");
    with_tls.gateway.start(
        {"--mqtt_ca_certs", other.certificate().string(), "--mqtt_allow_untrusted", "true"});
    with_tls.gateway.expect_log(
        "is signed by an unknown authority (/CN=ours): give the PEM file of the authority as "
        "mqtt_ca_certs");
    CHECK(with_tls.gateway.lines_with("connected to") == 0);

    with_tls.gateway.start({}); // the system's authorities do not know it either
    with_tls.gateway.expect_log("is signed by an unknown authority");
    CHECK(with_tls.gateway.lines_with("connected to") == 0);

    with_tls.gateway.start({"--mqtt_cert_reqs", "CERT_NONE"});
    with_tls.gateway.expect_online();
    with_tls.gateway.expect_log("mqtt_cert_reqs is CERT_NONE: anybody can pretend to be the broker");
}

TEST_CASE("a broker that wants client certificates takes ours", "[tls]")
{
    WithTls with_tls("DNS:localhost", Validity::now, true);
    const CertificateFiles own = with_tls.ours->issue("gateway");
    with_tls.gateway.start(with_tls.trust_and_show(own));
    with_tls.gateway.expect_online();
}

TEST_CASE("a client certificate that is missing or refused is named", "[tls]")
{
    WithTls with_tls("DNS:localhost", Validity::now, true);
    with_tls.gateway.start(with_tls.trust());
    with_tls.gateway.expect_log("wants a client certificate: give mqtt_certfile and mqtt_keyfile");

    CertificateAuthority other(with_tls.gateway.directory(), "other");
    const CertificateFiles stranger = other.issue("stranger");
    with_tls.gateway.start(with_tls.trust_and_show(stranger));
    with_tls.gateway.expect_log("refuses the client certificate " + stranger.certificate.string());

    const CertificateFiles old = with_tls.ours->issue("old", "DNS:gw", Validity::past);
    with_tls.gateway.start(with_tls.trust_and_show(old));
    with_tls.gateway.expect_log(
        "mqtt_certfile: the certificate in " + old.certificate.string() + " has expired");
    with_tls.gateway.expect_log("it has expired: renew it, or check this machine's clock");
    CHECK(with_tls.gateway.lines_with("connected to") == 0);
}

TEST_CASE("files and ciphers that cannot be used end the service with 2 and their name", "[tls]")
{
    WithTls with_tls;
    const CertificateFiles own = with_tls.ours->issue("gateway");
    const CertificateFiles other = with_tls.ours->issue("other");
    const auto garbage = with_tls.gateway.file("garbage.pem");
    write(garbage, "no certificate\n");
    const auto refused = [&](const Arguments& arguments, const std::string& named) {
        ChildProcess& service = with_tls.gateway.start(arguments);
        const auto ended = service.wait(Deadline(patience));
        REQUIRE(ended);
        CHECK(ended->describe() == "exit status 2");
        CHECK_THAT(service.output(), Catch::Contains(named));
    };
    refused({"--mqtt_ca_certs", garbage.string()}, "mqtt_ca_certs: " + garbage.string() + " holds no usable");
    refused({"--mqtt_ca_certs", "/nowhere.pem"}, "mqtt_ca_certs: cannot read /nowhere.pem (No such file");
    refused(
        {"--mqtt_certfile", own.certificate.string(), "--mqtt_keyfile", other.key.string()},
        "does not belong to the certificate");
    refused({"--mqtt_certfile", own.certificate.string()}, "mqtt_certfile");
    refused({"--mqtt_ciphers", "NO-SUCH-CIPHER"}, "mqtt_ciphers: OpenSSL knows no cipher");
}

TEST_CASE("a port without TLS, a port with it, and no port at all are told apart", "[tls]")
{
    WithTls with_tls;
    AtTheEntrance& gateway = with_tls.gateway;
    const std::string plain = std::to_string(gateway.broker().port());
    gateway.start(with(with_tls.trust(), {"--mqtt_port", plain}));
    gateway.expect_log("localhost:" + plain + " does not speak TLS at this port");

    gateway.start({"--mqtt_force_unsecure", "true"});
    gateway.expect_log("wants TLS: remove mqtt_force_unsecure");

    gateway.start(with(with_tls.trust(), {"--mqtt_port", "1"}));
    gateway.expect_log("localhost:1 refuses the connection");

    gateway.start(with(with_tls.trust(), {"--mqtt_hostname", "no-such-host.invalid"}));
    gateway.expect_log("no-such-host.invalid");
    gateway.expect_log("check");
    CHECK(gateway.lines_with("connected to") == 0);
}

TEST_CASE("MQTT goes over WebSocket, with TLS and without", "[websocket]")
{
    SECTION("with TLS")
    {
        WithTls with_tls("DNS:localhost", Validity::now, false, true);
        with_tls.gateway.start(with(with_tls.trust(), {"--mqtt_use_websocket"}));
        with_tls.gateway.expect_online();
        with_tls.gateway.expect_log("connected to wss://localhost:");
    }
    SECTION("without TLS")
    {
        BrokerEntrance entrance;
        entrance.websocket = true;
        AtTheEntrance gateway({.entrance = entrance});
        gateway.start({"--mqtt_use_websocket", "true", "--mqtt_force_unsecure", "true"});
        gateway.expect_online();
    }
    SECTION("but not at a port without it")
    {
        WithTls with_tls;
        with_tls.gateway.start(with(with_tls.trust(), {"--mqtt_use_websocket"}));
        with_tls.gateway.expect_log("does not speak WebSocket at this port");
    }
}

TEST_CASE("a password comes from a file, a systemd credential, or not at all", "[credentials]")
{
    BrokerEntrance entrance;
    entrance.passwords = {{"gateway", "correct-horse"}};
    AtTheEntrance gateway({.entrance = entrance});
    const Arguments login = {"--mqtt_force_unsecure", "true", "--mqtt_username", "gateway"};
    const auto file = gateway.file("password");
    const auto check_no_secret = [&] {
        CHECK(gateway.lines_with("horse") == 0);
        CHECK(gateway.service().running());
    };

    SECTION("a wrong one is refused, and the right one used once it is in the file")
    {
        write(file, "wrong-horse\n");
        gateway.start(with(login, {"--mqtt_password_file", file.string()}));
        gateway.expect_log("the broker does not authorise this client: check mqtt_username");
        write(file, "correct-horse\n");
        gateway.expect_online();
        check_no_secret();
    }
    SECTION("SIGHUP tries again at once")
    {
        write(file, "wrong-horse\n");
        gateway.start(with(login, {"--mqtt_password_file", file.string()}));
        gateway.expect_log("the broker does not authorise this client");
        write(file, "correct-horse\n");
        gateway.service().signal(SIGHUP);
        gateway.expect_online();
        check_no_secret();
    }
    SECTION("a name is that of a credential")
    {
        std::filesystem::create_directory(gateway.file("credentials"));
        write(gateway.file("credentials") / "broker-password", "correct-horse");
        gateway.start(
            with(login, {"--mqtt_password_file", "broker-password"}),
            {{"CREDENTIALS_DIRECTORY", gateway.file("credentials").string()}});
        gateway.expect_online();
        check_no_secret();
    }
    SECTION("everybody who can read it is reported")
    {
        write(file, "correct-horse\n");
        std::filesystem::permissions(
            file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
        gateway.start(with(login, {"--mqtt_password_file", file.string()}));
        gateway.expect_log("every user of this machine can read " + file.string());
        gateway.expect_online();
    }
    SECTION("one on the command line is hidden from those who list processes")
    {
        gateway.start(with(login, {"--mqtt_password", "correct-horse"}));
        gateway.expect_online();
        std::ifstream listed("/proc/" + std::to_string(gateway.service().pid()) + "/cmdline");
        const std::string line{std::istreambuf_iterator<char>(listed), {}};
        CHECK_THAT(line, Catch::Contains("mqtt_username"));
        CHECK_THAT(line, !Catch::Contains("horse"));
        check_no_secret();
    }
}

TEST_CASE("SIGHUP changes over to a new password, and keeps the connection otherwise", "[credentials]")
{
    BrokerEntrance entrance;
    entrance.passwords = {{"gateway", "correct-horse"}};
    AtTheEntrance gateway({.entrance = entrance});
    const auto file = gateway.file("password");
    write(file, "correct-horse");
    gateway.start(
        {"--mqtt_force_unsecure", "true", "--mqtt_username", "gateway", "--mqtt_password_file",
         file.string()});
    gateway.expect_online();

    gateway.service().signal(SIGHUP);
    gateway.expect_log("have not changed: the connection stays");
    std::filesystem::remove(file);
    gateway.service().signal(SIGHUP);
    gateway.expect_log("mqtt_password_file: cannot read " + file.string());
    gateway.expect_log("the connection stays as it is");
    CHECK(gateway.lines_with("connected to") == 1);

    write(file, "correct-horse\n\n"); // one line end too many is another password
    gateway.service().signal(SIGHUP);
    gateway.expect_log("connecting anew with the new certificates and credentials");
    gateway.expect_log("the broker does not authorise this client");
    write(file, "correct-horse\n");
    gateway.service().signal(SIGHUP);
    gateway.wait_for_lines("connected to", 2);
    gateway.expect_online();
}

TEST_CASE("SIGHUP while connecting counts once the connection stands", "[credentials]")
{
    ScriptedBroker broker(ScriptedBroker::AtSubscribe::wait);
    AtTheEntrance gateway({});
    const auto file = gateway.file("password");
    write(file, "wrong-horse");
    gateway.start(
        {"--mqtt_force_unsecure", "true", "--mqtt_port", std::to_string(broker.port()), "--mqtt_username",
         "gateway", "--mqtt_password_file", file.string()});
    REQUIRE(wait_until([&] { return broker.subscriptions() > 0; }, Deadline(patience)));
    write(file, "correct-horse");
    gateway.service().signal(SIGHUP);
    gateway.expect_log("connecting already");
    broker.set(ScriptedBroker::AtSubscribe::grant);
    gateway.expect_log("connecting anew with the new certificates and credentials");
    gateway.wait_for_lines("connected to", 2);
}

TEST_CASE("SIGHUP changes over to a new client certificate once it is seen to work", "[credentials][tls]")
{
    WithTls with_tls("DNS:localhost", Validity::now, true);
    AtTheEntrance& gateway = with_tls.gateway;
    const bool persistent = GENERATE(false, true);
    CAPTURE(persistent);
    const CertificateFiles own = with_tls.ours->issue("gateway");
    CertificateAuthority other(gateway.directory(), "other");
    const CertificateFiles stranger = other.issue("stranger");
    const CertificateFiles renewed = with_tls.ours->issue("renewed");
    gateway.start(
        with(with_tls.trust_and_show(own), {"--mqtt_persist_session", persistent ? "true" : "false"}));
    gateway.expect_online();

    write(own.key, "half a key");
    gateway.service().signal(SIGHUP);
    gateway.expect_log("mqtt_keyfile: " + own.key.string() + " holds no usable");
    replace(own, stranger);
    gateway.service().signal(SIGHUP);
    gateway.expect_log("with the new files: ");
    gateway.wait_for_lines("the connection stays as it is", 2);
    CHECK(gateway.lines_with("connected to") == 1);

    const auto backend = connect_backend(gateway.broker());
    replace(own, renewed);
    gateway.service().signal(SIGHUP);
    gateway.wait_for_lines("connected to", 2);
    CHECK(result_of(get_gateway_info(*backend).header()) == "OK");
    CHECK_FALSE(backend->status_within(is_offline, 0ms)); // no last will at a change of credentials
}

TEST_CASE("a broker that lacks QoS 2 and retained messages is served by its profile", "[profile]")
{
    BrokerEntrance entrance;
    entrance.max_qos = 1;
    SECTION("azure: neither")
    {
        AtTheEntrance gateway({.entrance = entrance, .retain = false});
        gateway.start({"--mqtt_force_unsecure", "true", "--mqtt_profile", "azure"});
        gateway.expect_log("connected to");
        const auto backend = connect_backend(gateway.broker());
        CHECK(result_of(get_gateway_info(*backend).header()) == "OK");

        // Nothing is retained: a backend sees what happens while it listens.
        CHECK_FALSE(backend->status_within([](const auto&) { return true; }, 0ms));
        gateway.service().kill();
        backend->wait_for_status("OFFLINE", is_offline, patience);
        gateway.start({"--mqtt_force_unsecure", "true", "--mqtt_profile", "azure"});
        wait_until_online(*backend, 0);
    }
    SECTION("aws: no QoS 2")
    {
        AtTheEntrance gateway({.entrance = entrance});
        gateway.start({"--mqtt_force_unsecure", "true", "--mqtt_profile", "aws"});
        gateway.expect_online();
        const auto backend = connect_backend(gateway.broker());
        const auto info = get_gateway_info(*backend);
        CHECK(result_of(info.header()) == "OK");
        CHECK(info.info().max_scratchpad_size() == 128 * 1024 - 1024);
    }
    SECTION("standard: the profile is named in the reason")
    {
        AtTheEntrance gateway({.entrance = entrance, .retain = false});
        gateway.start({"--mqtt_force_unsecure", "true"});
        gateway.expect_log("mqtt_profile");
        CHECK(gateway.lines_with("connected to") == 0);
    }
}

TEST_CASE("a subscription that the broker refuses is named, and the others work", "[access]")
{
    BrokerEntrance entrance;
    entrance.refused_subscription = "gw-request/get_configs/gw-1";
    AtTheEntrance gateway({.entrance = entrance});
    gateway.start({"--mqtt_force_unsecure", "true"});
    gateway.expect_log("the broker refuses the subscription gw-request/get_configs/gw-1");
    const auto backend = connect_backend(gateway.broker());
    CHECK(result_of(get_gateway_info(*backend).header()) == "OK");
    CHECK(gateway.lines_with("refuses the subscription") == 1);
}

TEST_CASE("the service ends with 1 when there is no broker for the time that is set", "[reconnect]")
{
    AtTheEntrance gateway({});
    ChildProcess& service =
        gateway.start({"--mqtt_force_unsecure", "true", "--mqtt_port", "1", "--mqtt_reconnect_delay", "1"});
    const auto ended = service.wait(Deadline(patience));
    REQUIRE(ended);
    CHECK(ended->describe() == "exit status 1");
    CHECK_THAT(
        service.output(), Catch::Contains("no connection to the broker for 1 s (mqtt_reconnect_delay)"));
}

TEST_CASE("a broker with TLS that restarts is found again", "[reconnect][tls]")
{
    WithTls with_tls;
    with_tls.gateway.start(with_tls.trust());
    with_tls.gateway.expect_online();
    with_tls.gateway.broker().stop();
    with_tls.gateway.expect_log("refuses the connection");
    with_tls.gateway.broker().start();
    with_tls.gateway.wait_for_lines("connected to", 2);
    with_tls.gateway.expect_online();
}

TEST_CASE("a broker that hangs up at SUBSCRIBE has refused no subscription", "[reconnect]")
{
    const ScriptedBroker broker(ScriptedBroker::AtSubscribe::close);
    AtTheEntrance gateway({});
    ChildProcess& service = gateway.start(
        {"--mqtt_force_unsecure", "true", "--mqtt_port", std::to_string(broker.port()),
         "--mqtt_reconnect_delay", "3"});
    gateway.expect_log("at SUBSCRIBE: brokers without QoS 2 do that (mqtt_profile)");
    const auto ended = service.wait(Deadline(patience)); // it was never connected: the time goes on
    REQUIRE(ended);
    CHECK(ended->describe() == "exit status 1");
    CHECK(gateway.lines_with("refuses the subscription") == 0);
    CHECK(gateway.lines_with("connected to") == 0);
}

TEST_CASE("a broker that keeps the session delivers what came while the gateway was away", "[session]")
{
    GatewayUnderTest gateway({.transport = {"--mqtt_persist_session"}});
    gateway.stand().transport_service()->kill();
    gateway.backend().wait_for_status("OFFLINE", is_offline, patience);

    const auto packet = [](const std::string& payload) {
        api::WirepasMessage message;
        api::SendPacketReq& request = *message.mutable_send_packet_req();
        request.set_destination_address(1);
        request.set_source_endpoint(10);
        request.set_destination_endpoint(20);
        request.set_qos(0);
        request.set_payload(payload);
        return message;
    };
    api::WirepasMessage repeated = packet("twice");
    const std::string topic =
        gateway::backend::address_request(repeated, gateway::backend::random_request_id(), gateway_id, sink0);
    api::GenericMessage generic;
    *generic.mutable_wirepas() = repeated;
    gateway.backend().publish_raw(topic, generic.SerializeAsString());
    gateway.backend().publish_raw(topic, generic.SerializeAsString());
    const std::uint64_t last = gateway.backend().post(packet("once"), sink0);

    gateway.stand().start_transport_service();
    const auto response = gateway.backend().wait_for_response(last, patience);
    CHECK(result_of(response.send_packet_resp().header()) == "OK");
    std::vector<std::string> sent;
    CHECK(wait_until(
        [&] {
            const auto state = gateway.simulator_state();
            for (const auto& entry : state.at("downlink"))
                sent.push_back(entry.at("payload").get<std::string>());
            return std::ranges::find(sent, "6F 6E 63 65") != sent.end();
        },
        Deadline(patience)));
    CHECK(sent == std::vector<std::string>{"74 77 69 63 65", "6F 6E 63 65"});
}
