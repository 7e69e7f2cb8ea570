#include "chain/verify.hpp"

#include <set>

#include "chain/execute.hpp"
#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "state/root.hpp"

namespace plume {

namespace {

Error damaged(std::string what) {
    return {.what = "damaged: " + std::move(what)};
}

/// The root of a trie with these leaves, and how many there are.
struct Recomputed {
    Hash root;
    std::vector<std::pair<Bytes, Bytes>> leaves;
};

Recomputed recompute(const StoreSnapshot& snapshot, const TrieOwner& owner) {
    Recomputed out;
    snapshot.for_each_leaf(owner, [&](const Hash& key, BytesView value) {
        out.leaves.emplace_back(to_bytes(key), to_bytes(value));
    });
    out.root = root_of(out.leaves);
    return out;
}

Result<void> verify_account(const StoreSnapshot& snapshot, const Hash& key, BytesView value,
                            Verified& verified) {
    const std::string name = "account with key " + to_hex(key);
    rlp::Decoder decoder(value);
    uint64_t nonce = 0;
    u256 balance;
    Hash storage_root;
    Hash code_hash;
    if (auto fields = decoder.read_fields(std::tie(nonce, balance, storage_root, code_hash));
        !fields)
        return damaged(name + " cannot be read: " + fields.error().what);
    const Recomputed storage = recompute(snapshot, key);
    if (storage.root != storage_root)
        return damaged(name + ": its storage gives the root " + to_hex(storage.root) + ", not " +
                       to_hex(storage_root));
    if (code_hash != empty_code_hash && keccak256(snapshot.code(code_hash)) != code_hash)
        return damaged(name + ": its code does not have the hash " + to_hex(code_hash));
    verified.slots += storage.leaves.size();
    ++verified.accounts;
    return {};
}

Result<void> verify_state(const StoreSnapshot& snapshot, Verified& verified) {
    const Recomputed accounts = recompute(snapshot, TrieOwner{});
    if (accounts.root != snapshot.state_root())
        return damaged("the accounts give the state root " + to_hex(accounts.root) + ", not " +
                       to_hex(snapshot.state_root()) + " of block " +
                       std::to_string(snapshot.number()));
    for (const auto& [key, value] : accounts.leaves)
        if (auto account = verify_account(snapshot, *Hash::from(key), value, verified); !account)
            return account;
    return {};
}

Result<void> verify_header(const Block& block, const std::vector<Receipt>& receipts,
                           const std::optional<Hash>& parent_hash) {
    const Header& header = block.header;
    Bloom bloom;
    for (const Receipt& receipt : receipts) merge(bloom, receipt.logs_bloom);
    const uint64_t gas_used = receipts.empty() ? 0 : receipts.back().cumulative_gas_used;
    if (hash_of(header) != block.hash) return damaged("its header has another hash");
    if (parent_hash && header.parent_hash != *parent_hash) return damaged("its parent is another");
    if (receipts.size() != block.transactions.size())
        return damaged("it has more or fewer receipts than transactions");
    if (transactions_root(block.transactions) != header.transactions_root)
        return damaged("its transactions have another root");
    if (receipts_root(receipts) != header.receipts_root)
        return damaged("its receipts have another root");
    if (bloom != header.logs_bloom) return damaged("its bloom is another");
    if (gas_used != header.gas_used) return damaged("its receipts add up to other gas");
    return {};
}

Result<void> verify_transactions(const StoreSnapshot& snapshot, const Block& block) {
    bool is_system = false;
    for (uint32_t i = 0; i < block.transactions.size(); ++i) {
        const SignedTransaction& stored = *block.transactions[i];
        const std::string name = "transaction " + to_hex(stored.hash);
        const auto recovered = recover_included(stored.raw);
        if (!recovered) return damaged(name + " cannot be read: " + recovered.error().what);
        if (stored.is_impersonated && !snapshot.is_development())
            return damaged(name + " is impersonated, and this is no development chain");
        const bool was_system = is_system;
        is_system = stored.fields.type == TransactionType::system;
        if (was_system && !is_system) return damaged(name + " is behind the chain's own");
        if (is_system && stored.fields.nonce != block.header.number)
            return damaged(name + " is one of another block");
        if ((*recovered)->hash != stored.hash) return damaged(name + " has another hash");
        if ((*recovered)->sender != stored.sender) return damaged(name + " has another sender");
        if (snapshot.locate(stored.hash) != TransactionLocation{block.header.number, i})
            return damaged(name + " is not where the index says");
    }
    return {};
}

Result<void> verify_log_index(const StoreSnapshot& snapshot, uint64_t number,
                              const std::vector<Receipt>& receipts) {
    std::set<Address> addresses;
    std::set<std::pair<size_t, Hash>> topics;
    for (const Receipt& receipt : receipts)
        for (const Log& log : receipt.logs) {
            addresses.insert(log.address);
            for (size_t i = 0; i < log.topics.size(); ++i) topics.emplace(i, log.topics[i]);
        }
    LogQuery query{.from = number, .to = number, .addresses = {}, .topics = {}};
    const auto is_found = [&] { return snapshot.blocks_with_logs(query).size() == 1; };
    for (const Address& address : addresses) {
        query.addresses = {address};
        if (!is_found()) return damaged("the log index misses the address " + to_hex(address));
    }
    query.addresses.clear();
    for (const auto& [position, topic] : topics) {
        query.topics.assign(position + 1, {});
        query.topics[position] = {topic};
        if (!is_found()) return damaged("the log index misses the topic " + to_hex(topic));
    }
    return {};
}

Result<void> verify_block(const StoreSnapshot& snapshot, uint64_t number,
                          const std::optional<Hash>& parent_hash, Verified& verified) {
    const auto block = snapshot.block(number);
    const auto receipts = snapshot.receipts(number);
    if (!block || !receipts) return damaged("it is not there");
    if (block->header.number != number) return damaged("it has another number");
    if (snapshot.number_of(block->hash) != number)
        return damaged("the index does not know its hash");
    if (auto header = verify_header(*block, *receipts, parent_hash); !header) return header;
    if (auto listed = verify_transactions(snapshot, *block); !listed) return listed;
    verified.transactions += block->transactions.size();
    ++verified.blocks;
    return verify_log_index(snapshot, number, *receipts);
}

}  // namespace

Result<Verified> verify(const StoreSnapshot& snapshot) {
    Verified verified;
    std::optional<Hash> parent_hash;
    for (uint64_t number = 0; number <= snapshot.number(); ++number) {
        if (auto block = verify_block(snapshot, number, parent_hash, verified); !block)
            return Error{.what = "block " + std::to_string(number) + ": " + block.error().what};
        parent_hash = snapshot.hash(number);
    }
    if (auto state = verify_state(snapshot, verified); !state) return std::move(state).error();
    return verified;
}

}  // namespace plume
