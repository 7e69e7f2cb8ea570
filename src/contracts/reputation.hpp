// Reputation: what an account's settled outcomes come to, kept by the contract that settles them.
//
// A part of a contract: free functions with state in a namespace of their own (ERC-7201). Nobody
// submits a reputation: it is moved by outcomes alone, each worth what was at stake in it, so that
// the score is in units of the topic's currency.
//
// A topic is keccak256(abi.encode(currency, indicator)): what was earned in a currency nobody
// believes in stays in a topic nobody asks for.
//
// Scores halve, towards zero, with each period of `halving_seconds` that begins, counted from 1970:
// the same for all, and whole numbers. A positive score is worth at most what its owner could still
// lose: the reader is told min(score, stake).
#pragma once

#include "native/contract.hpp"

namespace plume::reputation {

/// A period: 90 days.
inline constexpr uint64_t halving_seconds = 90ull * 86'400;

/// An outcome moved the score of `subject` by `change`, before which it had decayed to `score -
/// change`.
using ReputationChanged = Event<
    "ReputationChanged(address indexed subject, bytes32 indexed topic, int256 change, int256 "
    "score)",
    Address, Hash, i256, i256>;

Hash topic_of(const Address& currency, const Hash& indicator);
/// Remembers whose stakes cap a topic.
void open_topic(Contract& contract, const Hash& topic, const Address& currency);
/// The currency of a topic; zero for one that nothing was ever asked in.
Address currency_of(const Contract& contract, const Hash& topic);

/// Moves a score by `weight`, a number below 2^131, up or down.
void record(Contract& contract, const Address& subject, const Hash& topic, const u256& weight,
            bool is_good);

/// The score as it stands decayed at this moment, without a cap.
i256 score(const Contract& contract, const Address& subject, const Hash& topic);
/// How many outcomes entered it.
uint64_t count(const Contract& contract, const Address& subject, const Hash& topic);

}  // namespace plume::reputation
