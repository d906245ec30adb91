/// Each fixture gives the verdict that the manifest has for it.
#include "gateway/scratchpad/inspection.hpp"
#include "gateway/scratchpad/opening.hpp"
#include "scratchpad_files.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fstream>

using namespace gateway;
using namespace gateway::scratchpad;
using nlohmann::json;

namespace {

std::string hex(std::uint64_t value, int digits)
{
    return fmt::format("0x{:0{}X}", value, digits);
}

constexpr CheckId manifest_checks[] = {
    CheckId::tag,        CheckId::length_multiple_of_16,
    CheckId::minimum_96, CheckId::length_field,
    CheckId::crc,        CheckId::file_chain,
};

void check_header(const Inspection& found, const json& row)
{
    const json& header = row.at("header");
    CHECK(found.size == row.at("length"));
    CHECK(found.header.length == header.at("length_field"));
    CHECK(hex(found.header.crc, 4) == header.at("crc"));
    CHECK(hex(found.computed_crc, 4) == row.at("computed_crc"));
    CHECK(found.header.sequence == header.at("sequence"));
    CHECK(found.header.flags == header.at("pad"));
    CHECK(hex(found.header.type, 8) == header.at("type"));
    CHECK(hex(found.header.status, 8) == header.at("status"));
}

void check_checks(const Inspection& found, const json& row)
{
    for (const CheckId id : manifest_checks) {
        CAPTURE(std::string(name_of(id)));
        const json& expected = row.at("checks").at(std::string(name_of(id)));
        const Verdict verdict = found.verdict_of(id);
        if (expected.is_null())
            CHECK(verdict == Verdict::not_checked);
        else
            CHECK(verdict == (expected.get<bool>() ? Verdict::passed : Verdict::failed));
    }
    for (const Check& check : found.checks) {
        CHECK_FALSE(check.what.empty());
        CHECK((check.verdict != Verdict::failed || !check.advice.empty()));
    }
}

void check_areas(const Inspection& found, const json& row)
{
    const json& areas = row.at("areas");
    REQUIRE(found.areas.size() == areas.size());
    for (std::size_t i = 0; i < areas.size(); ++i) {
        const Area& area = found.areas[i];
        CHECK(hex(area.id, 8) == areas[i].at("area_id"));
        CHECK(area.offset == areas[i].at("offset"));
        CHECK(area.stored_length == areas[i].at("stored_length"));
        CHECK(to_text(area.version) == areas[i].at("version"));
        CHECK(area.pad == areas[i].at("pad"));
    }
}

void check_gateway_verdict(const Inspection& found, const json& row)
{
    const std::string verdict = row.at("gateway");
    CHECK(found.refusal().has_value() == (verdict == "refuse"));
    if (verdict == "refuse") {
        const bool about_size = row.at("error_code") == "INVALID_SCRATCHPAD_SIZE";
        CHECK(is_about_size(*found.refusal()) == about_size);
    }
    if (verdict == "warn")
        CHECK(found.verdict_of(CheckId::file_chain) == Verdict::failed);
    if (row.at("campaign_tool") == "accept")
        CHECK(found.passed());
    else
        CHECK_FALSE(found.passed());
}

} // namespace

TEST_CASE("each fixture without keys is judged as the manifest says", "[scratchpad]")
{
    const json manifest = read_manifest();
    std::size_t files = 0;
    for (const json& row : manifest.at("fixtures")) {
        const std::string name = row.at("file");
        CAPTURE(name);
        const Bytes file = read_fixture(name);
        CHECK(lower_hex(sha256(file)) == row.at("sha256"));
        const Inspection found = inspect(file);
        check_header(found, row);
        check_checks(found, row);
        check_areas(found, row);
        check_gateway_verdict(found, row);
        CHECK(check_scratchpad(file).has_value() == (row.at("gateway") != "refuse"));
        CHECK(found.verdict_of(CheckId::decryption) == Verdict::not_checked);
        ++files;
    }
    CHECK(files == 19);
}

TEST_CASE("each authentic fixture opens with its key pair and decrypts to its images", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    const json manifest = read_manifest();
    const std::string pem = read_text(FIXTURES "/keys/es256-public.pem");
    const PublicKey public_key = PublicKey::from_pem(pem).value();

    for (const json& row : manifest.at("fixtures")) {
        const std::string name = row.at("file");
        CAPTURE(name);
        if (row.at("authentic").is_null())
            continue;
        const Inspection found = inspect(read_fixture(name), {keys.pairs, keys.counter, &public_key});
        if (!row.at("authentic").get<bool>()) {
            CHECK(found.verdict_of(CheckId::authentication) == Verdict::failed);
            CHECK(found.verdict_of(CheckId::decryption) == Verdict::not_checked);
            CHECK_FALSE(found.passed());
            continue;
        }
        CHECK(found.verdict_of(CheckId::authentication) == Verdict::passed);
        CHECK(found.verdict_of(CheckId::decryption) == Verdict::passed);
        CHECK(found.key == row.at("key"));
        REQUIRE(found.counter);
        CHECK((*found.counter == CounterOrder::big_endian) == (row.at("ctr_counter") == "big"));
        const json& areas = row.at("areas");
        REQUIRE(found.images.size() == areas.size());
        for (std::size_t i = 0; i < areas.size(); ++i) {
            if (!areas[i].contains("raw_length"))
                continue;
            CHECK(found.images[i].length == areas[i].at("raw_length"));
            CHECK(lower_hex(found.images[i].sha256) == areas[i].at("raw_sha256"));
        }
    }
}

TEST_CASE("a scratchpad for other keys is not authentic", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    const std::vector<KeyPair> one{*keys.find("default")};
    const Inspection found = inspect(read_fixture("app-8k-vendor-b.otap"), {one, {}, nullptr});
    CHECK(found.verdict_of(CheckId::authentication) == Verdict::failed);
    CHECK(found.key.empty());
    CHECK_FALSE(found.passed());
    CHECK_FALSE(found.refusal()); // which no gateway can know
}

TEST_CASE("the wrong encryption key decrypts nothing", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    const std::vector<KeyPair> mixed{
        {"mixed", keys.find("default")->authentication, keys.find("vendor_b")->encryption}};
    const Inspection found = inspect(read_fixture("app-8k.otap"), {mixed, {}, nullptr});
    CHECK(found.verdict_of(CheckId::authentication) == Verdict::passed);
    CHECK(found.verdict_of(CheckId::decryption) == Verdict::failed);
    CHECK(found.images.empty());
}

TEST_CASE("a signature covers everything behind its file", "[scratchpad]")
{
    const PublicKey public_key = PublicKey::from_pem(read_text(FIXTURES "/keys/es256-public.pem")).value();
    const Bytes file = read_fixture("app-es256.otap");
    CHECK(is_signed_by(file, public_key).value());
    for (const std::size_t offset : {std::size_t{176}, std::size_t{1000}, file.size() - 1}) {
        CAPTURE(offset);
        Bytes tampered = file;
        tampered[offset] ^= 1;
        // The chain may break, too: no matter which, it is not accepted.
        CHECK_FALSE(is_signed_by(tampered, public_key).value_or(false));
    }
    Bytes other = file;
    other[100] ^= 1; // in the signature
    CHECK_FALSE(is_signed_by(other, public_key).value_or(false));
    CHECK_FALSE(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nrubbish\n-----END PUBLIC KEY-----\n"));
    CHECK_FALSE(PublicKey::from_pem(""));
}

TEST_CASE("no prefix of a file and no octet of its head makes an inspection stumble", "[scratchpad]")
{
    const KeyFile keys = fixture_keys();
    const InspectionKeys with_keys{keys.pairs, keys.counter, nullptr};
    for (const char* name : {"min-96.otap", "custom-readable.otap", "app-es256.otap"}) {
        const Bytes file = read_fixture(name);
        for (std::size_t size = 0; size < std::min<std::size_t>(file.size(), 300); ++size) {
            CAPTURE(name, size);
            CHECK_FALSE(inspect(ByteView(file).first(size), with_keys).passed());
        }
        for (std::size_t offset = 0; offset < 96; ++offset) {
            CAPTURE(name, offset);
            Bytes damaged = file;
            damaged[offset] ^= 0x55;
            static_cast<void>(inspect(damaged, with_keys));
        }
    }
}
