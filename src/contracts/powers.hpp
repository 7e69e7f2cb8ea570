// Powers: what may be done to a token by others than its holders, each by one address of its own.
//
// A part: free functions with state in a namespace of its own (ERC-7201). No power implies another
// and none stands above: only the holder of a power can pass it on, and only to who accepts it, so
// that none is lost to a wrong address. A power that nobody holds, because it was made so or
// because its holder gave it up, is gone for ever. The holder may be a contract: a governor, a
// timelock.
//
// In the ABI a power is called by its name: the text in the first bytes of a bytes32.
//
// Invariant W-1: the holder of a power changes in a transaction only as PowerMoved says, and what
// nobody holds stays so.
#pragma once

#include "native/contract.hpp"

namespace plume {

enum class Power : uint8_t {
    mint,      ///< makes units
    freeze,    ///< freezes accounts and amounts
    force,     ///< moves units of others
    recover,   ///< moves all of a lost account to another
    policy,    ///< sets the rules of transfer
    metadata,  ///< supersedes the record and what describes the token
    split,     ///< sets how many units are shown for one
    enable,    ///< turns on features that were declared when the token was made
};

/// Who holds what in the beginning; the zero address for nobody, ever.
struct PowerHolders {
    Address mint;
    Address freeze;
    Address force;
    Address recover;
    Address policy;
    Address metadata;
    Address split;
    Address enable;

    static constexpr auto members =
        std::tuple{&PowerHolders::mint,    &PowerHolders::freeze, &PowerHolders::force,
                   &PowerHolders::recover, &PowerHolders::policy, &PowerHolders::metadata,
                   &PowerHolders::split,   &PowerHolders::enable};
};

namespace powers {

inline constexpr size_t power_count = 8;

using PowerOffered =
    Event<"PowerOffered(bytes32 indexed power, address indexed holder, address indexed to)", Hash,
          Address, Address>;
using PowerMoved =
    Event<"PowerMoved(bytes32 indexed power, address indexed from, address indexed to)", Hash,
          Address, Address>;

/// OpenZeppelin's error of who lacks a role; the role is the power's name.
using AccessControlUnauthorizedAccount =
    CustomError<"AccessControlUnauthorizedAccount(address account, bytes32 neededRole)", Address,
                Hash>;
using UnknownPower = CustomError<"UnknownPower(bytes32 power)", Hash>;
/// Only who was offered a power may accept it.
using PowerNotOffered =
    CustomError<"PowerNotOffered(bytes32 power, address account)", Hash, Address>;

Hash name_of(Power power);
/// Refused with UnknownPower when there is none of this name.
Power power_called(const Contract& contract, const Hash& name);

/// For the constructor.
void assign(Contract& contract, const PowerHolders& holders);

Address holder(const Contract& contract, Power power);
/// Whom the holder has offered it to, who has not accepted yet.
Address offered_to(const Contract& contract, Power power);
/// Refused with AccessControlUnauthorizedAccount when the caller does not hold it.
void require_held(const Contract& contract, Power power);

/// By the holder. An offer replaces the one before; to the zero address it withdraws it.
void offer(Contract& contract, Power power, const Address& to);
/// By whom it was offered to.
void accept(Contract& contract, Power power);
/// By the holder: nobody will hold it any more.
void renounce(Contract& contract, Power power);

/// Whether W-1 holds; of a contract that is new, nobody held anything before.
std::optional<std::string> broken_invariant(const Contract& contract, bool is_new);

}  // namespace powers

}  // namespace plume
