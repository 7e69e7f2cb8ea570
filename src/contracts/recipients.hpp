// Recipients: who may be given money in a round, each registered by himself and reviewed.
//
// A part of a contract: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). Who was accepted stays so, and keeps his number: what a backer
// saw when he gave does not change behind his back.
//
// Invariant R-1: an acceptance is never undone, and the accepted are numbered without a gap.
#pragma once

#include "native/contract.hpp"

namespace plume::recipients {

/// Who can be accepted in a round.
inline constexpr uint64_t recipients_max = 128;

enum class Status : uint8_t { none = 0, registered = 1, accepted = 2, rejected = 3 };

using RecipientRegistered =
    Event<"RecipientRegistered(address indexed recipient, bytes32 record)", Address, Hash>;
using RecipientReviewed =
    Event<"RecipientReviewed(address indexed recipient, bool accepted)", Address, bool>;

/// He is not registered, or was accepted already.
using NotReviewable =
    CustomError<"NotReviewable(address recipient, uint8 status)", Address, uint8_t>;
using AlreadyAccepted = CustomError<"AlreadyAccepted(address recipient)", Address>;
using TooManyRecipients = CustomError<"TooManyRecipients(uint256 max)", u256>;
using UnknownRecipient = CustomError<"UnknownRecipient(uint256 index, uint256 count)", u256, u256>;

/// Enters `recipient`, with the record that says who he is; again after a rejection.
void enroll(Contract& contract, const Address& recipient, const Hash& record);
/// Accepts or rejects who is registered; who was rejected can still be accepted.
void review(Contract& contract, const Address& recipient, bool accept);

Status status(const Contract& contract, const Address& recipient);
Hash record(const Contract& contract, const Address& recipient);
/// How many are accepted.
uint64_t count(const Contract& contract);
/// The accepted, by number.
Address at(const Contract& contract, const u256& index);

/// Whether R-1 holds.
std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace plume::recipients
