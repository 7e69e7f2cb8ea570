#include "support/plain_world.hpp"

#include "crypto/keccak.hpp"

namespace plume::test {

PlainWorld::Account& PlainWorld::put(const Address& address, const u256& balance, uint64_t nonce,
                                     Bytes code) {
    Account& account = accounts_[address] = {};
    account.fields.balance = balance;
    account.fields.nonce = nonce;
    if (!code.empty()) {
        account.fields.code_hash = keccak256(BytesView{code});
        codes_[account.fields.code_hash] = std::move(code);
    }
    return account;
}

void PlainWorld::apply(const Changes& changes) {
    for (const CodeChange& change : changes.codes) codes_[change.hash] = change.code;
    for (const AccountChange& change : changes.accounts) {
        if (!change.after) {
            accounts_.erase(change.address);
            continue;
        }
        Account& account = accounts_[change.address];
        account.fields = *change.after;
        for (const SlotChange& slot : change.slots) {
            account.storage[slot.slot] = slot.after;
            if (slot.after.is_zero()) account.storage.erase(slot.slot);
        }
    }
}

std::optional<AccountFields> PlainWorld::account(const Address& address) const {
    const auto found = accounts_.find(address);
    return found == accounts_.end() ? std::nullopt : std::optional(found->second.fields);
}

u256 PlainWorld::storage(const Address& address, const u256& slot) const {
    const auto account = accounts_.find(address);
    if (account == accounts_.end()) return {};
    const auto found = account->second.storage.find(slot);
    return found == account->second.storage.end() ? u256{} : found->second;
}

Bytes PlainWorld::code(const Hash& code_hash) const {
    return code_hash == empty_code_hash ? Bytes{} : codes_.at(code_hash);
}

}  // namespace plume::test
