#include "transport/mqtt/subscriptions.hpp"

#include <catch2/catch.hpp>

using namespace transport;

namespace {

using Filters = std::vector<std::string>;

} // namespace

TEST_CASE("filters are asked for in batches, one at a time", "[subscriptions]")
{
    Subscriptions subscriptions({"a", "b", "c", "d", "e"}, 2);
    subscriptions.begin();
    CHECK(subscriptions.next_batch() == Filters{"a", "b"});
    CHECK(subscriptions.next_batch().empty()); // its answer is awaited
    CHECK(subscriptions.answered({2, 2}, 2).refused.empty());
    CHECK(subscriptions.next_batch() == Filters{"c", "d"});
    subscriptions.answered({2, 2}, 2);
    CHECK_FALSE(subscriptions.complete());
    CHECK(subscriptions.next_batch() == Filters{"e"});
    CHECK_FALSE(subscriptions.complete());
    subscriptions.answered({2}, 2);
    CHECK(subscriptions.complete());
    CHECK(subscriptions.next_batch().empty());
}

TEST_CASE("refused filters are known and asked for again", "[subscriptions]")
{
    Subscriptions subscriptions({"a", "b", "c"}, 0);
    subscriptions.begin();
    CHECK(subscriptions.next_batch().size() == 3);
    const auto answer = subscriptions.answered({2, 0x80, 1}, 2);
    CHECK(answer.refused == Filters{"b"});
    CHECK(answer.lower_qos);
    CHECK(subscriptions.complete());
    CHECK(subscriptions.refused() == Filters{"b"});

    subscriptions.retry();
    CHECK(subscriptions.refused().empty());
    CHECK(subscriptions.next_batch() == Filters{"b"});
    CHECK(subscriptions.answered({0x80}, 2).refused == Filters{"b"});
    subscriptions.retry();
    CHECK(subscriptions.next_batch() == Filters{"b"});
    CHECK(subscriptions.answered({2}, 2).refused.empty());
    CHECK(subscriptions.refused().empty());
}

TEST_CASE("a refusal without details is one of every filter", "[subscriptions]")
{
    Subscriptions subscriptions({"a", "b"}, 0);
    subscriptions.begin();
    CHECK(subscriptions.next_batch().size() == 2);
    CHECK(subscriptions.answered({0x80}, 2).refused.size() == 2);
}

TEST_CASE("a new connection asks for everything again", "[subscriptions]")
{
    Subscriptions subscriptions({"a", "b", "c"}, 2);
    subscriptions.begin();
    CHECK(subscriptions.next_batch().size() == 2);
    subscriptions.begin(); // the connection was lost before the answer
    CHECK(subscriptions.next_batch() == Filters{"a", "b"});
    CHECK(subscriptions.answered({1, 1}, 1).lower_qos == false);
    CHECK(subscriptions.next_batch() == Filters{"c"});
}
