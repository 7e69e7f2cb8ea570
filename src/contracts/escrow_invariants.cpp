// What must hold of an escrow vault after every transaction. None of it shares code with what moves
// the money; the events are the witnesses: they are what the world outside has seen.
#include <map>

#include "contracts/escrow.hpp"

namespace plume {

std::optional<std::string> EscrowVault::broken_invariant() const {
    if (auto broken = purse::broken_invariant(*this, asset())) return broken;
    if (auto broken = broken_books()) return broken;
    if (auto broken = tranches::broken_invariant(*this)) return broken;
    if (auto broken = broken_plan()) return broken;
    if (auto broken = broken_disputes()) return broken;
    return broken_settlements();
}

std::optional<std::string> EscrowVault::broken_books() const {
    if (purse::locked(*this, asset()) != escrowed() + deposits())
        return "V-12: what is locked is not escrowed + deposits";
    const auto stands = Phase{phase()};
    const bool is_funded = stands == Phase::active || stands == Phase::closed;
    if (escrowed() != (is_funded ? tranches::open_amount(*this) : u256{}))
        return "X-1: escrowed is not the sum of the open tranches";
    if (stands == Phase::active && escrowed().is_zero())
        return "X-1: nothing is left to wait for, but the vault is not closed";
    const auto stood = Phase{before(phase_)};
    const bool was_over = stood == Phase::closed || stood == Phase::failed;
    if ((was_over && stands != stood) || (stood == Phase::active && stands == Phase::proposed))
        return "X-1: a phase that was over has come back";
    return std::nullopt;
}

std::optional<std::string> EscrowVault::broken_plan() const {
    if (plan_hash() != tranches::hash_of_all(*this, get(terms_hash_)))
        return "X-3: the plan's hash is not that of its tranches";
    const Hash earlier = before(plan_hash_);
    if (earlier.is_zero() || earlier == plan_hash()) return std::nullopt;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        const auto amended = Amended::decode(log);
        if (amended && std::get<1>(*amended) == plan_hash()) return std::nullopt;
    }
    return "X-3: the plan has changed without an amendment";
}

std::optional<std::string> EscrowVault::broken_disputes() const {
    u256 expected;
    const uint64_t count = tranches::count(*this);
    for (uint64_t i = 0; i < count; ++i) {
        const DisputeRecord record = disputes_[u256{i}];
        const auto stage = DisputeStage{get(record.stage())};
        const auto earlier = DisputeStage{before(record.stage())};
        const u256 fee = get(record.fee());
        const std::string name = "dispute of tranche " + std::to_string(i);
        const bool is_running = stage != DisputeStage::none && stage != DisputeStage::over;
        if (is_running) expected += stage == DisputeStage::paid_by_both ? fee + fee : fee;
        if (is_running && tranches::state(*this, TrancheId{i}) != TrancheState::open)
            return "X-5: the " + name + " is about what is settled";
        if (earlier == DisputeStage::none) continue;
        if (fee != before(record.fee()).number)
            return "X-4: the fee of the " + name + " has changed";
        if (get(record.arbitrator()) != before(record.arbitrator()))
            return "X-5: the arbitrator of the " + name + " has changed";
        const bool is_back =
            static_cast<uint8_t>(stage) < static_cast<uint8_t>(earlier) ||
            (earlier == DisputeStage::over && get(record.ruling()) != before(record.ruling()));
        if (is_back) return "X-5: the " + name + " was over, or further";
    }
    if (deposits() != expected) return "X-4: the deposits are not the fees of the open disputes";
    return std::nullopt;
}

/// Everybody was credited as the settlements say, and every settlement was of an open tranche.
std::optional<std::string> EscrowVault::broken_settlements() const {
    std::map<Address, u256> said;  // modulo 2^256
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        std::optional<std::pair<u256, TrancheState>> settled;
        if (const auto released = Released::decode(log)) {
            said[payee()] += std::get<2>(*released);
            settled = {std::get<0>(*released), TrancheState::released};
        } else if (const auto reclaimed = Reclaimed::decode(log)) {
            said[payer()] += std::get<1>(*reclaimed);
            settled = {std::get<0>(*reclaimed), TrancheState::reclaimed};
        } else if (const auto split = SplitUp::decode(log)) {
            said[payer()] += std::get<1>(*split);
            said[payee()] += std::get<2>(*split);
            settled = {std::get<0>(*split), TrancheState::split};
        } else if (const auto superseded = Superseded::decode(log)) {
            settled = {std::get<0>(*superseded), TrancheState::reclaimed};
        } else if (const auto returned = Returned::decode(log)) {
            said[payer()] += std::get<0>(*returned);
        } else if (const auto refunded = FeeRefunded::decode(log)) {
            said[std::get<1>(*refunded)] += std::get<2>(*refunded);
        } else if (const auto credited = purse::Credited::decode(log)) {
            said[std::get<1>(*credited)] -= std::get<2>(*credited);
        }
        if (!settled) continue;
        const auto& [id, state] = *settled;
        // One that an amendment adds cannot be settled in the same transaction's beginning.
        if (!tranches::was_settled_now(*this, TrancheId{id.low64()}, state))
            return "X-1: tranche " + to_decimal(id) + " was not settled as announced";
    }
    for (const auto& [account, amount] : said)
        if (!amount.is_zero())
            return "X-1: " + to_hex(account) + " was not credited as the settlements say";
    return std::nullopt;
}

}  // namespace plume
