// What must hold of a pool with requests after every transaction, with the events as witnesses.
#include <set>

#include "contracts/queued_pool.hpp"

namespace plume {

struct QueuedPool::Requests {
    std::map<Address, request_queue::Moves> deposits;  ///< by controller
    std::map<Address, request_queue::Moves> redeems;
};

void QueuedPool::add_entry_or_exit(Flows& moved, const Log& log) const {
    if (const auto in = DepositFulfilled::decode(log)) {
        moved.cash += std::get<1>(*in);
        moved.shares += std::get<2>(*in);
    } else if (const auto out = RedeemFulfilled::decode(log)) {
        moved.shares -= std::get<1>(*out);
        moved.cash -= std::get<2>(*out);
    } else if (const auto asked = RedeemRequest::decode(log)) {
        const auto& [controller, owner, id, caller, shares] = *asked;
        if (caller != owner && !is_operator(owner, caller) && !was_operator(owner, caller))
            moved.withdrawn[{owner, caller}] += shares;
    } else if (const auto chosen = OperatorSet::decode(log)) {
        const auto& [controller, account, approved] = *chosen;
        if (approved) moved.approved[{controller, account}] = true;
    }
}

bool QueuedPool::was_operator(const Address& controller, const Address& account) const {
    return before(operators_[controller][account]);
}

QueuedPool::Requests QueuedPool::requests() const {
    Requests out;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto asked = DepositRequest::decode(log)) {
            auto& moves = out.deposits[std::get<0>(*asked)];
            moves.gains.pending += std::get<4>(*asked);
            ++moves.requests;
        } else if (const auto wanted = RedeemRequest::decode(log)) {
            auto& moves = out.redeems[std::get<0>(*wanted)];
            moves.gains.pending += std::get<4>(*wanted);
            ++moves.requests;
        } else if (const auto in = DepositFulfilled::decode(log)) {
            auto& gains = out.deposits[std::get<0>(*in)].gains;
            gains.pending -= std::get<1>(*in);
            gains.brought += std::get<1>(*in);
            gains.due += std::get<2>(*in);
        } else if (const auto paid = RedeemFulfilled::decode(log)) {
            auto& gains = out.redeems[std::get<0>(*paid)].gains;
            gains.pending -= std::get<1>(*paid);
            gains.brought += std::get<1>(*paid);
            gains.due += std::get<2>(*paid);
        } else if (const auto had = Deposit::decode(log)) {
            auto& gains = out.deposits[std::get<0>(*had)].gains;
            gains.brought -= std::get<2>(*had);
            gains.due -= std::get<3>(*had);
        } else if (const auto taken = Withdraw::decode(log)) {
            auto& gains = out.redeems[std::get<2>(*taken)].gains;
            gains.due -= std::get<3>(*taken);
            gains.brought -= std::get<4>(*taken);
        } else if (const auto dropped = CancelDepositRequest::decode(log)) {
            out.deposits[std::get<0>(*dropped)].may_be_returned = true;
        } else if (const auto kept = CancelRedeemRequest::decode(log)) {
            out.redeems[std::get<0>(*kept)].may_be_returned = true;
        } else if (const auto small = DepositReturned::decode(log)) {
            out.deposits[std::get<0>(*small)].may_be_returned = true;
        } else if (const auto tiny = RedeemReturned::decode(log)) {
            out.redeems[std::get<0>(*tiny)].may_be_returned = true;
        } else if (const auto back = CancelDepositClaim::decode(log)) {
            out.deposits[std::get<0>(*back)].gains.returned -= std::get<4>(*back);
        } else if (const auto again = CancelRedeemClaim::decode(log)) {
            out.redeems[std::get<0>(*again)].gains.returned -= std::get<4>(*again);
        }
    }
    return out;
}

std::optional<std::string> QueuedPool::broken_reserves() const {
    const Requests moved = requests();
    if (auto broken = request_queue::broken_invariant(*this, deposits_, moved.deposits))
        return broken;
    if (auto broken = request_queue::broken_invariant(*this, redeems_, moved.redeems))
        return broken;
    if (balance_of(self()) != reserved_shares())
        return "V-8: the pool does not have the shares that its requests add up to";
    return std::nullopt;
}

/// Who was an operator at any time of the transaction may have acted then.
std::optional<std::string> QueuedPool::broken_permissions() const {
    std::set<std::pair<Address, Address>> chosen;
    for (const Log& log : transaction_logs())
        if (log.address == self())
            if (const auto set = OperatorSet::decode(log))
                chosen.emplace(std::get<0>(*set), std::get<1>(*set));
    const auto is_permitted = [&](const Address& who, const Address& caller) {
        return who == caller || chosen.contains({who, caller}) || is_operator(who, caller);
    };
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        std::optional<std::pair<Address, Address>> acted;
        if (const auto asked = DepositRequest::decode(log))
            acted = {std::get<1>(*asked), std::get<3>(*asked)};
        else if (const auto taken = Withdraw::decode(log))
            acted = {std::get<2>(*taken), std::get<0>(*taken)};
        else if (const auto back = CancelDepositClaim::decode(log))
            acted = {std::get<0>(*back), std::get<3>(*back)};
        else if (const auto again = CancelRedeemClaim::decode(log))
            acted = {std::get<0>(*again), std::get<3>(*again)};
        if (acted && !is_permitted(acted->first, acted->second))
            return "V-3: " + to_hex(acted->second) + " acted for " + to_hex(acted->first) +
                   " without being his operator";
    }
    return std::nullopt;
}

std::optional<std::string> QueuedPool::broken_invariant() const {
    if (auto broken = Pool::broken_invariant()) return broken;
    if (auto broken = broken_reserves()) return broken;
    return broken_permissions();
}

}  // namespace plume
