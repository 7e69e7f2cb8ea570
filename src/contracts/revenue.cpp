#include "contracts/revenue.hpp"

#include "native/math.hpp"

namespace plume::revenue {

namespace {

constexpr u256 base = namespace_slot("plume.revenue");

/// What is kept of a currency.
struct Record : Place {
    static constexpr uint64_t slots = 7;

    Slot<Address> currency() const { return {position}; }
    /// What the index has taken in.
    Slot<u128> indexed() const { return {position + u256{1u}, 0}; }
    /// What waits for the end of block `pending_block`, to be earned by who holds shares there.
    Slot<u128> pending() const { return {position + u256{1u}, 16}; }
    Slot<u256> index() const { return {position + u256{2u}}; }
    Slot<u128> scale() const { return {position + u256{3u}, 0}; }
    Slot<u128> remainder() const { return {position + u256{3u}, 16}; }
    Slot<u256> correction_sum() const { return {position + u256{4u}}; }
    Map<Address, u256> corrections() const { return {{position + u256{5u}}}; }
    Map<Address, u256> taken() const { return {{position + u256{6u}}}; }
};

/// The last block in which shares moved, as far as a currency was listed.
constexpr Slot<uint64_t> moved_block_slot{base, 0};
constexpr Slot<uint64_t> pending_block_slot{base, 8};
constexpr Slot<uint8_t> count_slot{base, 16};
constexpr Slot<uint32_t> excluded_count_slot{base, 17};
constexpr Slot<u128> excluded_shares_slot{base + u256{1u}};
/// As many as `count_slot` says.
constexpr Array<Record> records{{base + u256{2u}}};
constexpr Map<Address, bool> excluded_slots{{base + u256{3u}}};

Record record_of(CurrencyId id) {
    return records[static_cast<uint64_t>(id)];
}

u256 sharing(const Contract& contract, const u256& supply) {
    return supply - excluded_shares(contract);
}

/// What a distribution makes of a currency's numbers.
struct Step {
    u256 index;
    u256 scale;
    u256 remainder;
};

Step step(const Contract& contract, const Record& record, const u256& amount, const u256& shares) {
    static constexpr u256 u128_max = (u256{1u} << 128) - u256{1u};
    u256 scale = contract.get(record.scale());
    if (scale.is_zero()) scale = shares * (u128_max / shares);
    // No overflow: (2^128 - 1)^2 + 2^128 - 1 is less than 2^256.
    const u256 numerator = amount * scale + contract.get(record.remainder());
    return {contract.get(record.index()) + numerator / shares, scale, numerator % shares};
}

void advance(Contract& contract, const Record& record, const u256& amount, const u256& shares) {
    const Step next = step(contract, record, amount, shares);
    contract.set(record.index(), next.index);
    contract.set(record.scale(), u128{next.scale});
    contract.set(record.remainder(), u128{next.remainder});
    contract.set(record.indexed(), u128{contract.get(record.indexed()) + amount});
}

bool is_pending_due(const Contract& contract) {
    const uint64_t block = contract.get(pending_block_slot);
    return block != 0 && block < contract.block_number();
}

void settle_pending(Contract& contract, const u256& supply) {
    if (!is_pending_due(contract)) return;
    const u256 shares = sharing(contract, supply);
    if (shares.is_zero()) {
        contract.set(pending_block_slot, contract.block_number());
        return;
    }
    for (uint64_t i = 0; i < count(contract); ++i) {
        const u256 amount = contract.get(records[i].pending());
        if (amount.is_zero()) continue;
        contract.set(records[i].pending(), {});
        advance(contract, records[i], amount, shares);
    }
    contract.set(pending_block_slot, 0);
}

/// The index with everything that is due.
u256 index_now(const Contract& contract, const Record& record, const u256& supply) {
    const u256 index = contract.get(record.index());
    if (!is_pending_due(contract)) return index;
    const u256 amount = contract.get(record.pending());
    const u256 shares = sharing(contract, supply);
    if (amount.is_zero() || shares.is_zero()) return index;
    return step(contract, record, amount, shares).index;
}

void correct(Contract& contract, const Record& record, const Address& holder,
             const u256& numerator) {
    const Slot<u256> place = record.corrections()[holder];
    contract.set(place, contract.get(place) + numerator);
}

/// What `holder` has ever earned, times the scale.
u256 numerator_of(const Contract& contract, const Record& record, const Address& holder,
                  const u256& balance, const u256& supply) {
    const u256 sharing_balance = is_excluded(contract, holder) ? u256{} : balance;
    return index_now(contract, record, supply) * sharing_balance +
           contract.get(record.corrections()[holder]);
}

u256 earned(const Contract& contract, const Record& record, const Address& holder,
            const u256& balance, const u256& supply) {
    u256 scale = contract.get(record.scale());
    if (scale.is_zero()) {  // Nothing is in the index, though something may be due.
        const u256 shares = sharing(contract, supply);
        if (shares.is_zero()) return {};
        scale = step(contract, record, {}, shares).scale;
    }
    return numerator_of(contract, record, holder, balance, supply) / scale;
}

/// Notes that shares began or ceased to take part: `holder` keeps what he has earned.
void join_or_leave(Contract& contract, const Address& holder, const u256& shares, bool joins) {
    for (uint64_t i = 0; i < count(contract); ++i) {
        const u256 numerator = contract.get(records[i].index()) * shares;
        if (numerator.is_zero()) continue;
        const u256 correction = joins ? -numerator : numerator;
        correct(contract, records[i], holder, correction);
        const Slot<u256> sum = records[i].correction_sum();
        contract.set(sum, contract.get(sum) + correction);
    }
}

void pass_on(Contract& contract, const Address& from, const Address& to, const u256& shares) {
    for (uint64_t i = 0; i < count(contract); ++i) {
        const u256 numerator = contract.get(records[i].index()) * shares;
        if (numerator.is_zero()) continue;
        correct(contract, records[i], from, numerator);
        correct(contract, records[i], to, -numerator);
    }
}

void set_excluded_shares(Contract& contract, const u256& shares) {
    contract.set(excluded_shares_slot, checked_u128(shares));
}

}  // namespace

CurrencyId list(Contract& contract, const Address& currency, const u256& supply) {
    const uint64_t id = count(contract);
    contract.require(!find(contract, currency), CurrencyAlreadyListed{currency});
    contract.require(id < currencies_max, TooManyCurrencies{u256{currencies_max}});
    checked_u128(supply);
    // Whether shares have moved in this block is not known before the first currency is listed.
    if (id == 0) contract.set(moved_block_slot, contract.block_number());
    contract.set(records[id].currency(), currency);
    contract.set(count_slot, static_cast<uint8_t>(id + 1));
    return CurrencyId{static_cast<uint8_t>(id)};
}

uint64_t count(const Contract& contract) {
    return contract.get(count_slot);
}

Address currency(const Contract& contract, CurrencyId id) {
    return contract.get(record_of(id).currency());
}

std::optional<CurrencyId> find(const Contract& contract, const Address& currency) {
    for (uint64_t i = 0; i < count(contract); ++i)
        if (contract.get(records[i].currency()) == currency)
            return CurrencyId{static_cast<uint8_t>(i)};
    return std::nullopt;
}

CurrencyId id_of(const Contract& contract, const Address& currency) {
    const std::optional<CurrencyId> id = find(contract, currency);
    contract.require(id.has_value(), CurrencyNotListed{currency});
    return *id;
}

void distribute(Contract& contract, CurrencyId id, const u256& amount, const u256& supply) {
    settle_pending(contract, supply);
    const u256 shares = sharing(contract, supply);
    contract.require(!shares.is_zero(), NoShares{});
    checked_u128(checked_add(distributed(contract, id), amount));
    const Record record = record_of(id);
    if (contract.get(moved_block_slot) == contract.block_number()) {
        contract.set(record.pending(), u128{contract.get(record.pending()) + amount});
        contract.set(pending_block_slot, contract.block_number());
    } else {
        advance(contract, record, amount, shares);
    }
}

void moved(Contract& contract, const Address& from, const Address& to, const u256& shares,
           const u256& supply) {
    if (shares.is_zero() || from == to) return;
    settle_pending(contract, supply);
    contract.set(moved_block_slot, contract.block_number());
    if (from == Address{}) checked_u128(checked_add(supply, shares));
    const bool from_shares = from != Address{} && !is_excluded(contract, from);
    const bool to_shares = to != Address{} && !is_excluded(contract, to);
    if (from != Address{} && !from_shares)
        set_excluded_shares(contract, excluded_shares(contract) - shares);
    if (to != Address{} && !to_shares)
        set_excluded_shares(contract, excluded_shares(contract) + shares);
    if (from_shares && to_shares) {
        pass_on(contract, from, to, shares);
    } else if (from_shares) {
        join_or_leave(contract, from, shares, false);
    } else if (to_shares) {
        join_or_leave(contract, to, shares, true);
    }
}

u256 withdrawable(const Contract& contract, CurrencyId id, const Address& holder,
                  const u256& balance, const u256& supply) {
    return earned(contract, record_of(id), holder, balance, supply) - taken(contract, id, holder);
}

u256 take(Contract& contract, CurrencyId id, const Address& holder, const u256& balance,
          const u256& supply) {
    settle_pending(contract, supply);
    const u256 amount = withdrawable(contract, id, holder, balance, supply);
    contract.set(record_of(id).taken()[holder], taken(contract, id, holder) + amount);
    return amount;
}

void give_back(Contract& contract, CurrencyId id, const Address& holder, const u256& amount) {
    contract.set(record_of(id).taken()[holder], checked_sub(taken(contract, id, holder), amount));
}

u256 distributed(const Contract& contract, CurrencyId id) {
    return contract.get(record_of(id).indexed()) + contract.get(record_of(id).pending());
}

u256 taken(const Contract& contract, CurrencyId id, const Address& holder) {
    return contract.get(record_of(id).taken()[holder]);
}

bool set_excluded(Contract& contract, const Address& holder, bool excluded, const u256& balance,
                  const u256& supply) {
    if (is_excluded(contract, holder) == excluded) return false;
    settle_pending(contract, supply);
    contract.set(moved_block_slot, contract.block_number());
    join_or_leave(contract, holder, balance, !excluded);
    const u256 shares = excluded_shares(contract);
    set_excluded_shares(contract, excluded ? shares + balance : shares - balance);
    const uint32_t count = contract.get(excluded_count_slot);
    contract.set(excluded_count_slot, excluded ? count + 1 : count - 1);
    contract.set(excluded_slots[holder], excluded);
    return true;
}

bool is_excluded(const Contract& contract, const Address& holder) {
    return contract.get(excluded_count_slot) != 0 && contract.get(excluded_slots[holder]);
}

u256 excluded_shares(const Contract& contract) {
    if (contract.get(excluded_count_slot) == 0) return {};
    return contract.get(excluded_shares_slot);
}

void recover(Contract& contract, const Address& lost, const Address& heir, const u256& balance,
             const u256& supply) {
    if (lost == heir) return;
    settle_pending(contract, supply);
    for (uint64_t i = 0; i < count(contract); ++i) {
        const Record record = records[i];
        const CurrencyId id{static_cast<uint8_t>(i)};
        const u256 untaken = numerator_of(contract, record, lost, balance, supply) -
                             taken(contract, id, lost) * contract.get(record.scale());
        if (untaken.is_zero()) continue;
        correct(contract, record, lost, -untaken);
        correct(contract, record, heir, untaken);
    }
}

namespace {

std::optional<std::string> broken_index(const Contract& contract, const Record& record,
                                        const u256& supply) {
    const u256 index = contract.get(record.index());
    const u256 scale = contract.get(record.scale());
    if (index < contract.before(record.index())) return "D-2: the index went back";
    const u256 scale_before = contract.before(record.scale());
    if (!scale_before.is_zero() && scale != scale_before) return "D-2: the scale changed";
    const u256 all = index * sharing(contract, supply) + contract.get(record.correction_sum());
    if (all + contract.get(record.remainder()) != scale * contract.get(record.indexed()))
        return "D-5: what all have earned is not what was distributed";
    return std::nullopt;
}

/// The shares by which a holder took part before and after the transaction.
u256 sharing_gain(const Contract& contract, const Address& holder, const Change& change) {
    const bool was_excluded = contract.before(excluded_slots[holder]);
    const bool is_now = contract.get(excluded_slots[holder]);
    return (is_now ? u256{} : change.balance) -
           (was_excluded ? u256{} : change.balance - change.gain);
}

}  // namespace

std::optional<std::string> broken_by_moves(const Contract& contract,
                                           const std::map<Address, Change>& changes,
                                           const u256& supply) {
    for (uint64_t i = 0; i < count(contract); ++i) {
        const Record record = records[i];
        if (auto broken = broken_index(contract, record, supply)) return broken;
        const u256 index = contract.get(record.index());
        const bool stood_still = contract.before(record.index()) == index;
        u256 sum;
        for (const auto& [holder, change] : changes) {
            if (holder == Address{}) continue;
            const Slot<u256> place = record.corrections()[holder];
            const u256 corrected = contract.get(place) - contract.before(place);
            sum += corrected;
            // While the index moves, each movement of shares has its own; the sum is known even
            // then.
            if (stood_still && !change.is_recovery &&
                corrected != -(index * sharing_gain(contract, holder, change)))
                return "D-1: a movement of shares changed what " + to_hex(holder) + " has earned";
        }
        const Slot<u256> correction_sum = record.correction_sum();
        if (sum != contract.get(correction_sum) - contract.before(correction_sum))
            return "D-1: movements of shares changed what all have earned";
    }
    return std::nullopt;
}

std::optional<std::string> broken_by_taking(const Contract& contract, CurrencyId id,
                                            const Address& holder, const u256& amount,
                                            const u256& balance, const u256& supply) {
    const Record record = record_of(id);
    if (taken(contract, id, holder) - contract.before(record.taken()[holder]) != amount)
        return "D-2: what " + to_hex(holder) + " took is not booked";
    if (taken(contract, id, holder) > earned(contract, record, holder, balance, supply))
        return "D-2: " + to_hex(holder) + " took more than was earned";
    return std::nullopt;
}

u256 distributed_now(const Contract& contract, CurrencyId id) {
    const Record record = record_of(id);
    return distributed(contract, id) - contract.before(record.indexed()) -
           contract.before(record.pending());
}

std::optional<std::string> broken_list(const Contract& contract) {
    const uint64_t earlier = contract.before(count_slot);
    if (count(contract) < earlier) return "D-2: a currency is listed no more";
    for (uint64_t i = 0; i < earlier; ++i)
        if (contract.get(records[i].currency()) != contract.before(records[i].currency()))
            return "D-2: a currency was replaced";
    return std::nullopt;
}

}  // namespace plume::revenue
