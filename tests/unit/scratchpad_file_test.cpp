#include "gateway/scratchpad_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>

using namespace gateway;

namespace {

Bytes fixture(const std::string& name)
{
    std::ifstream file(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace

TEST_CASE("good scratchpads pass every check", "[scratchpad]")
{
    for (const char* name :
         {"min-96.otap", "app-8k.otap", "app-8k-seq7.otap", "app-8k-vendor-b.otap", "stack-app-100k.otap",
          "stack-app-400k.otap", "multi-area.otap", "app-ctr-be.otap", "app-es256.otap",
          "custom-readable.otap", "bad-file-chain.otap", "tampered-crc-fixed.otap"}) {
        CAPTURE(name);
        CHECK(check_scratchpad(fixture(name)));
    }
    const auto header = check_scratchpad(fixture("min-96.otap"));
    REQUIRE(header);
    CHECK(header->length == 64);
    CHECK(header->crc == 0x2150);
    CHECK(header->sequence == 255);
    CHECK(header->status == 0xFFFFFFFF);
}

TEST_CASE("a bad scratchpad is refused with the code of its first fault", "[scratchpad]")
{
    const std::tuple<const char*, ScratchpadFault, ApplicationCode> rows[] = {
        {"bad-too-short-80.otap", ScratchpadFault::too_short, ApplicationCode::invalid_value},
        {"bad-truncated-odd.otap", ScratchpadFault::not_multiple_of_16, ApplicationCode::invalid_value},
        {"bad-tag.otap", ScratchpadFault::bad_tag, ApplicationCode::invalid_scratchpad},
        {"bad-truncated.otap", ScratchpadFault::bad_length, ApplicationCode::invalid_scratchpad},
        {"bad-trailing.otap", ScratchpadFault::bad_length, ApplicationCode::invalid_scratchpad},
        {"bad-length-field.otap", ScratchpadFault::bad_length, ApplicationCode::invalid_scratchpad},
        {"bad-crc.otap", ScratchpadFault::bad_crc, ApplicationCode::data_error},
    };
    for (const auto& [name, fault, code] : rows) {
        CAPTURE(name);
        const Bytes file = fixture(name);
        CHECK(inspect_scratchpad(file).fault == fault);
        const auto refused = check_scratchpad(file);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == code);
        CHECK_FALSE(refused.error().message.empty());
    }
}

TEST_CASE("sizes are judged before octets exist", "[scratchpad]")
{
    CHECK(check_scratchpad_size(0) == ScratchpadFault::too_short);
    CHECK(check_scratchpad_size(95) == ScratchpadFault::too_short);
    CHECK(check_scratchpad_size(97) == ScratchpadFault::not_multiple_of_16);
    CHECK_FALSE(check_scratchpad_size(96));
    CHECK_FALSE(check_scratchpad_size(scratchpad_max_size));
    CHECK(check_scratchpad_size(scratchpad_max_size + 16) == ScratchpadFault::too_long);
    CHECK(check_scratchpad_size(std::uint64_t{1} << 40) == ScratchpadFault::too_long);
}
