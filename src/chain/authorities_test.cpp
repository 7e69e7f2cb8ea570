#include "chain/authorities.hpp"

#include <gtest/gtest.h>

#include "evm/execution.hpp"
#include "support/plain_world.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

const PrivateKey key = test::key(1);
const Address signer = address_of(key);

Authorization signed_by(const PrivateKey& by, uint64_t nonce, uint64_t chain_id = test::chain_id) {
    Authorization out{.chain_id = u256{chain_id}, .nonce = nonce};
    out.address[19] = 0x42;
    const Signature signature = sign(signing_hash(out), by);
    out.r = signature.r;
    out.s = signature.s;
    out.y_parity = signature.y_parity ? 1 : 0;
    return out;
}

TEST(Authorities, the_signer_of_an_authorization_is_its_authority) {
    EXPECT_EQ(authority_of(signed_by(key, 7), test::chain_id), signer);
    EXPECT_EQ(authority_of(signed_by(key, 7, 0), test::chain_id), signer) << "of every chain";
}

TEST(Authorities, one_that_never_holds_has_no_authority) {
    EXPECT_EQ(authority_of(signed_by(key, 7, 1), test::chain_id), std::nullopt) << "another chain";
    EXPECT_EQ(authority_of(signed_by(key, ~uint64_t{0}), test::chain_id), std::nullopt);
    Authorization odd = signed_by(key, 7);
    odd.y_parity = 2;
    EXPECT_EQ(authority_of(odd, test::chain_id), std::nullopt);
    Authorization high = signed_by(key, 7);
    high.s = secp256k1_n - high.s;
    high.y_parity ^= 1;
    EXPECT_EQ(authority_of(high, test::chain_id), std::nullopt) << "EIP-2";
}

TEST(Authorities, an_authorization_is_live_until_its_nonce_is_used_or_there_is_code) {
    const auto count = [](uint64_t account_nonce, const Bytes& code) {
        test::PlainWorld world;
        world.put(signer, u256{1u}, account_nonce, code);
        Transaction transaction;
        transaction.authorizations = {signed_by(key, 7), signed_by(key, 7, 1)};
        return live_authorizations(transaction, test::chain_id, world).size();
    };
    EXPECT_EQ(count(6, {}), 1u);
    EXPECT_EQ(count(7, {}), 1u);
    EXPECT_EQ(count(8, {}), 0u) << "anybody can send an old one again";
    EXPECT_EQ(count(7, delegation_to(signer)), 1u) << "that can be changed";
    EXPECT_EQ(count(7, Bytes{0x00}), 0u) << "a contract";

    const test::PlainWorld nobody;
    Transaction transaction;
    transaction.authorizations = {signed_by(key, 7)};
    const auto live = live_authorizations(transaction, test::chain_id, nobody);
    ASSERT_EQ(live.size(), 1u);
    EXPECT_EQ(live[0].authority, signer);
    EXPECT_EQ(live[0].nonce, 7u);
    EXPECT_EQ(live[0].account_nonce, 0u);
}

LiveAuthorization live(uint64_t nonce, uint64_t account_nonce = 5) {
    return {signer, nonce, account_nonce};
}

TEST(Authorities, an_account_is_awaited_while_one_of_its_authorizations_may_be_applied) {
    Authorities authorities;
    EXPECT_FALSE(authorities.awaits(signer));
    const std::array both{live(5), live(9)};
    authorities.add(both);
    EXPECT_TRUE(authorities.awaits(signer));
    authorities.follow(signer, 6);
    EXPECT_TRUE(authorities.awaits(signer)) << "the one for 9";
    authorities.follow(signer, 10);
    EXPECT_FALSE(authorities.awaits(signer));
    authorities.remove(both);
    EXPECT_FALSE(authorities.awaits(signer));
}

TEST(Authorities, the_same_authorization_counts_in_each_transaction_that_carries_it) {
    Authorities authorities;
    const std::array one{live(5)};
    authorities.add(one);
    authorities.add(one);
    authorities.remove(one);
    EXPECT_TRUE(authorities.awaits(signer));
    authorities.remove(one);
    EXPECT_FALSE(authorities.awaits(signer));
    authorities.follow(signer, 7);
    EXPECT_FALSE(authorities.awaits(signer));
}

}  // namespace
}  // namespace plume
