#include "chain/tip.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "state/root.hpp"
#include "store/schema.hpp"

namespace plume {

namespace {

/// The hash after `key`; nothing after the last.
std::optional<Hash> next_key(Hash key) {
    for (size_t i = Hash::size; i-- > 0;)
        if (++key[i] != 0) return key;
    return std::nullopt;
}

}  // namespace

bool Effects::deletes_storage() const {
    return std::ranges::any_of(changes.accounts, [](const AccountChange& change) {
        return change.before && !change.after && change.before->storage_root != empty_trie_root;
    });
}

size_t Tip::KeyHash::operator()(const SlotKey& key) const noexcept {
    return std::hash<Address>{}(key.address) * 31 + std::hash<u256>{}(key.slot);
}

size_t Tip::KeyHash::operator()(const NodeKey& key) const noexcept {
    // Paths of one trie differ early; FNV-1a spreads them.
    size_t out = std::hash<Hash>{}(key.owner) ^ key.path.size();
    for (const uint8_t digit : key.path.digits()) out = (out ^ digit) * 0x100000001b3;
    return out;
}

Bytes Tip::LeafChange::value() const {
    if (slot != nullptr) return encode_slot(slot->after);
    return account->after ? encode(*account->after) : Bytes{};
}

void Tip::Memory::add(const BlockUnderWayPtr& block) {
    for (const AccountChange& change : block->effects->changes.accounts) {
        accounts.insert_or_assign(change.address, &change);
        size += 1 + change.slots.size();
        for (const SlotChange& slot : change.slots)
            slots.insert_or_assign(SlotKey{change.address, slot.slot}, &slot);
    }
    for (const NodeChange& change : block->effects->nodes)
        nodes.insert_or_assign(NodeKey{change.owner, change.path}, &change);
    size += block->effects->nodes.size();
    keeps.push_back(block->effects);
    newest = block->number();
}

void Tip::add(const BlockUnderWayPtr& block) {
    const Block& added = block->committed->block;
    check(added.header.parent_hash == hash_, "a block is laid over its parent");
    check(layers_.empty() || !layers_.back().block->effects->deletes_storage(),
          "a block that deletes storage is written before its child runs");
    header_ = added.header;
    hash_ = added.hash;
    state_root_ = added.header.state_root;
    // What is not in the store yet must not be forgotten.
    if (recent_.size >= remembered_max && older_.newest <= base_->number())
        older_ = std::exchange(recent_, Memory{});
    recent_.add(block);

    Layer layer{block, {}};
    for (const AccountChange& change : block->effects->changes.accounts) {
        layer.leaves.push_back({TrieOwner{}, change.key, &change, nullptr});
        for (const SlotChange& slot : change.slots)
            layer.leaves.push_back({change.key, slot.key, &change, &slot});
    }
    std::ranges::sort(layer.leaves, [](const LeafChange& a, const LeafChange& b) {
        return std::tie(a.owner, a.key) < std::tie(b.owner, b.key);
    });
    layers_.push_back(std::move(layer));
}

void Tip::rebase(std::shared_ptr<const StoreSnapshot> base) {
    while (!layers_.empty() && layers_.front().block->number() <= base->number())
        layers_.pop_front();
    base_ = std::move(base);
}

void Tip::reset(std::shared_ptr<const StoreSnapshot> base) {
    recent_ = {};
    older_ = {};
    layers_.clear();
    base_ = std::move(base);
    header_ = base_->header();
    hash_ = base_->hash();
    state_root_ = base_->state_root();
}

/// What the newer memory finds or, if it finds nothing, the older one.
template <class Find>
auto Tip::newest(Find find) const -> decltype(find(std::declval<const Memory&>())) {
    const auto found = find(recent_);
    return found != nullptr ? found : find(older_);
}

std::optional<AccountFields> Tip::account(const Address& address) const {
    const AccountChange* change = newest([&](const Memory& memory) -> const AccountChange* {
        const auto found = memory.accounts.find(address);
        return found == memory.accounts.end() ? nullptr : found->second;
    });
    return change != nullptr ? change->after : base_->account(address);
}

u256 Tip::storage(const Address& address, const u256& slot) const {
    const SlotChange* change = newest([&](const Memory& memory) -> const SlotChange* {
        const auto found = memory.slots.find({address, slot});
        return found == memory.slots.end() ? nullptr : found->second;
    });
    return change != nullptr ? change->after : base_->storage(address, slot);
}

Bytes Tip::code(const Hash& code_hash) const {
    for (const Layer& layer : layers_) {
        const auto& codes = layer.block->effects->changes.codes;
        const auto found = std::ranges::find(codes, code_hash, &CodeChange::hash);
        if (found != codes.end()) return found->code;
    }
    return base_->code(code_hash);
}

std::optional<Bytes> Tip::node(const TrieOwner& owner, const Nibbles& path) const {
    const NodeChange* change = newest([&](const Memory& memory) -> const NodeChange* {
        const auto found = memory.nodes.find({owner, path});
        return found == memory.nodes.end() ? nullptr : found->second;
    });
    if (change == nullptr) return base_->node(owner, path);
    if (change->after.empty()) return std::nullopt;
    return change->after;
}

const Tip::LeafChange* Tip::leaf_from(const Layer& layer, const TrieOwner& owner,
                                      const Hash& floor) {
    const auto found = std::ranges::partition_point(layer.leaves, [&](const LeafChange& leaf) {
        return std::tie(leaf.owner, leaf.key) < std::tie(owner, floor);
    });
    return found == layer.leaves.end() || found->owner != owner ? nullptr : &*found;
}

const Tip::LeafChange* Tip::change_of(const TrieOwner& owner, const Hash& key) const {
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
        const LeafChange* found = leaf_from(*layer, owner, key);
        if (found != nullptr && found->key == key) return found;
    }
    return nullptr;
}

std::optional<Hash> Tip::changed_from(const TrieOwner& owner, const Hash& floor) const {
    std::optional<Hash> out;
    for (const Layer& layer : layers_) {
        const LeafChange* found = leaf_from(layer, owner, floor);
        if (found != nullptr && (!out || found->key < *out)) out = found->key;
    }
    return out;
}

std::optional<Leaf> Tip::first_leaf(const TrieOwner& owner, const Nibbles& prefix) const {
    if (layers_.empty()) return base_->first_leaf(owner, prefix);
    for (std::optional<Hash> floor = schema::floor_of(prefix); floor;) {
        auto stored = base_->leaf_from(owner, *floor);
        const auto changed = changed_from(owner, *floor);
        if (!stored && !changed) return std::nullopt;
        const bool is_changed = changed && (!stored || *changed <= stored->key);
        const Hash key = is_changed ? *changed : stored->key;
        if (!Nibbles(key).starts_with(prefix)) return std::nullopt;
        if (!is_changed) return stored;
        // Each turn passes a leaf that a block under way has removed.
        if (Bytes value = change_of(owner, key)->value(); !value.empty())
            return Leaf{key, std::move(value)};
        floor = next_key(key);
    }
    return std::nullopt;
}

}  // namespace plume
