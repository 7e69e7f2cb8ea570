#include "support/memory_store.hpp"

#include "base/result.hpp"

namespace plume::test {

std::optional<AccountFields> MemoryStore::account(const Address& address) const {
    const auto found = accounts_.find(address);
    if (found == accounts_.end()) return std::nullopt;
    return found->second;
}

u256 MemoryStore::storage(const Address& address, const u256& slot) const {
    const auto slots = slots_.find(address);
    if (slots == slots_.end()) return {};
    const auto found = slots->second.find(slot);
    return found == slots->second.end() ? u256{} : found->second;
}

Bytes MemoryStore::code(const Hash& code_hash) const {
    return codes_.at(code_hash);
}

std::map<u256, u256> MemoryStore::slots(const Address& address) const {
    const auto found = slots_.find(address);
    return found == slots_.end() ? std::map<u256, u256>{} : found->second;
}

void MemoryStore::apply(const Changes& changes, const std::vector<NodeChange>& nodes) {
    const auto put = [this](const TrieOwner& owner, const Hash& key, Bytes value) {
        const TrieWrite write{key, std::move(value)};
        nodes_.write(owner, std::span(&write, 1));
    };
    for (const AccountChange& change : changes.accounts) {
        const Hash owner = account_key(change.address);
        put(TrieOwner{}, owner, change.after ? encode(*change.after) : Bytes{});
        if (change.after)
            accounts_[change.address] = *change.after;
        else
            accounts_.erase(change.address);
        for (const SlotChange& slot : change.slots) {
            if (slot.after.is_zero())
                slots_[change.address].erase(slot.slot);
            else
                slots_[change.address][slot.slot] = slot.after;
            put(owner, slot_key(slot.slot), encode_slot(slot.after));
        }
        // What a deleted account had in storage is gone, whether the block saw it or not.
        if (!change.after) {
            slots_.erase(change.address);
            nodes_.forget(owner);
        }
    }
    for (const CodeChange& code : changes.codes) codes_[code.hash] = code.code;
    check(nodes_.apply(nodes), "the changed nodes fit those that were there");
}

u256 MemoryStore::total_balance() const {
    u256 total;
    for (const auto& [address, fields] : accounts_) total += fields.balance;
    return total;
}

}  // namespace plume::test
