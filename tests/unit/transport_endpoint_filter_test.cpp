#include "transport/endpoint_filter.hpp"

#include <catch2/catch.hpp>

using namespace transport;

namespace {

EndpointSet set_of(std::initializer_list<std::pair<std::uint8_t, std::uint8_t>> ranges)
{
    EndpointSet set;
    for (const auto& [first, last] : ranges)
        set.add(first, last);
    return set;
}

} // namespace

TEST_CASE("endpoint lists are read in all their forms", "[filters]")
{
    CHECK(parse_endpoints("[240-255]") == set_of({{240, 255}}));
    CHECK(parse_endpoints("1,2,10-12") == set_of({{1, 2}, {10, 12}}));
    CHECK(parse_endpoints("[ 5 ]") == set_of({{5, 5}}));
    CHECK(parse_endpoints("[1, '10-12']") == set_of({{1, 1}, {10, 12}}));
    CHECK(parse_endpoints(" 0 - 255 ") == set_of({{0, 255}}));
    CHECK(parse_endpoints("5-5,5,4-6") == set_of({{4, 6}}));
    CHECK(parse_endpoints("007") == set_of({{7, 7}}));
    CHECK(parse_endpoints("") == EndpointSet());
    CHECK(parse_endpoints("[]") == EndpointSet());
}

TEST_CASE("endpoint lists with a fault are refused and the item is named", "[filters]")
{
    for (const char* text :
         {"256", "1,,2", "1,", ",1", "12-10", "-1", "1-", "+5", "1_0", "a", "1-2-3", "0x10", "1;2"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_endpoints(text));
    }
    CHECK(parse_endpoints("1, 300 ,2").error().find("'300'") != std::string::npos);
}

TEST_CASE("an endpoint in both filters is found", "[filters]")
{
    CHECK(set_of({{1, 5}}).first_common(set_of({{4, 9}})) == 4);
    CHECK(set_of({{1, 3}}).first_common(set_of({{4, 9}})) == -1);
}
