#include "chain/verify.hpp"

#include <set>

#include "chain/execute.hpp"
#include "chain/verify_state.hpp"
#include "crypto/keccak.hpp"
#include "store/schema.hpp"

namespace plume {

namespace {

Error damaged(std::string what) {
    return {.what = "damaged: " + std::move(what)};
}

Result<void> verify_header(const Block& block, const std::vector<Receipt>& receipts,
                           const StoreSnapshot& snapshot) {
    const Header& header = block.header;
    Bloom bloom;
    for (const Receipt& receipt : receipts) merge(bloom, receipt.logs_bloom);
    const uint64_t gas_used = receipts.empty() ? 0 : receipts.back().cumulative_gas_used;
    if (hash_of(header) != block.hash) return damaged("its header has another hash");
    if (header.number > 0) {
        if (snapshot.hash(header.number - 1) != header.parent_hash)
            return damaged("its parent is another");
        if (snapshot.header(header.number - 1)->timestamp > header.timestamp)
            return damaged("it is earlier than its parent");
    }
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

/// What is stored with receipts but is not in their root.
Result<void> verify_receipts(const StoreSnapshot& snapshot, const Block& block) {
    uint64_t gas = 0;
    uint64_t logs = 0;
    for (uint32_t i = 0; i < block.transactions.size(); ++i) {
        const Transaction& fields = block.transactions[i]->fields;
        const auto stored = snapshot.receipt({block.header.number, i});
        const Receipt& receipt = stored->receipt;
        gas += receipt.gas_used;
        const bool is_whole =
            receipt.cumulative_gas_used == gas && stored->first_log_index == logs &&
            receipt.effective_gas_price == effective_gas_price(fields, block.header.base_fee) &&
            (!fields.to || !receipt.contract_address);
        if (!is_whole) return damaged("its receipt " + std::to_string(i) + " has other details");
        logs += receipt.logs.size();
    }
    return {};
}

/// Counts the entries that lead to the block, each of which must be there.
Result<uint64_t> verify_log_index(const StoreSnapshot& snapshot, uint64_t number,
                                  const std::vector<Receipt>& receipts) {
    std::set<Address> addresses;
    std::set<std::pair<size_t, Hash>> topics;
    for (const Receipt& receipt : receipts)
        for (const Log& log : receipt.logs) {
            addresses.insert(log.address);
            for (size_t i = 0; i < log.topics.size(); ++i) topics.emplace(i, log.topics[i]);
        }
    if (addresses.empty()) return uint64_t{0};
    LogQuery query{.from = number, .to = number, .addresses = {}, .topics = {}};
    const auto is_found = [&] { return snapshot.blocks_with_logs(query).size() == 1; };
    if (!is_found()) return damaged("the log index misses it");
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
    return 1 + addresses.size() + topics.size();
}

Result<void> verify_block(const StoreSnapshot& snapshot, uint64_t number, Verified& verified,
                          uint64_t& log_entries) {
    const auto block = snapshot.block(number);
    const auto receipts = snapshot.receipts(number);
    if (!block || !receipts) return damaged("it is not there");
    if (block->header.number != number) return damaged("it has another number");
    if (snapshot.number_of(block->hash) != number)
        return damaged("the index does not know its hash");
    if (auto header = verify_header(*block, *receipts, snapshot); !header) return header;
    if (auto listed = verify_transactions(snapshot, *block); !listed) return listed;
    if (auto detailed = verify_receipts(snapshot, *block); !detailed) return detailed;
    TRY(entries, verify_log_index(snapshot, number, *receipts));
    log_entries += entries;
    verified.transactions += block->transactions.size();
    ++verified.blocks;
    return {};
}

/// Whether the tables that belong to blocks hold what leads to a block, and nothing else.
Result<void> verify_counts(const StoreSnapshot& snapshot, const Verified& verified,
                           uint64_t log_entries) {
    const std::pair<Table, uint64_t> expected[] = {
        {Table::headers, verified.blocks},        {Table::numbers, verified.blocks},
        {Table::bodies, verified.transactions},   {Table::receipts, verified.transactions},
        {Table::tx_index, verified.transactions}, {Table::log_index, log_entries}};
    for (const auto& [table, count] : expected) {
        uint64_t found = 0;
        snapshot.for_each_row(table, [&](BytesView, BytesView) { ++found; });
        if (found != count)
            return damaged("the table " + std::string(tables[static_cast<size_t>(table)].name) +
                           " has " + std::to_string(found) + " rows, but blocks lead to " +
                           std::to_string(count));
    }
    return {};
}

Result<void> verify_codes(const StoreSnapshot& snapshot) {
    std::optional<Error> error;
    snapshot.for_each_row(Table::codes, [&](BytesView key, BytesView code) {
        if (!error && !equal(keccak256(code), key))
            error = damaged("a code does not have its hash " + to_hex(key));
    });
    if (error) return std::move(*error);
    snapshot.for_each_leaf(TrieOwner{}, [&](const Hash& key, BytesView leaf) {
        // The last item of an account's leaf is the hash of its code.
        const Hash hash = *Hash::from(leaf.last(Hash::size));
        if (!error && !snapshot.has_code(hash))
            error = damaged("account with key " + to_hex(key) + ": its code is not there");
    });
    if (error) return std::move(*error);
    return {};
}

}  // namespace

Result<Verified> verify(const StoreSnapshot& snapshot) {
    Verified verified;
    uint64_t log_entries = 0;
    for (uint64_t number = 0; number <= snapshot.number(); ++number)
        if (auto block = verify_block(snapshot, number, verified, log_entries); !block)
            return Error{.what = "block " + std::to_string(number) + ": " + block.error().what};
    if (auto counts = verify_counts(snapshot, verified, log_entries); !counts)
        return std::move(counts).error();
    TRY(state, verify_state(snapshot));
    verified.accounts = state.accounts;
    verified.slots = state.slots;
    if (auto codes = verify_codes(snapshot); !codes) return std::move(codes).error();
    TRY(history, verify_history(snapshot));
    verified.history = history;
    return verified;
}

}  // namespace plume
