// Answers about the chain and its accounts, over a real chain.

#include <gtest/gtest.h>

#include "contracts/addresses.hpp"
#include "state/root.hpp"
#include "support/rpc_world.hpp"
#include "trie/proof.hpp"

namespace plume::rpc {
namespace {

const std::string sender = to_hex(test::RpcWorld::sender());
const std::string nobody = "0x" + std::string(38, 'e') + "01";
const std::string attestations = to_hex(contracts::attestations);

std::string args(std::initializer_list<std::string> texts) {
    std::string out = "[";
    for (const std::string& text : texts)
        out.append(out == "[" ? "\"" : ",\"").append(text).append("\"");
    return out + "]";
}

class EthState : public testing::Test {
protected:
    test::RpcWorld world_;
};

TEST_F(EthState, the_chain_is_told) {
    EXPECT_EQ(world_.result("eth_chainId"), "0x7a69");
    EXPECT_EQ(world_.result("eth_blockNumber"), "0x0");
    world_.mine();
    EXPECT_EQ(world_.result("eth_blockNumber"), "0x1");
    EXPECT_EQ(world_.result("eth_syncing"), false);
    EXPECT_EQ(world_.result("eth_mining"), true);
    EXPECT_EQ(world_.result("eth_hashrate"), "0x0");
    EXPECT_EQ(world_.result("eth_coinbase"),
              world_.result("eth_getBlockByNumber", R"(["latest"])").at("miner"));
    EXPECT_EQ(world_.result("eth_accounts"),
              (boost::json::array{to_hex(test::RpcWorld::sender())}));
    const auto router = make_router(world_.services());
    const Json none =
        boost::json::parse(router->answer(R"({"jsonrpc":"2.0","id":1,"method":"eth_accounts"})"));
    EXPECT_EQ(none.at("result"), boost::json::array{});
}

TEST_F(EthState, balances_are_as_of_the_block_asked_for) {
    const Address to = Address::parse(nobody).value();
    world_.run(world_.transaction(0, to, {}, u256{5u}));
    world_.run(world_.transaction(1, to, {}, u256{6u}));
    const std::string hash = to_hex(world_.chain().head()->hash(1).value());
    EXPECT_EQ(world_.result("eth_getBalance", args({nobody})), "0xb");
    EXPECT_EQ(world_.result("eth_getBalance", args({nobody, "latest"})), "0xb");
    EXPECT_EQ(world_.result("eth_getBalance", args({nobody, "pending"})), "0xb");
    EXPECT_EQ(world_.result("eth_getBalance", args({nobody, "0x1"})), "0x5");
    EXPECT_EQ(world_.result("eth_getBalance", args({nobody, hash})), "0x5");
    EXPECT_EQ(
        world_.result("eth_getBalance", "[\"" + nobody + "\",{\"blockHash\":\"" + hash + "\"}]"),
        "0x5");
    EXPECT_EQ(world_.result("eth_getBalance", args({nobody, "earliest"})), "0x0");
    EXPECT_EQ(world_.error("eth_getBalance", args({nobody, "0x3"})), "-32000 header not found");
    EXPECT_EQ(world_.error("eth_getBalance", args({nobody, "0x" + std::string(64, 'a')})),
              "-32000 header for hash not found");
    EXPECT_EQ(world_.error("eth_getBalance"), "-32602 missing value for required argument 0");
}

TEST_F(EthState, a_pending_nonce_counts_the_pool) {
    ASSERT_TRUE(world_.chain().submit(world_.transaction(0, Address{})).ok());
    ASSERT_TRUE(world_.chain().submit(world_.transaction(1, Address{})).ok());
    ASSERT_TRUE(world_.chain().submit(world_.transaction(3, Address{})).ok());
    EXPECT_EQ(world_.result("eth_getTransactionCount", args({sender})), "0x0");
    EXPECT_EQ(world_.result("eth_getTransactionCount", args({sender, "latest"})), "0x0");
    EXPECT_EQ(world_.result("eth_getTransactionCount", args({sender, "pending"})), "0x2");
    EXPECT_EQ(world_.result("eth_getTransactionCount", args({nobody, "pending"})), "0x0");
    world_.mine();
    EXPECT_EQ(world_.result("eth_getTransactionCount", args({sender, "latest"})), "0x2");
}

TEST_F(EthState, code_of_native_contracts_is_their_marker) {
    EXPECT_TRUE(
        world_.result("eth_getCode", args({attestations})).as_string().starts_with("0xef50"));
    EXPECT_EQ(world_.result("eth_getCode", args({nobody})), "0x");
    EXPECT_EQ(world_.result("eth_getCode", args({sender, "latest"})), "0x");
}

TEST_F(EthState, storage_is_a_word) {
    const std::string zero = "0x" + std::string(64, '0');
    EXPECT_EQ(world_.result("eth_getStorageAt", args({nobody, "0x0", "latest"})), Json(zero));
    EXPECT_EQ(world_.result("eth_getStorageAt", args({attestations, zero})), Json(zero));
    EXPECT_EQ(world_.error("eth_getStorageAt", args({nobody, "0xasdf", "latest"})),
              "-32602 invalid hex in storage key: \"0xasdf\"");
}

std::vector<Bytes> nodes_of(const Json& proof) {
    std::vector<Bytes> out;
    for (const Json& node : proof.as_array()) out.push_back(*from_hex(node.as_string()));
    return out;
}

TEST_F(EthState, proofs_verify_against_the_state_root) {
    const std::string word = "0x" + std::string(64, '0');
    const Json proof = world_.result(
        "eth_getProof", "[\"" + attestations + "\",[\"0x0\",\"" + word + "\"],\"latest\"]");
    const Hash root = world_.chain().head()->header().state_root;
    const auto account = verify_proof(root, account_key(contracts::attestations),
                                      nodes_of(proof.at("accountProof")));
    ASSERT_TRUE(account.ok());
    EXPECT_EQ(proof.at("nonce"), "0x1");
    EXPECT_EQ(proof.at("balance"), "0x0");
    AccountFields fields;
    fields.nonce = 1;
    fields.storage_root =
        Hash::parse(std::string_view(proof.at("storageHash").as_string())).value();
    fields.code_hash = Hash::parse(std::string_view(proof.at("codeHash").as_string())).value();
    EXPECT_EQ(**account, encode(fields));
    // The keys come back in the form they were asked for.
    EXPECT_EQ(proof.at("storageProof").at(0).at("key"), "0x0");
    EXPECT_EQ(proof.at("storageProof").at(1).at("key"), Json(word));
}

TEST_F(EthState, an_absent_account_is_proven_absent) {
    const Json proof = world_.result("eth_getProof", "[\"" + nobody + "\",[],\"latest\"]");
    const Hash root = world_.chain().head()->header().state_root;
    const auto account = verify_proof(root, account_key(Address::parse(nobody).value()),
                                      nodes_of(proof.at("accountProof")));
    ASSERT_TRUE(account.ok());
    EXPECT_FALSE(account->has_value());
    EXPECT_EQ(proof.at("codeHash"), Json(to_hex(empty_code_hash)));
    EXPECT_EQ(proof.at("storageHash"), Json(to_hex(empty_trie_root)));
}

TEST_F(EthState, a_proof_has_1024_keys_at_most) {
    const auto keys = [](size_t count) {
        std::string out = "[\"" + nobody + "\",[";
        for (size_t i = 0; i < count; ++i) out.append(i == 0 ? "\"0x0\"" : ",\"0x0\"");
        return out + "]]";
    };
    EXPECT_EQ(world_.result("eth_getProof", keys(1'024)).at("storageProof").as_array().size(),
              1'024u);
    EXPECT_EQ(world_.error("eth_getProof", keys(1'025)),
              "-32005 invalid argument 1: more than 1024 items; ask in several requests");
}

}  // namespace
}  // namespace plume::rpc
