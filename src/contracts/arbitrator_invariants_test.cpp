// Each invariant of the arbitrator is broken once, by a mutation that a slip of the pen could make,
// and is seen to catch it before anything is committed.
#include <gtest/gtest.h>

#include "contracts/arbitrator.hpp"
#include "contracts/dispute_records.hpp"
#include "support/arbitration.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;
using test::person;

/// An arbitrator with wrong methods beside the right ones.
class Corrupted : public Arbitrator {
public:
    using Arbitrator::Arbitrator;

    // The purse.
    void credit_unlocked(Address currency, u256 amount) {
        emit(purse::Credited{currency, sender(), amount});
    }
    void lock_unpaid(Address currency, u256 amount) {
        purse::lock_received(*this, currency, sender(), amount);
    }
    void credit_mutely(Address currency, u256 amount) {
        purse::credit(*this, currency, sender(), amount);
    }
    // Disputes.
    void pay_twice(u256 id) {
        const auto round = disputes::detail::round_of(*this, id, {});
        emit(disputes::FeeEarned{id, {}, sender(), get(round.pot())});
        purse::credit(*this, disputes::currency(*this, id), sender(), get(round.pot()));
    }
    void rule_beyond(u256 id) {
        const auto record = disputes::detail::record_of(*this, id);
        set(record.ruling(), disputes::choices(*this, id) + 1_u256);
        emit(disputes::RoundTallied{id, {}, {}, {}});
    }
    void overrule(u256 id, u256 ruling) {
        set(disputes::detail::record_of(*this, id).ruling(), ruling);
        emit(disputes::RoundTallied{id, {}, ruling, {}});
    }
    void deliver(u256 id) { disputes::set_delivered(*this, id); }
    void take_back(u256 id) {
        set(disputes::detail::record_of(*this, id).is_delivered(), false);
        emit(disputes::RoundTallied{id, {}, {}, {}});
    }
    // Assertions.
    void return_twice(Hash id) {
        const Assertion stands = assertions::get(*this, id);
        const Address currency =
            panels::currency(*this, assertions::domain(*this, stands.domain).panel);
        for (int i = 0; i < 2; ++i) {
            emit(assertions::BondReturned{id, currency, sender(), stands.bond});
            purse::credit(*this, currency, sender(), stands.bond);
        }
    }

    static constexpr auto abi =
        Arbitrator::abi +
        Methods<
            Method<"creditUnlocked(address currency, uint256 amount)", &Corrupted::credit_unlocked>,
            Method<"lockUnpaid(address currency, uint256 amount)", &Corrupted::lock_unpaid>,
            Method<"creditMutely(address currency, uint256 amount)", &Corrupted::credit_mutely>,
            Method<"payTwice(uint256 id)", &Corrupted::pay_twice>,
            Method<"ruleBeyond(uint256 id)", &Corrupted::rule_beyond>,
            Method<"overrule(uint256 id, uint256 ruling)", &Corrupted::overrule>,
            Method<"deliver(uint256 id)", &Corrupted::deliver>,
            Method<"takeBack(uint256 id)", &Corrupted::take_back>,
            Method<"returnTwice(bytes32 id)", &Corrupted::return_twice>>{};
};

const NativeType& corrupted_type() {
    static const NativeType type = native_type<Corrupted>(60'003, 1, "Corrupted");
    return type;
}

class ArbitratorInvariants : public testing::Test {
protected:
    ArbitratorInvariants() : world(std::span(&corrupted_type(), 1)) {
        world.use_arbitrator(world.create(world.founder(), "Corrupted", {}).value<Address>());
        panel = world.create_panel(world.panel()).value<u256>();
        for (const Address& who : {alice, bob}) {
            world.give(who, 10'000_u256);
            world.approve(who, world.arbitrator());
        }
        dispute = world.create_dispute(alice, panel, 2_u256, 30_u256).value<u256>();
        other = world.create_dispute(alice, panel, 2_u256, 30_u256).value<u256>();
        world.expect_broken_invariants();
    }

    void solve() {
        world.vote(dispute, {{world.juror(0), 1}, {world.juror(1), 1}});
        ASSERT_TRUE(world.execute(dispute).ok());
    }
    template <FixedText text, class... T>
    std::string broken_by(const T&... arguments) {
        const Outcome out = world.send<text>(bob, world.arbitrator(), arguments...);
        EXPECT_TRUE(out.ok()) << "the mutation itself works";
        return out.broken;
    }
    static bool names(const std::string& broken, std::string_view id) {
        return broken.find(id) != std::string::npos;
    }

    const Address alice = person(61);
    const Address bob = person(62);
    ArbitrationWorld world;
    u256 panel, dispute, other;
};

TEST_F(ArbitratorInvariants, v13_the_purse_moves_as_its_events_say) {
    EXPECT_TRUE(
        names(broken_by<"creditUnlocked(address,uint256)">(world.currency(), 1_u256), "V-13"));
}

TEST_F(ArbitratorInvariants, v12_what_is_booked_is_there) {
    EXPECT_TRUE(names(broken_by<"lockUnpaid(address,uint256)">(world.currency(), 1_u256), "V-12"));
    EXPECT_TRUE(names(broken_by<"lockUnpaid(address,uint256)">(Address{}, 1_u256), "V-12"));
}

TEST_F(ArbitratorInvariants, v12_money_leaves_its_purpose_only_as_the_purpose_says) {
    EXPECT_TRUE(
        names(broken_by<"creditMutely(address,uint256)">(world.currency(), 1_u256), "V-12"));
}

TEST_F(ArbitratorInvariants, x4_a_pot_is_paid_once) {
    EXPECT_TRUE(names(broken_by<"payTwice(uint256)">(dispute), "X-4"));
}

TEST_F(ArbitratorInvariants, x5_a_ruling_is_a_choice_and_stands) {
    EXPECT_TRUE(names(broken_by<"ruleBeyond(uint256)">(dispute), "X-5"));
    solve();
    EXPECT_TRUE(names(broken_by<"overrule(uint256,uint256)">(dispute, 2_u256), "X-5"));
    ASSERT_EQ(broken_by<"deliver(uint256)">(dispute), "");
    EXPECT_TRUE(names(broken_by<"takeBack(uint256)">(dispute), "X-5"));
}

TEST_F(ArbitratorInvariants, v12_bonds_are_returned_once) {
    AssertionDomain terms{.panel = panel,
                          .value = {1'000_u256},
                          .floor = {1_u256},
                          .bond_share = 500,
                          .beneficiary = {},
                          .liveness = 0,
                          .closes_at = world.block().timestamp + 86'400};
    const Hash domain =
        world
            .send<"openDomain((uint256,uint128,uint128,uint32,address,uint64,uint64))">(
                alice, world.arbitrator(), terms)
            .value<Hash>();
    const auto make = [&](const Address& by, uint8_t claim) {
        return world
            .send<
                "assertTruth(bytes,address,address,address,uint64,address,uint256,bytes32,"
                "bytes32)">(by, world.arbitrator(), Bytes{claim}, by, Address{}, Address{},
                            uint64_t{3 * 86'400}, world.currency(), 50_u256, Hash{}, domain)
            .value<Hash>();
    };
    const Hash id = make(alice, 1);
    make(alice, 2);
    EXPECT_TRUE(names(broken_by<"returnTwice(bytes32)">(id), "V-12"));
}

}  // namespace
}  // namespace plume
