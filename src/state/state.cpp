#include "state/state.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "crypto/keccak.hpp"

namespace plume {

using namespace literals;

const Hash empty_code_hash =
    "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"_hash;

AccountFields::AccountFields() : storage_root(empty_trie_root), code_hash(empty_code_hash) {}

State::Account& State::find(const Address& address) {
    if (last_found_ != nullptr && last_found_->first == address) return last_found_->second;
    const auto [entry, added] = accounts_.try_emplace(address);
    last_found_ = &*entry;
    Account& account = entry->second;
    if (added) {
        account.before = view_.account(address);
        account.core.exists = account.before.has_value();
        if (account.before) account.core.fields = *account.before;
    }
    return account;
}

State::Slot& State::find(const Address& address, Account& account, const u256& slot) {
    const auto [entry, added] = account.slots.try_emplace(slot);
    Slot& found = entry->second;
    if (added && account.before) {
        found.before = view_.storage(address, slot);
        if (!account.core.wiped) found.current = found.before;
    }
    if (found.transaction != transaction_) {
        found.transaction = transaction_;
        found.original = found.current;
    }
    return found;
}

void State::remember(const Address& address, Account& account, bool is_write) {
    journal_.push_back({address, is_write, detail::AccountUndo{&account, account.core}});
}

void State::remember(const Address& address, Slot& slot, bool is_write) {
    journal_.push_back({address, is_write, detail::SlotUndo{&slot, slot}});
}

State::Account& State::write(const Address& address) {
    Account& account = find(address);
    remember(address, account, true);
    account.core.exists = true;
    account.core.touched = transaction_;
    return account;
}

BytesView State::code(const Address& address) {
    const Hash& hash = find(address).core.fields.code_hash;
    if (hash == empty_code_hash) return {};
    const auto [entry, added] = codes_.try_emplace(hash);
    if (added) entry->second = view_.code(hash);
    return entry->second;
}

bool State::is_vacant(const Address& address) {
    const AccountFields& fields = find(address).core.fields;
    return fields.nonce == 0 && !fields.has_code() && fields.storage_root == empty_trie_root;
}

void State::set_balance(const Address& address, const u256& balance) {
    write(address).core.fields.balance = balance;
}

void State::set_nonce(const Address& address, uint64_t nonce) {
    write(address).core.fields.nonce = nonce;
}

void State::set_code(const Address& address, Bytes code) {
    const Hash hash = keccak256(code);
    write(address).core.fields.code_hash = hash;
    codes_.try_emplace(hash, std::move(code));
}

void State::touch(const Address& address) {
    write(address);
}

void State::create(const Address& address) {
    Core& core = write(address).core;
    core.fields.nonce = 1;
    core.created = transaction_;
}

void State::destroy(const Address& address) {
    write(address).core.destroyed = transaction_;
}

void State::transfer(const Address& from, const Address& to, const u256& amount) {
    const u256 available = balance(from);
    check(available >= amount, "a transfer is checked against the balance before it is made");
    set_balance(from, available - amount);
    set_balance(to, balance(to) + amount);
}

u256 State::load(const Address& address, const u256& slot) {
    return find(address, find(address), slot).current;
}

u256 State::original(const Address& address, const u256& slot) {
    return find(address, find(address), slot).original;
}

void State::store(const Address& address, const u256& slot, const u256& value) {
    Slot& found = find(address, find(address), slot);
    if (found.current == value) return;
    remember(address, found, true);
    found.current = value;
}

u256 State::load_transient(const Address& address, const u256& slot) const {
    const auto found = transient_.find({address, slot});
    return found == transient_.end() ? u256{} : found->second;
}

void State::store_transient(const Address& address, const u256& slot, const u256& value) {
    u256& word = transient_[{address, slot}];
    journal_.push_back({address, false, detail::TransientUndo{slot, word}});
    word = value;
}

bool State::warm_up(const Address& address) {
    Account& account = find(address);
    if (account.core.warm == transaction_) return false;
    remember(address, account, false);
    account.core.warm = transaction_;
    return true;
}

bool State::warm_up(const Address& address, Slot& slot) {
    if (slot.warm == transaction_) return false;
    remember(address, slot, false);
    slot.warm = transaction_;
    return true;
}

bool State::warm_up(const Address& address, const u256& slot) {
    return warm_up(address, find(address, find(address), slot));
}

State::Access State::access(const Address& address, const u256& slot) {
    Slot& found = find(address, find(address), slot);
    const bool was_cold = warm_up(address, found);
    return {found.current, was_cold};
}

void State::undo(detail::Undo& undo) {
    if (auto* account = std::get_if<detail::AccountUndo>(&undo.content))
        account->account->core = account->core;
    else if (auto* slot = std::get_if<detail::SlotUndo>(&undo.content))
        *slot->slot = slot->content;
    else if (auto* transient = std::get_if<detail::TransientUndo>(&undo.content))
        transient_[{undo.address, transient->slot}] = transient->value;
}

void State::rollback(const Mark& mark) {
    while (journal_.size() > mark.journal) {
        undo(journal_.back());
        journal_.pop_back();
    }
    logs_.resize(mark.logs);
    refund_ = mark.refund;
}

void State::begin_transaction() {
    ++transaction_;
    journal_.clear();
    logs_.clear();
    transient_.clear();
    refund_ = 0;
}

void State::end_transaction() {
    for (const detail::Undo& undo : journal_) {
        const auto* content = std::get_if<detail::AccountUndo>(&undo.content);
        if (content == nullptr) continue;
        Core& core = content->account->core;
        const bool goes = core.destroyed == transaction_ ||
                          (core.touched == transaction_ && core.fields.is_empty());
        if (!core.exists || !goes) continue;
        core.exists = false;
        core.wiped = true;
        core.fields = AccountFields{};
        for (auto& [slot, found] : content->account->slots) found.current = u256{};
    }
    journal_.clear();
}

std::vector<Address> State::written() const {
    std::vector<Address> out;
    for (const detail::Undo& undo : journal_)
        if (undo.is_write) out.push_back(undo.address);
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

namespace {

/// What became of an account, without its storage.
AccountChange change_of(const Address& address, const detail::AccountState& account) {
    AccountChange out{address, account.before, std::nullopt, {}};
    if (account.core.exists) out.after = account.core.fields;
    return out;
}

}  // namespace

std::vector<AccountChange> State::seen() const {
    std::vector<AccountChange> out;
    out.reserve(accounts_.size());
    for (const auto& [address, account] : accounts_) {
        AccountChange change = change_of(address, account);
        for (const auto& [slot, found] : account.slots)
            change.slots.push_back({slot, found.before, found.current});
        std::ranges::sort(change.slots, {}, &SlotChange::slot);
        out.push_back(std::move(change));
    }
    std::ranges::sort(out, {}, &AccountChange::address);
    return out;
}

Bytes State::code_called(const Hash& code_hash) const {
    if (code_hash == empty_code_hash) return {};
    const auto found = codes_.find(code_hash);
    return found != codes_.end() ? found->second : view_.code(code_hash);
}

Changes State::take() {
    Changes out;
    std::vector<Hash> set;
    for (auto& [address, account] : accounts_) {
        AccountChange change = change_of(address, account);
        if (change.after && change.after->has_code() &&
            (!change.before || change.before->code_hash != change.after->code_hash))
            set.push_back(change.after->code_hash);
        for (const auto& [slot, found] : account.slots)
            if (found.before != found.current)
                change.slots.push_back({slot, found.before, found.current});
        if (change.before == change.after && change.slots.empty()) continue;
        std::ranges::sort(change.slots, {}, &SlotChange::slot);
        out.accounts.push_back(std::move(change));
    }
    std::ranges::sort(out.accounts, {}, &AccountChange::address);
    std::ranges::sort(set);
    set.erase(std::ranges::unique(set).begin(), set.end());
    for (const Hash& hash : set) out.codes.push_back({hash, std::move(codes_.at(hash))});
    return out;
}

}  // namespace plume
