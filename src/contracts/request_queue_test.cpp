// A line of requests by itself: amounts, order, and claims in parts.
#include "contracts/request_queue.hpp"

#include <gtest/gtest.h>

#include <random>

#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;

const Address alice = person(2);
const Address bob = person(3);

/// A contract that is nothing but a line.
class Line : public Contract {
public:
    using Contract::Contract;
    static constexpr request_queue::Queue queue{{u256{5u}}};

    void construct() {}
    void add(Address who, u256 amount) { request_queue::add(*this, queue, who, amount); }
    u256 cancel(Address who) { return request_queue::cancel(*this, queue, who); }
    void pass() { request_queue::pass(*this, queue); }
    void fulfill(u256 part, u256 due) { request_queue::fulfill(*this, queue, part, due); }
    void give_back() { request_queue::give_back(*this, queue); }
    u256 claim_brought(Address who, u256 amount) {
        return request_queue::claim_brought(*this, queue, who, amount);
    }
    u256 claim_due(Address who, u256 amount) {
        return request_queue::claim_due(*this, queue, who, amount);
    }
    u256 claim_returned(Address who) { return request_queue::claim_returned(*this, queue, who); }
    std::tuple<Address, u256, uint64_t> first() const {
        const auto out = request_queue::first(*this, queue);
        return out ? std::tuple{out->controller, out->amount, out->time}
                   : std::tuple{Address{}, u256_max, uint64_t{0}};
    }
    /// Of everybody, for the zero address.
    std::tuple<u256, u256, u256, u256> amounts(Address who) const {
        const auto all =
            request_queue::figures(*this, who == Address{} ? queue.sums() : queue.of(who));
        return {all.pending, all.returned, all.brought, all.due};
    }

    static constexpr auto constructor = Method<"constructor()", &Line::construct>{};
    static constexpr auto abi = Methods<
        Method<"add(address who, uint256 amount)", &Line::add>,
        Method<"cancel(address who) returns (uint256)", &Line::cancel>,
        Method<"pass()", &Line::pass>, Method<"fulfill(uint256 part, uint256 due)", &Line::fulfill>,
        Method<"giveBack()", &Line::give_back>,
        Method<"claimBrought(address who, uint256 amount) returns (uint256)", &Line::claim_brought>,
        Method<"claimDue(address who, uint256 amount) returns (uint256)", &Line::claim_due>,
        Method<"claimReturned(address who) returns (uint256)", &Line::claim_returned>,
        Method<"first() view returns (address, uint256, uint64)", &Line::first>,
        Method<"amounts(address who) view returns (uint256, uint256, uint256, uint256)",
               &Line::amounts>>{};
};

using Four = std::tuple<u256, u256, u256, u256>;

class RequestQueue : public testing::Test {
protected:
    RequestQueue() : world(std::vector{native_type<Line>(60'150, 1, "Line")}) {
        line = world.create(person(1), "Line", Hash{}).value<Address>();
    }
    Four amounts(const Address& who) {
        return abi::decode<u256, u256, u256, u256>(
                   world.ask<"amounts(address)">(line, who).result.output)
            .value();
    }
    std::tuple<Address, u256> first() {
        const auto all =
            abi::decode<Address, u256, uint64_t>(world.ask<"first()">(line).result.output).value();
        return {std::get<0>(all), std::get<1>(all)};
    }
    template <FixedText signature, class... T>
    Outcome send(const T&... arguments) {
        return world.send<signature>(person(1), line, arguments...);
    }

    test::World world;
    Address line;
};

TEST_F(RequestQueue, requests_keep_their_places) {
    EXPECT_EQ(first(), (std::tuple{Address{}, u256_max})) << "nobody is in it";
    send<"add(address,uint256)">(alice, 5_u256);
    send<"add(address,uint256)">(bob, 7_u256);
    send<"add(address,uint256)">(alice, 2_u256);
    EXPECT_EQ(amounts(alice), (Four{7_u256, 0_u256, 0_u256, 0_u256}));
    EXPECT_EQ(amounts({}), (Four{14_u256, 0_u256, 0_u256, 0_u256}));
    EXPECT_EQ(first(), (std::tuple{alice, 5_u256}));
    send<"fulfill(uint256,uint256)">(3_u256, 30_u256);
    EXPECT_EQ(first(), (std::tuple{alice, 2_u256}));
    send<"fulfill(uint256,uint256)">(2_u256, 20_u256);
    EXPECT_EQ(first(), (std::tuple{bob, 7_u256}));
    EXPECT_EQ(amounts(alice), (Four{2_u256, 0_u256, 5_u256, 50_u256}));
    send<"giveBack()">();
    EXPECT_EQ(amounts(bob), (Four{0_u256, 7_u256, 0_u256, 0_u256}));
    EXPECT_EQ(send<"claimReturned(address)">(bob).value<u256>(), 7_u256);
    EXPECT_EQ(first(), (std::tuple{alice, 2_u256}));
    EXPECT_FALSE((send<"fulfill(uint256,uint256)">(3_u256, 1_u256).ok())) << "more than is left";
}

TEST_F(RequestQueue, who_cancels_is_out_of_the_line_and_may_come_again) {
    send<"add(address,uint256)">(alice, 5_u256);
    send<"add(address,uint256)">(bob, 7_u256);
    EXPECT_EQ(send<"cancel(address)">(alice).value<u256>(), 5_u256);
    send<"add(address,uint256)">(alice, 3_u256);
    EXPECT_EQ(first(), (std::tuple{alice, 0_u256})) << "the entry stays behind";
    send<"pass()">();
    EXPECT_EQ(first(), (std::tuple{bob, 7_u256}));
    send<"fulfill(uint256,uint256)">(7_u256, 1_u256);
    EXPECT_EQ(first(), (std::tuple{alice, 3_u256}));
    EXPECT_EQ(amounts(alice), (Four{3_u256, 5_u256, 0_u256, 0_u256}));
    EXPECT_EQ(amounts({}), (Four{3_u256, 5_u256, 7_u256, 1_u256}));
}

TEST_F(RequestQueue, what_is_pending_has_room_for_128_bits) {
    const u256 most = (1_u256 << 128) - 1_u256;
    EXPECT_FALSE((send<"add(address,uint256)">(alice, most + 1_u256).ok()));
    EXPECT_TRUE((send<"add(address,uint256)">(alice, most).ok()));
    EXPECT_FALSE((send<"add(address,uint256)">(bob, 1_u256).ok()));
    EXPECT_TRUE((send<"add(address,uint256)">(bob, 0_u256).ok()));
}

// Whatever the order and the parts, what was due is had to the unit and for all that was brought.
TEST_F(RequestQueue, claims_in_parts_come_to_the_whole) {
    std::mt19937_64 random(7);
    for (int life = 0; life < 60; ++life) {
        const u256 brought{1 + random() % (life % 2 == 0 ? 9 : 1'000'000)};
        const u256 due{1 + random() % (life % 3 == 0 ? 5 : 1'000'000)};
        send<"add(address,uint256)">(alice, brought);
        send<"fulfill(uint256,uint256)">(brought, due);
        u256 had_brought;
        u256 had_due;
        for (int step = 0; step < 40; ++step) {
            const auto [pending, returned, left, left_due] = amounts(alice);
            EXPECT_EQ(left.is_zero(), left_due.is_zero()) << "neither without the other";
            if (left.is_zero()) break;
            const bool is_last = step == 39;
            if (random() % 2 == 0) {
                const u256 part = is_last ? left : u256{random() % (left.low64() + 1)};
                had_due += send<"claimBrought(address,uint256)">(alice, part).value<u256>();
                had_brought += part;
            } else {
                const u256 part = is_last ? left_due : u256{random() % (left_due.low64() + 1)};
                had_brought += send<"claimDue(address,uint256)">(alice, part).value<u256>();
                had_due += part;
            }
        }
        EXPECT_EQ(had_brought, brought);
        EXPECT_EQ(had_due, due);
        EXPECT_EQ(amounts({}), (Four{}));
    }
    EXPECT_FALSE((send<"claimBrought(address,uint256)">(alice, 1_u256).ok()));
    EXPECT_EQ((send<"claimDue(address,uint256)">(alice, 0_u256).value<u256>()), 0_u256);
}

}  // namespace
}  // namespace plume
