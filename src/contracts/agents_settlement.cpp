// How a request ends: the median, challenges, rulings, and who gets what.
#include <algorithm>

#include "contracts/agents.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

using ArbitrationCost =
    Remote<"arbitrationCost(bytes extraData) view returns (uint256)", u256, Bytes>;
using CreateDispute =
    Remote<"createDispute(uint256 choices, bytes extraData) payable returns (uint256 disputeId)",
           u256, u256, Bytes>;

constexpr uint64_t ruling_stands = 1;
constexpr uint64_t ruling_challenger = 2;
constexpr uint64_t ruling_neither = 3;
constexpr uint64_t choices = 3;
/// A challenge's bond is at least this part of the bounty.
constexpr u256 bounty_per_bond{10u};

}  // namespace

bool Agents::is_within(const u256& id, const i256& value, const i256& answer) const {
    // The difference of two int256 fits a uint256, in which it wraps to the right number.
    const u256 distance = value > answer ? value.bits - answer.bits : answer.bits - value.bits;
    return distance <= get(requests_[id].band());
}

void Agents::settle(u256 id) {
    require_state(id, RequestState::open);
    const detail::AgentRequestPlace place = requests_[id];
    const uint64_t taken = length(place.seats());
    const uint8_t revealed = get(place.revealed());
    const uint8_t quorum = get(place.quorum());
    require(commits_over(id), NotSettleable{id});
    if (taken < quorum) return fail_request(id);
    require(revealed == taken || now() > get(place.reveal_until()), NotSettleable{id});
    if (revealed < quorum) return fail_request(id);
    agent_books::credit(*this, id, get(place.requester()), dismiss_missing(id));
    const i256 value = median(id);
    const uint64_t until = now() + get(place.challenge());
    set(place.value(), value);
    set(place.until(), until);
    set_state(id, RequestState::settled);
    emit(Settled{id, value, revealed, until});
}

void Agents::fail_request(const u256& id) {
    const detail::AgentRequestPlace place = requests_[id];
    dismiss_missing(id);
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        if (SeatState{get(seat.state())} == SeatState::revealed)
            release(id, seat, SeatState::released);
    }
    emit(RequestFailed{id, get(place.revealed())});
    close(id, RequestState::failed);
}

u256 Agents::dismiss_missing(const u256& id) {
    const detail::AgentRequestPlace place = requests_[id];
    // Where reveals never opened, nobody has missed one.
    const bool had_chance = length(place.seats()) >= get(place.quorum());
    u256 lost;
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        if (SeatState{get(seat.state())} != SeatState::committed) continue;
        if (!had_chance) {
            release(id, seat, SeatState::released);
            continue;
        }
        lost += slash(id, seat, missing_slash_bps, SeatState::missing);
        note(id, seat, 2, false);
    }
    return lost;
}

i256 Agents::median(const u256& id) const {
    const detail::AgentRequestPlace place = requests_[id];
    std::vector<i256> values;
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        if (SeatState{get(seat.state())} == SeatState::revealed)
            values.push_back(get(seat.value()));
    }
    std::ranges::sort(values);
    return values[(values.size() - 1) / 2];
}

u256 Agents::bond_of(u256 id) const {
    const detail::AgentRequestPlace place = known(id);
    const u256 part = (u256{get(place.bounty())} + bounty_per_bond - u256{1u}) / bounty_per_bond;
    return std::max(u256{get(place.stake())}, part);
}

void Agents::challenge(u256 id, i256 value) {
    require_state(id, RequestState::settled);
    const detail::AgentRequestPlace place = requests_[id];
    require(now() <= get(place.until()), ChallengeOver{get(place.until())});
    require(!is_within(id, value, get(place.value())), NothingToChallenge{});
    const Bytes extra = get(place.arbitration());
    const u256 cost = ArbitrationCost::read(*this, contracts::arbitrator, extra);
    require(this->value() == cost, ArbitrationFee{this->value(), cost});

    const u256 bond = bond_of(id);
    set(place.challenger(), sender());
    set(place.challenge_value(), value);
    set(place.bond(), checked_u128(bond));
    set(place.until(), now() + arbitration_max_seconds);
    set_state(id, RequestState::disputed);
    agent_books::escrow(*this, id, bond);

    const Answer answer =
        call(contracts::arbitrator, CreateDispute::calldata(u256{choices}, extra), this->value());
    if (!answer.success && !answer.data.empty()) throw Revert{answer.data};
    const auto dispute = abi::decode_one<u256>(answer.data);
    require(answer.success && dispute && get(disputes_[*dispute]).is_zero(), ArbitrationFailed{});
    set(disputes_[*dispute], id);
    set(place.dispute(), *dispute);
    emit(Challenged{id, sender(), value, bond, *dispute});
}

void Agents::rule(u256 dispute, u256 ruling) {
    require(sender() == contracts::arbitrator, NotArbitrator{sender()});
    const u256 id = get(disputes_[dispute]);
    require(!id.is_zero(), UnknownDispute{dispute});
    require_state(id, RequestState::disputed);
    require(ruling <= u256{choices}, RulingInvalid{ruling});
    emit(Ruling{sender(), dispute, ruling});
    resolve(id, ruling.low64());
}

void Agents::expire_challenge(u256 id) {
    require_state(id, RequestState::disputed);
    const uint64_t until = get(requests_[id].until());
    require(now() > until, ArbitrationOpen{until});
    resolve(id, 0);
}

void Agents::finalize(u256 id) {
    require_state(id, RequestState::settled);
    const uint64_t until = get(requests_[id].until());
    require(now() > until, ChallengeOpen{until});
    confirm(id, false);
}

void Agents::resolve(const u256& id, uint64_t ruling) {
    if (ruling == ruling_stands)
        confirm(id, true);
    else if (ruling == ruling_challenger)
        correct(id);
    else
        void_request(id, ruling);
}

void Agents::confirm(const u256& id, bool was_challenged) {
    const detail::AgentRequestPlace place = requests_[id];
    const i256 answer = get(place.value());
    uint8_t within = 0;
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        if (SeatState{get(seat.state())} != SeatState::revealed) continue;
        const bool is_right = is_within(id, get(seat.value()), answer);
        within = static_cast<uint8_t>(within + (is_right ? 1 : 0));
        release(id, seat, is_right ? SeatState::within : SeatState::outside);
        note(id, seat, 1, is_right);
    }
    if (was_challenged)
        reputation::record(*this, get(place.challenger()), topic(id), get(place.stake()), false);
    pay(id, agent_books::escrow_of(*this, id), within);
}

void Agents::correct(const u256& id) {
    const detail::AgentRequestPlace place = requests_[id];
    const i256 answer = get(place.challenge_value());
    set(place.value(), answer);
    u256 won = get(place.bond());
    uint8_t within = 0;
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        if (SeatState{get(seat.state())} != SeatState::revealed) continue;
        if (is_within(id, get(seat.value()), answer)) {
            ++within;
            release(id, seat, SeatState::within);
            note(id, seat, 2, true);
        } else {
            won += slash(id, seat, wrong_slash_bps, SeatState::slashed);
            note(id, seat, 4, false);
        }
    }
    const Address challenger = get(place.challenger());
    agent_books::credit(*this, id, challenger, won);
    reputation::record(*this, challenger, topic(id), get(place.stake()), true);
    pay(id, agent_books::escrow_of(*this, id), within);
}

void Agents::void_request(const u256& id, uint64_t ruling) {
    const detail::AgentRequestPlace place = requests_[id];
    const bool is_blamed = ruling == ruling_neither;
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        if (SeatState{get(seat.state())} != SeatState::revealed) continue;
        if (is_blamed && is_within(id, get(seat.value()), get(place.value()))) {
            slash(id, seat, wrong_slash_bps, SeatState::slashed);
            note(id, seat, 4, false);
        } else {
            release(id, seat, SeatState::released);
        }
    }
    const Address challenger = get(place.challenger());
    if (is_blamed)
        reputation::record(*this, challenger, topic(id), get(place.stake()), false);
    else
        agent_books::credit(*this, id, challenger, get(place.bond()));
    emit(Voided{id, static_cast<uint8_t>(ruling)});
    close(id, RequestState::voided);
}

void Agents::release(const u256& id, const detail::AgentSeatPlace& seat, SeatState state) {
    set(seat.state(), static_cast<uint8_t>(state));
    agent_books::unlock(*this, id, get(seat.owner()), get(requests_[id].stake()));
}

u256 Agents::slash(const u256& id, const detail::AgentSeatPlace& seat, uint64_t bps,
                   SeatState state) {
    const u256 stake = get(requests_[id].stake());
    // Against who is slashed: rounded up.
    const u256 lost = stake - mul_div_down(stake, u256{10'000 - bps}, u256{10'000u});
    const Address owner = get(seat.owner());
    set(seat.state(), static_cast<uint8_t>(state));
    agent_books::slash(*this, id, owner, lost);
    if (lost < stake) agent_books::unlock(*this, id, owner, stake - lost);
    return lost;
}

void Agents::note(const u256& id, const detail::AgentSeatPlace& seat, uint64_t weight,
                  bool is_good) {
    reputation::record(*this, get(seat.owner()), topic(id),
                       u256{get(requests_[id].stake())} * u256{weight}, is_good);
}

void Agents::pay(const u256& id, const u256& pool, uint8_t within) {
    const detail::AgentRequestPlace place = requests_[id];
    const u256 reward = within == 0 ? u256{} : pool / u256{within};
    set(place.reward(), checked_u128(reward));
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        if (SeatState{get(seat.state())} == SeatState::within)
            agent_books::credit(*this, id, get(seat.owner()), reward);
    }
    set(place.final_block(), block_number());
    set(place.final_at(), now());
    if (get(place.official())) set(push(histories_[get(place.subject())]), id);
    emit(Finalized{id, get(place.value()), within, reward});
    close(id, RequestState::final);
}

void Agents::close(const u256& id, RequestState state) {
    agent_books::credit(*this, id, get(requests_[id].requester()),
                        agent_books::escrow_of(*this, id));
    set_state(id, state);
}

}  // namespace plume
