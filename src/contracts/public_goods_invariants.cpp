// What must hold of a public-goods vault after every transaction. The events are the witnesses:
// they are what the world outside has seen.
#include <map>

#include "contracts/cover.hpp"
#include "contracts/public_goods.hpp"

namespace plume {

/// What this transaction's events say has moved: sums of numbers below 2^128.
struct PublicGoods::Flows {
    struct OfAsset {
        u256 to_pool;
        u256 to_gifts;
        u256 lines_from_pool;
        u256 lines_from_gifts;
        u256 disbursed;
        u256 refused;
        u256 stakes_consumed;
        u256 returned;
    };
    std::map<Address, OfAsset> by_asset;
    u256 shares;
    std::map<Address, bool> holders;  ///< whose stakes may have changed
    std::map<Hash, std::map<std::pair<Address, Address>, u256>>
        payments;  ///< by line, asset, payee
    std::map<Hash, bool> released;
};

PublicGoods::Flows PublicGoods::flows() const {
    Flows out;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto contributed = Contributed::decode(log)) {
            const auto& [from, receiver, recipient, asset, amount, made, ref] = *contributed;
            (recipient == Address{} ? out.by_asset[asset].to_pool : out.by_asset[asset].to_gifts) +=
                amount;
            out.shares += made;
            out.holders[receiver] = true;
        } else if (const auto line_event = LineReleased::decode(log)) {
            const auto& [hash, asset, from_pool, from_gifts] = *line_event;
            out.by_asset[asset].lines_from_pool += from_pool;
            out.by_asset[asset].lines_from_gifts += from_gifts;
            out.released[hash] = true;
        } else if (const auto disbursed = Disbursed::decode(log)) {
            const auto& [hash, to, asset, amount, what_for, uid] = *disbursed;
            out.by_asset[asset].disbursed += amount;
            out.payments[hash][{asset, to}] += amount;
        } else if (const auto refused = PaymentRefused::decode(log)) {
            out.by_asset[std::get<2>(*refused)].refused += std::get<3>(*refused);
        } else if (const auto back = Returned::decode(log)) {
            const auto& [holder, asset, stake, amount] = *back;
            out.by_asset[asset].stakes_consumed += stake;
            out.by_asset[asset].returned += amount;
            out.holders[holder] = true;
        } else if (const auto moved = Transfer::decode(log)) {
            out.holders[std::get<0>(*moved)] = true;
            out.holders[std::get<1>(*moved)] = true;
        }
    }
    return out;
}

std::optional<std::string> PublicGoods::broken_invariant() const {
    if (auto broken = AssetToken::broken_invariant()) return broken;
    if (auto broken = journal::broken_invariant(*this, assets(), account_count)) return broken;
    if (auto broken = matching::broken_invariant(*this)) return broken;
    if (auto broken = recipients::broken_invariant(*this)) return broken;
    if (auto broken = spend_lines::broken_invariant(*this)) return broken;
    const Flows moved = flows();
    if (auto broken = broken_books(moved)) return broken;
    if (auto broken = broken_plan()) return broken;
    if (auto broken = broken_stakes(moved)) return broken;
    if (auto broken = broken_spending(moved)) return broken;
    return broken_cover(moved);
}

std::optional<std::string> PublicGoods::broken_plan() const {
    if (plan_hash() !=
        spend_lines::hash_of_all(*this, keccak256(abi::encode(terms(), currencies()))))
        return "X-3: the plan is not the one of its hash";
    const Phase earlier = Phase{before(phase_)};
    if (earlier != Phase::draft && plan_hash() != before(plan_hash_))
        return "X-3: the plan changed after it was opened";
    const bool left_terminal =
        (earlier == Phase::closed || earlier == Phase::failed) && phase_now() != earlier;
    const bool went_back =
        phase_now() < earlier || (earlier == Phase::active && phase_now() == Phase::failed);
    if (left_terminal || went_back) return "X-1: the vault went back to an earlier phase";
    return std::nullopt;
}

/// The accounts hold what the events say; what is only over when all is, is so then.
std::optional<std::string> PublicGoods::broken_books(const Flows& moved) const {
    if (total_supply() > get(hard_cap_)) return "V-14: more was taken than the hard cap";
    u256 made;  // Modulo 2^256, as gains() is.
    for (const auto& [holder, gain] : gains())
        if (holder == Address{}) made = -gain;
    if (made != moved.shares) return "V-14: receipts were made without a contribution";
    const bool is_over = phase_now() == Phase::closed || phase_now() == Phase::failed;
    for (const Address& asset : assets()) {
        const auto found = moved.by_asset.find(asset);
        const Flows::OfAsset said =
            found == moved.by_asset.end() ? Flows::OfAsset{} : found->second;
        // Cash and what it is there for, in the books of the whole time.
        const auto balance = [&](Account account) {
            const auto [debits, credits] = this->account(asset, static_cast<uint8_t>(account));
            return credits - debits;  // Modulo 2^256: cash is in debit.
        };
        const u256 earmarked = balance(Account::pool) + balance(Account::gifts) +
                               balance(Account::payable) + balance(Account::pool_return) +
                               balance(Account::gift_return) + balance(Account::dust);
        if (balance(Account::cash) + earmarked != u256{}) return "V-12: the books do not balance";
        if (is_over && !(balance(Account::pool) + balance(Account::gifts)).is_zero())
            return "V-12: a pot is not empty though the vault is over";
        // The currency of which the events of this transaction speak.
        u256 paid_in;
        u256 paid_out;
        u256 made_over;
        for (const Log& log : transaction_logs()) {
            if (log.address != self()) continue;
            const auto posted = journal::Posted::decode(log);
            if (!posted || std::get<1>(*posted) != asset) continue;
            const auto& [index, of, debit, credit, amount, ref] = *posted;
            const auto from = static_cast<Account>(debit);
            const auto to = static_cast<Account>(credit);
            const bool is_pot = to == Account::pool || to == Account::gifts;
            if (from == Account::cash && is_pot) paid_in += amount;
            if (to == Account::cash) paid_out += amount;
            if (to == Account::payable && from != Account::cash) made_over += amount;
        }
        if (paid_in != said.to_pool + said.to_gifts)
            return "V-13: the pots did not grow as contributions say";
        if (made_over != said.lines_from_pool + said.lines_from_gifts)
            return "V-13: payable did not grow as released lines say";
        if (paid_out != said.disbursed + said.refused + said.returned)
            return "V-13: cash did not leave as payments say";
    }
    return std::nullopt;
}

std::optional<std::string> PublicGoods::broken_stakes(const Flows& moved) const {
    for (const Address& asset : assets()) {
        u256 gained;  // Modulo 2^256.
        for (const auto& [holder, touched] : moved.holders) {
            const Stake stake = stakes_[asset][holder];
            gained += get(stake.pool()) - before(stake.pool());
            gained += get(stake.gifts()) - before(stake.gifts());
        }
        const auto found = moved.by_asset.find(asset);
        const Flows::OfAsset said =
            found == moved.by_asset.end() ? Flows::OfAsset{} : found->second;
        if (gained != said.to_pool + said.to_gifts - said.stakes_consumed)
            return "V-15: stakes in " + to_hex(asset) + " did not move as the events say";
        if (said.returned > said.stakes_consumed)
            return "V-15: more of " + to_hex(asset) + " went back than was given";
    }
    return std::nullopt;
}

std::optional<std::string> PublicGoods::broken_spending(const Flows& moved) const {
    std::map<Hash, uint64_t> lines;
    for (uint64_t i = 0; i < spend_lines::count(*this); ++i)
        lines[spend_lines::hash(*this, LineId{i})] = i;
    for (const auto& [hash, said] : moved.released)
        if (!lines.contains(hash) || !spend_lines::was_released_now(*this, LineId{lines[hash]}))
            return "X-1: a line was made over but not released";
    for (const auto& [hash, payments] : moved.payments) {
        if (!lines.contains(hash)) return "X-3: a payment is of no line";
        const u256 id{lines[hash]};
        for (const auto& [what, amount] : payments) {
            const auto& [asset, to] = what;
            const auto [all, paid] = due(id, asset, to);
            if (paid - before(paid_[id][asset][to]) != amount)
                return "X-3: what " + to_hex(to) + " was paid is not booked";
            if (paid > all) return "X-3: " + to_hex(to) + " was paid more than the line says";
        }
    }
    for (const GoodsCurrency& listed : currencies()) {
        const Spent spent = spent_[listed.asset];
        const auto found = moved.by_asset.find(listed.asset);
        const u256 disbursed = found == moved.by_asset.end() ? u256{} : found->second.disbursed;
        const uint64_t epoch = now() / get(epoch_seconds_);
        const u256 earlier = before(spent.epoch()) == epoch ? u256{before(spent.amount())} : u256{};
        if (!disbursed.is_zero() &&
            (get(spent.epoch()) != epoch || u256{get(spent.amount())} != earlier + disbursed))
            return "A-21: what was disbursed does not count for the epoch";
        if (!listed.epoch_cap.number.is_zero() && get(spent.amount()) > u256{listed.epoch_cap})
            return "A-21: more was disbursed than an epoch allows";
    }
    return std::nullopt;
}

std::optional<std::string> PublicGoods::broken_cover(const Flows& moved) const {
    for (const Address& asset : assets()) {
        const u256 cash = journal::in_debit(*this, asset, static_cast<uint8_t>(Account::cash));
        const auto found = moved.by_asset.find(asset);
        const Flows::OfAsset said =
            found == moved.by_asset.end() ? Flows::OfAsset{} : found->second;
        const u256 cash_before =
            cash + said.disbursed + said.returned - said.to_pool - said.to_gifts;
        if (auto broken = cover::broken_by(*this, asset, cash, cash_before)) return broken;
    }
    return std::nullopt;
}

}  // namespace plume
