#include "gateway/remote_api/attributes.hpp"
#include "gateway/remote_api/description.hpp"
#include "gateway/remote_api/sequences.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace gateway;
using namespace gateway::remote_api;

namespace {

const LockKey key{0xA1, 0xB2, 0xC3, 0xD4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xE6};

} // namespace

TEST_CASE("keys are never shown", "[remote-api]")
{
    for (const auto& requests : {trigger(42, 120, key), lock_otap(key, 10), unlock_otap(key, 10)}) {
        const Bytes payload = encode(requests).value();
        // Whole, and cut anywhere: no octet of the key that its hexadecimal would show.
        for (std::size_t size = 1; size <= payload.size(); ++size) {
            const std::string text = masked_hex(ByteView(payload).first(size));
            CAPTURE(text);
            for (const char* octet : {"A1", "B2", "C3", "D4", "E6"})
                CHECK(text.find(octet) == std::string::npos);
        }
        for (const Request& request : requests)
            CHECK(describe(request).find("A1") == std::string::npos);
    }
    CHECK(
        masked_hex(encode(trigger(42, 120, key)).value()) ==
        "04 00 02 10 ** ** ** ** ** ** ** ** ** ** ** ** ** ** ** ** 1A 01 2A 03 00 05 02 78 00");
    CHECK(value_text(lock_key, key) == "16 secret octets");
}

TEST_CASE("answers read like sentences", "[remote-api]")
{
    const auto text = [](const char* hex) {
        const auto packet = decode_responses(from_hex(hex).value());
        REQUIRE(packet.records.size() == 1);
        return describe(packet.records[0]);
    };
    CHECK(text("8E 03 04 00 82") == "CSAP 4 (node-role): router, autorole");
    CHECK(text("8E 06 16 00 FF FF FF 7F") == "CSAP 22 (lock-bits): 0x7FFFFFFF: OTAP locked");
    CHECK(text("8E 05 02 00 56 34 12") == "CSAP 2 (network-address): 0x123456");
    CHECK(text("8C 06 09 00 D0 07 40 1F") == "MSAP 9 (access-cycle-range): 2000 to 8000 ms");
    CHECK(text("8C 06 08 00 40 01 00 00") == "MSAP 8 (system-time): 2.50 s");
    CHECK(text("8C 06 0E 00 B0 84 01 00") == "MSAP 14 (stored-length): 99504 octets");
    CHECK(text("8E 04 63 00 AB CD") == "CSAP 99: AB CD");
    CHECK(text("8E 04 04 00 82 00") == "CSAP 4 (node-role): router, autorole, with an empty mask");
    CHECK(text("F9 03 0E 17 00") == "read CSAP 23 (lock-key) refused: write-only attribute");
    CHECK(text("FD 01 1A") == "scratchpad update refused: invalid value");
    CHECK(text("FF 01 30") == "request 0x30 refused: unknown request");
    CHECK(text("85 02 57 00") == "update in 87 s");
    CHECK(text("85 02 00 00") == "update: no countdown runs");
    CHECK(text("84 00") == "cancel done");
    CHECK(text("84 01 00") == "cancel done (and 1 octets more)");
    CHECK(text("CF 01 00") == "write max queuing time answer: 1 octets, of an unknown layout");
    CHECK(
        text("99 18 B0 84 01 00 81 2D 2A 01 FF 70 3D 01 00 1C 5A 29 03 01 00 00 05 00 02 4D") ==
        "stored: 99504 octets, CRC 0x2D81, sequence 42, new; "
        "stack: 5.0.2.77 from sequence 41, CRC 0x5A1C, area 0x00000103");
}

TEST_CASE("a bootloader's word has a name", "[remote-api]")
{
    CHECK(bootloader_status_text(255) == "new");
    CHECK(bootloader_status_text(0) == "processed");
    CHECK(bootloader_status_text(4) == "authentication failed");
    CHECK(bootloader_status_text(10) == "modem delta firmware failed");
    CHECK(bootloader_status_text(11) == "unknown error 11");
    CHECK(bootloader_status_text(254) == "unknown error 254");
}

TEST_CASE("attributes are found by name and by number", "[remote-api]")
{
    std::set<std::string_view> names;
    for (const AttributeRow& row : attribute_rows()) {
        CAPTURE(row.name);
        CHECK(names.insert(row.name).second);
        CHECK(attribute_from(row.name) == row.attribute);
        CHECK(find_attribute(row.attribute) == &row);
        CHECK((row.write == WriteAccess::no) == (row.write_size == 0));
    }
    CHECK(attribute_from("csap:4") == node_role);
    CHECK(attribute_from("msap:300") == Attribute{AttributeSet::msap, 300});
    for (const char* text : {"", "csap:", "csap:4x", "csap:70000", "msap:-1", "role", "tsap:1"})
        CHECK_FALSE(attribute_from(text));
    CHECK(find_attribute({AttributeSet::csap, 999}) == nullptr);
}
