#include "evm/footprint.hpp"

#include "base/result.hpp"

namespace plume {

void Footprint::begin(const State& state, uint64_t) {
    state_ = &state;
}

void Footprint::enter(const Message& message, BytesView, const NativeType*) {
    ++depth_;
    if (message.kind == CallKind::create || message.kind == CallKind::create2)
        created_.insert(message.recipient);
}

void Footprint::leave(const CallResult&) {
    if (--depth_ != 0) return;
    accounts_ = state_->seen();
    size_t size = accounts_.size() * sizeof(AccountChange);
    for (const AccountChange& account : accounts_)
        size += account.slots.size() * sizeof(SlotChange);
    if (!budget_.take(size)) accounts_.clear();
}

void Footprint::end(const State& state, const CallResult& result, uint64_t gas_used) {
    result_ = result;
    gas_used_ = gas_used;
    // The final values of what was seen before the invariants were checked.
    const std::vector<AccountChange> all = state.seen();
    auto last = all.begin();
    for (AccountChange& account : accounts_) {
        last = std::ranges::find(last, all.end(), account.address, &AccountChange::address);
        check(last != all.end(), "what was seen stays seen");
        account.after = last->after;
        auto slot = last->slots.begin();
        for (SlotChange& change : account.slots) {
            slot = std::ranges::find(slot, last->slots.end(), change.slot, &SlotChange::slot);
            check(slot != last->slots.end(), "what was seen stays seen");
            change.after = slot->after;
        }
    }
    for (const AccountChange& account : accounts_) {
        keep_code(state, account.before);
        keep_code(state, account.after);
    }
    state_ = nullptr;
}

void Footprint::keep_code(const State& state, const std::optional<AccountFields>& account) {
    if (!account || !account->has_code() || codes_.contains(account->code_hash)) return;
    Bytes code = state.code_called(account->code_hash);
    if (budget_.take(code.size())) codes_.emplace(account->code_hash, std::move(code));
}

BytesView Footprint::code(const Hash& code_hash) const {
    const auto found = codes_.find(code_hash);
    return found == codes_.end() ? BytesView{} : BytesView{found->second};
}

}  // namespace plume
