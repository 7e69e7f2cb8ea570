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
    Found*& recent = found_accounts_[address[Address::size - 1] % recent_accounts];
    if (recent != nullptr && recent->first == address) return recent->second;
    const auto [entry, added] = accounts_.try_emplace(address);
    recent = &*entry;
    Account& account = entry->second;
    if (added) {
        account.before = view_.account(address);
        account.core.exists = account.before.has_value();
        if (account.before) account.core.fields = *account.before;
    }
    return account;
}

State::Slot& State::find(const Address& address, Account& account, const u256& slot) {
    const uint64_t mixed = slot.words[0] ^ address[Address::size - 1];
    FoundSlot& recent = found_slots_[mixed % recent_slots];
    if (recent.account != &account || recent.entry->first != slot) {
        const auto [entry, added] = account.slots.try_emplace(slot);
        recent = {&account, &*entry};
        if (added && account.before) {
            entry->second.before = view_.storage(address, slot);
            if (!account.core.wiped) entry->second.current = entry->second.before;
        }
    }
    Slot& found = recent.entry->second;
    if (found.transaction != transaction_) {
        found.transaction = transaction_;
        found.original = found.current;
    }
    return found;
}

State::Account& State::write(const Address& address) {
    Account& account = find(address);
    journal_.emplace_back(address, true, detail::AccountUndo{&account, account.core});
    account.core.exists = true;
    account.core.touched = transaction_;
    return account;
}

BytesView State::code(const Address& address) {
    Account& account = find(address);
    const Hash& hash = account.core.fields.code_hash;
    if (account.code != nullptr && account.known_code == hash) return *account.code;
    if (hash == empty_code_hash) return {};
    const auto [entry, added] = codes_.try_emplace(hash);
    if (added) entry->second = view_.code(hash);
    account.code = &entry->second;
    account.known_code = hash;
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
    const Core& core = find(address).core;
    // The journal has it already, in a part that is not undone.
    if (core.exists && core.touched == transaction_) return;
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

void State::store(const Address& address, Slot& slot, const u256& value) {
    if (slot.current == value) return;
    journal_.emplace_back(address, true, detail::SlotUndo{&slot, slot.current});
    slot.current = value;
}

void State::store(const Address& address, const u256& slot, const u256& value) {
    store(address, find(address, find(address), slot), value);
}

void State::store(const Address& address, const Access& access, const u256& value) {
    store(address, *access.place, value);
}

u256 State::load_transient(const Address& address, const u256& slot) const {
    const auto found = transient_.find({address, slot});
    return found == transient_.end() ? u256{} : found->second;
}

void State::store_transient(const Address& address, const u256& slot, const u256& value) {
    u256& word = transient_[{address, slot}];
    journal_.emplace_back(address, false, detail::TransientUndo{slot, word});
    word = value;
}

bool State::warm_up(const Address& address, uint32_t& warm) {
    if (warm == transaction_) return false;
    journal_.emplace_back(address, false, detail::WarmUndo{&warm, warm});
    warm = transaction_;
    return true;
}

bool State::warm_up(const Address& address) {
    return warm_up(address, find(address).core.warm);
}

bool State::warm_up(const Address& address, const u256& slot) {
    return warm_up(address, find(address, find(address), slot).warm);
}

State::Access State::access(const Address& address, const u256& slot) {
    Slot& found = find(address, find(address), slot);
    const bool was_cold = warm_up(address, found.warm);
    return {found.current, found.original, was_cold, &found};
}

void State::undo(detail::Undo& undo) {
    if (auto* warm = std::get_if<detail::WarmUndo>(&undo.content))
        *warm->warm = warm->before;
    else if (auto* slot = std::get_if<detail::SlotUndo>(&undo.content))
        slot->slot->current = slot->value;
    else if (auto* account = std::get_if<detail::AccountUndo>(&undo.content))
        account->account->core = account->core;
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
    // Most writes follow one to the same account, or go to and fro between a few.
    const auto note = [&out](const Address& address) {
        const auto last =
            std::ranges::subrange(out.end() - std::min<ptrdiff_t>(4, std::ssize(out)), out.end());
        if (std::ranges::find(last, address) == last.end()) out.push_back(address);
    };
    for (const detail::Undo& undo : journal_)
        if (undo.is_write) note(undo.address);
    for (const Log& log : logs_) note(log.address);
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
