// The world after the newest block, which may still be on its way to the disk.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include "chain/execute.hpp"
#include "store/store.hpp"

namespace plume {

/// A block that is on disk, or on its way there.
struct CommittedBlock {
    Block block;
    std::vector<Receipt> receipts;
};
using CommittedBlockPtr = std::shared_ptr<const CommittedBlock>;

/// What a block does to the world, as `update_root` has it.
struct Effects {
    Changes changes;
    std::vector<NodeChange> nodes;

    /// Whether it deletes an account together with its storage, of which the changes name no slot:
    /// no other block can run on it before it is written.
    bool deletes_storage() const;
};

/// A block that has been executed.
struct BlockUnderWay {
    CommittedBlockPtr committed;
    std::shared_ptr<const Effects> effects;

    uint64_t number() const { return committed->block.header.number; }
};
using BlockUnderWayPtr = std::shared_ptr<const BlockUnderWay>;

/// What executing the next block reads: the last blocks' changes over the newest snapshot of the
/// store that it has been told of. It remembers some more of the last changes than it has to, as
/// the next block mostly looks for the same. One thread writes; between its writes any number read.
class Tip final : public StateView, public NodeSource {
public:
    /// After so many changes, older ones are looked up in the store again. Memory is some 500 bytes
    /// each, twice.
    static constexpr size_t remembered_max = size_t{1} << 16;

    explicit Tip(std::shared_ptr<const StoreSnapshot> base) { reset(std::move(base)); }

    /// The newest block.
    const Header& header() const { return header_; }
    const Hash& hash() const { return hash_; }
    /// Of the state after it, which a development chain may have edited since.
    const Hash& state_root() const { return state_root_; }

    /// Lays a block over what is here, whose child it is.
    void add(const BlockUnderWayPtr& block);
    /// The store has come so far: `base` is one of the blocks here.
    void rebase(std::shared_ptr<const StoreSnapshot> base);
    /// Forgets everything but the state of `base`.
    void reset(std::shared_ptr<const StoreSnapshot> base);

    std::optional<AccountFields> account(const Address& address) const override;
    u256 storage(const Address& address, const u256& slot) const override;
    Bytes code(const Hash& code_hash) const override;
    std::optional<Bytes> node(const TrieOwner& owner, const Nibbles& path) const override;
    std::optional<Leaf> first_leaf(const TrieOwner& owner, const Nibbles& prefix) const override;

private:
    struct SlotKey {
        Address address;
        u256 slot;
        friend bool operator==(const SlotKey&, const SlotKey&) = default;
    };
    struct NodeKey {
        TrieOwner owner;
        Nibbles path;
        friend bool operator==(const NodeKey&, const NodeKey&) = default;
    };
    struct KeyHash {
        size_t operator()(const SlotKey& key) const noexcept;
        size_t operator()(const NodeKey& key) const noexcept;
    };

    /// The last changes of a row of blocks, which it keeps.
    struct Memory {
        std::unordered_map<Address, const AccountChange*> accounts;
        std::unordered_map<SlotKey, const SlotChange*, KeyHash> slots;
        std::unordered_map<NodeKey, const NodeChange*, KeyHash> nodes;
        std::vector<std::shared_ptr<const Effects>> keeps;
        /// All changes of the blocks that it keeps, those that a later one has made again included.
        size_t size = 0;
        uint64_t newest = 0;  ///< block

        void add(const BlockUnderWayPtr& block);
    };
    /// A leaf that a block changed.
    struct LeafChange {
        TrieOwner owner;
        Hash key;
        const AccountChange* account;
        const SlotChange* slot;  ///< null for the account's own leaf

        Bytes value() const;
    };
    /// A block that `base_` does not hold yet.
    struct Layer {
        BlockUnderWayPtr block;
        std::vector<LeafChange> leaves;  ///< by owner and key
    };

    template <class Find>
    auto newest(Find find) const -> decltype(find(std::declval<const Memory&>()));
    static const LeafChange* leaf_from(const Layer& layer, const TrieOwner& owner,
                                       const Hash& floor);
    /// The change of this very leaf by the newest block that made one; null when none did.
    const LeafChange* change_of(const TrieOwner& owner, const Hash& key) const;
    /// The smallest key from `floor` on that some block here changed.
    std::optional<Hash> changed_from(const TrieOwner& owner, const Hash& floor) const;

    std::shared_ptr<const StoreSnapshot> base_;
    Header header_;
    Hash hash_;
    Hash state_root_;
    Memory recent_;
    Memory older_;
    std::deque<Layer> layers_;  ///< oldest first
};

}  // namespace plume
