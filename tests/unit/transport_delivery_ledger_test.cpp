#include "transport/sinks/delivery_ledger.hpp"

#include <catch2/catch.hpp>

using namespace transport;

TEST_CASE("packets become safe in any order, acknowledgements grow in theirs", "[delivery]")
{
    DeliveryLedger ledger;
    CHECK(ledger.attached(7, 11) == 0);
    for (std::uint64_t number = 11; number <= 14; ++number)
        CHECK(ledger.receive({7, number}));
    CHECK_FALSE(ledger.safe({7, 12}));
    CHECK(ledger.acknowledge() == 10);
    CHECK(ledger.safe({7, 11}));
    CHECK(ledger.acknowledge() == 12);
    CHECK(ledger.safe({7, 13}));
    CHECK_FALSE(ledger.safe({7, 13}));
    CHECK_FALSE(ledger.safe({7, 15})); // never received
    CHECK(ledger.acknowledge() == 13);
}

TEST_CASE("what came before an interruption is not taken twice", "[delivery]")
{
    DeliveryLedger ledger;
    ledger.attached(7, 1);
    for (std::uint64_t number = 1; number <= 3; ++number)
        ledger.receive({7, number});
    ledger.safe({7, 1});
    CHECK(ledger.attached(7, 2) == 0);
    CHECK_FALSE(ledger.receive({7, 2}));
    CHECK_FALSE(ledger.receive({7, 3}));
    CHECK(ledger.receive({7, 4}));
    CHECK(ledger.safe({7, 2})); // of the attachment before
    CHECK(ledger.acknowledge() == 2);
}

TEST_CASE("what an earlier run stored is safe", "[delivery]")
{
    DeliveryLedger ledger;
    ledger.attached(7, 1, DeliveryMark{7, 2});
    CHECK(ledger.acknowledge() == 2);
    CHECK_FALSE(ledger.receive({7, 1}));
    CHECK_FALSE(ledger.receive({7, 2}));
    CHECK(ledger.receive({7, 3}));

    ledger.attached(8, 1, DeliveryMark{7, 2}); // of another stream
    CHECK(ledger.acknowledge() == 0);
    CHECK(ledger.receive({8, 1}));
}

TEST_CASE("a new stream forgets the old one", "[delivery]")
{
    DeliveryLedger ledger;
    ledger.attached(7, 1);
    ledger.receive({7, 1});
    ledger.attached(8, 5);
    CHECK_FALSE(ledger.safe({7, 1}));
    CHECK_FALSE(ledger.receive({7, 6}));
    CHECK(ledger.receive({8, 5}));
    CHECK(ledger.safe({8, 5}));
    CHECK(ledger.acknowledge() == 5);
}

TEST_CASE("packets that the sink service had to give up are counted, and hold nothing up", "[delivery]")
{
    DeliveryLedger ledger;
    ledger.attached(7, 1);
    ledger.receive({7, 1});
    ledger.safe({7, 1});
    CHECK(ledger.attached(7, 5) == 3);
    CHECK(ledger.receive({7, 5}));
    CHECK(ledger.receive({7, 8})); // 6 and 7 never came
    CHECK(ledger.safe({7, 5}));
    CHECK(ledger.acknowledge() == 7);
}
