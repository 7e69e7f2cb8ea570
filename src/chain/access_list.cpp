#include "chain/access_list.hpp"

#include "evm/call.hpp"
#include "evm/footprint.hpp"
#include "evm/precompiles.hpp"

namespace plume {

namespace {

/// The addresses that every run of the call begins with.
std::set<Address> warm_at_start(const StateView& view, const BlockEnvironment& block,
                                const CallRequest& request) {
    std::set<Address> out{request.from, block.coinbase};
    for (const Authorization& wish : request.authorizations)
        if (const auto authority =
                recover(signing_hash(wish), {wish.r, wish.s, wish.y_parity == 1}))
            out.insert(*authority);
    if (!request.to) return out;
    out.insert(*request.to);
    const auto account = view.account(*request.to);
    if (!account || !account->has_code()) return out;
    if (const auto lent = delegate_of(view.code(account->code_hash))) out.insert(*lent);
    return out;
}

}  // namespace

Result<ListedCall> list_accesses(const StateView& view, const BlockEnvironment& block,
                                 const Rules& rules, CallRequest request) {
    const std::set<Address> warm = warm_at_start(view, block, request);
    for (size_t round = 0; round < access_list_rounds_max; ++round) {
        TraceBudget budget;
        Footprint footprint(budget);
        TRY(done, simulate(view, block, rules, request, &footprint));
        if (budget.is_spent()) return Error{.what = "the access list is too large"};
        std::vector<AccessListEntry> list;
        for (const AccountChange& account : footprint.accounts()) {
            const bool is_warm = warm.contains(account.address) ||
                                 footprint.created().contains(account.address) ||
                                 is_precompile(account.address, block.revision);
            if (is_warm && account.slots.empty()) continue;
            AccessListEntry entry{account.address, {}};
            for (const SlotChange& slot : account.slots) entry.slots.push_back(to_word(slot.slot));
            list.push_back(std::move(entry));
        }
        if (list == request.access_list)
            return ListedCall{std::move(list), std::move(done.result), done.gas_used};
        request.access_list = std::move(list);
    }
    return Error{.what = "what the call looks at changes with its access list"};
}

}  // namespace plume
