#include "contracts/policy.hpp"

#include <algorithm>
#include <map>

#include "contracts/addresses.hpp"
#include "contracts/domains.hpp"
#include "contracts/holds.hpp"
#include "native/math.hpp"
#include "native/remote.hpp"

namespace plume::policy {

namespace {

constexpr u256 base = namespace_slot("plume.policy");

// The switches. The features come first, so that nothing but `enable` has to know the rest.
constexpr Slot<u256> switches_slot{base};
constexpr Slot<uint32_t> on_slot{base, 0};
constexpr Slot<uint32_t> later_slot{base, 4};
constexpr Slot<uint8_t> country_rule_slot{base, 8};
constexpr Slot<bool> has_send_domain_slot{base, 9};
constexpr Slot<bool> has_receive_domain_slot{base, 10};
constexpr Slot<bool> has_balance_max_slot{base, 11};
constexpr Slot<bool> has_supply_max_slot{base, 12};
constexpr Slot<uint64_t> locked_until_slot{base, 13};
constexpr Slot<bool> has_lockups_slot{base, 21};

constexpr Slot<Hash> send_domain_slot{base + u256{1u}};
constexpr Slot<Hash> receive_domain_slot{base + u256{2u}};
constexpr Slot<u256> balance_max_slot{base + u256{3u}};
constexpr Slot<u256> supply_max_slot{base + u256{4u}};
constexpr Map<Address, u256> frozen_slots{{base + u256{5u}}};
constexpr Map<Address, bool> account_frozen_slots{{base + u256{6u}}};
/// struct { uint256 amount; uint64 until; }
struct LockupPlace : Place {
    Slot<u256> amount() const { return {position}; }
    Slot<uint64_t> until() const { return {position + u256{1u}}; }
};
constexpr Map<Address, LockupPlace> lockups{{base + u256{7u}}};
/// A bit for each number from 0 to `country_max`.
constexpr u256 countries_begin = base + u256{16u};

constexpr uint32_t all_features = 255;

Slot<u256> country_word(uint16_t country) {
    return {countries_begin + u256{country / 256u}};
}

bool is_listed(const Contract& contract, uint16_t country) {
    return contract.get(country_word(country)).bit(country % 256u);
}

using Holds =
    Remote<"holds(address account, bytes32 domain) view returns (bool)", bool, Address, Hash>;
using IsDomain = Remote<"isDomain(bytes32 domain) view returns (bool)", bool, Hash>;
using Residence = Remote<"residence(address account, bytes32 domain) view returns (uint16 country)",
                         uint16_t, Address, Hash>;

bool is_member(const Contract& contract, const Switches& switches, const Address& account,
               const Slot<Hash>& domain_slot) {
    const Hash domain = contract.get(domain_slot);
    if (!Holds::read(contract, contracts::attestations, account, domain)) return false;
    if (!switches.has_country_rule) return true;
    const uint16_t country = Residence::read(contract, contracts::attestations, account, domain);
    const bool is_allowing = contract.get(country_rule_slot) == only_these;
    return country != 0 && is_listed(contract, country) == is_allowing;
}

bool may_act(const Contract& contract, const Switches& switches, const Address& account) {
    return !switches.has(Feature::freezable) || !is_frozen(contract, account);
}

void require_valid(const Contract& contract, const TransferRules& rules, const u256& supply) {
    for (const Hash& domain : {rules.send_domain, rules.receive_domain})
        if (!domain.is_zero())
            contract.require(IsDomain::read(contract, contracts::attestations, domain),
                             domains::UnknownDomain{domain});
    bool are_countries_valid =
        rules.country_rule <= all_but_these && rules.countries.size() <= countries_max;
    for (const uint16_t country : rules.countries)
        if (country == 0 || country > domains::country_max) are_countries_valid = false;
    contract.require(are_countries_valid,
                     InvalidCountries{u256{rules.countries.size()}, u256{countries_max}});
    contract.require(rules.country_rule == any_country || !rules.receive_domain.is_zero(),
                     DomainMissing{});
    const bool ends_in_time = rules.locked_until <= contract.now() ||
                              rules.locked_until - contract.now() <= lockup_span_max_seconds;
    contract.require(ends_in_time, LockupInvalid{rules.locked_until});
    const u256 previous = contract.get(supply_max_slot);
    const bool is_raised =
        !previous.is_zero() && (rules.supply_max.is_zero() || rules.supply_max > previous);
    const bool is_kept = rules.supply_max.is_zero() || supply <= rules.supply_max;
    contract.require(!is_raised && is_kept, SupplyCapInvalid{rules.supply_max, previous, supply});
}

/// Whether `present + more` is at most `most`, as numbers that do not wrap.
bool is_within(const u256& most, const u256& present, const u256& more) {
    return present <= most && more <= most - present;
}

void set_countries(Contract& contract, const std::vector<uint16_t>& countries) {
    std::array<u256, domains::country_max / 256 + 1> words{};
    for (const uint16_t country : countries)
        words[country / 256u] = words[country / 256u] | u256{1u} << (country % 256u);
    for (size_t i = 0; i < words.size(); ++i)
        contract.set(Slot<u256>{countries_begin + u256{i}}, words[i]);
}

}  // namespace

Switches switches(const Contract& contract) {
    const u256 word = contract.get(switches_slot);
    const auto part = [&word](const auto& slot) { return (word >> (8u * slot.offset)).low64(); };
    return {static_cast<uint32_t>(part(on_slot)),
            static_cast<uint32_t>(part(later_slot)),
            static_cast<uint8_t>(part(has_send_domain_slot)) != 0,
            static_cast<uint8_t>(part(has_receive_domain_slot)) != 0,
            static_cast<uint8_t>(part(country_rule_slot)) != any_country,
            static_cast<uint8_t>(part(has_balance_max_slot)) != 0,
            static_cast<uint8_t>(part(has_supply_max_slot)) != 0,
            part(locked_until_slot),
            static_cast<uint8_t>(part(has_lockups_slot)) != 0};
}

void declare(Contract& contract, const Features& features) {
    const bool is_valid =
        (features.on & features.later) == 0 && (features.on | features.later) <= all_features;
    contract.require(is_valid, InvalidFeatures{features.on, features.later});
    contract.set(on_slot, features.on);
    contract.set(later_slot, features.later);
}

void enable(Contract& contract, uint32_t features) {
    const Switches now = switches(contract);
    contract.require(features != 0 && (features & ~now.later) == 0, FeatureNotDeclared{features});
    contract.set(on_slot, now.on | features);
    contract.set(later_slot, now.later & ~features);
    contract.emit(FeaturesEnabled{features});
}

void require_feature(const Contract& contract, Feature feature) {
    contract.require(switches(contract).has(feature), FeatureOff{static_cast<uint32_t>(feature)});
}

TransferRules rules(const Contract& contract) {
    TransferRules out{contract.get(send_domain_slot),  contract.get(receive_domain_slot),
                      contract.get(country_rule_slot), {},
                      contract.get(balance_max_slot),  contract.get(supply_max_slot),
                      contract.get(locked_until_slot)};
    if (out.country_rule == any_country) return out;
    for (uint16_t word = 0; word <= domains::country_max / 256; ++word) {
        const u256 bits = contract.get(country_word(static_cast<uint16_t>(word * 256)));
        for (unsigned i = 0; i < 256; ++i)
            if (bits.bit(i)) out.countries.push_back(static_cast<uint16_t>(word * 256 + i));
    }
    return out;
}

void set_rules(Contract& contract, const TransferRules& rules, const u256& supply) {
    require_feature(contract, Feature::permissioned);
    require_valid(contract, rules, supply);
    const bool had_countries = contract.get(country_rule_slot) != any_country;
    contract.set(country_rule_slot, rules.country_rule);
    contract.set(has_send_domain_slot, !rules.send_domain.is_zero());
    contract.set(has_receive_domain_slot, !rules.receive_domain.is_zero());
    contract.set(has_balance_max_slot, !rules.balance_max.is_zero());
    contract.set(has_supply_max_slot, !rules.supply_max.is_zero());
    contract.set(locked_until_slot, rules.locked_until);
    contract.set(send_domain_slot, rules.send_domain);
    contract.set(receive_domain_slot, rules.receive_domain);
    contract.set(balance_max_slot, rules.balance_max);
    contract.set(supply_max_slot, rules.supply_max);
    if (had_countries || rules.country_rule != any_country)
        set_countries(contract, rules.countries);
    contract.emit(PolicyChanged{keccak256(abi::encode(rules))});
}

u256 frozen(const Contract& contract, const Address& account) {
    return contract.get(frozen_slots[account]);
}

bool is_frozen(const Contract& contract, const Address& account) {
    return contract.get(account_frozen_slots[account]);
}

void set_frozen(Contract& contract, const Address& account, const u256& amount) {
    contract.set(frozen_slots[account], amount);
    contract.emit(Frozen{account, amount});
}

void set_account_frozen(Contract& contract, const Address& account, bool is_frozen) {
    contract.set(account_frozen_slots[account], is_frozen);
    contract.emit(AddressFrozen{account, is_frozen, contract.sender()});
}

Lockup lockup(const Contract& contract, const Address& account) {
    const LockupPlace place = lockups[account];
    return {contract.get(place.amount()), contract.get(place.until())};
}

u256 locked(const Contract& contract, const Address& account) {
    if (!contract.get(has_lockups_slot)) return {};
    const Lockup last = lockup(contract, account);
    return contract.now() < last.until ? last.amount : u256{};
}

namespace {

void store_lockup(Contract& contract, const Address& account, const Lockup& lockup) {
    contract.set(has_lockups_slot, true);
    const LockupPlace place = lockups[account];
    contract.set(place.amount(), lockup.amount);
    contract.set(place.until(), lockup.until);
    contract.emit(LockupSet{account, lockup.amount, lockup.until});
}

}  // namespace

void set_lockup(Contract& contract, const Address& account, const Lockup& lockup) {
    require_feature(contract, Feature::permissioned);
    const bool is_end = lockup.amount.is_zero() && lockup.until == 0;
    const bool is_ahead = !lockup.amount.is_zero() && lockup.until > contract.now() &&
                          lockup.until - contract.now() <= lockup_span_max_seconds;
    contract.require(is_end || is_ahead, LockupInvalid{lockup.until});
    store_lockup(contract, account, lockup);
}

void lower_lockup(Contract& contract, const Address& account, const u256& most) {
    if (locked(contract, account) <= most) return;
    const uint64_t until = lockup(contract, account).until;
    store_lockup(contract, account, {most, most.is_zero() ? 0 : until});
}

void move_lockup(Contract& contract, const Address& from, const Address& to) {
    const u256 moved = locked(contract, from);
    if (moved.is_zero()) return;
    const u256 own = locked(contract, to);
    const uint64_t own_until = own.is_zero() ? 0 : lockup(contract, to).until;
    const uint64_t until = std::max(lockup(contract, from).until, own_until);
    store_lockup(contract, from, {});
    store_lockup(contract, to, {saturating_add(own, moved), until});
}

u256 withheld(const Contract& contract, const Address& account) {
    return std::max(frozen(contract, account), locked(contract, account));
}

bool can_send(const Contract& contract, const Switches& switches, const Address& account) {
    return may_act(contract, switches, account) &&
           (!switches.has_send_domain || is_member(contract, switches, account, send_domain_slot));
}

bool can_receive(const Contract& contract, const Switches& switches, const Address& account) {
    return may_act(contract, switches, account) &&
           (!switches.has_receive_domain ||
            is_member(contract, switches, account, receive_domain_slot));
}

Bytes obstacle_to_taking(const Contract& contract, const Address& account, const u256& amount,
                         const u256& taken, const u256& balance, const u256& held) {
    if (amount > balance) return {};
    const u256 unfrozen = saturating_sub(balance, frozen(contract, account));
    if (amount > unfrozen)
        return ERC7943InsufficientUnfrozenBalance{account, amount, unfrozen}.data();
    const u256 free = saturating_sub(balance, withheld(contract, account));
    if (amount > free)
        return AmountLocked{account, amount, free, lockup(contract, account).until}.data();
    // A taker may take of his hold all that need not stay, whatever else is held; beyond it he is
    // like anybody.
    const u256 available = saturating_sub(free, held);
    if (amount - taken > available)
        return holds::InsufficientAvailable{account, available, amount - taken}.data();
    return {};
}

Bytes obstacle_to_having(const Contract& contract, const Address& account, const u256& balance,
                         const u256& more) {
    const u256 most = contract.get(balance_max_slot);
    if (is_within(most, balance, more)) return {};
    return BalanceCapExceeded{account, saturating_add(balance, more), most}.data();
}

Bytes obstacle_to_supply(const Contract& contract, const u256& supply, const u256& more) {
    const u256 most = contract.get(supply_max_slot);
    if (is_within(most, supply, more)) return {};
    return SupplyCapExceeded{saturating_add(supply, more), most}.data();
}

std::optional<std::string> broken_invariant(const Contract& contract, const u256& supply,
                                            bool is_new) {
    const u256 most = contract.get(supply_max_slot);
    const u256 most_before = contract.before(supply_max_slot);
    if (!most.is_zero() && supply > most) return "T-1: there are more units than there may be";
    if (!most_before.is_zero() && (most.is_zero() || most > most_before))
        return "T-1: the bound of the supply was raised";
    const uint32_t declared = contract.before(on_slot) | contract.before(later_slot);
    const uint32_t on = contract.get(on_slot);
    if ((contract.before(on_slot) & ~on) != 0) return "T-7: a feature was turned off";
    if (!is_new && ((on | contract.get(later_slot)) & ~declared) != 0)
        return "T-7: a feature was never declared";
    std::map<Address, u256> frozen_by_events;
    std::map<Address, Lockup> locked_by_events;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto event = Frozen::decode(log))
            frozen_by_events[std::get<0>(*event)] = std::get<1>(*event);
        if (const auto event = LockupSet::decode(log))
            locked_by_events[std::get<0>(*event)] = {std::get<1>(*event), std::get<2>(*event)};
    }
    for (const auto& [account, said] : locked_by_events) {
        const Lockup kept = lockup(contract, account);
        if (kept.amount != said.amount || kept.until != said.until)
            return "T-8: what is locked up of " + to_hex(account) + " is not what was said";
    }
    for (const auto& [account, amount] : frozen_by_events)
        if (frozen(contract, account) != amount)
            return "T-8: what is frozen of " + to_hex(account) + " is not what was said";
    return std::nullopt;
}

}  // namespace plume::policy
