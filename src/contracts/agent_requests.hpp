// A request for answers as values and as places in storage.
#pragma once

#include "native/slot.hpp"

namespace plume {

/// What a request is made with. Times are seconds since 1970, amounts units of the currency.
struct Question {
    Hash subject;  ///< the record of a mission, which must be live; or zero
    Hash indicator;
    uint64_t from = 0;  ///< the period asked about, both within
    uint64_t to = 0;
    Address currency;
    u128 bounty;
    u128 stake;           ///< what each agent locks
    u256 band;            ///< how far from the answer is still right, in the indicator's own unit
    i256 min_reputation;  ///< in the topic of this currency and indicator
    uint8_t quorum = 0;   ///< of reveals
    uint8_t seats = 0;
    uint64_t commit_until = 0;  ///< the last second to commit
    uint64_t reveal_until = 0;  ///< the last second to reveal
    uint32_t challenge = 0;     ///< seconds from settlement in which it may be challenged
    Address consumer;           ///< who is called with the result, or zero
    Hash input;                 ///< of all that is needed to do the work
    Bytes arbitration;          ///< handed to the Arbitrator with a dispute

    static constexpr auto members =
        std::tuple{&Question::subject,      &Question::indicator,  &Question::from,
                   &Question::to,           &Question::currency,   &Question::bounty,
                   &Question::stake,        &Question::band,       &Question::min_reputation,
                   &Question::quorum,       &Question::seats,      &Question::commit_until,
                   &Question::reveal_until, &Question::challenge,  &Question::consumer,
                   &Question::input,        &Question::arbitration};
};

enum class RequestState : uint8_t {
    none = 0,
    open = 1,
    settled = 2,
    disputed = 3,
    final = 4,
    failed = 5,
    voided = 6,
};

enum class SeatState : uint8_t {
    none = 0,
    committed = 1,
    revealed = 2,
    missing = 3,
    within = 4,
    outside = 5,
    slashed = 6,
    released = 7,
};

namespace detail {

struct AgentSeatPlace : Place {
    static constexpr uint64_t slots = 4;

    Slot<Address> owner() const { return {position, 0}; }
    Slot<uint8_t> state() const { return {position, 20}; }
    Slot<bool> rated() const { return {position, 21}; }
    Slot<u256> agent() const { return {position + u256{1u}}; }
    Slot<Hash> commitment() const { return {position + u256{2u}}; }
    Slot<i256> value() const { return {position + u256{3u}}; }
};

struct AgentRequestPlace : Place {
    Slot<Address> requester() const { return {position, 0}; }
    Slot<uint8_t> state() const { return {position, 20}; }
    Slot<uint8_t> quorum() const { return {position, 21}; }
    Slot<uint8_t> seat_max() const { return {position, 22}; }
    Slot<uint8_t> revealed() const { return {position, 23}; }
    Slot<bool> official() const { return {position, 24}; }
    Slot<bool> delivered() const { return {position, 25}; }
    Slot<uint32_t> challenge() const { return {position, 26}; }
    Slot<Hash> subject() const { return {position + u256{1u}}; }
    Slot<Hash> indicator() const { return {position + u256{2u}}; }
    Slot<uint64_t> from() const { return {position + u256{3u}, 0}; }
    Slot<uint64_t> to() const { return {position + u256{3u}, 8}; }
    Slot<uint64_t> commit_until() const { return {position + u256{3u}, 16}; }
    Slot<uint64_t> reveal_until() const { return {position + u256{3u}, 24}; }
    Slot<u128> bounty() const { return {position + u256{4u}, 0}; }
    Slot<u128> stake() const { return {position + u256{4u}, 16}; }
    Slot<u256> band() const { return {position + u256{5u}}; }
    Slot<i256> min_reputation() const { return {position + u256{6u}}; }
    Slot<Address> consumer() const { return {position + u256{7u}}; }
    Slot<Hash> input() const { return {position + u256{8u}}; }
    Slot<i256> value() const { return {position + u256{9u}}; }
    /// The last second to challenge, or to rule.
    Slot<uint64_t> until() const { return {position + u256{10u}, 0}; }
    Slot<uint64_t> final_block() const { return {position + u256{10u}, 8}; }
    Slot<uint64_t> final_at() const { return {position + u256{10u}, 16}; }
    Slot<Address> challenger() const { return {position + u256{11u}}; }
    Slot<i256> challenge_value() const { return {position + u256{12u}}; }
    Slot<u256> dispute() const { return {position + u256{13u}}; }
    Slot<u128> bond() const { return {position + u256{14u}, 0}; }
    /// What each seat within the band was paid.
    Slot<u128> reward() const { return {position + u256{14u}, 16}; }
    Slot<Hash> published() const { return {position + u256{15u}}; }
    /// The requester's memory when he asked.
    Slot<Hash> memory() const { return {position + u256{16u}}; }
    Text arbitration() const { return {{position + u256{17u}}}; }
    Array<AgentSeatPlace> seats() const { return {{position + u256{18u}}}; }
    /// An owner's seat, counted from 1; 0 for none.
    Map<Address, uint8_t> seat_of() const { return {{position + u256{19u}}}; }
};

}  // namespace detail

}  // namespace plume
