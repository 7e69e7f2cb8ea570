// What is kept of a dispute and of its rounds. For disputes.cpp and the parts beside it only.
#pragma once

#include "contracts/disputes.hpp"

namespace plume::disputes::detail {

struct Ballot : Place {
    Slot<Hash> commitment() const { return {position}; }
    Slot<u256> ruling() const { return {position + u256{1u}}; }
    Slot<bool> is_revealed() const { return {position + u256{2u}, 0}; }
    Slot<bool> is_paid() const { return {position + u256{2u}, 1}; }
};

struct Round : Place {
    static constexpr uint64_t slots = 11;

    Slot<u256> panel() const { return {position}; }
    Slot<uint64_t> commit_end() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> reveal_end() const { return {position + u256{1u}, 8}; }
    Slot<uint64_t> tallied_at() const { return {position + u256{1u}, 16}; }
    Slot<uint8_t> committed() const { return {position + u256{1u}, 24}; }
    Slot<uint8_t> revealed() const { return {position + u256{1u}, 25}; }
    Slot<uint8_t> paid() const { return {position + u256{1u}, 26}; }
    Slot<bool> is_challenged() const { return {position + u256{1u}, 27}; }
    Slot<bool> is_pool_open() const { return {position + u256{1u}, 28}; }
    Slot<u128> pot() const { return {position + u256{2u}, 0}; }
    /// Twice the cost of the panel above; 0: there is none.
    Slot<u128> stake() const { return {position + u256{2u}, 16}; }
    Slot<uint64_t> appeal_end() const { return {position + u256{3u}, 0}; }
    /// In force after the round.
    Slot<u256> ruling() const { return {position + u256{4u}}; }
    Slot<u256> challenger() const { return {position + u256{5u}}; }
    Slot<u128> pool() const { return {position + u256{6u}, 0}; }
    Slot<u128> weight() const { return {position + u256{6u}, 16}; }
    Map<u256, uint8_t> votes() const { return {{position + u256{7u}}}; }
    Map<Address, Ballot> ballots() const { return {{position + u256{8u}}}; }
    Map<u256, u128> raised() const { return {{position + u256{9u}}}; }
    Map<u256, Map<Address, u128>> stakes() const { return {{position + u256{10u}}}; }
};

struct Record : Place {
    static constexpr uint64_t slots = 4;

    Slot<Address> arbitrable() const { return {position, 0}; }
    Slot<uint8_t> stage() const { return {position, 20}; }
    Slot<bool> is_delivered() const { return {position, 21}; }
    Slot<u256> choices() const { return {position + u256{1u}}; }
    Slot<u256> ruling() const { return {position + u256{2u}}; }
    Array<Round> rounds() const { return {{position + u256{3u}}}; }
};

/// Refused when there is none.
Record record_of(const Contract& contract, const u256& id);
Round round_of(const Contract& contract, const u256& id, const u256& index);
Round last_round(const Contract& contract, const Record& record);
void begin_round(Contract& contract, const Record& record, const u256& panel);
void require_stage(const Contract& contract, const Record& record, Stage needed);

}  // namespace plume::disputes::detail
