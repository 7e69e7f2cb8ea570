#include "state/overlay.hpp"

#include "crypto/keccak.hpp"

namespace plume {

void Overlay::clear(Account& account) {
    account.slots.clear();
    account.hides_storage = true;
}

void Overlay::apply(const Changes& changes) {
    for (const AccountChange& change : changes.accounts) {
        Account& account = accounts_[change.address];
        account.fields = change.after;
        if (!change.after) clear(account);
        for (const SlotChange& slot : change.slots) account.slots[slot.slot] = slot.after;
    }
    for (const CodeChange& change : changes.codes) codes_[change.hash] = change.code;
}

void Overlay::apply(const Overrides& overrides) {
    for (const auto& [address, difference] : overrides) {
        AccountFields fields = account(address).value_or(AccountFields{});
        if (difference.balance) fields.balance = *difference.balance;
        if (difference.nonce) fields.nonce = *difference.nonce;
        if (difference.code) {
            fields.code_hash = keccak256(*difference.code);
            codes_[fields.code_hash] = *difference.code;
        }
        Account& account = accounts_[address];
        account.fields = fields;
        if (difference.replaces_storage) clear(account);
        for (const auto& [slot, value] : difference.slots) account.slots[slot] = value;
    }
}

std::optional<AccountFields> Overlay::account(const Address& address) const {
    const auto found = accounts_.find(address);
    return found == accounts_.end() ? under_.account(address) : found->second.fields;
}

u256 Overlay::storage(const Address& address, const u256& slot) const {
    const auto found = accounts_.find(address);
    if (found == accounts_.end()) return under_.storage(address, slot);
    const auto value = found->second.slots.find(slot);
    if (value != found->second.slots.end()) return value->second;
    return found->second.hides_storage ? u256{} : under_.storage(address, slot);
}

Bytes Overlay::code(const Hash& code_hash) const {
    const auto found = codes_.find(code_hash);
    return found == codes_.end() ? under_.code(code_hash) : found->second;
}

}  // namespace plume
