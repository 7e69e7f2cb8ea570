#include "chain/edit.hpp"

#include <algorithm>

#include "crypto/keccak.hpp"
#include "types/block.hpp"

namespace plume {

namespace {

std::vector<SlotChange> slot_changes(const StateView& view, const Address& address,
                                     const std::map<u256, u256>& slots) {
    std::vector<SlotChange> out;
    for (const auto& [slot, after] : slots) {
        const u256 before = view.storage(address, slot);
        if (before != after) out.push_back({slot, before, after});
    }
    return out;
}

bool has_storage(const AccountFields& fields, const std::vector<SlotChange>& slots) {
    return fields.storage_root != empty_trie_root ||
           std::ranges::any_of(slots, [](const SlotChange& slot) { return !slot.after.is_zero(); });
}

}  // namespace

Changes changes_of(const StateView& view, const Edits& edits) {
    Changes out;
    for (const auto& [address, edit] : edits) {
        AccountChange change{address, view.account(address), std::nullopt, {}};
        if (!edit.removes) {
            AccountFields fields = change.before.value_or(AccountFields{});
            fields.balance = edit.balance.value_or(fields.balance);
            fields.nonce = edit.nonce.value_or(fields.nonce);
            if (edit.code) {
                fields.code_hash = keccak256(*edit.code);
                if (!edit.code->empty()) out.codes.push_back({fields.code_hash, *edit.code});
            }
            change.slots = slot_changes(view, address, edit.slots);
            if (!fields.is_empty() || has_storage(fields, change.slots)) change.after = fields;
        }
        if (change.before != change.after || !change.slots.empty())
            out.accounts.push_back(std::move(change));
    }
    std::ranges::sort(out.codes, {}, &CodeChange::hash);
    return out;
}

Edits inverse_of(const StateView& view, const Changes& changes) {
    Edits out;
    for (const AccountChange& change : changes.accounts) {
        AccountEdit& edit = out[change.address];
        if (!change.before) {
            edit.removes = true;
            continue;
        }
        edit.balance = change.before->balance;
        edit.nonce = change.before->nonce;
        edit.code = change.before->has_code() ? view.code(change.before->code_hash) : Bytes{};
        for (const SlotChange& slot : change.slots) edit.slots[slot.slot] = slot.before;
    }
    return out;
}

}  // namespace plume
