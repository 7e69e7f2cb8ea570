// What must hold of items after every transaction. None of it shares code with what moves them, and
// the events are the witnesses: they are what the world outside has seen.
#include <map>
#include <set>

#include "contracts/items.hpp"

namespace plume {

namespace {

using Holding = std::pair<u256, Address>;  ///< of an item, by an account

}  // namespace

/// What this transaction's events say.
struct AssetItems::Movements {
    struct Step {
        Address operator_, from, to;
        u256 id, value;
    };

    std::vector<Step> steps;
    std::map<Holding, u256> gains;  ///< modulo 2^256; what the zero address lost was made
    std::set<Holding> touched;      ///< whose units or rights changed
    std::set<std::tuple<Address, Address, u256>> forced;
    std::set<std::pair<Address, Address>> approved;  ///< by owner and operator
    std::set<u256> escrowed;                         ///< fractionalized or redeemed

    void add(const Step& step) {
        steps.push_back(step);
        gains[{step.id, step.from}] -= step.value;
        gains[{step.id, step.to}] += step.value;
        touched.insert({step.id, step.from});
        touched.insert({step.id, step.to});
    }
};

AssetItems::Movements AssetItems::movements() const {
    Movements out;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto single = TransferSingle::decode(log)) {
            const auto& [operator_, from, to, id, value] = *single;
            out.add({operator_, from, to, id, value});
        } else if (const auto batch = TransferBatch::decode(log)) {
            const auto& [operator_, from, to, ids, values] = *batch;
            for (size_t i = 0; i < ids.size() && i < values.size(); ++i)
                out.add({operator_, from, to, ids[i], values[i]});
        } else if (const auto forced = ForcedTransfer::decode(log)) {
            const auto& [from, to, id, amount] = *forced;
            out.forced.insert({from, to, id});
        } else if (const auto approval = ApprovalForAll::decode(log)) {
            const auto& [owner, operator_, is_approved] = *approval;
            if (is_approved) out.approved.insert({owner, operator_});
        } else if (const auto record = usage::CreateUserRecord::decode(log)) {
            out.touched.insert({std::get<1>(*record), std::get<3>(*record)});
        } else if (const auto committed = commitments::TokensCommitted::decode(log)) {
            out.touched.insert({std::get<3>(*committed), std::get<0>(*committed)});
        } else if (const auto fraction = Fractionalized::decode(log)) {
            out.escrowed.insert(std::get<0>(*fraction));
        } else if (const auto redeemed = Redeemed::decode(log)) {
            out.escrowed.insert(std::get<0>(*redeemed));
        }
    }
    return out;
}

std::optional<std::string> AssetItems::broken_invariant() const {
    const Movements moved = movements();
    if (auto broken = broken_supplies(moved)) return broken;
    if (auto broken = broken_permission(moved)) return broken;
    if (auto broken = usage::broken_invariant(*this)) return broken;
    if (auto broken = broken_rights(moved)) return broken;
    return broken_escrow(moved);
}

std::optional<std::string> AssetItems::broken_supplies(const Movements& moved) const {
    u256 made;
    for (const auto& [holding, gain] : moved.gains) {
        const auto& [id, account] = holding;
        if (account != Address{}) {
            if (balance_of(account, id) - before(balances_[id][account]) != gain)
                return "T-1: the balance of " + to_hex(account) + " of item " + to_decimal(id) +
                       " did not change as its transfers say";
            continue;
        }
        made -= gain;
        if (total_supply_of(id) - before(supplies_[id]) != -gain)
            return "T-1: the supply of item " + to_decimal(id) +
                   " did not change as its transfers say";
        if (total_supply_of(id) > get(items_[id].cap()))
            return "T-1: there is more of item " + to_decimal(id) + " than its cap";
    }
    if (total_supply() - before(supply_of_all_) != made)
        return "T-1: the supply of all did not change as the transfers say";
    return std::nullopt;
}

std::optional<std::string> AssetItems::broken_permission(const Movements& moved) const {
    for (const Movements::Step& step : moved.steps) {
        if (step.from == Address{} || step.from == self() || step.value.is_zero()) continue;
        const bool is_own = step.operator_ == step.from;
        const bool is_approved = before(approvals_[step.from][step.operator_]) ||
                                 moved.approved.contains({step.from, step.operator_});
        if (!is_own && !is_approved && !moved.forced.contains({step.from, step.to, step.id}))
            return "T-6: item " + to_decimal(step.id) + " left " + to_hex(step.from) +
                   " without permission";
    }
    return std::nullopt;
}

std::optional<std::string> AssetItems::broken_rights(const Movements& moved) const {
    for (const auto& [id, account] : moved.touched) {
        if (account == Address{}) continue;
        if (auto broken = commitments::broken_invariant(*this, account, id)) return broken;
        const u256 bound =
            usage::let_by(*this, account, id) + commitments::committed(*this, account, id);
        if (bound > balance_of(account, id))
            return "I-1: " + to_hex(account) + " has let or committed more of item " +
                   to_decimal(id) + " than he has";
    }
    return std::nullopt;
}

std::optional<std::string> AssetItems::broken_escrow(const Movements& moved) const {
    std::set<u256> ids = moved.escrowed;
    for (const auto& [id, account] : moved.touched) ids.insert(id);
    for (const u256& id : ids) {
        const bool has_token = get(items_[id].token()) != Address{};
        if (balance_of(self(), id) != (has_token ? total_supply_of(id) : u256{}))
            return "I-4: item " + to_decimal(id) + " is not kept for its token, and for it alone";
    }
    return std::nullopt;
}

}  // namespace plume
