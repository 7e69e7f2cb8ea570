#include "state/root.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>

#include "base/result.hpp"
#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "types/block.hpp"

namespace plume {

namespace {

const ForEach on_all_cores = [](size_t count, const std::function<void(size_t)>& body) {
    tbb::parallel_for(size_t{0}, count, body);
};

std::vector<TrieWrite> storage_writes(AccountChange& change) {
    std::vector<TrieWrite> out;
    out.reserve(change.slots.size());
    for (SlotChange& slot : change.slots) {
        slot.key = slot_key(slot.slot);
        out.push_back({slot.key, encode_slot(slot.after), encode_slot(slot.before)});
    }
    std::ranges::sort(out, {}, &TrieWrite::key);
    return out;
}

/// The new storage trie of an account that lives on; nothing changes in a deleted one but its
/// absence.
TrieUpdate update_storage(const NodeSource& nodes, AccountChange& change) {
    change.key = account_key(change.address);
    const Hash root = change.before ? change.before->storage_root : empty_trie_root;
    if (!change.after || change.slots.empty()) return {root, {}};
    return update_trie(nodes, change.key, root, storage_writes(change), on_all_cores);
}

std::vector<TrieWrite> account_writes(const Changes& changes) {
    std::vector<TrieWrite> out;
    out.reserve(changes.accounts.size());
    const auto leaf = [](const std::optional<AccountFields>& fields) {
        return fields ? encode(*fields) : Bytes{};
    };
    for (const AccountChange& change : changes.accounts)
        out.push_back({change.key, leaf(change.after), leaf(change.before)});
    std::ranges::sort(out, {}, &TrieWrite::key);
    return out;
}

void move_to(std::vector<NodeChange>& to, std::vector<NodeChange>& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Rooted update_root(const NodeSource& nodes, const Hash& parent_root, Changes changes) {
    // Each storage trie is computed by itself and put where its account stands, so that neither the
    // number of threads nor their order shows.
    std::vector<TrieUpdate> storage(changes.accounts.size());
    tbb::parallel_for(size_t{0}, changes.accounts.size(),
                      [&](size_t i) { storage[i] = update_storage(nodes, changes.accounts[i]); });
    Rooted out;
    for (size_t i = 0; i < storage.size(); ++i) {
        AccountChange& change = changes.accounts[i];
        if (!change.after) continue;
        change.after->storage_root = storage[i].root;
        move_to(out.nodes, storage[i].nodes);
    }
    TrieUpdate accounts =
        update_trie(nodes, TrieOwner{}, parent_root, account_writes(changes), on_all_cores);
    move_to(out.nodes, accounts.nodes);
    out.root = accounts.root;
    out.changes = std::move(changes);
    return out;
}

Hash account_key(const Address& address) {
    return keccak256(address);
}

Hash slot_key(const u256& slot) {
    return keccak256(to_word(slot));
}

Bytes encode(const AccountFields& fields) {
    return rlp::encode_list(fields.nonce, fields.balance, fields.storage_root, fields.code_hash);
}

Bytes encode_slot(const u256& value) {
    return value.is_zero() ? Bytes{} : rlp::encode(value);
}

}  // namespace plume
