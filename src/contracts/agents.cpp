#include "contracts/agents.hpp"

#include "contracts/attestations.hpp"
#include "contracts/types.hpp"
#include "native/erc165.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

using GetAttestation = Remote<
    "getAttestation(bytes32 uid) view returns ((bytes32 uid, bytes32 schema, uint64 time, uint64 "
    "expirationTime, uint64 revocationTime, bytes32 refUID, address recipient, address attester, "
    "bool revocable, bytes data))",
    eas::Attestation, Hash>;
using IndicatorSchema = Remote<"indicatorSchema() view returns (bytes32)", Hash>;
using Attest = Remote<
    "attest((bytes32 schema, (address recipient, uint64 expirationTime, bool revocable, bytes32 "
    "refUID, bytes data, uint256 value) data) request) returns (bytes32)",
    Hash, eas::AttestationRequest>;
/// The callback of Infernet's consumers: subscription, interval, redundancy, node, input, output,
/// proof, container, index.
using RawReceiveCompute = Remote<
    "rawReceiveCompute(uint32 subscriptionId, uint32 interval, uint16 redundancy, address node, "
    "bytes input, bytes output, bytes proof, bytes32 containerId, uint256 index)",
    void, uint32_t, uint32_t, uint16_t, Address, Bytes, Bytes, Bytes, Hash, u256>;

}  // namespace

std::tuple<u256, u256, u256, uint64_t> Agents::stake_of(Address owner, Address currency) const {
    const agent_books::Stake stake = agent_books::stake_of(*this, currency, owner);
    return {stake.amount, stake.locked, stake.cooling, stake.ready_at};
}

std::tuple<u256, u256, u256, u256> Agents::books(Address currency) const {
    const agent_books::Books books = agent_books::books_of(*this, currency);
    return {books.staked, books.escrowed, books.owed, books.held};
}

detail::AgentRequestPlace Agents::known(const u256& id) const {
    const detail::AgentRequestPlace place = requests_[id];
    require(get(place.state()) != 0, UnknownRequest{id});
    return place;
}

void Agents::set_state(const u256& id, RequestState state) {
    set(requests_[id].state(), static_cast<uint8_t>(state));
}

void Agents::require_state(const u256& id, RequestState state) const {
    known(id);
    require(state_of(id) == state, WrongState{id, static_cast<uint8_t>(state_of(id))});
}

void Agents::require_times(const Question& question) const {
    const auto is_ahead = [](uint64_t time, uint64_t of, uint64_t least) {
        return time >= of && time - of >= least && time - of <= window_max_seconds;
    };
    require(question.from <= question.to && is_ahead(question.commit_until, now(), 1) &&
                is_ahead(question.reveal_until, question.commit_until, reveal_min_seconds) &&
                is_ahead(question.challenge, 0, challenge_min_seconds),
            TimesInvalid{});
}

bool Agents::is_official(const Hash& subject) const {
    if (subject.is_zero()) return false;
    record::require_live(*this, subject);
    return GetAttestation::read(*this, contracts::attestations, subject).attester == sender();
}

u256 Agents::request(Question question, std::string uri) {
    require(quorum_min <= question.quorum && question.quorum <= question.seats &&
                question.seats <= seats_max,
            QuorumInvalid{question.quorum, question.seats});
    require_times(question);
    require_size(uri.size(), uri_size_max);
    require_size(question.arbitration.size(), arbitration_size_max);
    require(!question.stake.number.is_zero(), agent_books::AmountZero{});
    const bool official = is_official(question.subject);

    const u256 id = get(request_count_) + u256{1u};
    set(request_count_, id);
    agent_books::open_request(*this, id, question.currency);
    const Hash topic = reputation::topic_of(question.currency, question.indicator);
    reputation::open_topic(*this, topic, question.currency);
    const detail::AgentRequestPlace place = requests_[id];
    set(place.requester(), sender());
    set_state(id, RequestState::open);
    set(place.quorum(), question.quorum);
    set(place.seat_max(), question.seats);
    set(place.official(), official);
    set(place.challenge(), question.challenge);
    set(place.subject(), question.subject);
    set(place.indicator(), question.indicator);
    set(place.from(), question.from);
    set(place.to(), question.to);
    set(place.commit_until(), question.commit_until);
    set(place.reveal_until(), question.reveal_until);
    set(place.bounty(), question.bounty);
    set(place.stake(), question.stake);
    set(place.band(), question.band);
    set(place.min_reputation(), question.min_reputation);
    set(place.consumer(), question.consumer);
    set(place.input(), question.input);
    set(place.memory(), memory_root(sender()));
    set(place.arbitration(), question.arbitration);
    emit(
        Requested{id, sender(), topic, question.subject, question.indicator, question.bounty, uri});
    agent_books::escrow(*this, id, question.bounty);
    return id;
}

Hash Agents::topic(const u256& id) const {
    return reputation::topic_of(agent_books::currency_of(*this, id),
                                get(requests_[id].indicator()));
}

Hash Agents::commitment_of(u256 id, Address owner, i256 value, Hash salt) const {
    return keccak256(abi::encode(u256{chain_id()}, self(), id, owner, value, salt));
}

bool Agents::commits_over(const u256& id) const {
    const detail::AgentRequestPlace place = requests_[id];
    return now() > get(place.commit_until()) || length(place.seats()) == get(place.seat_max());
}

void Agents::commit(u256 id, u256 agent, Hash commitment) {
    require_state(id, RequestState::open);
    const detail::AgentRequestPlace place = requests_[id];
    const Address owner = owner_of(agent);
    require(may_act(sender(), agent, owner), NotTheAgent{agent, sender()});
    require(!commits_over(id), CommitsOver{id});
    require(!commitment.is_zero(), CommitmentMissing{});
    require(owner != get(place.requester()), SelfDealing{owner});
    require(get(place.seat_of()[owner]) == 0, AlreadySeated{owner});
    const i256 score = std::get<0>(reputation_of(owner, topic(id)));
    const i256 needed = get(place.min_reputation());
    require(score >= needed, ReputationTooLow{score, needed});

    const detail::AgentSeatPlace seat = push(place.seats());
    set(place.seat_of()[owner], checked_narrow<uint8_t>(u256{length(place.seats())}));
    set(seat.owner(), owner);
    set(seat.state(), static_cast<uint8_t>(SeatState::committed));
    set(seat.agent(), agent);
    set(seat.commitment(), commitment);
    emit(Committed{id, owner, agent, commitment});
    agent_books::lock(*this, id, owner, get(place.stake()));
}

void Agents::reveal(u256 id, Address owner, i256 value, Hash salt) {
    require_state(id, RequestState::open);
    const detail::AgentRequestPlace place = requests_[id];
    const uint8_t index = get(place.seat_of()[owner]);
    require(index != 0, NotSeated{owner});
    require(commits_over(id) && length(place.seats()) >= get(place.quorum()), RevealsNotOpen{id});
    require(now() <= get(place.reveal_until()), RevealsOver{get(place.reveal_until())});
    const detail::AgentSeatPlace seat = place.seats()[index - 1u];
    require(SeatState{get(seat.state())} == SeatState::committed, AlreadyRevealed{owner});
    require(get(seat.commitment()) == commitment_of(id, owner, value, salt),
            CommitmentWrong{owner});
    set(seat.state(), static_cast<uint8_t>(SeatState::revealed));
    set(seat.value(), value);
    set(place.revealed(), static_cast<uint8_t>(get(place.revealed()) + 1));
    emit(Revealed{id, owner, value});
}

Hash Agents::publish(u256 id) {
    require_state(id, RequestState::final);
    const detail::AgentRequestPlace place = requests_[id];
    require(get(place.official()), NotOfficial{id});
    require(get(place.published()).is_zero(), AlreadyDone{id});
    const Hash subject = get(place.subject());
    const Indication said{subject, get(place.indicator()), get(place.from()), get(place.to()),
                          get(place.value())};
    const Hash uid = Attest::call(*this, contracts::attestations,
                                  {IndicatorSchema::read(*this, contracts::attestations),
                                   {.recipient = {},
                                    .expiration_time = 0,
                                    .revocable = true,
                                    .ref_uid = subject,
                                    .data = abi::encode(said),
                                    .value = {}}});
    set(place.published(), uid);
    emit(Published{id, uid});
    return uid;
}

void Agents::deliver(u256 id) {
    require_state(id, RequestState::final);
    const detail::AgentRequestPlace place = requests_[id];
    const Address consumer = get(place.consumer());
    require(consumer != Address{}, NoConsumer{id});
    require(!get(place.delivered()), AlreadyDone{id});
    set(place.delivered(), true);
    emit(Delivered{id, consumer});
    const Bytes input = RawReceiveCompute::calldata(
        checked_narrow<uint32_t>(id), 1, get(place.revealed()), self(),
        abi::encode(get(place.input())), abi::encode(get(place.value())), {},
        get(place.indicator()), {});
    require(has_code(consumer) && call(consumer, input, {}, delivery_gas_max).success,
            DeliveryFailed{consumer});
}

void Agents::rate(u256 id, Address owner, uint8_t value) {
    require_state(id, RequestState::final);
    const detail::AgentRequestPlace place = requests_[id];
    require(sender() == get(place.requester()), NotRequester{sender()});
    require(value <= 100, RatingInvalid{value});
    const uint8_t index = get(place.seat_of()[owner]);
    require(index != 0, NotSeated{owner});
    const detail::AgentSeatPlace seat = place.seats()[index - 1u];
    require(SeatState{get(seat.state())} == SeatState::within, NotPaid{owner});
    require(!get(seat.rated()), AlreadyRated{owner});
    set(seat.rated(), true);
    emit(Rated{id, owner, sender(), value});
    const u256 reward = get(place.reward());
    const u256 stake = get(place.stake());
    const u256 weight = std::min(reward, stake);
    const bool is_good = value >= 50;
    const uint64_t distance = is_good ? value - 50u : 50u - value;
    reputation::record(*this, owner, topic(id), mul_div_down(weight, u256{distance}, u256{50u}),
                       is_good);
}

std::tuple<Question, Address> Agents::request_of(u256 id) const {
    const detail::AgentRequestPlace place = known(id);
    return {Question{.subject = get(place.subject()),
                     .indicator = get(place.indicator()),
                     .from = get(place.from()),
                     .to = get(place.to()),
                     .currency = agent_books::currency_of(*this, id),
                     .bounty = get(place.bounty()),
                     .stake = get(place.stake()),
                     .band = get(place.band()),
                     .min_reputation = get(place.min_reputation()),
                     .quorum = get(place.quorum()),
                     .seats = get(place.seat_max()),
                     .commit_until = get(place.commit_until()),
                     .reveal_until = get(place.reveal_until()),
                     .challenge = get(place.challenge()),
                     .consumer = get(place.consumer()),
                     .input = get(place.input()),
                     .arbitration = get(place.arbitration())},
            get(place.requester())};
}

std::tuple<uint8_t, i256, uint8_t, uint64_t> Agents::result(u256 id) const {
    const detail::AgentRequestPlace place = known(id);
    return {get(place.state()), get(place.value()), get(place.revealed()), get(place.until())};
}

bool Agents::result_at_least(u256 id, uint8_t op, i256 value) const {
    const detail::AgentRequestPlace place = known(id);
    // No answer from the block that made it: whoever releases money must not also have moved it.
    require(state_of(id) == RequestState::final && get(place.final_block()) < block_number(),
            ResultNotFinal{id, get(place.state())});
    const std::optional<bool> holds = compare(get(place.value()), op, value);
    require(holds.has_value(), UnknownComparison{op});
    return *holds;
}

u256 Agents::seat_count(u256 id) const {
    return u256{length(known(id).seats())};
}

std::tuple<Address, u256, uint8_t, i256> Agents::seat(u256 id, u256 index) const {
    const detail::AgentRequestPlace place = known(id);
    const u256 count{length(place.seats())};
    require(index < count, UnknownSeat{index, count});
    const detail::AgentSeatPlace seat = place.seats()[index.low64()];
    return {get(seat.owner()), get(seat.agent()), get(seat.state()), get(seat.value())};
}

std::vector<FundingEntry> Agents::funding_history(Hash subject, u256 first, u256 count) const {
    const u256 size = funding_count(subject);
    std::vector<FundingEntry> out;
    if (first >= size) return out;
    const uint64_t begin = first.low64();
    const uint64_t wanted = std::min(std::min(count, size - first), u256{page_max}).low64();
    for (uint64_t i = begin; i < begin + wanted; ++i) {
        const u256 id = get(histories_[subject][i]);
        const detail::AgentRequestPlace place = requests_[id];
        out.push_back({id, get(place.requester()), agent_books::currency_of(*this, id),
                       get(place.bounty()), get(place.indicator()), get(place.value()),
                       get(place.final_at()), get(place.memory())});
    }
    return out;
}

std::vector<FundingEntry> Agents::last_funding(Hash subject) const {
    const u256 size = funding_count(subject);
    const u256 wanted = std::min(size, u256{page_max});
    return funding_history(subject, size - wanted, wanted);
}

Hash Agents::published(u256 id) const {
    return get(known(id).published());
}

std::tuple<i256, uint64_t> Agents::reputation_of(Address subject, Hash topic) const {
    const agent_books::Stake stake =
        agent_books::stake_of(*this, reputation::currency_of(*this, topic), subject);
    const i256 cap{stake.amount - stake.cooling};
    return {std::min(reputation::score(*this, subject, topic), cap),
            reputation::count(*this, subject, topic)};
}

bool Agents::supports_interface(Selector id) const {
    return id == erc165::arbitrable || AgentIdentity::supports_interface(id);
}

NativeType agents_type() {
    return native_type<Agents>(8, 1, "Agents");
}

}  // namespace plume
