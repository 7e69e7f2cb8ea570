#include "contracts/matching.hpp"

#include <map>

#include "native/math.hpp"

namespace plume::matching {

namespace {

constexpr u256 base = namespace_slot("plume.matching");

/// Two roots and the sums, beyond what the host charges for the storage.
constexpr uint64_t voice_gas = 500;

struct Tally : Place {
    Slot<u128> sum() const { return {position, 0}; }     ///< of c
    Slot<u128> roots() const { return {position, 16}; }  ///< of floor(sqrt c)
};

constexpr Slot<u256> total_slot{base};
constexpr Map<Address, Tally> tallies{{base + u256{1u}}};
constexpr Map<Address, Map<Address, u256>> given_by{{base + u256{2u}}};

u256 weight_of(const u256& sum, const u256& roots) {
    // Neither overflows: both are below 2^128.
    const u256 square = roots * roots;
    return square > sum ? square - sum : u256{};
}

}  // namespace

void voice(Contract& contract, const Address& recipient, const Address& contributor,
           const u256& value) {
    contract.charge(voice_gas);
    const u256 before = given(contract, recipient, contributor);
    const u256 after = checked_add(before, value);
    const Tally tally = tallies[recipient];
    const u256 weight_before = weight(contract, recipient);
    const u256 roots =
        contract.get(tally.roots()) + square_root_down(after) - square_root_down(before);
    contract.set(given_by[recipient][contributor], after);
    contract.set(tally.sum(), checked_u128(checked_add(contract.get(tally.sum()), value)));
    contract.set(tally.roots(), checked_u128(roots));
    const u256 others = total(contract) - weight_before;
    contract.set(total_slot, checked_add(others, weight(contract, recipient)));
    contract.emit(Voiced{contributor, recipient, value});
}

u256 weight(const Contract& contract, const Address& recipient) {
    const Tally tally = tallies[recipient];
    return weight_of(contract.get(tally.sum()), contract.get(tally.roots()));
}

u256 total(const Contract& contract) {
    return contract.get(total_slot);
}

u256 given(const Contract& contract, const Address& recipient, const Address& contributor) {
    return contract.get(given_by[recipient][contributor]);
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    // By recipient: the sum, and what each contributor added to it.
    std::map<Address, std::map<Address, u256>> voices;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        const auto voiced = Voiced::decode(log);
        if (!voiced) continue;
        const auto& [contributor, recipient, value] = *voiced;
        voices[recipient][contributor] += value;
    }
    u256 gained;
    for (const auto& [recipient, contributors] : voices) {
        const Tally tally = tallies[recipient];
        u256 sum;
        u256 roots;
        for (const auto& [contributor, value] : contributors) {
            const Slot<u256> given_slot = given_by[recipient][contributor];
            if (contract.get(given_slot) - contract.before(given_slot) != value)
                return "M-1: what " + to_hex(contributor) + " gave is not what was said";
            sum += value;
            roots += square_root_down(contract.get(given_slot)) -
                     square_root_down(contract.before(given_slot));
        }
        if (contract.get(tally.sum()) - contract.before(tally.sum()) != sum ||
            contract.get(tally.roots()) - contract.before(tally.roots()) != roots)
            return "M-1: the sums of " + to_hex(recipient) + " are not those of what was given";
        gained += weight(contract, recipient) -
                  weight_of(contract.before(tally.sum()), contract.before(tally.roots()));
    }
    if (contract.get(total_slot) - contract.before(total_slot) != gained)
        return "M-1: the total is not the sum of the weights";
    return std::nullopt;
}

}  // namespace plume::matching
