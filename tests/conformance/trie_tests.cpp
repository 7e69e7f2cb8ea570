#include "conformance/trie_tests.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "support/memory_nodes.hpp"
#include "support/trie_entries.hpp"
#include "trie/node.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

Outcome run_plain(const json::value& entry) {
    Outcome outcome;
    const auto entries = test::trie_entries_of(test::at(entry, "in"));
    outcome.expect_equal("root", test::fixed_of<Hash>(test::at(entry, "root")), root_of(entries));
    return outcome;
}

/// A trie whose keys are hashes is one of ours, and is made step by step too.
Outcome run_secure(const json::value& entry) {
    Outcome outcome;
    const Hash expected = test::fixed_of<Hash>(test::at(entry, "root"));
    auto entries = test::trie_entries_of(test::at(entry, "in"));
    test::MemoryNodes nodes;
    Hash root = empty_root;
    for (auto& [key, value] : entries) {
        const Hash hashed = keccak256(key);
        key = to_bytes(hashed);
        const TrieWrite write{hashed, value};
        const TrieUpdate update = update_trie(nodes, TrieOwner{}, root, {&write, 1});
        outcome.expect(nodes.apply(update.nodes), "an update does not fit the nodes before it");
        nodes.write(TrieOwner{}, {&write, 1});
        root = update.root;
    }
    outcome.expect_equal("root of all entries", expected, root_of(entries));
    outcome.expect_equal("root after the last entry", expected, root);
    return outcome;
}

}  // namespace

Cases trie_cases(const Entry& entry) {
    std::string file = entry.file.filename().string();
    std::ranges::transform(file, file.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool is_secure = file.find("secure") != std::string::npos;
    return one_case(entry, is_secure ? run_secure : run_plain);
}

Outcome run_path(const json::value& entry) {
    Bytes path;
    for (const json::value& nibble : test::array_of(test::at(entry, "seq"))) {
        path.push_back(static_cast<uint8_t>(test::uint64_of(nibble)));
        if (path.back() > 15) throw test::Malformed("not a nibble: " + json::serialize(nibble));
    }
    const bool is_leaf = test::at(entry, "term") == json::value(true);
    const Bytes node =
        is_leaf ? encode_leaf(path, view_of("value")) : encode_extension(path, Reference(Hash{}));
    // The encoded path is the first of a node's two items.
    const auto found = rlp::Decoder(node).list().value().string();
    Outcome outcome;
    outcome.expect_equal("encoded path", test::hex_at(entry, "out"), to_bytes(found.value()));
    return outcome;
}

}  // namespace plume::conformance
