#include "contracts/votes.hpp"

#include "native/typed_data.hpp"
#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;

const PrivateKey key = *PrivateKey::parse(std::string(63, '0') + "9");
const Address signer = address_of(key);

class Votes : public test::RegulatedTokenTest {
protected:
    u256 past_total(uint64_t timepoint) {
        return world.ask<"getPastTotalSupply(uint256)">(token, u256{timepoint}).value<u256>();
    }
    uint64_t now() { return world.block().timestamp; }

    Outcome delegate_signed(const Address& delegatee, const u256& nonce, const u256& expiry,
                            const PrivateKey& with = key) {
        const Hash type_hash =
            keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
        const Hash domain = world.ask<"DOMAIN_SEPARATOR()">(token).value<Hash>();
        const Signature made = plume::sign(
            typed_data_digest(domain, keccak256(abi::encode(type_hash, delegatee, nonce, expiry))),
            with);
        return world.send<"delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)">(
            carol, token, delegatee, nonce, expiry, static_cast<uint8_t>(made.y_parity ? 28 : 27),
            to_word(made.r), to_word(made.s));
    }
};

TEST_F(Votes, units_count_once_a_delegate_is_named) {
    EXPECT_EQ(votes_of(alice), u256{});
    const Outcome out = delegate(alice, alice);
    EXPECT_EQ(out.events<votes::DelegateChanged>(token),
              (std::vector{std::tuple(alice, Address{}, alice)}));
    EXPECT_EQ(out.events<votes::DelegateVotesChanged>(token),
              (std::vector{std::tuple(alice, u256{}, u256{1'000u})}));
    EXPECT_EQ(votes_of(alice), u256{1'000u});
    ASSERT_TRUE(delegate(alice, bob).ok());
    EXPECT_EQ(votes_of(alice), u256{});
    EXPECT_EQ(votes_of(bob), u256{1'000u});
    ASSERT_TRUE(delegate(alice, {}).ok());
    EXPECT_EQ(votes_of(bob), u256{});
}

TEST_F(Votes, a_transfer_moves_votes_after_the_units) {
    ASSERT_TRUE(delegate(alice, alice).ok());
    ASSERT_TRUE(delegate(bob, carol).ok());
    const Outcome out = transfer(alice, bob, 300);
    EXPECT_EQ(out.events<votes::DelegateVotesChanged>(token),
              (std::vector{std::tuple(alice, u256{1'000u}, u256{700u}),
                           std::tuple(carol, u256{}, u256{300u})}));
    ASSERT_EQ(out.logs.size(), 3u);
    EXPECT_TRUE(Token::Transfer::decode(out.logs[0]).has_value());
}

TEST_F(Votes, the_past_is_what_stood_at_the_end_of_a_second) {
    const uint64_t before = now();
    world.advance(10);
    ASSERT_TRUE(delegate(alice, alice).ok());
    ASSERT_TRUE(transfer(alice, bob, 100).ok());
    const uint64_t first = now();
    world.advance(10);
    ASSERT_TRUE(mint(minter, alice, 50).ok());
    const uint64_t second = now();
    world.advance(10);
    ASSERT_TRUE(burn(alice, 25).ok());
    world.advance(10);
    EXPECT_EQ(past_votes(alice, before), u256{});
    EXPECT_EQ(past_votes(alice, first - 1), u256{});
    EXPECT_EQ(past_votes(alice, first), u256{900u});
    EXPECT_EQ(past_votes(alice, second - 1), u256{900u});
    EXPECT_EQ(past_votes(alice, second), u256{950u});
    EXPECT_EQ(past_votes(alice, now() - 1), u256{925u});
    EXPECT_EQ(past_total(before - 1), u256{});
    EXPECT_EQ(past_total(first), u256{1'000u});
    EXPECT_EQ(past_total(now() - 1), u256{1'025u});
}

TEST_F(Votes, many_checkpoints_are_found_by_halving) {
    ASSERT_TRUE(delegate(bob, bob).ok());
    std::vector<uint64_t> seconds;
    for (int i = 0; i < 40; ++i) {
        world.advance(7);
        ASSERT_TRUE(transfer(alice, bob, 1).ok());
        seconds.push_back(now());
    }
    world.advance(1);
    for (size_t i = 0; i < seconds.size(); ++i) {
        EXPECT_EQ(past_votes(bob, seconds[i]), u256{i + 1});
        EXPECT_EQ(past_votes(bob, seconds[i] - 1), u256{i});
    }
    EXPECT_EQ(world.ask<"numCheckpoints(address)">(token, bob).value<uint32_t>(), 40u);
    const Checkpoint third =
        world.ask<"checkpoints(address,uint32)">(token, bob, uint32_t{2}).value<Checkpoint>();
    EXPECT_EQ(third.key, u48{seconds[2]});
    EXPECT_EQ(third.value, u208{u256{3u}});
    EXPECT_TRUE(world.ask<"checkpoints(address,uint32)">(token, bob, uint32_t{40})
                    .refused_with(Panic{panic_index}));
}

// Beanstalk, April 2022: votes borrowed and used in one transaction (G-1).
TEST_F(Votes, the_present_and_the_future_are_no_past) {
    EXPECT_TRUE(world.ask<"getPastVotes(address,uint256)">(token, alice, u256{now()})
                    .refused_with(votes::ERC5805FutureLookup{u256{now()}, u48{now()}}));
    EXPECT_TRUE(world.ask<"getPastTotalSupply(uint256)">(token, u256_max)
                    .refused_with(votes::ERC5805FutureLookup{u256_max, u48{now()}}));
    EXPECT_EQ(world.ask<"clock()">(token).value<u48>(), u48{now()});
    EXPECT_EQ(world.ask<"CLOCK_MODE()">(token).value<std::string>(), "mode=timestamp");
}

TEST_F(Votes, a_signature_names_a_delegate_once) {
    ASSERT_TRUE(transfer(alice, signer, 10).ok());
    EXPECT_TRUE(delegate_signed(bob, 0, u256{now() - 1})
                    .refused_with(votes::VotesExpiredSignature{u256{now() - 1}}));
    EXPECT_TRUE(
        delegate_signed(bob, 1, u256_max).refused_with(votes::InvalidAccountNonce{signer, u256{}}));
    EXPECT_TRUE(delegate_signed(bob, 0, u256{now()}).ok());
    EXPECT_EQ(votes_of(bob), u256{10u});
    EXPECT_TRUE(delegate_signed(bob, 0, u256{now()})
                    .refused_with(votes::InvalidAccountNonce{signer, u256{1u}}));
}

TEST_F(Votes, the_supply_is_bounded_by_what_a_checkpoint_holds) {
    ASSERT_TRUE(mint(minter, bob, votes::safe_supply - u256{1'000u}).ok());
    EXPECT_TRUE(mint(minter, bob, 1)
                    .refused_with(votes::ERC20ExceededSafeSupply{votes::safe_supply + u256{1u},
                                                                 votes::safe_supply}));
    EXPECT_TRUE(mint(minter, bob, u256_max).refused_with(Panic{panic_arithmetic}));
}

TEST_F(Votes, turned_on_later_they_begin_with_the_supply) {
    const uint32_t feature = static_cast<uint32_t>(Feature::votes);
    use_features(test::all_features & ~feature, feature);
    EXPECT_TRUE(delegate(alice, bob).refused_with(policy::FeatureOff{feature}));
    ASSERT_TRUE(transfer(alice, bob, 1).ok());
    ASSERT_TRUE(world.send<"enable(uint32)">(enabler, token, feature).ok());
    const uint64_t begun = now();
    ASSERT_TRUE(delegate(alice, bob).ok());
    world.advance(1);
    EXPECT_EQ(past_total(begun), u256{1'000u});
    EXPECT_EQ(past_votes(bob, begun), u256{999u});
}

TEST_F(Votes, moving_to_oneself_or_nothing_moves_no_vote) {
    ASSERT_TRUE(delegate(alice, alice).ok());
    EXPECT_TRUE(transfer(alice, alice, 1'000).events<votes::DelegateVotesChanged>(token).empty());
    EXPECT_TRUE(transfer(alice, bob, 0).events<votes::DelegateVotesChanged>(token).empty());
    ASSERT_TRUE(delegate(bob, alice).ok());
    EXPECT_TRUE(transfer(alice, bob, 500).events<votes::DelegateVotesChanged>(token).empty())
        << "both are spoken for by the same";
    EXPECT_EQ(votes_of(alice), u256{1'000u});
}

}  // namespace
}  // namespace plume
