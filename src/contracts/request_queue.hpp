// Request queue: who asked for what, in the order in which it was asked, and what came of it.
//
// A part of contracts that answer requests later than they are made (ERC-7540): free functions over
// a Queue, which stands where the contract says. A queue is of one side: what is brought is assets
// and what is due for it shares, or the other way round. The part moves nothing: whoever calls
// takes in what is brought and hands out what is due, and knows the price.
//
//   add ──► pending ──┬─ fulfill ──► brought and due ──► claim
//                     └─ cancel, give_back ──► returned ──► claim_returned
//
// A request belongs to its controller. Several of one controller are added up wherever they have
// got to (ERC-7540's requests of id 0), so that nothing has to be walked through to claim, and what
// a stranger adds in another's name gives him more and costs him nothing. In the line each keeps
// its place: what is added comes last, and whoever cancels is out of it at once, though his entries
// stay behind to be passed over.
//
// Claims in parts: of `brought` and `due` a part is given for a part, rounded down either way. So
// neither comes to nothing before the other, and who claims the last of the one gets the last of
// the other.
//
// Invariants:
//   Q-1  each of a controller's four amounts changed in a transaction as the caller's events say;
//        cancelling turns pending into returned and makes neither more nor less.
//   Q-2  the four sums changed by what the amounts of all controllers did.
//   Q-3  the line only grows at its end, by an entry for each request, and is passed from its
//        beginning.
//
// No bound: an entry is paid for by who makes it, and whoever goes through the line says how far.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "native/contract.hpp"

namespace plume::request_queue {

/// Four amounts: of one controller, or of all.
struct Amounts : Place {
    static constexpr uint64_t slots = 2;
    Slot<u128> pending() const { return {position, 0}; }
    Slot<u128> returned() const { return {position, 16}; }
    Slot<u128> brought() const { return {position + u256{1u}, 0}; }
    Slot<u128> due() const { return {position + u256{1u}, 16}; }
};

struct Controller : Place {
    Amounts amounts() const { return {{position}}; }
    /// How often he has cancelled: entries of before count no more.
    Slot<uint64_t> generation() const { return {position + u256{2u}}; }
};

struct Entry : Place {
    static constexpr uint64_t slots = 2;
    Slot<Address> controller() const { return {position, 0}; }
    Slot<uint64_t> generation() const { return {position, 20}; }
    Slot<u128> amount() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> time() const { return {position + u256{1u}, 16}; }
};

struct Queue : Place {
    static constexpr uint64_t slots = 5;
    Amounts sums() const { return {{position}}; }
    /// How many entries are done with.
    Slot<uint64_t> passed() const { return {position + u256{2u}}; }
    Array<Entry> entries() const { return {{position + u256{3u}}}; }
    Map<Address, Controller> controllers() const { return {{position + u256{4u}}}; }
    Amounts of(const Address& controller) const { return controllers()[controller].amounts(); }
};

/// The request whose turn it is.
struct Request {
    Address controller;
    u256 amount;  ///< what is left of it; nothing when it was cancelled
    uint64_t time = 0;
};

/// The four amounts as numbers; modulo 2^256 where they are changes.
struct Figures {
    u256 pending;
    u256 returned;
    u256 brought;
    u256 due;
};

Figures figures(const Contract& contract, const Amounts& amounts);

/// Puts a request at the end of the line. A Panic when all that is pending exceeds 128 bits.
void add(Contract& contract, const Queue& queue, const Address& controller, const u256& amount);
/// Takes all that is pending of the controller's out of the line; returns how much.
u256 cancel(Contract& contract, const Queue& queue, const Address& controller);

/// Nothing when the line is empty.
std::optional<Request> first(const Contract& contract, const Queue& queue);
/// Passes over the first request, which was cancelled.
void pass(Contract& contract, const Queue& queue);
/// Gives the first request `due` for `part` of it, at most all of it.
void fulfill(Contract& contract, const Queue& queue, const u256& part, const u256& due);
/// Ends the first request: what is left of it can be had back.
void give_back(Contract& contract, const Queue& queue);

/// Claims `brought`, at most what is claimable, and returns what is due for it.
u256 claim_brought(Contract& contract, const Queue& queue, const Address& controller,
                   const u256& brought);
/// Claims `due`, at most what is claimable, and returns for how much of what was brought.
u256 claim_due(Contract& contract, const Queue& queue, const Address& controller, const u256& due);
/// Claims all that was returned; returns how much.
u256 claim_returned(Contract& contract, const Queue& queue, const Address& controller);

/// What a transaction's events say of a controller, modulo 2^256.
struct Moves {
    Figures gains;  ///< `pending` and `returned` as far as no cancelling is concerned
    bool may_be_returned = false;  ///< something was cancelled or given back
    uint64_t requests = 0;
};

/// Whether hold of those who appear in this transaction's events.
std::optional<std::string> broken_invariant(const Contract& contract, const Queue& queue,
                                            const std::map<Address, Moves>& moves);

}  // namespace plume::request_queue
