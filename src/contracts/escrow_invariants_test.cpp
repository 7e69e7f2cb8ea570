// Each invariant of an escrow vault is broken once, by a mutation that a slip of the pen could
// make, and is seen to catch it before anything is committed.
#include <gtest/gtest.h>

#include "contracts/escrow.hpp"
#include "native/math.hpp"
#include "support/escrows.hpp"

namespace plume {
namespace {

using namespace literals;
using test::EscrowWorld;
using test::Outcome;
using test::person;

const Address anyone = EscrowWorld::anyone();
const Address payer = EscrowWorld::payer();

/// A vault with wrong methods beside the right ones.
class Corrupted : public EscrowVault {
public:
    using EscrowVault::EscrowVault;

    void release_twice(u256 id) {
        release(id);
        purse::credit(*this, asset(), payee(), tranches::amount(*this, TrancheId{id.low64()}));
    }
    void release_unearmarked(u256 id) {
        const u256 before = escrowed();
        release(id);
        set(escrowed_, checked_u128(before));
    }
    void release_to_stranger(u256 id) {
        const u256 amount = tranches::amount(*this, TrancheId{id.low64()});
        tranches::set_state(*this, TrancheId{id.low64()}, TrancheState::released);
        set(escrowed_, checked_u128(escrowed() - amount));
        emit(Released{id, payee(), amount});
        purse::credit(*this, asset(), sender(), amount);
    }
    void leave_terminal(u256 id) {
        tranches::set_state(*this, TrancheId{id.low64()}, TrancheState::open);
        set(escrowed_, checked_u128(escrowed() + tranches::amount(*this, TrancheId{id.low64()})));
    }
    void settle_mutely(u256 id) {
        tranches::set_state(*this, TrancheId{id.low64()}, TrancheState::reclaimed);
    }
    void add_mutely(Tranche tranche) {
        set(plan_hash_, tranches::add(*this, tranche, plan_hash()));
        set(escrowed_, checked_u128(escrowed() + tranche.amount));
        purse::lock(*this, asset(), sender(), tranche.amount);
    }
    void forget_hash() { set(plan_hash_, Hash{}); }
    void raise_fee(u256 id) { set(disputes_[id].fee(), u128{fee_max()}); }
    void lose_deposit() { set(deposits_, u128{}); }
    void reopen_dispute(u256 id) { set(disputes_[id].stage(), uint8_t{1}); }
    void change_judge(u256 id) { set(disputes_[id].arbitrator(), sender()); }
    void reopen() { set(phase_, uint8_t{0}); }
    void withdraw_mutely(u256 amount) { purse::send(*this, asset(), sender(), amount); }

    static constexpr auto abi =
        EscrowVault::abi +
        Methods<
            Method<"releaseTwice(uint256 id)", &Corrupted::release_twice>,
            Method<"releaseUnearmarked(uint256 id)", &Corrupted::release_unearmarked>,
            Method<"releaseToStranger(uint256 id)", &Corrupted::release_to_stranger>,
            Method<"leaveTerminal(uint256 id)", &Corrupted::leave_terminal>,
            Method<"settleMutely(uint256 id)", &Corrupted::settle_mutely>,
            Method<"addMutely((uint128 amount, (address to, uint128 amount)[] payees, uint64 "
                   "opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, (address target, "
                   "bytes data) release, (address target, bytes data) cancel) tranche)",
                   &Corrupted::add_mutely>,
            Method<"forgetHash()", &Corrupted::forget_hash>,
            Method<"raiseFee(uint256 id)", &Corrupted::raise_fee>,
            Method<"loseDeposit()", &Corrupted::lose_deposit>,
            Method<"reopenDispute(uint256 id)", &Corrupted::reopen_dispute>,
            Method<"changeJudge(uint256 id)", &Corrupted::change_judge>,
            Method<"reopen()", &Corrupted::reopen>,
            Method<"withdrawMutely(uint256 amount)", &Corrupted::withdraw_mutely>>{};
};

const NativeType& corrupted_type() {
    static const NativeType type = native_type<Corrupted>(60'005, 1, "Corrupted");
    return type;
}

class EscrowInvariants : public testing::Test {
protected:
    EscrowInvariants() : world(std::span(&corrupted_type(), 1)) {
        world.begin({500, 300}, "Corrupted");
        world.expect_broken_invariants();
    }

    /// What the node says to it; nothing of it stays.
    template <FixedText text, class... T>
    std::string broken_by(const T&... arguments) {
        const Outcome out = world.send<text>(payer, world.vault(), arguments...);
        EXPECT_TRUE(out.ok()) << "the mutation itself works";
        return out.broken;
    }
    static bool names(const std::string& broken, std::string_view id) {
        return broken.find(id) != std::string::npos;
    }

    EscrowWorld world;
};

TEST_F(EscrowInvariants, v12_books_are_exact_and_covered) {
    EXPECT_TRUE(names(broken_by<"releaseTwice(uint256)">(1_u256), "V-12"));
    EXPECT_TRUE(names(broken_by<"releaseUnearmarked(uint256)">(0_u256), "V-12"));
    EXPECT_TRUE(names(broken_by<"withdrawMutely(uint256)">(1_u256), "V-12"));
    EXPECT_EQ(world.escrowed(), 800_u256) << "nothing was committed";
}

TEST_F(EscrowInvariants, x1_a_tranche_ends_once_and_as_announced) {
    EXPECT_TRUE(names(broken_by<"settleMutely(uint256)">(0_u256), "X-1"));
    EXPECT_TRUE(names(broken_by<"releaseToStranger(uint256)">(0_u256), "X-1"));
    ASSERT_TRUE(world.release(payer, 0).ok());
    EXPECT_FALSE(broken_by<"leaveTerminal(uint256)">(0_u256).empty());
}

TEST_F(EscrowInvariants, x3_the_plan_changes_by_amendment_only) {
    EXPECT_TRUE(names(broken_by<"forgetHash()">(), "X-3"));
    EXPECT_TRUE(
        names((broken_by<"addMutely((uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,"
                         "(address,bytes),(address,bytes)))">(world.tranche(10))),
              "X-3"));
}

TEST_F(EscrowInvariants, x4_fees_and_deposits_are_what_was_agreed) {
    ASSERT_TRUE(world.claim(0).ok());
    ASSERT_TRUE(world.dispute(0).ok());
    EXPECT_TRUE(names(broken_by<"raiseFee(uint256)">(0_u256), "X-4"));
    EXPECT_FALSE(broken_by<"loseDeposit()">().empty());
}

TEST_F(EscrowInvariants, x5_what_is_over_stays_over) {
    const u256 number = world.open_dispute(0);
    EXPECT_TRUE(names(broken_by<"changeJudge(uint256)">(0_u256), "X-5"));
    ASSERT_TRUE(world.decide(number, 1).value<bool>());
    EXPECT_TRUE(names(broken_by<"reopenDispute(uint256)">(0_u256), "X-5"));
    EXPECT_FALSE(broken_by<"reopen()">().empty());
}

}  // namespace
}  // namespace plume
