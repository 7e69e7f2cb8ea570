// What must hold of agents' requests after every transaction. Events are the witnesses; nothing
// here shares code with what ends a request.
#include <algorithm>
#include <map>
#include <set>

#include "contracts/agents.hpp"

namespace plume {

namespace {

bool is_end(RequestState state) {
    return state == RequestState::final || state == RequestState::failed ||
           state == RequestState::voided;
}

/// Whether a transaction may take a request from `earlier` to `later`.
bool may_become(RequestState earlier, RequestState later) {
    if (earlier == later) return true;
    switch (earlier) {
        case RequestState::none:
            return later == RequestState::open;
        case RequestState::open:
            return later == RequestState::settled || later == RequestState::failed;
        case RequestState::settled:
            return later == RequestState::disputed || later == RequestState::final;
        case RequestState::disputed:
            return later == RequestState::final || later == RequestState::voided;
        default:
            return false;
    }
}

bool holds_lock(uint8_t state) {
    return state == static_cast<uint8_t>(SeatState::committed) ||
           state == static_cast<uint8_t>(SeatState::revealed);
}

}  // namespace

std::optional<std::string> Agents::broken_invariant() const {
    if (auto broken = AgentValidation::broken_invariant()) return broken;
    if (auto broken = agent_books::broken_invariant(*this)) return broken;
    std::set<u256> touched;
    std::map<std::pair<u256, Address>, u256> given_up;
    for (const Log& log : transaction_logs()) {
        if (log.address != self() || log.topics.size() < 2) continue;
        const auto unlocked = agent_books::StakeUnlocked::decode(log);
        const auto slashed = agent_books::Slashed::decode(log);
        if (unlocked)
            given_up[{std::get<0>(*unlocked), std::get<1>(*unlocked)}] += std::get<2>(*unlocked);
        if (slashed)
            given_up[{std::get<0>(*slashed), std::get<1>(*slashed)}] += std::get<2>(*slashed);
        // The first argument of each event about a request is its id; of other events it is none.
        touched.insert(to_u256(log.topics[1]));
    }
    for (const u256& id : touched) {
        if (get(requests_[id].state()) == 0) continue;
        if (auto broken = broken_answer(id)) return broken;
        if (auto broken = broken_seats(id)) return broken;
    }
    for (const auto& [seat, amount] : given_up) {
        const detail::AgentRequestPlace place = requests_[seat.first];
        const uint8_t index = get(place.seat_of()[seat.second]);
        if (index == 0 || amount != get(place.stake()))
            return "G-4: a seat gave up another amount than its stake";
        const detail::AgentSeatPlace kept = place.seats()[index - 1u];
        if (!holds_lock(before(kept.state())) || holds_lock(get(kept.state())))
            return "G-4: a seat gave up its lock twice";
    }
    return std::nullopt;
}

std::optional<std::string> Agents::broken_answer(const u256& id) const {
    const detail::AgentRequestPlace place = requests_[id];
    const RequestState earlier{before(place.state())};
    const RequestState state = state_of(id);
    if (!may_become(earlier, state)) return "G-4: a request went where no arrow leads";
    if (is_end(earlier) && get(place.value()) != before(place.value()))
        return "G-4: an answer changed after its end";
    if (is_end(state) && !agent_books::escrow_of(*this, id).is_zero())
        return "G-4: a request that has ended holds money";
    if (state == earlier || state == RequestState::failed || state == RequestState::open)
        return std::nullopt;
    std::vector<i256> values;
    for (uint64_t i = 0; i < length(place.seats()); ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        const SeatState seat_state{get(seat.state())};
        if (seat_state != SeatState::committed && seat_state != SeatState::missing)
            values.push_back(get(seat.value()));
    }
    if (values.size() < get(place.quorum())) return "O-7: an answer without a quorum";
    std::ranges::sort(values);
    const bool is_median = get(place.value()) == values[(values.size() - 1) / 2];
    const bool is_ruled = state == RequestState::final && earlier == RequestState::disputed &&
                          get(place.value()) == get(place.challenge_value());
    if (!is_median && !is_ruled) return "O-7: an answer is neither the median nor ruled";
    return std::nullopt;
}

std::optional<std::string> Agents::broken_seats(const u256& id) const {
    const detail::AgentRequestPlace place = requests_[id];
    const uint64_t count = length(place.seats());
    if (count > seats_max || count > get(place.seat_max())) return "O-7: too many seats";
    if (count != before(place.seats().length()).low64() && before(place.revealed()) != 0)
        return "O-7: somebody committed after a reveal";
    const bool has_ended = is_end(state_of(id));
    for (uint64_t i = 0; i < count; ++i) {
        const detail::AgentSeatPlace seat = place.seats()[i];
        const Address owner = get(seat.owner());
        if (owner == get(place.requester())) return "O-7: the requester sits on his own request";
        if (get(place.seat_of()[owner]) != i + 1) return "O-7: an owner sits twice";
        if (has_ended && holds_lock(get(seat.state())))
            return "G-4: a request has ended and a seat still holds its lock";
    }
    return std::nullopt;
}

}  // namespace plume
