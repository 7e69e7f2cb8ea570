#include "contracts/tranches.hpp"

#include <gtest/gtest.h>

#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::VaultWorld;

constexpr FixedText add_text =
    "addTranche((uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,(address,bytes),"
    "(address,bytes)))";
constexpr u256 uint128_max = (u256{1u} << 128) - u256{1u};

class TranchesTest : public testing::Test {
protected:
    TranchesTest() { world.create_vault(world.terms(), {}, false); }

    Outcome add(const Tranche& tranche) {
        return world.send<add_text>(world.steward(), world.vault(), tranche);
    }
    Tranche valid() const { return world.tranche(0, 300_u256); }
    Hash plan_hash() { return world.ask<"planHash()">(world.vault()).value<Hash>(); }

    VaultWorld world;
};

TEST_F(TranchesTest, a_tranche_reads_back_as_it_was_added) {
    Tranche tranche = valid();
    tranche.challenge = 77;
    tranche.cancel = world.when_on(9);
    const Outcome out = add(tranche);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out.value<u256>(), 0_u256);
    EXPECT_EQ(add(valid()).value<u256>(), 1_u256);
    const auto read = abi::decode<Tranche, uint8_t, uint64_t>(
        world.ask<"tranche(uint256)">(world.vault(), 0_u256).result.output);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, (std::tuple{tranche, uint8_t{0}, uint64_t{0}}));
    EXPECT_EQ(world.number<"trancheCount()">(), 2_u256);
    EXPECT_EQ(world.number<"goal()">(), 600_u256);
}

TEST_F(TranchesTest, every_length_of_zeros_reads_back) {
    for (const size_t size : {0u, 1u, 3u, 4u, 5u, 254u, 255u, 256u, 257u, 510u, 511u, 4'096u}) {
        Tranche tranche = valid();
        tranche.release.data.assign(size, 0);
        tranche.cancel.data.assign(size, 0);
        for (size_t i = 0; i < size; i += 1 + i / 3) tranche.cancel.data[i] = 1;
        const u256 id = add(tranche).value<u256>();
        const auto read = abi::decode<Tranche, uint8_t, uint64_t>(
            world.ask<"tranche(uint256)">(world.vault(), id).result.output);
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(std::get<0>(*read), tranche) << size;
    }
}

TEST_F(TranchesTest, the_plan_hash_binds_terms_and_tranches_in_order) {
    Hash expected = keccak256(abi::encode(world.terms()));
    EXPECT_EQ(plan_hash(), expected);
    for (const Tranche& tranche : {world.tranche(3, 30_u256), world.tranche(4, 40_u256)}) {
        const Hash leaf = keccak256(abi::encode(tranche));
        expected = keccak256(abi::encode(expected, leaf));
        const auto events = add(tranche).events<Vault::TrancheAdded>(world.vault());
        ASSERT_EQ(events.size(), 1u);
        EXPECT_EQ(std::get<4>(events[0]), leaf);
        EXPECT_EQ(plan_hash(), expected);
    }
}

TEST_F(TranchesTest, unknown_ids_are_refused) {
    add(valid());
    for (const u256& id : {1_u256, 64_u256, u256{1u} << 64, u256_max}) {
        EXPECT_TRUE((world.ask<"tranche(uint256)">(world.vault(), id)
                         .refused_as<tranches::UnknownTranche>()));
        EXPECT_TRUE((world.ask<"isReleasable(uint256)">(world.vault(), id)
                         .refused_as<tranches::UnknownTranche>()));
        EXPECT_TRUE((world.send<"release(uint256)">(person(9), world.vault(), id)
                         .refused_as<tranches::UnknownTranche>()));
        EXPECT_TRUE((world.send<"reclaim(uint256)">(person(9), world.vault(), id)
                         .refused_as<tranches::UnknownTranche>()));
        EXPECT_TRUE((world.send<"claim(uint256,bytes32)">(person(9), world.vault(), id, Hash{})
                         .refused_as<tranches::UnknownTranche>()));
    }
}

TEST_F(TranchesTest, a_plan_has_at_most_64_tranches) {
    for (uint64_t i = 0; i < tranches::count_max; ++i) ASSERT_TRUE(add(valid()).ok()) << i;
    EXPECT_TRUE(add(valid()).refused_with(tranches::TooManyTranches{64_u256}));
}

TEST_F(TranchesTest, a_tranche_has_one_to_sixteen_payees) {
    Tranche tranche = valid();
    tranche.payees.clear();
    tranche.amount = {};
    EXPECT_TRUE(add(tranche).refused_with(tranches::PayeeCountInvalid{0_u256, 16_u256}));
    for (uint16_t n = 0; n < 16; ++n) tranche.payees.push_back({person(n + 1), {1_u256}});
    tranche.amount = {16_u256};
    EXPECT_TRUE(add(tranche).ok());
    tranche.payees.push_back({person(17), {1_u256}});
    tranche.amount = {17_u256};
    EXPECT_TRUE(add(tranche).refused_with(tranches::PayeeCountInvalid{17_u256, 16_u256}));
}

TEST_F(TranchesTest, a_payee_is_somebody_else_and_paid_once) {
    for (const Address& bad : {Address{}, world.vault(), world.teacher(1)}) {
        Tranche tranche = valid();
        tranche.payees[0].to = bad;
        const Address named = bad == world.teacher(1) ? tranche.payees[1].to : bad;
        EXPECT_TRUE(add(tranche).refused_with(tranches::PayeeInvalid{named}));
    }
}

TEST_F(TranchesTest, payees_get_something_and_together_the_amount) {
    Tranche tranche = valid();
    tranche.payees[1].amount = {};
    EXPECT_TRUE(add(tranche).refused_with(tranches::PayeeAmountZero{world.teacher(1)}));
    tranche.payees[1].amount = {101_u256};
    EXPECT_TRUE(add(tranche).refused_with(tranches::PayeeSumWrong{301_u256, 300_u256}));
    tranche.payees[1].amount = {99_u256};
    EXPECT_TRUE(add(tranche).refused_with(tranches::PayeeSumWrong{299_u256, 300_u256}));
}

// The sum is taken beyond 128 bits: it cannot wrap around to the amount.
TEST_F(TranchesTest, sums_beyond_uint128_are_seen) {
    Tranche tranche = valid();
    tranche.payees[0].amount = {uint128_max};
    tranche.payees[1].amount = {301_u256};
    EXPECT_TRUE(
        add(tranche).refused_with(tranches::PayeeSumWrong{uint128_max + 301_u256, 300_u256}));
}

TEST_F(TranchesTest, the_goal_is_at_most_a_uint128) {
    Tranche tranche = valid();
    tranche.payees = {{world.teacher(0), {uint128_max}}};
    tranche.amount = {uint128_max};
    ASSERT_TRUE(add(tranche).ok());
    EXPECT_EQ(world.number<"goal()">(), uint128_max);
    tranche.payees = {{world.teacher(0), {1_u256}}};
    tranche.amount = {1_u256};
    EXPECT_TRUE(add(tranche).refused_with(Vault::GoalTooLarge{}));
}

// N6: what is no uint128 is not cut down to one.
TEST_F(TranchesTest, amounts_beyond_uint128_are_not_decoded) {
    Bytes data = world.calldata<add_text>(valid());
    const Bytes word = to_bytes(to_word(300_u256));
    const auto amount = std::search(data.begin(), data.end(), word.begin(), word.end());
    ASSERT_NE(amount, data.end());
    const Hash beyond = to_word((u256{1u} << 128) + 300_u256);
    std::ranges::copy(beyond, amount);
    const Outcome out = world.send_data(world.steward(), world.vault(), data);
    EXPECT_EQ(out.result.status, Status::revert);
    EXPECT_TRUE(out.result.output.empty());
}

TEST_F(TranchesTest, deadlines_follow_opening_and_funding_within_fifty_years) {
    const uint64_t end = world.funding_deadline();
    const auto with = [&](uint64_t opens_at, uint64_t deadline) {
        Tranche tranche = valid();
        tranche.opens_at = opens_at;
        tranche.deadline = deadline;
        return add(tranche);
    };
    EXPECT_TRUE(with(0, end + 1).ok());
    EXPECT_TRUE(with(0, end).refused_with(tranches::DeadlineInvalid{end}));
    EXPECT_TRUE(with(end + 5, end + 5).refused_with(tranches::DeadlineInvalid{end + 5}));
    EXPECT_TRUE(with(end + 4, end + 5).ok());
    const uint64_t latest = end + tranches::span_max_seconds;
    EXPECT_TRUE(with(0, latest).ok());
    EXPECT_TRUE(with(0, latest + 1).refused_with(tranches::DeadlineInvalid{latest + 1}));
    EXPECT_TRUE(with(0, ~0ull).refused_with(tranches::DeadlineInvalid{~0ull}));
}

TEST_F(TranchesTest, a_challenge_fits_between_funding_and_deadline) {
    Tranche tranche = valid();
    tranche.challenge = VaultWorld::tranche_seconds;
    EXPECT_TRUE(add(tranche).ok());
    ++tranche.challenge;
    EXPECT_TRUE(add(tranche).refused_with(tranches::ChallengeTooLong{tranche.challenge}));
}

TEST_F(TranchesTest, release_waits_for_a_condition_of_bounded_size) {
    Tranche tranche = valid();
    tranche.release.target = {};
    EXPECT_TRUE(add(tranche).refused_with(tranches::ReleaseConditionMissing{}));
    for (Condition Tranche::* which : {&Tranche::release, &Tranche::cancel}) {
        tranche = valid();
        (tranche.*which).data.assign(tranches::condition_data_max, 1);
        EXPECT_TRUE(add(tranche).ok());
        (tranche.*which).data.push_back(1);
        EXPECT_TRUE(add(tranche).refused_with(tranches::ConditionTooLong{4'097_u256, 4'096_u256}));
    }
}

}  // namespace
}  // namespace plume
