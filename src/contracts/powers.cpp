#include "contracts/powers.hpp"

#include <algorithm>

namespace plume::powers {

namespace {

constexpr u256 base = namespace_slot("plume.powers");

constexpr std::array<std::string_view, power_count> names{"mint",   "freeze",   "force", "recover",
                                                          "policy", "metadata", "split", "enable"};

Slot<Address> holder_slot(Power power) {
    return {base + u256{static_cast<uint64_t>(power)}};
}

Slot<Address> offer_slot(Power power) {
    return {base + u256{power_count + static_cast<uint64_t>(power)}};
}

void hand_over(Contract& contract, Power power, const Address& to) {
    const Address from = holder(contract, power);
    contract.set(holder_slot(power), to);
    contract.set(offer_slot(power), {});
    contract.emit(PowerMoved{name_of(power), from, to});
}

}  // namespace

Hash name_of(Power power) {
    Hash out;
    std::ranges::copy(view_of(names[static_cast<size_t>(power)]), out.bytes.begin());
    return out;
}

Power power_called(const Contract& contract, const Hash& name) {
    for (size_t i = 0; i < power_count; ++i)
        if (name_of(static_cast<Power>(i)) == name) return static_cast<Power>(i);
    contract.refuse(UnknownPower{name});
}

void assign(Contract& contract, const PowerHolders& holders) {
    const std::array<Address, power_count> all{holders.mint,    holders.freeze, holders.force,
                                               holders.recover, holders.policy, holders.metadata,
                                               holders.split,   holders.enable};
    for (size_t i = 0; i < power_count; ++i)
        if (all[i] != Address{}) hand_over(contract, static_cast<Power>(i), all[i]);
}

Address holder(const Contract& contract, Power power) {
    return contract.get(holder_slot(power));
}

Address offered_to(const Contract& contract, Power power) {
    return contract.get(offer_slot(power));
}

void require_held(const Contract& contract, Power power) {
    // A simulated call may come from the zero address, which holds what nobody holds.
    const bool is_held =
        contract.sender() != Address{} && contract.sender() == holder(contract, power);
    contract.require(is_held, AccessControlUnauthorizedAccount{contract.sender(), name_of(power)});
}

void offer(Contract& contract, Power power, const Address& to) {
    require_held(contract, power);
    contract.set(offer_slot(power), to);
    contract.emit(PowerOffered{name_of(power), contract.sender(), to});
}

void accept(Contract& contract, Power power) {
    const bool is_offered =
        contract.sender() != Address{} && contract.sender() == offered_to(contract, power);
    contract.require(is_offered, PowerNotOffered{name_of(power), contract.sender()});
    hand_over(contract, power, contract.sender());
}

void renounce(Contract& contract, Power power) {
    require_held(contract, power);
    hand_over(contract, power, {});
}

std::optional<std::string> broken_invariant(const Contract& contract, bool is_new) {
    for (size_t i = 0; i < power_count; ++i) {
        const Power power = static_cast<Power>(i);
        const std::string name(names[i]);
        Address expected = contract.before(holder_slot(power));
        for (const Log& log : contract.transaction_logs()) {
            if (log.address != contract.self()) continue;
            const auto moved = PowerMoved::decode(log);
            if (!moved || std::get<0>(*moved) != name_of(power)) continue;
            if (expected == Address{} && !is_new) return "W-1: the power to " + name + " came back";
            expected = std::get<2>(*moved);
        }
        if (holder(contract, power) != expected)
            return "W-1: the power to " + name + " is held by another than was said";
    }
    return std::nullopt;
}

}  // namespace plume::powers
