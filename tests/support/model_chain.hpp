// A chain of random blocks beside a plain model of what they leave behind, to hold a store against.
#pragma once

#include <deque>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace plume::test {

/// The world after a block, in maps.
struct ModelState {
    std::map<Address, AccountFields> accounts;
    std::map<Address, std::map<u256, u256>> slots;  ///< without zeros
    std::map<std::pair<TrieOwner, Nibbles>, Bytes> nodes;
};

struct ModelBlock {
    Block block;
    std::vector<Receipt> receipts;
    Changes changes;
    std::vector<NodeChange> nodes;
    ModelState after;

    BlockCommit commit() const { return {block, receipts, changes, nodes}; }
};

/// Blocks that create, change and delete accounts, slots and nodes at random. The nodes are
/// arbitrary bytes: a store does not look into them. The same seed gives the same blocks.
class ModelChain {
public:
    static constexpr uint64_t chain_id = 31337;

    explicit ModelChain(uint64_t seed);

    /// Adds `count` blocks, the first of all being block 0.
    void extend(size_t count);
    const std::deque<ModelBlock>& blocks() const { return blocks_; }
    StoreIdentity identity() const { return {chain_id, blocks_.front().block.hash}; }

    /// Everything the blocks may touch, whether it exists or not.
    const std::vector<Address>& addresses() const { return addresses_; }
    static std::vector<u256> slots();
    const std::vector<Nibbles>& paths() const { return paths_; }
    /// What the logs are made of.
    const std::vector<Hash>& topics() const { return topics_; }

private:
    uint64_t below(uint64_t bound) { return random_() % bound; }
    Bytes bytes(size_t size);
    Hash hash();
    const Address& address() { return addresses_[below(addresses_.size())]; }

    void add_transactions(ModelBlock& out);
    Log log();
    void change_account(ModelBlock& out, const Address& address);
    void delete_account(ModelBlock& out, const Address& address);
    void change_slots(ModelBlock& out, AccountChange& change);
    void change_nodes(ModelBlock& out, const TrieOwner& owner, bool is_empty_trie);

    std::mt19937_64 random_;
    std::vector<Address> addresses_;
    std::vector<Nibbles> paths_;
    std::vector<Hash> topics_;
    std::deque<ModelBlock> blocks_;
};

}  // namespace plume::test
