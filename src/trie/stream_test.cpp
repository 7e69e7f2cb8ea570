#include "trie/stream.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "support/memory_nodes.hpp"

namespace plume {
namespace {

/// Leaves whose keys share long beginnings, so that extensions and nodes inside nodes occur.
std::map<Hash, Bytes> leaves_of(uint64_t seed, size_t count) {
    std::mt19937_64 random(seed);
    std::map<Hash, Bytes> out;
    Hash key;
    for (size_t i = 0; i < count; ++i) {
        const size_t from = random() % Hash::size;
        for (size_t at = from; at < Hash::size; ++at)
            key[at] = static_cast<uint8_t>(random() % 3 == 0 ? random() : random() % 2);
        out[key] = Bytes(1 + random() % 40, static_cast<uint8_t>(1 + random() % 127));
    }
    return out;
}

TEST(TrieStream, gives_the_root_and_the_nodes_of_an_update_from_nothing) {
    for (uint64_t seed = 0; seed < 200; ++seed) {
        const auto leaves = leaves_of(seed, 1 + seed % 60);
        std::vector<TrieWrite> writes;
        std::map<Nibbles, Bytes> nodes;
        TrieStream stream([&](const Nibbles& path, const Bytes& node) { nodes[path] = node; });
        for (const auto& [key, value] : leaves) {
            writes.push_back({key, value});
            stream.add(key, value);
        }
        const test::MemoryNodes nothing;
        const TrieUpdate expected = update_trie(nothing, TrieOwner{}, empty_root, writes);
        EXPECT_EQ(stream.root(), expected.root) << "seed " << seed;
        std::map<Nibbles, Bytes> stored;
        for (const NodeChange& change : expected.nodes) stored[change.path] = change.after;
        EXPECT_EQ(nodes, stored) << "seed " << seed;
    }
}

TEST(TrieStream, of_nothing_has_the_empty_root) {
    TrieStream stream([](const Nibbles&, const Bytes&) { FAIL(); });
    EXPECT_EQ(stream.root(), empty_root);
}

TEST(TrieStreamDeathTest, leaves_ascend_and_have_values) {
    TrieStream stream([](const Nibbles&, const Bytes&) {});
    stream.add(Hash{}, Bytes{1});
    EXPECT_DEATH(stream.add(Hash{}, Bytes{1}), "ascend");
    Hash next;
    next[0] = 1;
    EXPECT_DEATH(stream.add(next, {}), "has a value");
}

}  // namespace
}  // namespace plume
