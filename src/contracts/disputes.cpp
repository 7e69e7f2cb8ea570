#include "contracts/disputes.hpp"

#include "contracts/dispute_records.hpp"
#include "contracts/purse.hpp"
#include "native/math.hpp"

namespace plume::disputes {

using detail::Ballot;
using detail::Record;
using detail::Round;

namespace {

constexpr Array<Record> records{{namespace_slot("plume.disputes")}};

uint64_t juror_count(const Contract& contract, const Round& round) {
    return panels::terms(contract, contract.get(round.panel())).jurors.size();
}

/// Whether nobody can commit to a vote any more.
bool is_commit_over(const Contract& contract, const Round& round) {
    return contract.now() > contract.get(round.commit_end()) ||
           contract.get(round.committed()) == juror_count(contract, round);
}

bool is_voting_over(const Contract& contract, const Round& round) {
    if (contract.now() > contract.get(round.reveal_end())) return true;
    return is_commit_over(contract, round) &&
           contract.get(round.revealed()) == contract.get(round.committed());
}

/// The choice that has more votes than any other, if the quorum was reached.
std::optional<u256> elected(const Contract& contract, const Round& round, const Panel& panel) {
    if (contract.get(round.revealed()) < panel.quorum) return std::nullopt;
    std::optional<u256> best;
    uint8_t most = 0;
    for (const Address& juror : panel.jurors) {
        const Ballot ballot = round.ballots()[juror];
        if (!contract.get(ballot.is_revealed())) continue;
        const u256 choice = contract.get(ballot.ruling());
        const uint8_t votes = contract.get(round.votes()[choice]);
        if (votes > most) {
            most = votes;
            best = choice;
        } else if (votes == most && best != choice) {
            best.reset();
        }
    }
    return best;
}

void tally(Contract& contract, const u256& id, const Record& record, const Round& round) {
    const Panel panel = panels::terms(contract, contract.get(round.panel()));
    if (const auto choice = elected(contract, round, panel)) contract.set(record.ruling(), *choice);
    const u256 ruling = contract.get(record.ruling());
    contract.set(record.stage(), static_cast<uint8_t>(Stage::tallied));
    contract.set(round.tallied_at(), contract.now());
    contract.set(round.ruling(), ruling);
    const uint64_t index = contract.length(record.rounds()) - 1;
    contract.emit(RoundTallied{id, u256{index}, ruling, u256{contract.get(round.votes()[ruling])}});
    if (panel.appeal_panel.is_zero()) return;
    contract.set(round.appeal_end(), contract.now() + panel.appeal_seconds);
    const u256 cost = panels::cost(contract, panel.appeal_panel);
    contract.set(round.stake(), checked_u128(cost + cost));
    contract.emit(AppealPossible{id, contract.get(record.arbitrable())});
}

}  // namespace

namespace detail {

Record record_of(const Contract& contract, const u256& id) {
    const u256 size = count(contract);
    contract.require(!id.is_zero() && id <= size, UnknownDispute{id, size});
    return records[id.low64() - 1];
}

Round round_of(const Contract& contract, const u256& id, const u256& index) {
    const Record record = record_of(contract, id);
    const u256 size{contract.length(record.rounds())};
    contract.require(index < size, UnknownRound{index, size});
    return record.rounds()[index.low64()];
}

Round last_round(const Contract& contract, const Record& record) {
    return record.rounds()[contract.length(record.rounds()) - 1];
}

void begin_round(Contract& contract, const Record& record, const u256& panel) {
    const Panel terms = panels::terms(contract, panel);
    const Round round = contract.push(record.rounds());
    contract.set(record.stage(), static_cast<uint8_t>(Stage::voting));
    contract.set(round.panel(), panel);
    contract.set(round.commit_end(), contract.now() + terms.commit_seconds);
    contract.set(round.reveal_end(), contract.now() + terms.commit_seconds + terms.reveal_seconds);
    contract.set(round.pot(), checked_u128(panels::cost(contract, panel)));
}

void require_stage(const Contract& contract, const Record& record, Stage needed) {
    const uint8_t stage = contract.get(record.stage());
    contract.require(stage == static_cast<uint8_t>(needed),
                     WrongStage{stage, static_cast<uint8_t>(needed)});
}

}  // namespace detail

using namespace detail;

u256 create(Contract& contract, const Address& arbitrable, const u256& choices, const u256& panel) {
    contract.require(choices >= u256{2u}, ChoicesInvalid{choices});
    const u256 cost = panels::cost(contract, panel);
    const Record record = contract.push(records);
    const u256 id = count(contract);
    contract.set(record.arbitrable(), arbitrable);
    contract.set(record.choices(), choices);
    begin_round(contract, record, panel);
    contract.emit(DisputeCreation{id, arbitrable});
    contract.emit(FeePosted{id, cost});
    return id;
}

Hash commitment(const Contract& contract, const u256& id, const Address& juror, const u256& ruling,
                const Hash& salt) {
    const u256 round{contract.length(record_of(contract, id).rounds()) - 1};
    return keccak256(
        abi::encode(u256{contract.chain_id()}, contract.self(), id, round, juror, ruling, salt));
}

void commit(Contract& contract, const u256& id, const Hash& commitment) {
    const Record record = record_of(contract, id);
    require_stage(contract, record, Stage::voting);
    const Round round = last_round(contract, record);
    const Address& juror = contract.sender();
    const u256 panel = contract.get(round.panel());
    contract.require(panels::has_juror(contract, panel, juror), NotJuror{panel, juror});
    const uint64_t until = contract.get(round.commit_end());
    contract.require(contract.now() <= until, CommitOver{until});
    contract.require(!commitment.is_zero(), CommitmentMissing{juror});
    const Ballot ballot = round.ballots()[juror];
    contract.require(contract.get(ballot.commitment()).is_zero(), AlreadyVoted{juror});
    contract.set(ballot.commitment(), commitment);
    contract.set(round.committed(), static_cast<uint8_t>(contract.get(round.committed()) + 1));
    contract.emit(VoteCommitted{id, juror, commitment});
}

void reveal(Contract& contract, const u256& id, const u256& ruling, const Hash& salt) {
    const Record record = record_of(contract, id);
    require_stage(contract, record, Stage::voting);
    const Round round = last_round(contract, record);
    const Address& juror = contract.sender();
    contract.require(is_commit_over(contract, round),
                     RevealNotOpen{contract.get(round.commit_end()) + 1});
    const uint64_t until = contract.get(round.reveal_end());
    contract.require(contract.now() <= until, RevealOver{until});
    const Ballot ballot = round.ballots()[juror];
    const Hash committed = contract.get(ballot.commitment());
    contract.require(!committed.is_zero(), CommitmentMissing{juror});
    contract.require(!contract.get(ballot.is_revealed()), AlreadyVoted{juror});
    contract.require(commitment(contract, id, juror, ruling, salt) == committed,
                     CommitmentDiffers{committed});
    const u256 choices = contract.get(record.choices());
    contract.require(ruling <= choices, RulingInvalid{ruling, choices});
    contract.set(ballot.is_revealed(), true);
    contract.set(ballot.ruling(), ruling);
    contract.set(round.revealed(), static_cast<uint8_t>(contract.get(round.revealed()) + 1));
    const auto votes = round.votes()[ruling];
    contract.set(votes, static_cast<uint8_t>(contract.get(votes) + 1));
    contract.emit(VoteRevealed{id, juror, ruling});
}

bool is_due(const Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    const Round round = last_round(contract, record);
    switch (stage(contract, id)) {
        case Stage::voting:
            return is_voting_over(contract, round);
        case Stage::tallied:
            return contract.get(round.is_challenged()) &&
                   contract.now() > contract.get(round.appeal_end());
        case Stage::solved:
            break;
    }
    return false;
}

void advance(Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    const Round round = last_round(contract, record);
    if (stage(contract, id) == Stage::voting) {
        contract.require(is_voting_over(contract, round),
                         VotingNotOver{contract.get(round.reveal_end())});
        tally(contract, id, record, round);
        return;
    }
    require_stage(contract, record, Stage::tallied);
    contract.require(contract.get(round.is_challenged()), NotAppealable{id});
    const uint64_t until = contract.get(round.appeal_end());
    contract.require(contract.now() > until, AppealNotOver{until});
    begin_round(contract, record, panels::appeal_panel(contract, contract.get(round.panel())));
    contract.emit(AppealDecision{id, contract.get(record.arbitrable())});
}

u256 solve(Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    if (stage(contract, id) != Stage::solved) {
        require_stage(contract, record, Stage::tallied);
        const Round round = last_round(contract, record);
        const uint64_t until = contract.get(round.appeal_end());
        const bool is_final = !contract.get(round.is_challenged()) && contract.now() > until;
        contract.require(is_final, AppealNotOver{until});
        contract.set(record.stage(), static_cast<uint8_t>(Stage::solved));
    }
    return contract.get(record.ruling());
}

u256 count(const Contract& contract) {
    return u256{contract.length(records)};
}

Address arbitrable(const Contract& contract, const u256& id) {
    return contract.get(record_of(contract, id).arbitrable());
}

u256 choices(const Contract& contract, const u256& id) {
    return contract.get(record_of(contract, id).choices());
}

Stage stage(const Contract& contract, const u256& id) {
    return Stage{contract.get(record_of(contract, id).stage())};
}

Status status(const Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    const Stage reached = stage(contract, id);
    if (reached == Stage::solved) return Status::solved;
    if (reached == Stage::voting) return Status::waiting;
    const Round round = last_round(contract, record);
    if (contract.now() <= contract.get(round.appeal_end())) return Status::appealable;
    return contract.get(round.is_challenged()) ? Status::waiting : Status::solved;
}

u256 ruling(const Contract& contract, const u256& id) {
    return contract.get(record_of(contract, id).ruling());
}

Address currency(const Contract& contract, const u256& id) {
    return panels::currency(contract, contract.get(record_of(contract, id).rounds()[0].panel()));
}

std::pair<uint64_t, uint64_t> appeal_period(const Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    if (stage(contract, id) != Stage::tallied) return {0, 0};
    const Round round = last_round(contract, record);
    const uint64_t end = contract.get(round.appeal_end());
    return end == 0 ? std::pair<uint64_t, uint64_t>{0, 0}
                    : std::pair{contract.get(round.tallied_at()), end};
}

uint64_t round_count(const Contract& contract, const u256& id) {
    return contract.length(record_of(contract, id).rounds());
}

std::tuple<u256, uint64_t, uint64_t, uint8_t, uint8_t, u256> round(const Contract& contract,
                                                                   const u256& id,
                                                                   const u256& index) {
    const Round round = round_of(contract, id, index);
    return {contract.get(round.panel()),      contract.get(round.commit_end()),
            contract.get(round.reveal_end()), contract.get(round.committed()),
            contract.get(round.revealed()),   contract.get(round.pot())};
}

bool is_delivered(const Contract& contract, const u256& id) {
    return contract.get(record_of(contract, id).is_delivered());
}

void set_delivered(Contract& contract, const u256& id) {
    contract.set(record_of(contract, id).is_delivered(), true);
}

}  // namespace plume::disputes
