// Usage records: who may use how much of an item, until when, whoever owns it then (ERC-5006).
//
// A part of contracts that keep balances by account and item: free functions that keep their state
// in the contract's own storage, in a namespace of its own (ERC-7201). The contract says who may
// create and end a record, and that an owner lets no more than he has.
//
// A record is a lease. It has an owner, who gets the use back when it ends; a user, who has it to
// `expiry` (seconds since 1970, exclusive) and may give it up before; and an amount of an item,
// which is not divided. When the item is sold the record goes with it: its owner changes, its user
// does not. So an owner's units are of two kinds, and free ones move first. What is moved beyond
// them takes whole records along, in the order they came, passing over those that are larger
// than what is still to move; a movement that would have to divide one is refused.
//
// A metered record also holds a number of units of use (GPU-hours, kilowatt-hours) that its meter
// counts down and nobody counts up. It ends when none are left.
//
// Invariants:
//   I-1  an owner's running records are together at most his balance.
//   I-2  a record that exists stands once in its owner's list and once in its user's, and nowhere
//        else; a meter's count falls by exactly what Consumed says.
#pragma once

#include "native/contract.hpp"

namespace plume {

/// ERC-5006.
struct UserRecord {
    u256 token_id;
    Address owner;
    uint64_t amount = 0;
    Address user;
    uint64_t expiry = 0;

    static constexpr auto members =
        std::tuple{&UserRecord::token_id, &UserRecord::owner, &UserRecord::amount,
                   &UserRecord::user, &UserRecord::expiry};
};

/// Who counts the use down, how much was agreed, how much is left. The zero address: not metered.
struct Meter {
    Address meter;
    u128 granted;
    u128 left;

    static constexpr auto members = std::tuple{&Meter::meter, &Meter::granted, &Meter::left};
};

namespace usage {

/// Running records of an owner, and of a user, of one item.
inline constexpr uint64_t owner_records_max = 16;
inline constexpr uint64_t user_records_max = 16;

using CreateUserRecord = Event<
    "CreateUserRecord(uint256 recordId, uint256 tokenId, uint64 amount, address owner, "
    "address user, uint64 expiry)",
    u256, u256, uint64_t, Address, Address, uint64_t>;
using DeleteUserRecord = Event<"DeleteUserRecord(uint256 recordId)", u256>;
/// The item was sold under its user.
using UserRecordMoved =
    Event<"UserRecordMoved(uint256 indexed recordId, address indexed from, address indexed to)",
          u256, Address, Address>;
using Consumed =
    Event<"Consumed(uint256 indexed recordId, address indexed meter, uint256 amount, uint256 left)",
          u256, Address, u256, u256>;

using UnknownUserRecord = CustomError<"UnknownUserRecord(uint256 recordId)", u256>;
/// A record is for somebody, of something, until later than now.
using InvalidUserRecord =
    CustomError<"InvalidUserRecord(address user, uint256 amount, uint256 expiry)", Address, u256,
                u256>;
using TooManyUserRecords =
    CustomError<"TooManyUserRecords(address account, uint256 id, uint256 max)", Address, u256,
                u256>;
/// `amount` units remain to be moved that are let in larger records.
using UserRecordIndivisible =
    CustomError<"UserRecordIndivisible(address owner, uint256 id, uint256 amount)", Address, u256,
                u256>;
using NotTheMeter = CustomError<"NotTheMeter(address meter, address caller)", Address, Address>;
using UsageExceeded =
    CustomError<"UsageExceeded(uint256 recordId, uint256 left, uint256 needed)", u256, u256, u256>;

/// The record's number; a new one each time. Ended records of both make room first.
u256 create(Contract& contract, const UserRecord& record, const Meter& meter);
/// Nothing when it was never made, or was deleted. It may have expired.
std::optional<UserRecord> find(const Contract& contract, const u256& record_id);
/// Refuses what is not there.
UserRecord require_record(const Contract& contract, const u256& record_id);
Meter meter_of(const Contract& contract, const u256& record_id);
bool is_running(const Contract& contract, const UserRecord& record);
/// Forgets it.
void remove(Contract& contract, const u256& record_id);
/// Moves a running record's end further away.
void extend(Contract& contract, const u256& record_id, uint64_t expiry);
/// Counts `amount` units as used, for the record's meter; whether none are left.
bool consume(Contract& contract, const u256& record_id, const u256& amount);
/// The latest record of an item; 0 when there is none.
u256 latest(const Contract& contract, const u256& id);

/// What of `owner`'s units is in running records, and what `user` has the use of by them.
u256 let_by(const Contract& contract, const Address& owner, const u256& id);
u256 let_to(const Contract& contract, const Address& user, const u256& id);

/// How many of `amount` units whole records of `owner` can account for, as `move` would.
u256 movable(const Contract& contract, const Address& owner, const Address& to, const u256& id,
             const u256& amount);
/// Gives `owner`'s records worth up to `amount` units to `to`; how much they are worth. Refuses
/// when `to` has no room for them.
u256 move(Contract& contract, const Address& owner, const Address& to, const u256& id,
          const u256& amount);

/// Whether the records that this transaction's events name stand as I-2 says.
std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace usage

}  // namespace plume
