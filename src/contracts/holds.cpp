#include "contracts/holds.hpp"

#include <algorithm>
#include <set>

#include "native/math.hpp"

namespace plume::holds {

namespace {

constexpr u256 base = namespace_slot("plume.holds");

constexpr Map<Address, u256> held_slots{{base}};
constexpr Map<Address, Map<Address, u256>> held_by_slots{{base + u256{1u}}};
constexpr Map<Address, Array<Address>> taker_lists{{base + u256{2u}}};

void enter(Contract& contract, const Address& owner, const Address& taker) {
    const uint64_t count = contract.length(taker_lists[owner]);
    contract.require(count < takers_max, TooManyTakers{owner, u256{takers_max}});
    contract.set(contract.push(taker_lists[owner]), taker);
}

/// The last of the list takes the place of who leaves.
void leave(Contract& contract, const Address& owner, const Address& taker) {
    const Array<Address> list = taker_lists[owner];
    const uint64_t last = contract.length(list) - 1;
    uint64_t at = last;
    while (at > 0 && contract.get(list[at]) != taker) --at;
    if (at != last) contract.set(list[at], contract.get(list[last]));
    contract.set(list[last], {});
    contract.set(list.length(), u256{last});
}

}  // namespace

u256 held(const Contract& contract, const Address& owner) {
    return contract.get(held_slots[owner]);
}

u256 held_by(const Contract& contract, const Address& owner, const Address& taker) {
    return contract.get(held_by_slots[owner][taker]);
}

std::vector<Address> takers(const Contract& contract, const Address& owner) {
    const Array<Address> list = taker_lists[owner];
    std::vector<Address> out;
    for (uint64_t i = 0; i < contract.length(list); ++i) out.push_back(contract.get(list[i]));
    return out;
}

void encumber(Contract& contract, const Address& owner, const Address& taker, const u256& amount) {
    contract.require(taker != Address{} && taker != owner, InvalidTaker{taker});
    const u256 already = held_by(contract, owner, taker);
    if (already.is_zero() && !amount.is_zero()) enter(contract, owner, taker);
    contract.set(held_by_slots[owner][taker], checked_add(already, amount));
    contract.set(held_slots[owner], checked_add(held(contract, owner), amount));
    contract.emit(Encumber{owner, taker, amount});
}

void release(Contract& contract, const Address& owner, const Address& taker, const u256& amount) {
    const u256 already = held_by(contract, owner, taker);
    contract.require(amount <= already, InsufficientHold{owner, taker, already, amount});
    contract.set(held_by_slots[owner][taker], already - amount);
    contract.set(held_slots[owner], held(contract, owner) - amount);
    if (amount == already && !amount.is_zero()) leave(contract, owner, taker);
    contract.emit(Release{owner, taker, amount});
}

void release_beyond(Contract& contract, const Address& owner, const u256& limit) {
    u256 excess = saturating_sub(held(contract, owner), limit);
    const std::vector<Address> list =
        excess.is_zero() ? std::vector<Address>{} : takers(contract, owner);
    for (auto taker = list.rbegin(); taker != list.rend() && !excess.is_zero(); ++taker) {
        const u256 amount = std::min(excess, held_by(contract, owner, *taker));
        release(contract, owner, *taker, amount);
        excess -= amount;
    }
}

void reassign(Contract& contract, const Address& from, const Address& to) {
    for (const Address& taker : takers(contract, from)) {
        const u256 amount = held_by(contract, from, taker);
        release(contract, from, taker, amount);
        // What the new owner had to let himself take is his own again.
        if (taker != to) encumber(contract, to, taker, amount);
    }
}

std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::map<Address, u256>& balances) {
    std::map<std::pair<Address, Address>, u256> gains;  // modulo 2^256
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto made = Encumber::decode(log))
            gains[{std::get<0>(*made), std::get<1>(*made)}] += std::get<2>(*made);
        else if (const auto ended = Release::decode(log))
            gains[{std::get<0>(*ended), std::get<1>(*ended)}] -= std::get<2>(*ended);
    }
    std::set<Address> owners;
    for (const auto& [pair, gain] : gains) {
        const Slot<u256> slot = held_by_slots[pair.first][pair.second];
        if (contract.get(slot) - contract.before(slot) != gain)
            return "H-1: a hold on " + to_hex(pair.first) + " did not change as its events say";
        owners.insert(pair.first);
    }
    for (const auto& [owner, balance] : balances) owners.insert(owner);
    for (const Address& owner : owners) {
        u256 sum;
        for (const Address& taker : takers(contract, owner)) sum += held_by(contract, owner, taker);
        if (sum != held(contract, owner))
            return "H-1: what is held of " + to_hex(owner) + " is not the sum of its holds";
    }
    for (const auto& [owner, balance] : balances)
        if (held(contract, owner) > balance)
            return "H-2: more is held of " + to_hex(owner) + " than it has";
    return std::nullopt;
}

}  // namespace plume::holds
