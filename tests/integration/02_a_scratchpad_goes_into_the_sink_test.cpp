#include "gateway_under_test.hpp"

#include "gateway/scratchpad_file.hpp"

#include <catch2/catch.hpp>

using namespace integration;

namespace {

constexpr std::uint32_t sequence = 42;

struct File {
    gateway::Bytes octets;
    gateway::ScratchpadHeader header;
};

File file(const std::string& name)
{
    File read{read_fixture(name), {}};
    read.header = gateway::check_scratchpad(read.octets).value();
    return read;
}

void check_is(const api::ScratchpadInfo& info, const File& expected)
{
    CHECK(info.len() == expected.octets.size());
    CHECK(info.crc() == expected.header.crc);
    CHECK(info.seq() == sequence);
}

void check_stored(GatewayUnderTest& gateway, const File& expected)
{
    const auto status = gateway::backend::otap_status(gateway.backend(), sink0);
    CHECK(result_of(status.header()) == "OK");
    check_is(status.stored_scratchpad(), expected);
    CHECK(status.stored_type() == api::PRESENT);
    CHECK(status.stored_status() == api::NEW);

    const auto truth = gateway.simulator_state();
    CHECK(truth.at("scratchpad").at("stored").at("size") == expected.octets.size());
    CHECK(truth.at("scratchpad").at("stored").at("crc") == expected.header.crc);
    CHECK(truth.at("scratchpad").at("stored").at("sequence") == sequence);
    CHECK(truth.at("running") == true); // as it was before
}

} // namespace

TEST_CASE("a whole scratchpad is stored, becomes the target and is processed", "[scratchpad]")
{
    GatewayUnderTest gateway;
    Backend& backend = gateway.backend();
    const File app = file("app-8k.otap");

    REQUIRE(result_of(upload_scratchpad(backend, sink0, sequence, app.octets).header()) == "OK");
    check_stored(gateway, app);

    api::TargetScratchpadAndAction target;
    target.set_action(api::PROPAGATE_ONLY); // sequence and CRC: those of the stored scratchpad
    REQUIRE(result_of(set_target(backend, sink0, target).header()) == "OK");
    CHECK(gateway.simulator_state().at("target").at("sequence") == sequence);
    CHECK(gateway.simulator_state().at("target").at("crc") == app.header.crc);
    CHECK(gateway.simulator_state().at("target").at("action") == 1);

    REQUIRE(result_of(process_scratchpad(backend, sink0).header()) == "OK");
    const auto status = otap_status(backend, sink0);
    check_is(status.stored_scratchpad(), app);
    check_is(status.processed_scratchpad(), app);
    CHECK(status.stored_status() == api::SUCCESS);
    CHECK(status.target_and_action().action() == api::PROPAGATE_ONLY);
    CHECK(gateway.simulator_state().at("running") == true);

    // All backends learn about it from the status.
    backend.wait_for_status(
        "the processed scratchpad in the status",
        [&](const api::StatusEvent& event) {
            return is_online(event) && event.configs(0).processed_scratchpad().seq() == sequence;
        },
        patience);
}

TEST_CASE("a scratchpad arrives in pieces", "[scratchpad]")
{
    GatewayUnderTest gateway({.transport = {"--gateway_max_scratchpad_size", "4000"}});
    const File app = file("stack-app-100k.otap");
    const auto limit = wait_until_online(gateway.backend()).max_scratchpad_size();
    REQUIRE(limit == 4000);

    std::size_t last = 0;
    const auto response = upload_scratchpad_in_pieces(
        gateway.backend(), sink0, sequence, app.octets, limit, [&last](std::size_t done, std::size_t total) {
            CHECK(done > last);
            CHECK(done <= total);
            last = done;
        });
    REQUIRE(result_of(response.header()) == "OK");
    CHECK(last == app.octets.size());
    check_stored(gateway, app);
}

TEST_CASE("a stored scratchpad is cleared", "[scratchpad]")
{
    GatewayUnderTest gateway;
    const File app = file("min-96.otap");
    REQUIRE(result_of(upload_scratchpad(gateway.backend(), sink0, sequence, app.octets).header()) == "OK");

    REQUIRE(result_of(clear_scratchpad(gateway.backend(), sink0).header()) == "OK");
    const auto status = otap_status(gateway.backend(), sink0);
    CHECK(status.stored_scratchpad().len() == 0);
    CHECK(status.stored_type() == api::BLANK);
    CHECK(result_of(clear_scratchpad(gateway.backend(), sink0).header()) == "OK"); // nothing left: no fault
}

TEST_CASE("a sink whose stack is stopped stays stopped through an upload", "[scratchpad]")
{
    GatewayUnderTest gateway({.simulator = {}});
    const File app = file("app-8k.otap");

    REQUIRE(result_of(upload_scratchpad(gateway.backend(), sink0, sequence, app.octets).header()) == "OK");
    REQUIRE(result_of(process_scratchpad(gateway.backend(), sink0).header()) == "OK");
    check_is(otap_status(gateway.backend(), sink0).processed_scratchpad(), app);
    CHECK(gateway.simulator_state().at("running") == false);
}

TEST_CASE("nothing stored is nothing to process", "[scratchpad]")
{
    GatewayUnderTest gateway;

    CHECK(result_of(process_scratchpad(gateway.backend(), sink0).header()) == "NO_SCRATCHPAD_PRESENT");
    CHECK(gateway.simulator_state().at("running") == true);
}
