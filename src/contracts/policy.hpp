// Policy: who may send and receive a token, how much, and when (ERC-7943).
//
// A part of contracts whose balances are a token: free functions that keep their state in the
// contract's own storage, in a namespace of its own (ERC-7201). The same code serves tokens without
// any rule and tokens of permissioned accounts; what a token never declared costs it one load.
//
// Features are bits that are on from creation, or declared then as `later` and turned on once; none
// is ever turned off (T-7). Rules are what the policy power may change, within the feature
// `permissioned`:
//   sendDomain, receiveDomain   who may send and receive: members of a domain of Attestations; zero
//                               for everybody. Different ones let those leave who may not enter.
//   countryRule, countries      which residences (ISO 3166-1 numbers), as accepted by the domain:
//                               0 any, 1 only these, 2 all but these. No residence is no country.
//   balanceMax                  the most one account may come to have; 0 for no bound
//   supplyMax                   the most units there may be; 0 for no bound. Only ever lowered.
//   lockedUntil                 no transfer before this second
//
// The policy power may also lock an amount of one account up, until a time that is not further off
// than `lockup_span_max_seconds`; then it is free without anybody's doing. The same unit may be
// both frozen and locked: of a balance, the greater of the two stays.
//
// Accounts and amounts are frozen by the freeze power, within the feature `freezable`. A frozen
// amount may exceed the balance, so that it catches what comes later.
//
// Invariants:
//   T-1  the supply is at most supplyMax, which only shrinks.
//   T-2  transferable = balance - max(frozen, locked) - held, never below zero; and a taker of a
//        hold may take up to balance - max(frozen, locked) of what he holds.
//   T-7  features are only turned on, and only those declared.
//   T-8  what is frozen of an account is what the last Frozen event says, and what is locked up is
//        what the last LockupSet event says.
#pragma once

#include "native/contract.hpp"

namespace plume {

/// What a token can do, as bits.
enum class Feature : uint32_t {
    votes = 1,          ///< ERC-5805
    holds = 2,          ///< ERC-7246
    transferable = 4,   ///< units go from one holder to another
    mintable = 8,       ///< units are made after creation
    freezable = 16,     ///< the freeze power exists
    forcible = 32,      ///< the force power exists
    recoverable = 64,   ///< the recover power exists
    permissioned = 128  ///< the policy power and its rules exist
};

struct Features {
    uint32_t on = 0;     ///< from creation
    uint32_t later = 0;  ///< may be turned on later, once and for ever

    static constexpr auto members = std::tuple{&Features::on, &Features::later};
};

struct TransferRules {
    Hash send_domain;
    Hash receive_domain;
    uint8_t country_rule = 0;
    std::vector<uint16_t> countries;
    u256 balance_max;
    u256 supply_max;
    uint64_t locked_until = 0;

    static constexpr auto members = std::tuple{
        &TransferRules::send_domain, &TransferRules::receive_domain, &TransferRules::country_rule,
        &TransferRules::countries,   &TransferRules::balance_max,    &TransferRules::supply_max,
        &TransferRules::locked_until};
};

namespace policy {

/// How many countries a rule may name: as many as there are numbers in use, and some.
inline constexpr uint64_t countries_max = 256;
/// How far ahead a lockup may end: ten years.
inline constexpr uint64_t lockup_span_max_seconds = 10ull * 365 * 86'400;

inline constexpr uint8_t any_country = 0;
inline constexpr uint8_t only_these = 1;
inline constexpr uint8_t all_but_these = 2;

// ERC-7943.
using Frozen = Event<"Frozen(address indexed account, uint256 amount)", Address, u256>;
using ForcedTransfer =
    Event<"ForcedTransfer(address indexed from, address indexed to, uint256 amount)", Address,
          Address, u256>;
using ERC7943CannotSend = CustomError<"ERC7943CannotSend(address account)", Address>;
using ERC7943CannotReceive = CustomError<"ERC7943CannotReceive(address account)", Address>;
using ERC7943CannotTransfer =
    CustomError<"ERC7943CannotTransfer(address from, address to, uint256 amount)", Address, Address,
                u256>;
using ERC7943InsufficientUnfrozenBalance = CustomError<
    "ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen)",
    Address, u256, u256>;
/// ERC-3643's event of an account that is frozen or free again.
using AddressFrozen = Event<
    "AddressFrozen(address indexed userAddress, bool indexed isFrozen, address indexed "
    "owner)",
    Address, bool, Address>;

using LockupSet = Event<"LockupSet(address indexed account, uint256 amount, uint64 until)", Address,
                        u256, uint64_t>;
using PolicyChanged = Event<"PolicyChanged(bytes32 rules)", Hash>;
using FeaturesEnabled = Event<"FeaturesEnabled(uint32 features)", uint32_t>;

using FeatureOff = CustomError<"FeatureOff(uint32 feature)", uint32_t>;
/// Not declared when the token was made.
using FeatureNotDeclared = CustomError<"FeatureNotDeclared(uint32 features)", uint32_t>;
using InvalidFeatures = CustomError<"InvalidFeatures(uint32 on, uint32 later)", uint32_t, uint32_t>;
using NotTransferable = CustomError<"NotTransferable()">;
using Locked = CustomError<"Locked(uint64 until)", uint64_t>;
using BalanceCapExceeded =
    CustomError<"BalanceCapExceeded(address account, uint256 balance, uint256 max)", Address, u256,
                u256>;
using SupplyCapExceeded = CustomError<"SupplyCapExceeded(uint256 supply, uint256 max)", u256, u256>;
/// The supply's bound is only lowered, and not below the supply.
using SupplyCapInvalid =
    CustomError<"SupplyCapInvalid(uint256 max, uint256 previous, uint256 supply)", u256, u256,
                u256>;
using InvalidCountries = CustomError<"InvalidCountries(uint256 count, uint256 max)", u256, u256>;
/// As much of the account is locked up that only `free` of it can go.
using AmountLocked =
    CustomError<"AmountLocked(address account, uint256 amount, uint256 free, uint64 until)",
                Address, u256, u256, uint64_t>;
using LockupInvalid = CustomError<"LockupInvalid(uint64 until)", uint64_t>;
/// A rule about countries needs a domain whose residences it accepts.
using DomainMissing = CustomError<"DomainMissing()">;

/// All that a movement has to know first, in one word of storage.
struct Switches {
    uint32_t on = 0;     ///< features
    uint32_t later = 0;  ///< declared, not yet on
    bool has_send_domain = false;
    bool has_receive_domain = false;
    bool has_country_rule = false;
    bool has_balance_max = false;
    bool has_supply_max = false;
    uint64_t locked_until = 0;
    bool has_lockups = false;  ///< an account has, or had

    bool has(Feature feature) const { return (on & static_cast<uint32_t>(feature)) != 0; }
};
Switches switches(const Contract& contract);

/// For the constructor: declares the features. Those that are on cannot be turned on later.
void declare(Contract& contract, const Features& features);
/// Turns on features that were declared for later.
void enable(Contract& contract, uint32_t features);
/// Refused with FeatureOff.
void require_feature(const Contract& contract, Feature feature);

TransferRules rules(const Contract& contract);
/// Replaces all rules; `supply` is what there is now.
void set_rules(Contract& contract, const TransferRules& rules, const u256& supply);

/// What is frozen of the account, which may be more than it has.
u256 frozen(const Contract& contract, const Address& account);
bool is_frozen(const Contract& contract, const Address& account);
void set_frozen(Contract& contract, const Address& account, const u256& amount);
void set_account_frozen(Contract& contract, const Address& account, bool is_frozen);

/// An amount of an account that stays until a time.
struct Lockup {
    u256 amount;
    uint64_t until = 0;
};
/// What was last said; it may be over.
Lockup lockup(const Contract& contract, const Address& account);
/// What is locked up of the account now, which may be more than it has.
u256 locked(const Contract& contract, const Address& account);
/// Replaces the account's lockup; of nothing, to end it.
void set_lockup(Contract& contract, const Address& account, const Lockup& lockup);
/// Leaves at most `most` locked up: for a power that is senior to lockups.
void lower_lockup(Contract& contract, const Address& account, const u256& most);
/// Makes what is locked up of `from` locked up of `to`, together with what already is, until the
/// later of the two times.
void move_lockup(Contract& contract, const Address& from, const Address& to);
/// What has to stay of the account's balance: the greater of what is frozen and what is locked up.
u256 withheld(const Contract& contract, const Address& account);

// The parts of the one predicate that guards every movement (T-4). None of them refuses: each says
// whether, or with which error a movement has to be refused; no error is no obstacle.

/// ERC-7943: whether the rules let the account send, or receive, at all.
bool can_send(const Contract& contract, const Switches& switches, const Address& account);
bool can_receive(const Contract& contract, const Switches& switches, const Address& account);
/// What stands before taking `amount` from an account that has `balance`, of which takers hold
/// `held`; `taken` of the amount is what a taker takes of his hold. More than the balance is no
/// obstacle here: that is the business of ERC-20.
Bytes obstacle_to_taking(const Contract& contract, const Address& account, const u256& amount,
                         const u256& taken, const u256& balance, const u256& held);
/// What stands before an account that has `balance` receiving `more`.
Bytes obstacle_to_having(const Contract& contract, const Address& account, const u256& balance,
                         const u256& more);
/// What stands before making `more` units where there are `supply`.
Bytes obstacle_to_supply(const Contract& contract, const u256& supply, const u256& more);

/// Whether T-1, T-7 and T-8 hold.
std::optional<std::string> broken_invariant(const Contract& contract, const u256& supply,
                                            bool is_new);

}  // namespace policy

}  // namespace plume
