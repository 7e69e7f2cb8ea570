#include "contracts/assertions.hpp"

#include "contracts/disputes.hpp"
#include "contracts/purse.hpp"
#include "native/math.hpp"

namespace plume::assertions {

namespace {

struct DomainRecord : Place {
    Slot<u256> panel() const { return {position}; }
    Slot<u128> value() const { return {position + u256{1u}, 0}; }
    Slot<u128> floor() const { return {position + u256{1u}, 16}; }
    Slot<Address> beneficiary() const { return {position + u256{2u}, 0}; }
    Slot<uint64_t> closes_at() const { return {position + u256{2u}, 20}; }
    Slot<uint32_t> bond_share() const { return {position + u256{2u}, 28}; }
    Slot<uint64_t> liveness() const { return {position + u256{3u}}; }
    /// The last assertion of a claim, by the claim's hash.
    Map<Hash, Hash> last() const { return {{position + u256{4u}}}; }
};

struct Record : Place {
    Slot<Address> asserter() const { return {position, 0}; }
    Slot<uint64_t> asserted_at() const { return {position, 20}; }
    Slot<uint8_t> outcome() const { return {position, 28}; }
    Slot<Address> disputer() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> expires_at() const { return {position + u256{1u}, 20}; }
    Slot<Address> callback() const { return {position + u256{2u}}; }
    Slot<u128> bond() const { return {position + u256{3u}}; }
    Slot<u256> dispute() const { return {position + u256{4u}}; }
    Slot<Hash> domain() const { return {position + u256{5u}}; }
    Slot<Hash> claim() const { return {position + u256{6u}}; }
};

constexpr u256 base = namespace_slot("plume.assertions");
constexpr Map<Hash, DomainRecord> domains{{base}};
constexpr Map<Hash, Record> records{{base + u256{1u}}};
constexpr Slot<u256> count_{base + u256{2u}};

DomainRecord domain_of(const Contract& contract, const Hash& id) {
    const DomainRecord record = domains[id];
    contract.require(!contract.get(record.panel()).is_zero(), UnknownDomain{id});
    return record;
}

Record record_of(const Contract& contract, const Hash& id) {
    const Record record = records[id];
    contract.require(contract.get(record.asserted_at()) != 0, UnknownAssertion{id});
    return record;
}

Address currency_of(const Contract& contract, const Record& record) {
    const DomainRecord domain = domains[contract.get(record.domain())];
    return panels::currency(contract, contract.get(domain.panel()));
}

Outcome outcome_of(const Contract& contract, const Record& record) {
    return Outcome{contract.get(record.outcome())};
}

void require_bonded(const Contract& contract, const Claim& claim, const DomainRecord& domain) {
    const u256 least = least_bond(contract, claim.domain);
    contract.require(claim.bond >= least, BondTooLow{claim.bond, least});
    contract.require(claim.bond.bit_length() <= 126, BondTooLow{claim.bond, least});
    const u256 value = contract.get(domain.value());
    const uint64_t needed =
        std::max(contract.get(domain.liveness()),
                 claim.bond >= value ? liveness_bonded_seconds : liveness_least_seconds);
    contract.require(claim.liveness >= needed && claim.liveness <= liveness_max_seconds,
                     LivenessInvalid{claim.liveness, needed});
    const Address beneficiary = contract.get(domain.beneficiary());
    const bool is_gaining = beneficiary != Address{} &&
                            (beneficiary == claim.asserter || beneficiary == contract.sender());
    contract.require(!is_gaining || claim.bond > value,
                     BeneficiaryUnbonded{beneficiary, value + u256{1u}});
}

void give_back(Contract& contract, const Hash& id, const Address& currency, const Address& to,
               const u256& amount) {
    contract.emit(BondReturned{id, currency, to, amount});
    purse::credit(contract, currency, to, amount);
}

}  // namespace

Hash open_domain(Contract& contract, const AssertionDomain& terms) {
    const Address currency = panels::currency(contract, terms.panel);
    contract.require(currency != Address{}, DomainCurrencyInvalid{terms.panel});
    contract.require(!terms.value.number.is_zero(), ValueZero{});
    contract.require(
        terms.value.number.bit_length() <= 126 && terms.floor.number.bit_length() <= 126,
        Panic{panic_arithmetic});
    contract.require(terms.bond_share >= bond_share_least && terms.bond_share <= bond_share_whole,
                     BondShareInvalid{terms.bond_share, bond_share_least});
    contract.require(terms.liveness <= liveness_max_seconds,
                     LivenessInvalid{terms.liveness, liveness_bonded_seconds});
    contract.require(terms.closes_at > contract.now() &&
                         terms.closes_at - contract.now() <= domain_span_max_seconds,
                     DomainTimeInvalid{terms.closes_at});
    const Hash id = keccak256(
        abi::encode(u256{contract.chain_id()}, contract.self(), contract.sender(), terms));
    const DomainRecord record = domains[id];
    contract.require(contract.get(record.panel()).is_zero(), DomainExists{id});
    contract.set(record.panel(), terms.panel);
    contract.set(record.value(), terms.value);
    contract.set(record.floor(), terms.floor);
    contract.set(record.bond_share(), terms.bond_share);
    contract.set(record.beneficiary(), terms.beneficiary);
    contract.set(record.liveness(), terms.liveness);
    contract.set(record.closes_at(), terms.closes_at);
    contract.emit(DomainOpened{id, contract.sender(), terms.panel});
    return id;
}

AssertionDomain domain(const Contract& contract, const Hash& id) {
    const DomainRecord record = domain_of(contract, id);
    return {.panel = contract.get(record.panel()),
            .value = contract.get(record.value()),
            .floor = contract.get(record.floor()),
            .bond_share = contract.get(record.bond_share()),
            .beneficiary = contract.get(record.beneficiary()),
            .liveness = contract.get(record.liveness()),
            .closes_at = contract.get(record.closes_at())};
}

u256 least_bond(const Contract& contract, const Hash& domain_id) {
    const DomainRecord record = domain_of(contract, domain_id);
    const u256 value = contract.get(record.value());
    const u256 whole{bond_share_whole};
    // Rounded up: a bond is never below its share.
    const u256 share = (value * u256{contract.get(record.bond_share())} + whole - u256{1u}) / whole;
    const u256 cost = panels::cost(contract, contract.get(record.panel()));
    return std::max({u256{contract.get(record.floor())}, share, cost});
}

Hash make(Contract& contract, const Claim& claim) {
    const DomainRecord domain = domain_of(contract, claim.domain);
    const uint64_t closes_at = contract.get(domain.closes_at());
    contract.require(contract.now() <= closes_at, DomainClosed{claim.domain, closes_at});
    contract.require(!claim.text.empty() && claim.text.size() <= claim_size_max,
                     ClaimSizeInvalid{u256{claim.text.size()}, u256{claim_size_max}});
    contract.require(claim.asserter != Address{}, AsserterMissing{});
    const Address currency = panels::currency(contract, contract.get(domain.panel()));
    contract.require(claim.currency == currency, CurrencyDiffers{claim.currency, currency});
    require_bonded(contract, claim, domain);
    const Hash text_hash = keccak256(claim.text);
    const auto last = domain.last()[text_hash];
    const Hash earlier = contract.get(last);
    if (!earlier.is_zero()) {
        const Outcome outcome = outcome_of(contract, records[earlier]);
        contract.require(outcome == Outcome::falsehood || outcome == Outcome::unresolved,
                         AlreadyAsserted{earlier});
    }
    const u256 number = contract.get(count_) + u256{1u};
    contract.set(count_, number);
    const Hash id = keccak256(abi::encode(u256{contract.chain_id()}, contract.self(), number));
    const Record record = records[id];
    const uint64_t expires_at = contract.now() + claim.liveness;
    contract.set(last, id);
    contract.set(record.asserter(), claim.asserter);
    contract.set(record.asserted_at(), contract.now());
    contract.set(record.expires_at(), expires_at);
    contract.set(record.callback(), claim.callback_recipient);
    contract.set(record.bond(), checked_u128(claim.bond));
    contract.set(record.domain(), claim.domain);
    contract.set(record.claim(), text_hash);
    purse::lock(contract, currency, contract.sender(), claim.bond);
    contract.emit(BondPosted{id, currency, claim.bond});
    contract.emit(AssertionMade{id, claim.domain, claim.text, claim.asserter,
                                claim.callback_recipient, Address{}, contract.sender(), expires_at,
                                currency, claim.bond, claim.identifier});
    return id;
}

void dispute(Contract& contract, const Hash& id, const Address& disputer) {
    const Record record = record_of(contract, id);
    contract.require(disputer != Address{}, DisputerMissing{});
    contract.require(contract.get(record.disputer()) == Address{}, AlreadyDisputed{id});
    contract.require(outcome_of(contract, record) == Outcome::pending, AlreadySettled{id});
    const uint64_t expires_at = contract.get(record.expires_at());
    contract.require(contract.now() < expires_at, AssertionExpired{expires_at});
    const Address currency = currency_of(contract, record);
    const u256 bond = contract.get(record.bond());
    const u256 panel = contract.get(domains[contract.get(record.domain())].panel());
    contract.set(record.disputer(), disputer);
    purse::lock(contract, currency, contract.sender(), bond);
    contract.emit(BondPosted{id, currency, bond});
    const u256 dispute_id = disputes::create(contract, contract.self(), u256{2u}, panel);
    contract.set(record.dispute(), dispute_id);
    contract.emit(BondSpent{id, currency, dispute_id, panels::cost(contract, panel)});
    contract.emit(AssertionDisputed{id, contract.sender(), disputer});
}

Outcome settle(Contract& contract, const Hash& id) {
    const Record record = record_of(contract, id);
    contract.require(outcome_of(contract, record) == Outcome::pending, AlreadySettled{id});
    const Address currency = currency_of(contract, record);
    const Address asserter = contract.get(record.asserter());
    const Address disputer = contract.get(record.disputer());
    const u256 bond = contract.get(record.bond());
    Outcome outcome = Outcome::truth;
    if (disputer == Address{}) {
        const uint64_t expires_at = contract.get(record.expires_at());
        contract.require(contract.now() >= expires_at, AssertionNotExpired{expires_at});
        give_back(contract, id, currency, asserter, bond);
    } else {
        const u256 dispute_id = contract.get(record.dispute());
        const u256 ruling = disputes::solve(contract, dispute_id);
        const u256 panel = contract.get(domains[contract.get(record.domain())].panel());
        const u256 unearned = disputes::take_unearned_fee(contract, dispute_id);
        if (!unearned.is_zero()) contract.emit(BondRestored{id, currency, dispute_id, unearned});
        const u256 rest = bond + bond - panels::cost(contract, panel) + unearned;
        outcome = ruling == u256{ruling_true}    ? Outcome::truth
                  : ruling == u256{ruling_false} ? Outcome::falsehood
                                                 : Outcome::unresolved;
        if (outcome == Outcome::unresolved) {
            const u256 half = rest >> 1;
            give_back(contract, id, currency, asserter, half);
            give_back(contract, id, currency, disputer, rest - half);
        } else {
            give_back(contract, id, currency, outcome == Outcome::truth ? asserter : disputer,
                      rest);
        }
    }
    contract.set(record.outcome(), static_cast<uint8_t>(outcome));
    contract.emit(AssertionSettled{id, outcome == Outcome::falsehood ? disputer : asserter,
                                   disputer != Address{}, outcome == Outcome::truth,
                                   contract.sender()});
    return outcome;
}

Assertion get(const Contract& contract, const Hash& id) {
    const Record record = record_of(contract, id);
    return {.asserter = contract.get(record.asserter()),
            .disputer = contract.get(record.disputer()),
            .callback_recipient = contract.get(record.callback()),
            .bond = contract.get(record.bond()),
            .asserted_at = contract.get(record.asserted_at()),
            .expires_at = contract.get(record.expires_at()),
            .outcome = contract.get(record.outcome()),
            .dispute = contract.get(record.dispute()),
            .domain = contract.get(record.domain()),
            .claim = contract.get(record.claim())};
}

bool result(const Contract& contract, const Hash& id) {
    const Outcome outcome = outcome_of(contract, record_of(contract, id));
    contract.require(outcome != Outcome::pending, AssertionNotSettled{id});
    contract.require(outcome != Outcome::unresolved, AssertionUnresolved{id});
    return outcome == Outcome::truth;
}

bool is_asserted(const Contract& contract, const Hash& domain_id, const Hash& claim) {
    const Hash last = contract.get(domain_of(contract, domain_id).last()[claim]);
    contract.require(!last.is_zero(), NothingAsserted{domain_id, claim});
    return result(contract, last);
}

std::map<Address, u256> flows(const Contract& contract) {
    std::map<Address, u256> out;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto posted = BondPosted::decode(log))
            out[std::get<1>(*posted)] += std::get<2>(*posted);
        else if (const auto returned = BondReturned::decode(log))
            out[std::get<1>(*returned)] -= std::get<3>(*returned);
        else if (const auto spent = BondSpent::decode(log))
            out[std::get<1>(*spent)] -= std::get<3>(*spent);
        else if (const auto restored = BondRestored::decode(log))
            out[std::get<1>(*restored)] += std::get<3>(*restored);
    }
    return out;
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    std::map<Hash, u256> returned;  // by assertion
    std::vector<Hash> settled;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto event = BondReturned::decode(log))
            returned[std::get<0>(*event)] += std::get<3>(*event);
        if (const auto event = AssertionSettled::decode(log))
            settled.push_back(std::get<0>(*event));
        if (const auto made = AssertionMade::decode(log)) {
            const Assertion stands = get(contract, std::get<0>(*made));
            if (stands.bond < least_bond(contract, stands.domain))
                return "O-6: an assertion is bonded below its share of the value";
            const u256 value = domain(contract, stands.domain).value;
            const bool is_whole = stands.bond.number >= value;
            if (stands.expires_at - stands.asserted_at <
                (is_whole ? liveness_bonded_seconds : liveness_least_seconds))
                return "O-6: an assertion can be disputed for too short a time";
        }
    }
    for (const Hash& id : settled)
        if (contract.before(records[id].outcome()) != 0) return "O-6: an outcome has changed";
    for (const auto& [id, amount] : returned) {
        const Record record = records[id];
        const u256 bond = contract.get(record.bond());
        if (Outcome{contract.before(record.outcome())} != Outcome::pending)
            return "V-12: an assertion's bonds were returned twice";
        const bool is_disputed = contract.get(record.disputer()) != Address{};
        // A disputed one's panel has earned its whole fee, or nothing.
        const u256 cost =
            panels::cost(contract, contract.get(domains[contract.get(record.domain())].panel()));
        const u256 all = is_disputed ? bond + bond : bond;
        if (amount != all && !(is_disputed && amount == all - cost))
            return "V-12: an assertion has returned what it was not paid";
    }
    return std::nullopt;
}

}  // namespace plume::assertions
