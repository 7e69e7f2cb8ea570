// Assertions: statements that count as true unless somebody who has read them disputes them in
// time, in the shape of UMA's optimistic oracle v3.
//
// A part of the Arbitrator: free functions that keep their state in the contract's own storage, in
// a namespace of its own (ERC-7201). An assertion is made in a domain, which whoever is going to
// rely on it has opened before: it says what is at stake, who would gain, which panel decides, and
// until when anything can be asserted. So a question nobody has asked cannot be answered (O-6).
//
//   asserted ── settle, after its liveness ──────────────► true
//      └── dispute ──► disputed ── settle, by the panel ──► true | false | unresolved
//
// Bonds. The asserter's is at least the domain's floor, its share of the value at stake, and what
// the panel costs; the disputer's is as much. The panel's fee comes out of both, and the winner has
// the rest, which is his own bond or more. When the panel would not decide, both have back half of
// the rest, the odd unit being the disputer's. A fee that no juror has earned is part of the rest.
//
// Time. An assertion can be disputed for three days at least, unless the bond is as high as the
// value at stake, so that a wrong one cannot pay; then for an hour.
//
// Who gains by it, the beneficiary, may not assert with less than the value at stake, neither by
// himself nor for another.
//
// Invariants:
//   O-6  every assertion was made within those bounds; its outcome does not change.
//   V-12 what is paid out of an assertion is what was paid in.
#pragma once

#include <map>

#include "native/contract.hpp"

namespace plume {

/// What a domain is opened with. Units of the panel's currency, an ERC-20; times are seconds.
struct AssertionDomain {
    u256 panel;               ///< who decides when an assertion is disputed
    u128 value;               ///< at stake: what could be gained by a wrong assertion
    u128 floor;               ///< the least bond
    uint32_t bond_share = 0;  ///< of the value, in basis points, that a bond must be
    Address beneficiary;      ///< whom a true assertion pays; zero: nobody in particular
    uint64_t liveness = 0;    ///< the least time to dispute
    uint64_t closes_at = 0;   ///< the last second to assert, seconds since 1970

    static constexpr auto members = std::tuple{
        &AssertionDomain::panel,      &AssertionDomain::value,       &AssertionDomain::floor,
        &AssertionDomain::bond_share, &AssertionDomain::beneficiary, &AssertionDomain::liveness,
        &AssertionDomain::closes_at};
};

/// An assertion as it stands.
struct Assertion {
    Address asserter;  ///< who gets the bond back
    Address disputer;  ///< zero: nobody
    Address callback_recipient;
    u128 bond;
    uint64_t asserted_at = 0;
    uint64_t expires_at = 0;  ///< from this second on it cannot be disputed
    uint8_t outcome = 0;
    u256 dispute;  ///< 0: none
    Hash domain;
    Hash claim;  ///< keccak256 of it

    static constexpr auto members =
        std::tuple{&Assertion::asserter, &Assertion::disputer,    &Assertion::callback_recipient,
                   &Assertion::bond,     &Assertion::asserted_at, &Assertion::expires_at,
                   &Assertion::outcome,  &Assertion::dispute,     &Assertion::domain,
                   &Assertion::claim};
};

namespace assertions {

enum class Outcome : uint8_t { pending = 0, truth = 1, falsehood = 2, unresolved = 3 };

/// Rulings of a panel on an assertion; 0 leaves it unresolved.
inline constexpr uint64_t ruling_true = 1;
inline constexpr uint64_t ruling_false = 2;

inline constexpr size_t claim_size_max = 8'192;
inline constexpr uint64_t liveness_least_seconds = 3ull * 86'400;
/// Where the bond is as high as the value at stake.
inline constexpr uint64_t liveness_bonded_seconds = 3'600;
inline constexpr uint64_t liveness_max_seconds = 365ull * 86'400;
/// The least share of the value at stake that a domain may ask for: 5 %.
inline constexpr uint32_t bond_share_least = 500;
inline constexpr uint32_t bond_share_whole = 10'000;
/// How far ahead a domain may close: ten years.
inline constexpr uint64_t domain_span_max_seconds = 10ull * 365 * 86'400;

using DomainOpened =
    Event<"DomainOpened(bytes32 indexed domainId, address indexed by, uint256 panel)", Hash,
          Address, u256>;
/// The first three as UMA has them.
using AssertionMade = Event<
    "AssertionMade(bytes32 indexed assertionId, bytes32 domainId, bytes claim, address indexed "
    "asserter, address callbackRecipient, address escalationManager, address caller, uint64 "
    "expirationTime, address currency, uint256 bond, bytes32 indexed identifier)",
    Hash, Hash, Bytes, Address, Address, Address, Address, uint64_t, Address, u256, Hash>;
using AssertionDisputed = Event<
    "AssertionDisputed(bytes32 indexed assertionId, address indexed caller, address indexed "
    "disputer)",
    Hash, Address, Address>;
using AssertionSettled = Event<
    "AssertionSettled(bytes32 indexed assertionId, address indexed bondRecipient, bool disputed, "
    "bool settlementResolution, address settleCaller)",
    Hash, Address, bool, bool, Address>;
/// What an assertion has locked and, when it is settled, given back.
using BondPosted =
    Event<"BondPosted(bytes32 indexed assertionId, address currency, uint256 amount)", Hash,
          Address, u256>;
using BondReturned =
    Event<"BondReturned(bytes32 indexed assertionId, address currency, address to, uint256 amount)",
          Hash, Address, Address, u256>;
/// A disputed assertion's panel is paid out of its bonds.
using BondSpent = Event<
    "BondSpent(bytes32 indexed assertionId, address currency, uint256 indexed disputeID, uint256 "
    "amount)",
    Hash, Address, u256, u256>;

/// A fee that no juror has earned comes back to the bonds.
using BondRestored = Event<
    "BondRestored(bytes32 indexed assertionId, address currency, uint256 indexed disputeID, "
    "uint256 amount)",
    Hash, Address, u256, u256>;

/// A domain's panel takes the chain's own coin.
using DomainCurrencyInvalid = CustomError<"DomainCurrencyInvalid(uint256 panel)", u256>;
using BondShareInvalid =
    CustomError<"BondShareInvalid(uint32 share, uint32 least)", uint32_t, uint32_t>;
using LivenessInvalid =
    CustomError<"LivenessInvalid(uint64 liveness, uint64 least)", uint64_t, uint64_t>;
using DomainTimeInvalid = CustomError<"DomainTimeInvalid(uint64 closesAt)", uint64_t>;
using ValueZero = CustomError<"ValueZero()">;
using UnknownDomain = CustomError<"UnknownDomain(bytes32 domainId)", Hash>;
using DomainClosed = CustomError<"DomainClosed(bytes32 domainId, uint64 closedAt)", Hash, uint64_t>;
using DomainExists = CustomError<"DomainExists(bytes32 domainId)", Hash>;
using ClaimSizeInvalid = CustomError<"ClaimSizeInvalid(uint256 size, uint256 max)", u256, u256>;
using AsserterMissing = CustomError<"AsserterMissing()">;
using DisputerMissing = CustomError<"DisputerMissing()">;
using EscalationUnsupported = CustomError<"EscalationUnsupported(address manager)", Address>;
using CurrencyDiffers =
    CustomError<"CurrencyDiffers(address currency, address needed)", Address, Address>;
using BondTooLow = CustomError<"BondTooLow(uint256 bond, uint256 least)", u256, u256>;
/// Who gains by an assertion bonds more than the value at stake.
using BeneficiaryUnbonded =
    CustomError<"BeneficiaryUnbonded(address beneficiary, uint256 needed)", Address, u256>;
/// The same claim stands in the same domain already, and is pending or true.
using AlreadyAsserted = CustomError<"AlreadyAsserted(bytes32 assertionId)", Hash>;
using UnknownAssertion = CustomError<"UnknownAssertion(bytes32 assertionId)", Hash>;
using AlreadyDisputed = CustomError<"AlreadyDisputed(bytes32 assertionId)", Hash>;
using AlreadySettled = CustomError<"AlreadySettled(bytes32 assertionId)", Hash>;
using AssertionExpired = CustomError<"AssertionExpired(uint64 expiredAt)", uint64_t>;
using AssertionNotExpired = CustomError<"AssertionNotExpired(uint64 expiresAt)", uint64_t>;
/// There is no answer: an error, and never a yes.
using AssertionNotSettled = CustomError<"AssertionNotSettled(bytes32 assertionId)", Hash>;
using AssertionUnresolved = CustomError<"AssertionUnresolved(bytes32 assertionId)", Hash>;
using NothingAsserted = CustomError<"NothingAsserted(bytes32 domainId, bytes32 claim)", Hash, Hash>;

/// The domain's id: keccak256(abi.encode(chain id, arbitrator, caller, terms)).
Hash open_domain(Contract& contract, const AssertionDomain& domain);
AssertionDomain domain(const Contract& contract, const Hash& id);
/// The least bond of a domain.
u256 least_bond(const Contract& contract, const Hash& domain_id);

/// What an assertion is made with.
struct Claim {
    Bytes text;
    Address asserter;
    Address callback_recipient;
    uint64_t liveness = 0;
    Address currency;
    u256 bond;
    Hash identifier;
    Hash domain;
};
/// Locks the caller's bond.
Hash make(Contract& contract, const Claim& claim);
/// Locks the caller's bond, and opens a dispute.
void dispute(Contract& contract, const Hash& id, const Address& disputer);
/// Ends an assertion: its own time is over, or its dispute can be solved. Returns the outcome.
Outcome settle(Contract& contract, const Hash& id);

Assertion get(const Contract& contract, const Hash& id);
/// Refused unless the assertion was settled as true or as false.
bool result(const Contract& contract, const Hash& id);
/// Whether a claim, by its hash, was settled as true in a domain. Refused while the last assertion
/// of it is not settled, was not resolved, or there is none.
bool is_asserted(const Contract& contract, const Hash& domain_id, const Hash& claim);

std::optional<std::string> broken_invariant(const Contract& contract);
/// As disputes::flows.
std::map<Address, u256> flows(const Contract& contract);

inline constexpr auto declarations =
    Declarations<DomainOpened, AssertionMade, AssertionDisputed, AssertionSettled, BondPosted,
                 BondReturned, BondSpent, BondRestored, DomainCurrencyInvalid, BondShareInvalid,
                 LivenessInvalid, DomainTimeInvalid, ValueZero, UnknownDomain, DomainClosed,
                 DomainExists, ClaimSizeInvalid, AsserterMissing, DisputerMissing,
                 EscalationUnsupported, CurrencyDiffers, BondTooLow, BeneficiaryUnbonded,
                 AlreadyAsserted, UnknownAssertion, AlreadyDisputed, AlreadySettled,
                 AssertionExpired, AssertionNotExpired, AssertionNotSettled, AssertionUnresolved,
                 NothingAsserted>{};

}  // namespace assertions

}  // namespace plume
