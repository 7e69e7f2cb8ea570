// Each invariant of a vault is broken once, by a mutation that a slip of the pen could make, and is
// seen to catch it before anything is committed.
#include <gtest/gtest.h>

#include "contracts/vault.hpp"
#include "native/math.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;

const Address anyone = person(99);
const Address teacher = VaultWorld::teacher(0);
const Address donor = VaultWorld::donor(0);
const Address second_donor = VaultWorld::donor(1);

/// A vault with wrong methods beside the right ones.
class Corrupted : public Vault {
public:
    using Vault::Vault;

    // Books.
    void release_undebited(u256 id) {
        const u256 held_before = held();
        release(id);
        set(held_, checked_u128(held_before));
    }
    void release_unearmarked(u256 id) {
        const u256 escrowed_before = escrowed();
        release(id);
        set(escrowed_, checked_u128(escrowed_before));
    }
    void contribute_unbooked(u256 assets) {
        erc20::pull(*this, asset(), sender(), assets);
        move({}, sender(), assets);
    }
    void contribute_unpaid(u256 assets) {
        set(raised_, checked_u128(raised() + assets));
        set(held_, checked_u128(held() + assets));
        move({}, sender(), assets);
        emit(Contributed{sender(), sender(), assets, assets, Hash{}});
    }
    void forget_event(u256 amount) {
        set(held_, checked_u128(held() - amount));
        set(paid_, checked_u128(paid() + amount));
        set(escrowed_, checked_u128(escrowed() - amount));
        tranches::set_state(*this, TrancheId{0}, TrancheState::released);
        erc20::try_transfer(*this, asset(), person(666), amount);
    }
    void keep_dust(u256 amount) {
        set(held_, checked_u128(held() - amount));
        set(withdrawn_, checked_u128(withdrawn() + amount));
    }
    // Tranches.
    void release_twice(u256 id) {
        release(id);
        const u256 amount = tranches::amount(*this, TrancheId{id.low64()});
        for (const Payee& payee : tranches::terms(*this, TrancheId{id.low64()}).payees) {
            erc20::try_transfer(*this, asset(), payee.to, payee.amount);
            emit(Released{id, payee.to, payee.amount});
        }
        set(held_, checked_u128(held() - amount));
        set(paid_, checked_u128(paid() + amount));
        set(escrowed_, checked_u128(escrowed() - amount));
    }
    void reopen(u256 id) {
        tranches::set_state(*this, TrancheId{id.low64()}, TrancheState::open);
        set(escrowed_, checked_u128(escrowed() + tranches::amount(*this, TrancheId{id.low64()})));
    }
    void unclaim(u256 id) { tranches::set_claimed_at(*this, TrancheId{id.low64()}, 0); }
    /// Pays the whole to the first payee.
    void release_to_one(u256 id) {
        const TrancheId which{id.low64()};
        const u256 amount = tranches::amount(*this, which);
        const Address to = tranches::terms(*this, which).payees[0].to;
        tranches::set_state(*this, which, TrancheState::released);
        set(escrowed_, checked_u128(escrowed() - amount));
        set(held_, checked_u128(held() - amount));
        set(paid_, checked_u128(paid() + amount));
        emit(Released{id, to, amount});
        erc20::try_transfer(*this, asset(), to, amount);
    }
    void pay_twice(u256 id) {
        release(id);
        erc20::try_transfer(*this, asset(), person(666), 1_u256);
    }
    // Plan, phase, terms.
    void change_plan() { set(plan_hash_, keccak256("another")); }
    void extend_plan(Tranche tranche) {
        set(plan_hash_, tranches::add(*this, tranche, plan_hash()));
    }
    void change_asset(Address to) { set(asset_, to); }
    void go_back() { set(phase_, uint8_t{1}); }
    void stay_active(u256 id) {
        release(id);
        set(phase_, uint8_t{2});
    }
    // Shares and what comes back.
    void make_shares(u256 amount) { move({}, sender(), amount); }
    void pay_returned_twice(Address holder) {
        const u256 amount = withdrawable_funds_of(holder);
        withdraw_returned(holder);
        set(held_, checked_u128(held() - amount));
        set(withdrawn_, checked_u128(withdrawn() + amount));
        emit(FundsWithdrawn{holder, amount});
        erc20::try_transfer(*this, asset(), holder, amount);
    }
    void distribute_again(u256 amount) {
        revenue::distribute(*this, revenue::CurrencyId{0}, amount, total_supply());
    }
    void transfer_silently(Address to, u256 shares) {
        is_silent_ = true;
        move(sender(), to, shares);
    }

    static constexpr auto abi =
        Vault::abi +
        Methods<Method<"releaseUndebited(uint256 id)", &Corrupted::release_undebited>,
                Method<"releaseUnearmarked(uint256 id)", &Corrupted::release_unearmarked>,
                Method<"contributeUnbooked(uint256 assets)", &Corrupted::contribute_unbooked>,
                Method<"contributeUnpaid(uint256 assets)", &Corrupted::contribute_unpaid>,
                Method<"forgetEvent(uint256 amount)", &Corrupted::forget_event>,
                Method<"keepDust(uint256 amount)", &Corrupted::keep_dust>,
                Method<"releaseTwice(uint256 id)", &Corrupted::release_twice>,
                Method<"reopen(uint256 id)", &Corrupted::reopen>,
                Method<"unclaim(uint256 id)", &Corrupted::unclaim>,
                Method<"releaseToOne(uint256 id)", &Corrupted::release_to_one>,
                Method<"payTwice(uint256 id)", &Corrupted::pay_twice>,
                Method<"changePlan()", &Corrupted::change_plan>,
                Method<"extendPlan((uint128 amount, (address to, uint128 amount)[] payees, uint64 "
                       "opensAt, "
                       "uint64 deadline, uint32 challenge, bytes32 criteria, (address target, "
                       "bytes data) release, "
                       "(address target, bytes data) cancel) tranche)",
                       &Corrupted::extend_plan>,
                Method<"changeAsset(address to)", &Corrupted::change_asset>,
                Method<"goBack()", &Corrupted::go_back>,
                Method<"stayActive(uint256 id)", &Corrupted::stay_active>,
                Method<"makeShares(uint256 amount)", &Corrupted::make_shares>,
                Method<"payReturnedTwice(address holder)", &Corrupted::pay_returned_twice>,
                Method<"distributeAgain(uint256 amount)", &Corrupted::distribute_again>,
                Method<"transferSilently(address to, uint256 shares)",
                       &Corrupted::transfer_silently>>{};

protected:
    void follow_shares(const Address& from, const Address& to, const u256& shares) override {
        if (!is_silent_) Vault::follow_shares(from, to, shares);
    }

private:
    bool is_silent_ = false;
};

/// Two tranches of 300 and 700, switches on, paid in by two donors; what the tests break is undone.
class VaultInvariantsTest : public testing::Test {
protected:
    VaultInvariantsTest() : world({native_type<Corrupted>(60'020, 1, "Corrupted")}) {
        world.expect_broken_invariants();
        fund();
        world.contribute(donor, 250_u256);
        world.contribute(second_donor, 750_u256);
        world.turn(0, Switchboard::on);
        world.turn(1, Switchboard::on);
        paid_in = world.money_of(world.vault());
    }

    void fund() { world.open_vault({300, 700}, "Corrupted"); }
    template <FixedText signature, class... T>
    void breaks(std::string_view invariant, const T&... arguments) {
        const u256 before = world.money_of(world.vault());
        const Outcome out = world.send<signature>(donor, world.vault(), arguments...);
        EXPECT_TRUE(out.ok()) << "the mutation itself is not refused";
        EXPECT_NE(out.broken.find(invariant), std::string::npos)
            << invariant << " is broken, not " << out.broken;
        EXPECT_EQ(world.money_of(world.vault()), before);
    }
    void expire() { world.go_to(world.funding_deadline() + VaultWorld::tranche_seconds + 1); }

    VaultWorld world;
    u256 paid_in;
};

TEST_F(VaultInvariantsTest, the_right_methods_break_none) {
    ASSERT_EQ(paid_in, 1'000_u256);
    EXPECT_TRUE(world.claim(teacher, 0).broken.empty());
    EXPECT_TRUE(world.release(0).broken.empty());
    expire();
    EXPECT_TRUE(world.reclaim(1).broken.empty());
    EXPECT_TRUE(world.withdraw(donor).broken.empty());
    EXPECT_EQ(world.money_of(world.vault()), 525_u256);
}

TEST_F(VaultInvariantsTest, a_payment_that_is_not_debited) {
    breaks<"releaseUndebited(uint256)">("V-12", 0_u256);
    breaks<"releaseUnearmarked(uint256)">("V-12", 0_u256);
}

TEST_F(VaultInvariantsTest, a_contribution_that_is_not_booked_or_not_paid) {
    fund();
    world.contribute(donor, 100_u256);
    world.endow(donor, 100_u256, world.currency());
    breaks<"contributeUnbooked(uint256)">("V-14", 100_u256);
    breaks<"contributeUnpaid(uint256)">("V-12", 100_u256);
}

TEST_F(VaultInvariantsTest, money_that_moves_without_an_event) {
    breaks<"forgetEvent(uint256)">("V-13", 300_u256);
}

TEST_F(VaultInvariantsTest, dust_that_is_swept_away) {
    expire();
    world.reclaim(0);
    breaks<"keepDust(uint256)">("V-13", 1_u256);
}

TEST_F(VaultInvariantsTest, a_tranche_that_is_released_twice) {
    breaks<"releaseTwice(uint256)">("X-1", 0_u256);
    world.release(0);
    breaks<"reopen(uint256)">("V-12", 0_u256);
}

TEST_F(VaultInvariantsTest, a_payee_who_gets_what_is_not_his) {
    breaks<"releaseToOne(uint256)">("X-3", 0_u256);
    breaks<"payTwice(uint256)">("V-12", 0_u256);
}

TEST_F(VaultInvariantsTest, a_claim_that_is_made_undone) {
    world.claim(teacher, 0);
    breaks<"unclaim(uint256)">("X-2", 0_u256);
}

TEST_F(VaultInvariantsTest, a_plan_that_is_changed) {
    breaks<"changePlan()">("X-3");
    breaks<
        "extendPlan((uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,(address,bytes),"
        "(address,bytes)))">("X-1", world.tranche(5, 5_u256));
    breaks<"changeAsset(address)">("X-3", person(7));
}

TEST_F(VaultInvariantsTest, a_phase_that_is_wrong) {
    breaks<"goBack()">("X-1");
    world.release(0);
    breaks<"stayActive(uint256)">("X-1", 1_u256);
}

TEST_F(VaultInvariantsTest, shares_out_of_nothing) {
    breaks<"makeShares(uint256)">("V-14", 1_u256);
}

TEST_F(VaultInvariantsTest, a_return_that_is_taken_or_given_twice) {
    expire();
    world.reclaim(0);
    world.reclaim(1);
    breaks<"payReturnedTwice(address)">("D-2", donor);
    breaks<"distributeAgain(uint256)">("V-12", 5_u256);
}

TEST_F(VaultInvariantsTest, shares_that_move_behind_the_back_of_what_they_earn) {
    expire();
    world.reclaim(0);
    breaks<"transferSilently(address,uint256)">("D-1", anyone, 10_u256);
}

// terms that were altered where they are stored pay nobody. A tranche has three slots, the
// third of which is the head of its terms' bytes, where runs of zeros are a zero and their length.
TEST_F(VaultInvariantsTest, terms_that_were_altered_in_storage) {
    const u256 head = detail::contents_of(namespace_slot("plume.tranches")) + 2_u256;
    const u256 contents = detail::contents_of(head);
    State& state = world.state();
    state.begin_transaction();
    const uint64_t words = words_of((state.load(world.vault(), head) >> 1).low64());
    Bytes bytes;
    for (uint64_t i = 0; i < words; ++i)
        append(bytes, to_word(state.load(world.vault(), contents + u256{i})));
    const Bytes payee{0xaa, 0, 18, teacher[19]};  // teacher's address
    const auto found = std::search(bytes.begin(), bytes.end(), payee.begin(), payee.end());
    ASSERT_NE(found, bytes.end());
    found[3] = anyone[19];
    for (uint64_t i = 0; i < words; ++i)
        state.store(world.vault(), contents + u256{i},
                    from_big_endian(BytesView(bytes).subspan(32 * i, 32)));
    state.end_transaction();
    const Outcome out = world.release(0);
    EXPECT_NE(out.broken.find("X-3"), std::string::npos) << out.broken;
    EXPECT_EQ(world.money_of(anyone), 0_u256);
}

}  // namespace
}  // namespace plume
