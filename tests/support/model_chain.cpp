#include "support/model_chain.hpp"

#include <algorithm>

#include "crypto/keccak.hpp"
#include "state/root.hpp"

namespace plume::test {

namespace {

constexpr size_t address_count = 24;
constexpr unsigned slot_count = 6;

}  // namespace

ModelChain::ModelChain(uint64_t seed) : random_(seed) {
    for (size_t i = 0; i < address_count; ++i) addresses_.push_back(to_address(to_u256(hash())));
    for (size_t i = 0; i < 5; ++i) topics_.push_back(hash());
    for (const size_t size : {0, 1, 1, 2, 2, 3, 5, 63}) {
        Nibbles path;
        for (size_t i = 0; i < size; ++i) path.push(static_cast<uint8_t>(below(16)));
        paths_.push_back(path);
    }
    std::ranges::sort(paths_);
    paths_.erase(std::ranges::unique(paths_).begin(), paths_.end());
}

std::vector<u256> ModelChain::slots() {
    std::vector<u256> out;
    for (unsigned i = 0; i < slot_count; ++i) out.push_back(u256{i} << 40 * i);
    return out;
}

Bytes ModelChain::bytes(size_t size) {
    Bytes out(size);
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(random_());
    return out;
}

Hash ModelChain::hash() {
    return *Hash::from(bytes(Hash::size));
}

void ModelChain::extend(size_t count) {
    for (size_t i = 0; i < count; ++i) {
        ModelBlock out;
        Header& header = out.block.header;
        if (!blocks_.empty()) {
            const ModelBlock& parent = blocks_.back();
            header.parent_hash = parent.block.hash;
            header.number = parent.block.header.number + 1;
            header.timestamp = parent.block.header.timestamp + below(3);
            out.after = parent.after;
        }
        header.state_root = hash();
        header.extra_data = bytes(below(33));
        add_transactions(out);
        std::vector<Address> changing;
        for (size_t n = below(8); n-- > 0;) changing.push_back(address());
        std::ranges::sort(changing);
        changing.erase(std::ranges::unique(changing).begin(), changing.end());
        for (const Address& each : changing) change_account(out, each);
        change_nodes(out, TrieOwner{}, false);
        if (below(4) == 0) {
            const Bytes code = bytes(1 + below(2000));
            out.changes.codes.push_back({keccak256(code), code});
        }
        out.block.hash = hash_of(header);
        blocks_.push_back(std::move(out));
    }
}

void ModelChain::add_transactions(ModelBlock& out) {
    for (size_t n = blocks_.empty() ? 0 : below(4); n-- > 0;) {
        Transaction fields;
        fields.type = TransactionType::dynamic_fee;
        fields.chain_id = chain_id;
        fields.nonce = random_();
        fields.gas_limit = 21000;
        fields.to = address();
        fields.data = bytes(below(100));
        Hash secret;
        secret[31] = static_cast<uint8_t>(1 + below(200));
        out.block.transactions.push_back(
            sign_transaction(std::move(fields), *PrivateKey::from(secret)));

        Receipt receipt;
        receipt.type = TransactionType::dynamic_fee;
        receipt.success = below(2) == 0;
        receipt.gas_used = random_();
        receipt.cumulative_gas_used = random_();
        receipt.effective_gas_price = to_u256(hash());
        if (below(3) == 0) receipt.contract_address = address();
        for (size_t logs = below(4); logs-- > 0;) receipt.logs.push_back(log());
        receipt.logs_bloom = bloom_of(receipt.logs);
        merge(out.block.header.logs_bloom, receipt.logs_bloom);
        out.receipts.push_back(std::move(receipt));
    }
}

Log ModelChain::log() {
    Log out{address(), {}, bytes(below(70))};
    for (size_t n = below(5); n-- > 0;) out.topics.push_back(topics_[below(topics_.size())]);
    return out;
}

void ModelChain::change_account(ModelBlock& out, const Address& address) {
    const auto found = out.after.accounts.find(address);
    if (found != out.after.accounts.end() && below(4) == 0) return delete_account(out, address);

    AccountChange change{address, std::nullopt, AccountFields{}, {}, account_key(address)};
    if (found != out.after.accounts.end()) change.before = change.after = found->second;
    change.after->nonce = below(1000);
    change.after->balance = to_u256(hash());
    change_slots(out, change);
    out.after.accounts[address] = *change.after;
    out.changes.accounts.push_back(std::move(change));
}

void ModelChain::delete_account(ModelBlock& out, const Address& address) {
    const Hash owner = account_key(address);
    out.changes.accounts.push_back(
        {address, out.after.accounts.at(address), std::nullopt, {}, owner});
    out.after.accounts.erase(address);
    out.after.slots.erase(address);
    std::erase_if(out.after.nodes, [&](const auto& node) { return node.first.first == owner; });
}

void ModelChain::change_slots(ModelBlock& out, AccountChange& change) {
    auto& model = out.after.slots[change.address];
    for (const u256& slot : slots()) {
        if (below(3) != 0) continue;
        const u256 before = model.contains(slot) ? model.at(slot) : u256{};
        const u256 after = below(3) == 0 ? u256{} : to_u256(hash()) >> below(256);
        if (before == after) continue;
        change.slots.push_back({slot, before, after, slot_key(slot)});
        if (after.is_zero())
            model.erase(slot);
        else
            model[slot] = after;
    }
    change.after->storage_root = model.empty() ? empty_trie_root : hash();
    change_nodes(out, account_key(change.address), model.empty());
}

void ModelChain::change_nodes(ModelBlock& out, const TrieOwner& owner, bool is_empty_trie) {
    for (const Nibbles& path : paths_) {
        if (!is_empty_trie && below(3) != 0) continue;
        const auto found = out.after.nodes.find({owner, path});
        const Bytes before = found == out.after.nodes.end() ? Bytes{} : found->second;
        const Bytes after = is_empty_trie || below(3) == 0 ? Bytes{} : bytes(1 + below(600));
        if (before == after) continue;
        out.nodes.push_back({owner, path, before, after});
        if (after.empty())
            out.after.nodes.erase({owner, path});
        else
            out.after.nodes[{owner, path}] = after;
    }
}

}  // namespace plume::test
