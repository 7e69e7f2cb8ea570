// Proofs that are tampered with never show a value that is not in the trie. The first byte of the
// input chooses the key that is proved, the second the one that is asked for; then come edits of
// four bytes each: what to do, to which node, where, and with which byte.
#include <map>

#include "base/result.hpp"
#include "base/u256.hpp"
#include "crypto/keccak.hpp"
#include "support/memory_nodes.hpp"
#include "trie/node.hpp"
#include "trie/proof.hpp"

namespace {

using namespace plume;

struct World {
    test::MemoryNodes nodes;
    std::map<Hash, Bytes> entries;
    std::vector<Hash> keys;  ///< of entries, and some that are not there
    Hash root;
};

/// Keys far apart, and keys so close that their leaves stand inside branches inside branches.
World make_world() {
    World out;
    for (uint64_t i = 0; i < 40; ++i) {
        const Hash far = keccak256(to_word(u256{i}));
        Hash near = keccak256("near");
        near[31] = static_cast<uint8_t>(7 * i);
        if (i % 5 != 4) {
            out.entries[far] = Bytes(1 + i, static_cast<uint8_t>(i + 1));
            out.entries[near] = {static_cast<uint8_t>(i + 1)};
        }
        out.keys.push_back(far);
        out.keys.push_back(near);
    }
    std::vector<TrieWrite> writes;
    for (const auto& [key, value] : out.entries) writes.push_back({key, value});
    const TrieUpdate update = update_trie(out.nodes, {}, empty_root, writes);
    check(out.nodes.apply(update.nodes), "the trie is new");
    out.nodes.write({}, writes);
    out.root = update.root;
    return out;
}

void edit(std::vector<Bytes>& proof, BytesView how) {
    if (proof.empty()) return;
    const size_t at = how[1] % proof.size();
    Bytes& node = proof[at];
    const size_t position = node.empty() ? 0 : how[2] * node.size() / 256;
    switch (how[0] % 7) {
        case 0:
            if (!node.empty()) node[position] = how[3];
            break;
        case 1:
            node.insert(node.begin() + static_cast<ptrdiff_t>(position), how[3]);
            break;
        case 2:
            node.resize(position);
            break;
        case 3:
            proof.erase(proof.begin() + static_cast<ptrdiff_t>(at));
            break;
        case 4:
            proof.insert(proof.begin() + static_cast<ptrdiff_t>(at), Bytes(node));
            break;
        case 5:
            std::swap(node, proof[how[3] % proof.size()]);
            break;
        default:
            proof.push_back(Bytes(node));
    }
}

/// The root is that of the first node: the rest may be anything.
void read_forged(BytesView input, const Hash& key) {
    const size_t half = input.size() / 2;
    const std::vector<Bytes> proof{to_bytes(input.first(half)), to_bytes(input.subspan(half))};
    (void)verify_proof(keccak256(BytesView{proof[0]}), key, proof);
    (void)verify_proof(keccak256(input), key, std::vector<Bytes>{to_bytes(input)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const World world = make_world();
    if (size < 2) return 0;
    const Hash& proved = world.keys[data[0] % world.keys.size()];
    const Hash& asked = data[1] == 0xff ? proved : world.keys[data[1] % world.keys.size()];
    std::vector<Bytes> proof = prove(world.nodes, {}, world.root, proved);
    BytesView edits{data + 2, size - 2};
    read_forged(edits, asked);
    for (; edits.size() >= 4; edits = edits.subspan(4)) edit(proof, edits.first(4));

    const auto shown = verify_proof(world.root, asked, proof);
    if (!shown) return 0;
    const auto entry = world.entries.find(asked);
    if (entry == world.entries.end())
        check(!shown->has_value(), "what is not there cannot be proved");
    else
        check(shown->has_value() && **shown == entry->second, "only what is there can be proved");
    return 0;
}
