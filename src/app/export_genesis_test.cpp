#include "app/export_genesis.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/thread.hpp"
#include "chain/chain.hpp"
#include "chain/genesis_text.hpp"
#include "contracts/catalog.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

Genesis first_genesis() {
    Genesis out;
    out.chain_id = test::chain_id;
    out.accounts[address_of(test::key(1))].balance = u256{1} << 100;
    return out;
}

/// A chain with payments, and a contract that keeps a slot.
std::unique_ptr<Chain> make_chain(const std::filesystem::path& data) {
    auto chain = Chain::open(data, first_genesis(), native_types()).value();
    Address to;
    for (uint64_t nonce = 0; nonce < 6; ++nonce) {
        to[19] = static_cast<uint8_t>(nonce + 1);
        Transaction fields = test::payment(nonce, to, u256{nonce + 1});
        if (nonce == 3) {
            fields.to.reset();
            fields.data = *from_hex("0x602a60075560016000f3");  // sstore(7, 42); return(0, 1)
            fields.gas_limit = 200'000;
        }
        check(chain->submit(sign_transaction(std::move(fields), test::key(1))).ok(), "is sent");
        const Thread makes("chain", [&] {
            chain->commit(chain->execute(chain->propose(chain->head()->header().timestamp + 1)));
        });
    }
    return chain;
}

Result<Genesis> exported(const Chain& chain, const Genesis& first) {
    std::optional<Result<Genesis>> out;
    const StoreIdentity identity{test::chain_id, chain.genesis_hash()};
    {
        const Thread runs("export", [&] { out = export_genesis(*chain.head(), identity, first); });
    }
    return std::move(*out);
}

TEST(ExportGenesis, founds_a_chain_with_the_same_state) {
    const test::TemporaryDirectory temporary;
    const auto chain = make_chain(temporary.path() / "old");
    const auto genesis = exported(*chain, first_genesis());
    ASSERT_TRUE(genesis.ok()) << genesis.error().what;
    const auto read = parse_genesis(write_genesis(*genesis));
    ASSERT_TRUE(read.ok()) << read.error().what;
    const auto fresh = Chain::open(temporary.path() / "new", *read, native_types());
    ASSERT_TRUE(fresh.ok()) << fresh.error().what;
    const auto before = chain->head();
    const auto after = (*fresh)->head();
    EXPECT_EQ(after->number(), 0u);
    EXPECT_EQ(after->header().state_root, before->header().state_root);
    const Address sender = address_of(test::key(1));
    EXPECT_EQ(after->account(sender), before->account(sender));
}

TEST(ExportGenesis, knows_the_genesis_of_another_chain) {
    const test::TemporaryDirectory temporary;
    const auto chain = make_chain(temporary.path());
    Genesis other = first_genesis();
    other.timestamp = 1;
    const auto genesis = exported(*chain, other);
    ASSERT_FALSE(genesis.ok());
    EXPECT_NE(genesis.error().what.find("that of another chain"), std::string::npos);
}

}  // namespace
}  // namespace plume
