#include "contracts/payouts.hpp"

#include <gtest/gtest.h>

#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using payouts::Pace;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;

constexpr FixedText add_text =
    "addTranche((uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,(address,bytes),"
    "(address,bytes)),((uint8,uint32,uint64,uint64),(address,bytes,uint256)))";
const Address anyone = person(99);
const Address teacher = VaultWorld::teacher(0);
const Address helper = VaultWorld::teacher(1);
const Address donor = VaultWorld::donor(0);

/// A contract with a number that anybody sets.
class Gauge : public Contract {
public:
    using Contract::Contract;
    void construct() {}
    void set_level(u256 to) { set(level_, to); }
    u256 level() const {
        require(get(level_) != u256_max, ErrorString{"broken"});
        return get(level_);
    }
    static constexpr auto constructor = Method<"constructor()", &Gauge::construct>{};
    static constexpr auto abi = Methods<Method<"setLevel(uint256 to)", &Gauge::set_level>,
                                        Method<"level() view returns (uint256)", &Gauge::level>>{};

private:
    static constexpr Slot<u256> level_{0};
};

/// Wrong steps of a vault beside the right ones.
class HastyVault : public Vault {
public:
    using Vault::Vault;
    /// Lets the whole of the grant go at once.
    void draw_all(u256 id) {
        const TrancheId which{id.low64()};
        set(Slot<uint64_t>{started(which), 16}, uint64_t{1});
        draw(id);
        set(Slot<uint64_t>{started(which), 16}, now());
    }
    void grant_more(u256 id) {
        draw(id);
        set(Slot<u128>{started(TrancheId{id.low64()}) - 1_u256, 0}, u128{950_u256});
    }
    void keep_left(u256 id) {
        const TrancheId which{id.low64()};
        const u256 left = payouts::left(*this, which);
        draw(id);
        set(Slot<u128>{started(which) - 1_u256, 16}, u128{left});
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"drawAll(uint256 id)", &HastyVault::draw_all>,
                             Method<"grantMore(uint256 id)", &HastyVault::grant_more>,
                             Method<"keepLeft(uint256 id)", &HastyVault::keep_left>>{};

private:
    static u256 started(TrancheId id) {
        const Map<uint64_t, u256> records{{namespace_slot("plume.payouts")}};
        return records[static_cast<uint64_t>(id)].position + 1_u256;
    }
};

class PayoutsTest : public testing::Test {
protected:
    PayoutsTest()
        : world({native_type<Gauge>(60'050, 1, "Gauge"),
                 native_type<HastyVault>(60'051, 1, "HastyVault")}) {
        gauge = world.create(person(9), "Gauge", {}).value<Address>();
    }

    static PayoutRules stream(uint64_t duration, uint64_t cliff = 0) {
        return {.schedule = {static_cast<uint8_t>(Pace::stream), 0, duration, cliff}, .payout = {}};
    }
    static PayoutRules instalments(uint32_t parts, uint64_t duration) {
        return {.schedule = {static_cast<uint8_t>(Pace::instalments), parts, duration, 0},
                .payout = {}};
    }
    PayoutRules measured(const u256& cap) const {
        return {.schedule = {}, .payout = {gauge, test::World::calldata<"level()">(), cap}};
    }
    Tranche tranche(uint64_t number = 0) const {
        Tranche out = world.tranche(number, 900_u256);
        out.cancel = world.when_on(50);
        return out;
    }
    Outcome add(const PayoutRules& rules, std::string_view type = "Vault") {
        world.create_vault(world.terms(), {}, false, type);
        return world.send<add_text>(world.steward(), world.vault(), tranche(), rules);
    }
    /// A vault of 900 whose one tranche has these rules; active, and its switch is on.
    void activate(const PayoutRules& rules, std::string_view type = "Vault") {
        ASSERT_TRUE(add(rules, type).ok());
        ASSERT_TRUE(world.send<"open()">(world.steward(), world.vault()).ok());
        world.turn(0, Switchboard::on);
        ASSERT_TRUE(world.contribute(donor, 900_u256).ok());
    }
    Outcome draw() { return world.send<"draw(uint256)">(anyone, world.vault(), 0_u256); }
    Outcome quote() { return world.send<"quote(uint256)">(anyone, world.vault(), 0_u256); }
    void set_level(const u256& to) { world.send<"setLevel(uint256)">(anyone, gauge, to); }
    uint8_t state() {
        const Outcome out = world.ask<"tranche(uint256)">(world.vault(), 0_u256);
        return std::get<1>(*abi::decode<Tranche, uint8_t, uint64_t>(out.result.output));
    }

    VaultWorld world;
    Address gauge;
};

TEST_F(PayoutsTest, a_stream_pays_second_by_second_after_its_cliff) {
    activate(stream(1'000, 100));
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(state(), 4);
    EXPECT_EQ(world.escrowed(), 900_u256);
    world.advance(99);
    EXPECT_TRUE(draw().refused_with(Vault::NothingVested{0_u256}));
    world.advance(1);
    ASSERT_TRUE(draw().ok());
    EXPECT_EQ(world.money_of(teacher), 60_u256) << "two thirds of 90";
    EXPECT_EQ(world.money_of(helper), 30_u256);
    EXPECT_TRUE(draw().refused_as<Vault::NothingVested>()) << "once a second";
    world.advance(400);
    ASSERT_TRUE(draw().ok());
    EXPECT_EQ(world.money_of(teacher), 300_u256);
    EXPECT_EQ(world.escrowed(), 450_u256);
    world.advance(10'000);
    ASSERT_TRUE(draw().ok());
    EXPECT_EQ(world.money_of(teacher), 600_u256);
    EXPECT_EQ(world.money_of(helper), 300_u256);
    EXPECT_EQ(state(), 1);
    EXPECT_EQ(world.phase(), Vault::Phase::closed);
    EXPECT_TRUE(draw().refused_with(Vault::NotPaying{0_u256, 1}));
}

TEST_F(PayoutsTest, instalments_are_equal_and_the_first_comes_with_the_release) {
    activate(instalments(4, 400));
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(world.money_of(teacher), 150_u256);
    world.advance(99);
    EXPECT_TRUE(draw().refused_as<Vault::NothingVested>());
    world.advance(1);
    ASSERT_TRUE(draw().ok());
    EXPECT_EQ(world.money_of(teacher), 300_u256);
    world.advance(1'000);
    ASSERT_TRUE(draw().ok());
    EXPECT_EQ(world.money_of(teacher), 600_u256);
    EXPECT_EQ(world.held(), 0_u256);
}

TEST_F(PayoutsTest, a_cancelled_stream_leaves_what_is_vested_and_returns_the_rest) {
    activate(stream(1'000));
    world.release(0);
    EXPECT_TRUE(world.reclaim(0).refused_as<Vault::NotReclaimable>());
    world.advance(500);
    world.turn(50, Switchboard::on);
    const Outcome out = world.reclaim(0);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(world.money_of(teacher), 0_u256) << "no payee is called on the way back";
    EXPECT_EQ(world.owed(), 450_u256);
    EXPECT_EQ(world.withdrawable(donor), 450_u256);
    EXPECT_EQ(state(), 2);
    EXPECT_EQ(world.phase(), Vault::Phase::closed);
    ASSERT_TRUE(world.send<"collect(address)">(anyone, world.vault(), teacher).ok());
    EXPECT_EQ(world.money_of(teacher), 300_u256);
    EXPECT_TRUE(world.withdraw(donor).ok());
    EXPECT_EQ(world.held(), 0_u256);
}

TEST_F(PayoutsTest, the_deadline_of_a_tranche_does_not_stop_its_stream) {
    activate(stream(10'000));
    world.release(0);
    world.advance(9'000);
    EXPECT_TRUE(world.reclaim(0).refused_as<Vault::NotReclaimable>());
    ASSERT_TRUE(draw().ok());
    EXPECT_EQ(world.paid(), 810_u256);
}

TEST_F(PayoutsTest, a_measure_says_how_much_and_the_rest_goes_back) {
    activate(measured(800_u256));
    set_level(301_u256);
    EXPECT_TRUE(world.release(0).refused_with(Vault::NotQuoted{0_u256}));
    ASSERT_TRUE(quote().ok());
    world.next_block();
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(world.money_of(teacher), 200_u256);
    EXPECT_EQ(world.money_of(helper), 100_u256);
    EXPECT_EQ(world.withdrawable(donor), 600_u256) << "the fraction included";
    EXPECT_EQ(world.phase(), Vault::Phase::closed);
}

TEST_F(PayoutsTest, a_measure_pays_at_most_its_cap) {
    activate(measured(800_u256));
    set_level(1_u256 << 200);
    EXPECT_EQ(quote().value<u256>(), 800_u256);
    activate(measured(1_u256 << 200));
    EXPECT_EQ(quote().value<u256>(), 900_u256) << "nor more than the tranche";
}

// Edel 2026-07, Makina 2026-01: a value bent for the length of a transaction.
TEST_F(PayoutsTest, edel_a_measure_that_moved_in_this_block_pays_nothing) {
    activate(measured(800_u256));
    set_level(100_u256);
    ASSERT_TRUE(quote().ok());
    EXPECT_TRUE(world.release(0).refused_as<Vault::QuoteTooFresh>());
    world.next_block();
    set_level(800_u256);
    EXPECT_TRUE(world.release(0).refused_with(Vault::QuoteChanged{0_u256, 100_u256, 800_u256}));
    ASSERT_TRUE(quote().ok());
    EXPECT_TRUE(world.release(0).refused_as<Vault::QuoteTooFresh>());
}

TEST_F(PayoutsTest, who_repeats_a_quote_delays_nobody) {
    activate(measured(800_u256));
    set_level(300_u256);
    quote();
    world.next_block();
    ASSERT_TRUE(quote().ok());
    EXPECT_TRUE(world.release(0).ok());
}

TEST_F(PayoutsTest, a_measure_that_fails_pays_nothing_and_never_its_cap) {
    activate(measured(800_u256));
    EXPECT_TRUE(quote().refused_with(Vault::AmountFailed{0_u256})) << "0 is nothing to release";
    set_level(u256_max);
    EXPECT_TRUE(quote().refused_with(Vault::AmountFailed{0_u256}));
    set_level(500_u256);
    quote();
    world.next_block();
    set_level(u256_max);
    EXPECT_TRUE(world.release(0).refused_with(Vault::AmountFailed{0_u256}));
    world.go_to(world.funding_deadline() + VaultWorld::tranche_seconds + 1);
    ASSERT_TRUE(world.reclaim(0).ok()) << "and keeps nothing from going back";
    EXPECT_EQ(world.withdrawable(donor), 900_u256);
}

TEST_F(PayoutsTest, a_stream_of_a_measured_amount_streams_that_amount) {
    PayoutRules rules = stream(100);
    rules.payout = measured(800_u256).payout;
    activate(rules);
    set_level(300_u256);
    quote();
    world.next_block();
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(world.withdrawable(donor), 600_u256);
    set_level(800_u256);
    world.advance(50);
    ASSERT_TRUE(draw().ok());
    EXPECT_EQ(world.paid(), 150_u256) << "what was granted stands";
}

TEST_F(PayoutsTest, rules_are_part_of_the_plan) {
    const PayoutRules rules = stream(1'000, 10);
    ASSERT_TRUE(add(rules).ok());
    const Hash leaf =
        keccak256(abi::encode(keccak256(abi::encode(tranche())), keccak256(abi::encode(rules))));
    EXPECT_EQ(world.ask<"planHash()">(world.vault()).value<Hash>(),
              keccak256(abi::encode(keccak256(abi::encode(world.terms())), leaf)));
    EXPECT_EQ(world.ask<"rules(uint256)">(world.vault(), 0_u256).value<PayoutRules>(), rules);
    EXPECT_TRUE(
        world.ask<"rules(uint256)">(world.vault(), 1_u256).refused_as<tranches::UnknownTranche>());
    EXPECT_TRUE(world.send<add_text>(donor, world.vault(), tranche(), rules)
                    .refused_with(Vault::NotSteward{donor}));
}

TEST_F(PayoutsTest, rules_that_make_no_sense_are_refused) {
    using Invalid = payouts::ScheduleInvalid;
    const auto schedule = [&](uint8_t pace, uint32_t parts, uint64_t duration, uint64_t cliff) {
        return add({.schedule = {pace, parts, duration, cliff}, .payout = {}});
    };
    EXPECT_TRUE(schedule(3, 0, 0, 0).refused_as<Invalid>());
    EXPECT_TRUE(schedule(0, 0, 1, 0).refused_as<Invalid>());
    EXPECT_TRUE(schedule(1, 1, 100, 0).refused_as<Invalid>());
    EXPECT_TRUE(schedule(1, 100, 99, 0).refused_as<Invalid>());
    EXPECT_TRUE(schedule(1, payouts::instalments_max, 5'000, 0).ok());
    EXPECT_TRUE(schedule(1, payouts::instalments_max + 1, 5'000, 0).refused_as<Invalid>());
    EXPECT_TRUE(schedule(2, 0, 0, 0).refused_as<Invalid>());
    EXPECT_TRUE(schedule(2, 0, 100, 101).refused_as<Invalid>());
    EXPECT_TRUE(schedule(2, 0, payouts::duration_max_seconds, 0).ok());
    EXPECT_TRUE(schedule(2, 0, payouts::duration_max_seconds + 1, 0).refused_as<Invalid>());
    PayoutRules rules = measured(0_u256);
    EXPECT_TRUE(add(rules).refused_as<payouts::AmountCapZero>());
    rules = measured(1_u256);
    rules.payout.data.resize(payouts::amount_data_max);
    EXPECT_TRUE(add(rules).ok());
    rules.payout.data.resize(payouts::amount_data_max + 1);
    EXPECT_TRUE(add(rules).refused_as<payouts::AmountTooLong>());
}

TEST_F(PayoutsTest, a_tranche_without_rules_has_nothing_to_quote_or_draw) {
    world.open_vault({900});
    world.contribute(donor, 900_u256);
    EXPECT_TRUE(quote().refused_with(Vault::AmountNotNeeded{0_u256}));
    EXPECT_TRUE(draw().refused_with(Vault::NotPaying{0_u256, 0}));
    EXPECT_EQ(world.ask<"rules(uint256)">(world.vault(), 0_u256).value<PayoutRules>(),
              PayoutRules{});
}

TEST_F(PayoutsTest, each_invariant_of_a_payout_is_seen_when_broken) {
    activate(stream(1'000), "HastyVault");
    ASSERT_TRUE(world.release(0).ok());
    world.advance(100);
    world.expect_broken_invariants();
    const auto broken = [&]<FixedText signature>() {
        return world.send<signature>(anyone, world.vault(), 0_u256).broken;
    };
    EXPECT_NE(broken.operator()<"drawAll(uint256)">().find("X-7"), std::string::npos);
    EXPECT_NE(broken.operator()<"grantMore(uint256)">().find("X-7"), std::string::npos);
    EXPECT_NE(broken.operator()<"keepLeft(uint256)">().find("X-1"), std::string::npos);
    EXPECT_TRUE(draw().broken.empty());
}

// Any second at which somebody draws, and any at which the rest is cancelled: to the unit.
TEST_F(PayoutsTest, every_way_to_draw_a_small_stream_ends_with_every_unit_somewhere) {
    for (uint64_t amount = 1; amount <= 7; ++amount) {
        for (unsigned draws = 0; draws < 32; ++draws) {
            world.block().timestamp = world.funding_deadline() - VaultWorld::funding_seconds;
            world.turn(50, Switchboard::off);
            world.create_vault(world.terms(), {}, false);
            Tranche terms = world.tranche(0, u256{amount});
            terms.cancel = world.when_on(50);
            world.send<add_text>(world.steward(), world.vault(), terms, stream(4, draws % 3));
            world.send<"open()">(world.steward(), world.vault());
            world.turn(0, Switchboard::on);
            const u256 first = world.money_of(teacher) + world.money_of(helper);
            ASSERT_TRUE(world.contribute(donor, u256{amount}).ok());
            ASSERT_TRUE(world.release(0).ok());
            for (unsigned second = 0; second < 5; ++second) {
                if ((draws >> second & 1) != 0) draw();
                world.advance(1);
            }
            const bool is_over = world.phase() == Vault::Phase::closed;
            if (!is_over) {
                world.turn(50, Switchboard::on);
                ASSERT_TRUE(world.reclaim(0).ok()) << amount << " " << draws;
            }
            for (const Address& payee : {teacher, helper})
                world.send<"collect(address)">(anyone, world.vault(), payee);
            ASSERT_EQ(world.money_of(teacher) + world.money_of(helper) - first +
                          world.withdrawable(donor),
                      u256{amount});
            ASSERT_EQ(world.withdrawable(donor), 0_u256) << "the stream was over";
        }
    }
}

}  // namespace
}  // namespace plume
