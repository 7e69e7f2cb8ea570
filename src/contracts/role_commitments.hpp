// Role commitments: units that an owner commits, and the roles on them that he grants (ERC-7589).
//
// A part of contracts that keep balances by account and item: free functions that keep their state
// in the contract's own storage, in a namespace of its own (ERC-7201). The contract says who may
// commit and that nobody commits more than he has; what is committed stays in his balance and does
// not move until it is released.
//
// A role is a name (a hash) that a grantee has on a commitment until its expiration (seconds since
// 1970, exclusive; 2^64 - 1 for ever), with data of the granter's. One that is not revocable binds
// the grantor until then: he can neither revoke nor replace it nor release the units. The grantee
// may give up any role at any time.
//
// Only a forced transfer moves committed units; whole commitments go along, their roles untouched,
// and the receiver is their grantor from then on.
//
// Invariant I-3: what an account has committed of an item is the sum of its commitments, and never
// more than its balance.
#pragma once

#include "native/contract.hpp"

namespace plume::commitments {

inline constexpr uint64_t commitments_max = 16;  ///< of an owner, on one item
inline constexpr uint64_t roles_max = 16;        ///< on one commitment
inline constexpr size_t role_data_max = 1'024;

using TokensCommitted = Event<
    "TokensCommitted(address indexed grantor, uint256 indexed commitmentId, address indexed "
    "tokenAddress, uint256 tokenId, uint256 tokenAmount)",
    Address, u256, Address, u256, u256>;
using RoleGranted = Event<
    "RoleGranted(uint256 indexed commitmentId, bytes32 indexed role, address indexed "
    "grantee, uint64 expirationDate, bool revocable, bytes data)",
    u256, Hash, Address, uint64_t, bool, Bytes>;
using RoleRevoked = Event<
    "RoleRevoked(uint256 indexed commitmentId, bytes32 indexed role, address indexed grantee)",
    u256, Hash, Address>;
using TokensReleased = Event<"TokensReleased(uint256 indexed commitmentId)", u256>;
using RoleApprovalForAll = Event<
    "RoleApprovalForAll(address indexed tokenAddress, address indexed operator, bool "
    "isApproved)",
    Address, Address, bool>;
/// The units were taken from their grantor by force.
using CommitmentMoved =
    Event<"CommitmentMoved(uint256 indexed commitmentId, address indexed from, address indexed to)",
          u256, Address, Address>;

using UnknownCommitment = CustomError<"UnknownCommitment(uint256 commitmentId)", u256>;
using NotApprovedForRoles =
    CustomError<"NotApprovedForRoles(address grantor, address caller)", Address, Address>;
using NothingCommitted = CustomError<"NothingCommitted()">;
using TooManyCommitments =
    CustomError<"TooManyCommitments(address account, uint256 id, uint256 max)", Address, u256,
                u256>;
using TooManyRoles = CustomError<"TooManyRoles(uint256 commitmentId, uint256 max)", u256, u256>;
using RoleDataTooLong = CustomError<"RoleDataTooLong(uint256 size, uint256 max)", u256, u256>;
/// A role is granted to somebody, and until later than now.
using InvalidRole =
    CustomError<"InvalidRole(address grantee, uint256 expirationDate)", Address, u256>;
using UnknownRole = CustomError<"UnknownRole(uint256 commitmentId, bytes32 role, address grantee)",
                                u256, Hash, Address>;
/// A role that is not revocable holds until it expires.
using RoleNotRevocable = CustomError<
    "RoleNotRevocable(uint256 commitmentId, bytes32 role, address grantee, uint256 "
    "expirationDate)",
    u256, Hash, Address, u256>;

struct Commitment {
    Address grantor;
    u256 token_id;
    u256 amount;
};

struct Role {
    Hash role;
    Address grantee;
    uint64_t expiration = 0;
    bool is_revocable = false;
    Bytes data;
};

/// Whether `account` commits and grants for `grantor`: himself, or who he approved.
bool may_act_for(const Contract& contract, const Address& grantor, const Address& account);
bool is_approved(const Contract& contract, const Address& grantor, const Address& account);
void approve(Contract& contract, const Address& operator_, bool approved);

/// A new commitment's number. The caller has seen that `grantor` has so much to commit.
u256 commit(Contract& contract, const Address& grantor, const u256& id, const u256& amount);
/// Nothing when there is none: a commitment is of somebody.
Commitment require_commitment(const Contract& contract, const u256& commitment_id);
Commitment find(const Contract& contract, const u256& commitment_id);
/// For the grantor or who acts for him; refused while a role binds.
void release(Contract& contract, const u256& commitment_id);

void grant(Contract& contract, const u256& commitment_id, const Role& role);
void revoke(Contract& contract, const u256& commitment_id, const Hash& role,
            const Address& grantee);
/// The role as it was granted, expired or not; an empty one when there is none.
Role role_of(const Contract& contract, const u256& commitment_id, const Hash& role,
             const Address& grantee);

u256 committed(const Contract& contract, const Address& owner, const u256& id);
/// Gives commitments of `owner` worth up to `amount` units to `to`; how much they are worth.
u256 move(Contract& contract, const Address& owner, const Address& to, const u256& id,
          const u256& amount);

/// Whether I-3 holds of an account: the sum of its commitments is what it says.
std::optional<std::string> broken_invariant(const Contract& contract, const Address& owner,
                                            const u256& id);

}  // namespace plume::commitments
