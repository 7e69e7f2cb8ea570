#include "contracts/dividends.hpp"

#include "native/math.hpp"

namespace plume::dividends {

namespace {

constexpr u256 base = namespace_slot("plume.dividends");

constexpr Slot<u128> index_slot{base, 0};
/// What waits for the end of block `pending_block`, to be earned by those who hold shares there.
constexpr Slot<u128> pending_slot{base, 16};
constexpr Slot<uint64_t> pending_block_slot{base + u256{1u}, 0};
/// The last block in which shares went from one holder to another.
constexpr Slot<uint64_t> moved_block_slot{base + u256{1u}, 8};
constexpr Map<Address, u256> corrections{{base + u256{2u}}};
constexpr Map<Address, u256> taken_slots{{base + u256{3u}}};

bool is_pending_due(const Contract& contract) {
    const uint64_t block = contract.get(pending_block_slot);
    return block != 0 && block < contract.block_number();
}

/// The index with everything that is due.
u256 index_now(const Contract& contract) {
    const u256 index = contract.get(index_slot);
    return is_pending_due(contract) ? index + contract.get(pending_slot) : index;
}

void settle_pending(Contract& contract) {
    if (!is_pending_due(contract)) return;
    contract.set(index_slot, u128{index_now(contract)});
    contract.set(pending_slot, {});
    contract.set(pending_block_slot, 0);
}

void correct(Contract& contract, const Address& holder, const u256& numerator) {
    if (holder == Address{}) return;
    contract.set(corrections[holder], contract.get(corrections[holder]) + numerator);
}

u256 earned(const Contract& contract, const u256& index, const Address& holder, const u256& balance,
            const u256& supply) {
    return (index * balance + contract.get(corrections[holder])) / supply;
}

}  // namespace

void distribute(Contract& contract, const u256& amount, const u256& supply) {
    contract.require(!supply.is_zero(), NoShares{});
    checked_u128(supply);
    checked_u128(checked_add(distributed(contract), amount));
    settle_pending(contract);
    if (contract.get(moved_block_slot) == contract.block_number()) {
        contract.set(pending_slot, u128{contract.get(pending_slot) + amount});
        contract.set(pending_block_slot, contract.block_number());
    } else {
        contract.set(index_slot, u128{contract.get(index_slot) + amount});
    }
    contract.emit(FundsDistributed{contract.sender(), amount});
}

void moved(Contract& contract, const Address& from, const Address& to, const u256& shares) {
    if (shares.is_zero() || from == to) return;
    if (from == Address{} || to == Address{}) {
        contract.require(distributed(contract).is_zero(), SupplyFixed{});
        return;
    }
    settle_pending(contract);
    contract.set(moved_block_slot, contract.block_number());
    const u256 numerator = contract.get(index_slot) * shares;
    if (numerator.is_zero()) return;
    correct(contract, from, numerator);
    correct(contract, to, -numerator);
}

u256 withdrawable(const Contract& contract, const Address& holder, const u256& balance,
                  const u256& supply) {
    return earned(contract, index_now(contract), holder, balance, supply) - taken(contract, holder);
}

u256 take(Contract& contract, const Address& holder, const u256& balance, const u256& supply) {
    settle_pending(contract);
    const u256 amount = withdrawable(contract, holder, balance, supply);
    contract.set(taken_slots[holder], taken(contract, holder) + amount);
    return amount;
}

u256 distributed(const Contract& contract) {
    return contract.get(index_slot) + contract.get(pending_slot);
}

u256 taken(const Contract& contract, const Address& holder) {
    return contract.get(taken_slots[holder]);
}

std::optional<std::string> broken_by_moves(const Contract& contract,
                                           const std::map<Address, u256>& gains) {
    const u256 index = contract.get(index_slot);
    if (index < contract.before(index_slot)) return "D-2: the index went back";
    const bool stood_still = contract.before(index_slot) == index;
    u256 sum;
    for (const auto& [holder, gain] : gains) {
        if (holder == Address{}) continue;
        const u256 corrected =
            contract.get(corrections[holder]) - contract.before(corrections[holder]);
        sum += corrected;
        // While the index moves, each movement of shares has its own; the sum is known even then.
        if (stood_still && corrected != -(index * gain))
            return "D-1: a movement of shares changed what " + to_hex(holder) + " has earned";
    }
    if (!sum.is_zero()) return "D-1: movements of shares changed what all have earned";
    return std::nullopt;
}

std::optional<std::string> broken_by_taking(const Contract& contract, const Address& holder,
                                            const u256& amount, const u256& balance,
                                            const u256& supply) {
    if (taken(contract, holder) - contract.before(taken_slots[holder]) != amount)
        return "D-2: what " + to_hex(holder) + " took is not booked";
    if (taken(contract, holder) > earned(contract, index_now(contract), holder, balance, supply))
        return "D-2: " + to_hex(holder) + " took more than was earned";
    return std::nullopt;
}

}  // namespace plume::dividends
