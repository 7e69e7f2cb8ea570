#include "contracts/dividends.hpp"

#include "native/math.hpp"

namespace plume::dividends {

namespace {

constexpr u256 base = namespace_slot("plume.dividends");

/// What one share has ever earned, times 2^128.
constexpr Slot<u256> index_slot{base};
/// Of the last division by the supply.
constexpr Slot<u128> remainder_slot{base + u256{1u}, 0};
/// What waits for the end of block `pending_block`, to be earned by those who hold shares there.
constexpr Slot<u128> pending_slot{base + u256{1u}, 16};
constexpr Slot<u128> distributed_slot{base + u256{2u}, 0};
constexpr Slot<uint64_t> pending_block_slot{base + u256{2u}, 16};
/// The last block in which shares went from one holder to another.
constexpr Slot<uint64_t> moved_block_slot{base + u256{2u}, 24};
constexpr Map<Address, u256> corrections{{base + u256{3u}}};
constexpr Map<Address, u256> taken_slots{{base + u256{4u}}};

struct Index {
    u256 points;
    u256 remainder;
};

Index stored_index(const Contract& contract) {
    return {contract.get(index_slot), contract.get(remainder_slot)};
}

/// Both factors are below 2^128 and the remainder is below the supply: nothing is lost.
Index advance(const Index& index, const u256& amount, const u256& supply) {
    const auto [points, remainder] = divide((amount << 128) + index.remainder, supply);
    return {index.points + points, remainder};
}

/// Without any supply it goes on waiting: there is nobody to earn it.
bool is_pending_due(const Contract& contract, const u256& supply) {
    const uint64_t block = contract.get(pending_block_slot);
    return block != 0 && block < contract.block_number() && !supply.is_zero();
}

/// The index with everything that is due.
Index index_now(const Contract& contract, const u256& supply) {
    const Index index = stored_index(contract);
    if (!is_pending_due(contract, supply)) return index;
    return advance(index, contract.get(pending_slot), supply);
}

void set_index(Contract& contract, const Index& index) {
    contract.set(index_slot, index.points);
    contract.set(remainder_slot, checked_u128(index.remainder));
}

void settle_pending(Contract& contract, const u256& supply) {
    if (!is_pending_due(contract, supply)) return;
    set_index(contract, index_now(contract, supply));
    contract.set(pending_slot, {});
    contract.set(pending_block_slot, 0);
}

void correct(Contract& contract, const Address& holder, const u256& points) {
    if (holder == Address{}) return;
    contract.set(corrections[holder], contract.get(corrections[holder]) + points);
}

u256 earned(const Contract& contract, const u256& points, const Address& holder,
            const u256& balance) {
    return (points * balance + contract.get(corrections[holder])) >> 128;
}

}  // namespace

void distribute(Contract& contract, const u256& amount, const u256& supply) {
    contract.require(!supply.is_zero(), NoShares{});
    const u128 total = checked_u128(checked_add(distributed(contract), amount));
    settle_pending(contract, supply);
    if (contract.get(moved_block_slot) == contract.block_number()) {
        contract.set(pending_slot, u128{contract.get(pending_slot) + amount});
        contract.set(pending_block_slot, contract.block_number());
    } else {
        set_index(contract, advance(stored_index(contract), amount, supply));
    }
    contract.set(distributed_slot, total);
    contract.emit(FundsDistributed{contract.sender(), amount});
}

void moved(Contract& contract, const Address& from, const Address& to, const u256& shares,
           const u256& supply) {
    if (shares.is_zero() || from == to) return;
    settle_pending(contract, supply);
    const bool between_holders = from != Address{} && to != Address{};
    if (between_holders) contract.set(moved_block_slot, contract.block_number());
    const u256 points = contract.get(index_slot) * shares;
    if (points.is_zero()) return;
    correct(contract, from, points);
    correct(contract, to, -points);
}

u256 withdrawable(const Contract& contract, const Address& holder, const u256& balance,
                  const u256& supply) {
    const Index index = index_now(contract, supply);
    return earned(contract, index.points, holder, balance) - taken(contract, holder);
}

u256 take(Contract& contract, const Address& holder, const u256& balance, const u256& supply) {
    settle_pending(contract, supply);
    const u256 all = earned(contract, contract.get(index_slot), holder, balance);
    const u256 amount = all - taken(contract, holder);
    contract.set(taken_slots[holder], all);
    return amount;
}

u256 distributed(const Contract& contract) {
    return contract.get(distributed_slot);
}

u256 taken(const Contract& contract, const Address& holder) {
    return contract.get(taken_slots[holder]);
}

std::optional<std::string> broken_invariant(const Contract& contract, const u256& supply,
                                            const std::map<Address, u256>& gains) {
    const Index index = stored_index(contract);
    const u256 shared = distributed(contract) - contract.get(pending_slot);
    if (index.points * supply + index.remainder != shared << 128 || shared > distributed(contract))
        return "D-5: the index and its remainder are not all that was distributed";
    const bool index_stood_still = contract.before(index_slot) == index.points;
    for (const auto& [holder, gain] : gains) {
        if (holder == Address{}) continue;
        const u256 correction = contract.get(corrections[holder]);
        if (index_stood_still &&
            correction - contract.before(corrections[holder]) != -(index.points * gain))
            return "D-1: a movement of shares changed what " + to_hex(holder) + " has earned";
    }
    return std::nullopt;
}

}  // namespace plume::dividends
