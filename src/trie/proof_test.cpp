#include "trie/proof.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "support/fixtures.hpp"
#include "support/memory_nodes.hpp"
#include "trie/node.hpp"

namespace plume {

namespace {

namespace json = boost::json;
using Proof = std::vector<Bytes>;

/// A trie with its nodes, and what is in it.
struct World {
    test::MemoryNodes nodes;
    std::map<Hash, Bytes> entries;
    Hash root;
};

World world_of(const std::map<Hash, Bytes>& entries) {
    World out{{}, entries, empty_root};
    std::vector<TrieWrite> writes;
    for (const auto& [key, value] : entries) writes.push_back({key, value});
    const TrieUpdate update = update_trie(out.nodes, {}, out.root, writes);
    EXPECT_TRUE(out.nodes.apply(update.nodes));
    out.nodes.write({}, writes);
    out.root = update.root;
    return out;
}

/// Keys far apart, and keys so close that their leaves stand inside branches inside branches.
World mixed_world() {
    std::map<Hash, Bytes> entries;
    for (uint64_t i = 0; i < 50; ++i)
        entries[keccak256(to_word(u256{i}))] = Bytes(1 + i, static_cast<uint8_t>(i + 1));
    for (uint8_t i = 0; i < 40; ++i) {
        Hash near = keccak256("near");
        near[31] = static_cast<uint8_t>(7 * i);
        entries[near] = {static_cast<uint8_t>(i + 1)};
    }
    return world_of(entries);
}

Proof proof_from(const json::value& list) {
    Proof out;
    for (const json::value& node : list.as_array())
        out.push_back(from_hex(std::string_view(node.as_string())).value());
    return out;
}

/// The account a recorded eth_getProof shows, held against the state root it was recorded at.
std::array<Hash, 2> verified_account(const json::value& answer, const Hash& state_root) {
    const Hash key = keccak256(test::hex_at(answer, "address"));
    const auto value = verify_proof(state_root, key, proof_from(answer.at("accountProof")));
    EXPECT_TRUE(value.ok());
    EXPECT_TRUE(value->has_value());
    rlp::Decoder decoder(**value);
    rlp::Decoder fields = decoder.list().value();
    EXPECT_EQ(fields.read<uint64_t>().value(),
              parse_number(test::text_at(answer, "nonce"))->low64());
    EXPECT_EQ(fields.read<u256>().value(), parse_number(test::text_at(answer, "balance")).value());
    const Hash storage_root = fields.read<Hash>().value();
    return {storage_root, fields.read<Hash>().value()};
}

}  // namespace

TEST(Proof, recorded_by_another_client_verifies) {
    const auto chain = test::fixture_bytes("rpc/chain.rlp");
    const auto file = test::fixture_bytes("rpc/eth_getProof/get-account-proof-with-storage.io");
    if (!chain || !file) GTEST_SKIP() << test::no_fixtures;
    Hash state_root;
    rlp::Decoder blocks(*chain);
    while (!blocks.empty()) {
        rlp::Decoder parts = blocks.list().value();
        rlp::Decoder header = parts.list().value();
        for (size_t i = 0; i < 3; ++i) ASSERT_TRUE(header.item().ok());
        state_root = header.read<Hash>().value();
    }
    const std::string_view text = text_of(*file);
    const size_t start = text.find("\n<< ") + 4;
    const json::value answer =
        json::parse(text.substr(start, text.find('\n', start) - start)).at("result");
    const auto [storage_root, code_hash] = verified_account(answer, state_root);
    EXPECT_EQ(to_hex(storage_root), test::text_at(answer, "storageHash"));
    EXPECT_EQ(to_hex(code_hash), test::text_at(answer, "codeHash"));

    const json::value& slot = answer.at("storageProof").at(0);
    const auto value =
        verify_proof(storage_root, keccak256(to_word(u256{})), proof_from(slot.at("proof")));
    ASSERT_TRUE(value.ok()) << value.error().what;
    ASSERT_TRUE(value->has_value());
    EXPECT_EQ(rlp::decode<u256>(**value).value(),
              parse_number(test::text_at(slot, "value")).value());
}

TEST(Proof, shows_every_value) {
    const World world = mixed_world();
    for (const auto& [key, value] : world.entries) {
        const auto shown = verify_proof(world.root, key, prove(world.nodes, {}, world.root, key));
        ASSERT_TRUE(shown.ok()) << shown.error().what;
        EXPECT_EQ(*shown, value);
    }
}

TEST(Proof, shows_that_a_key_is_absent) {
    const World world = mixed_world();
    std::mt19937_64 random(1);
    for (const auto& entry : world.entries)
        for (size_t i = 0; i < 8; ++i) {
            Hash key = entry.first;
            key[random() % 32] ^= static_cast<uint8_t>(1u << random() % 8);
            if (world.entries.contains(key)) continue;
            const auto shown =
                verify_proof(world.root, key, prove(world.nodes, {}, world.root, key));
            ASSERT_TRUE(shown.ok()) << shown.error().what;
            EXPECT_EQ(*shown, std::nullopt);
        }
}

TEST(Proof, of_an_empty_trie_is_empty) {
    const test::MemoryNodes none;
    EXPECT_TRUE(prove(none, {}, empty_root, Hash{}).empty());
    EXPECT_EQ(verify_proof(empty_root, Hash{}, {}).value(), std::nullopt);
    EXPECT_FALSE(verify_proof(keccak256("root"), Hash{}, {}).ok());
}

TEST(Proof, of_a_single_entry_is_its_leaf) {
    const World world = world_of({{keccak256("only"), {7}}});
    const Proof proof = prove(world.nodes, {}, world.root, keccak256("only"));
    ASSERT_EQ(proof.size(), 1u);
    EXPECT_EQ(verify_proof(world.root, keccak256("only"), proof).value(), Bytes{7});
    EXPECT_EQ(verify_proof(world.root, keccak256("other"), proof).value(), std::nullopt);
}

TEST(Proof, is_refused_with_any_bit_flipped) {
    const World world = mixed_world();
    const Hash key = world.entries.begin()->first;
    const Proof good = prove(world.nodes, {}, world.root, key);
    for (size_t node = 0; node < good.size(); ++node)
        for (size_t bit = 0; bit < 8 * good[node].size(); ++bit) {
            Proof bad = good;
            bad[node][bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
            ASSERT_FALSE(verify_proof(world.root, key, bad).ok()) << node << ' ' << bit;
        }
}

TEST(Proof, is_refused_with_a_node_too_few_or_too_many) {
    const World world = mixed_world();
    for (const auto& [key, value] : world.entries) {
        const Proof good = prove(world.nodes, {}, world.root, key);
        for (size_t i = 0; i < good.size(); ++i) {
            Proof shorter = good;
            shorter.erase(shorter.begin() + static_cast<ptrdiff_t>(i));
            EXPECT_FALSE(verify_proof(world.root, key, shorter).ok());
        }
        Proof longer = good;
        longer.push_back(good.back());
        EXPECT_FALSE(verify_proof(world.root, key, longer).ok());
    }
}

TEST(Proof, of_another_key_or_root_is_refused) {
    const World world = mixed_world();
    const Hash key = world.entries.begin()->first;
    const Proof proof = prove(world.nodes, {}, world.root, key);
    EXPECT_FALSE(verify_proof(keccak256("root"), key, proof).ok());
    size_t refused = 0;
    for (const auto& [other, value] : world.entries) {
        if (other == key) continue;
        const auto shown = verify_proof(world.root, other, proof);
        EXPECT_FALSE(shown.ok());
        refused += shown.ok() ? 0 : 1;
    }
    EXPECT_EQ(refused, world.entries.size() - 1);
}

TEST(Proof, made_of_hostile_nodes_under_a_hostile_root_is_refused) {
    // A root may be hostile too. None of these nodes can stand in a trie of 32-byte keys.
    const auto refused = [](const Bytes& node) {
        return !verify_proof(keccak256(node), Hash{}, std::vector<Bytes>{node}).ok();
    };
    EXPECT_TRUE(refused({}));
    EXPECT_TRUE(refused({0x80}));
    EXPECT_TRUE(refused({0xc0}));
    EXPECT_TRUE(refused(encode_leaf(Bytes(63, 0), Bytes{1})));
    EXPECT_TRUE(refused(encode_leaf(Bytes(62, 1), Bytes{1})));
    Children small;
    small[0] = Reference::to(encode_leaf(Bytes{}, Bytes{1}));
    small[1] = small[0];
    EXPECT_TRUE(refused(encode_branch(small)));
    EXPECT_TRUE(refused(encode_extension(Bytes(64, 0), Reference::to(encode_branch(small)))));
}

}  // namespace plume
