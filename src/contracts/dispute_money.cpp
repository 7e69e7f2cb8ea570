// The money of disputes: stakes on appeals, jurors' fees, and what goes back.
#include "contracts/dispute_records.hpp"
#include "contracts/purse.hpp"
#include "native/math.hpp"

namespace plume::disputes {

using namespace detail;

namespace {

void raise(Contract& contract, const Slot<u128>& slot, const u256& amount) {
    contract.set(slot, checked_u128(checked_add(contract.get(slot), amount)));
}

/// Whether some juror of the round revealed the final ruling.
bool is_earned(const Contract& contract, const Record& record, const Round& round) {
    return contract.get(round.votes()[contract.get(record.ruling())]) > 0;
}

/// The two sides of the appeal against a round, and what the final ruling makes of them.
struct Sides {
    u256 challenger;
    u256 defender;
    bool challenger_gains = false;
    bool defender_gains = false;
};

Sides sides_of(const Contract& contract, const Record& record, const Round& round) {
    Sides out{.challenger = contract.get(round.challenger()),
              .defender = contract.get(round.ruling())};
    const u256 final_ruling = contract.get(record.ruling());
    const bool is_defended = !contract.get(round.raised()[out.defender]).number.is_zero();
    out.defender_gains = final_ruling != out.challenger && is_defended;
    out.challenger_gains = final_ruling != out.defender || !is_defended;
    return out;
}

/// What is shared out by an appeal that took place, and among how much staked.
void open_pool(Contract& contract, const Record& record, const Round& round, const Round& next,
               const Sides& sides) {
    const u256 challenging = contract.get(round.raised()[sides.challenger]);
    const u256 defending = contract.get(round.raised()[sides.defender]);
    const u256 cost = contract.get(round.stake()).number >> 1;
    const u256 fee = is_earned(contract, record, next) ? cost : u256{};
    contract.set(round.pool(), checked_u128(checked_sub(challenging + defending, fee)));
    contract.set(round.weight(), checked_u128((sides.challenger_gains ? challenging : u256{}) +
                                              (sides.defender_gains ? defending : u256{})));
    contract.set(round.is_pool_open(), true);
}

/// A staker's part of the pool.
u256 take_part(Contract& contract, const Round& round, const u256& staked) {
    const u256 pool = contract.get(round.pool());
    const u256 weight = contract.get(round.weight());
    const u256 part = mul_div_down(pool, staked, weight);
    contract.set(round.pool(), checked_u128(pool - part));
    contract.set(round.weight(), checked_u128(checked_sub(weight, staked)));
    return part;
}

}  // namespace

u256 missing_stake(const Contract& contract, const u256& id, const u256& side) {
    const Record record = record_of(contract, id);
    const u256 choices = contract.get(record.choices());
    contract.require(side <= choices, RulingInvalid{side, choices});
    const Round round = last_round(contract, record);
    const u256 above = panels::appeal_panel(contract, contract.get(round.panel()));
    contract.require(!above.is_zero(), NotAppealable{id});
    const u256 cost = panels::cost(contract, above);
    return cost + cost - contract.get(round.raised()[side]);
}

void stake(Contract& contract, const u256& id, const u256& side, const u256& amount) {
    const Record record = record_of(contract, id);
    const u256 missing = missing_stake(contract, id, side);
    require_stage(contract, record, Stage::tallied);
    const Round round = last_round(contract, record);
    const uint64_t until = contract.get(round.appeal_end());
    contract.require(contract.now() <= until, AppealOver{until});
    contract.require(!amount.is_zero() && amount <= missing, StakeInvalid{amount, missing});
    const u256 defender = contract.get(round.ruling());
    const bool is_challenged = contract.get(round.is_challenged());
    if (side == defender)
        contract.require(is_challenged, NotChallenged{});
    else
        contract.require(!is_challenged, ChallengerFound{contract.get(round.challenger())});
    purse::lock(contract, currency(contract, id), contract.sender(), amount);
    raise(contract, round.raised()[side], amount);
    raise(contract, round.stakes()[side][contract.sender()], amount);
    contract.emit(AppealStaked{id, side, contract.sender(), amount});
    if (amount != missing) return;
    if (side != defender) {
        contract.set(round.is_challenged(), true);
        contract.set(round.challenger(), side);
        return;
    }
    begin_round(contract, record, panels::appeal_panel(contract, contract.get(round.panel())));
    contract.emit(AppealDecision{id, contract.get(record.arbitrable())});
}

u256 collect_fee(Contract& contract, const u256& id, const u256& index, const Address& juror) {
    const Record record = record_of(contract, id);
    require_stage(contract, record, Stage::solved);
    const Round round = round_of(contract, id, index);
    const Ballot ballot = round.ballots()[juror];
    const u256 final_ruling = contract.get(record.ruling());
    const bool is_owed = contract.get(ballot.is_revealed()) && !contract.get(ballot.is_paid()) &&
                         contract.get(ballot.ruling()) == final_ruling;
    contract.require(is_owed, NothingEarned{juror});
    const uint8_t paid = contract.get(round.paid());
    const u256 left = contract.get(round.pot());
    const u256 amount =
        left / u256{static_cast<uint64_t>(contract.get(round.votes()[final_ruling]) - paid)};
    contract.set(ballot.is_paid(), true);
    contract.set(round.paid(), static_cast<uint8_t>(paid + 1));
    contract.set(round.pot(), checked_u128(left - amount));
    contract.emit(FeeEarned{id, index, juror, amount});
    purse::credit(contract, currency(contract, id), juror, amount);
    return amount;
}

u256 collect_stake(Contract& contract, const u256& id, const u256& index, const u256& side,
                   const Address& account) {
    const Record record = record_of(contract, id);
    require_stage(contract, record, Stage::solved);
    const Round round = round_of(contract, id, index);
    const auto place = round.stakes()[side][account];
    const u256 staked = contract.get(place);
    contract.require(!staked.is_zero(), NothingEarned{account});
    u256 amount = staked;
    const bool took_place = index + u256{1u} < u256{contract.length(record.rounds())};
    const Sides sides = sides_of(contract, record, round);
    if (took_place && (side == sides.challenger || side == sides.defender)) {
        const bool gains = side == sides.challenger ? sides.challenger_gains : sides.defender_gains;
        contract.require(gains, NothingEarned{account});
        const Round next = record.rounds()[index.low64() + 1];
        if (!contract.get(round.is_pool_open())) open_pool(contract, record, round, next, sides);
        // The pool of an appeal that nobody has earned holds its fee.
        if (!is_earned(contract, record, next)) contract.set(next.pot(), u128{});
        amount = take_part(contract, round, staked);
    }
    contract.set(place, u128{});
    contract.emit(StakeReturned{id, index, account, amount});
    purse::credit(contract, currency(contract, id), account, amount);
    return amount;
}

u256 take_unearned_fee(Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    require_stage(contract, record, Stage::solved);
    const Round round = record.rounds()[0];
    if (is_earned(contract, record, round)) return {};
    const u256 amount = contract.get(round.pot());
    contract.set(round.pot(), u128{});
    if (!amount.is_zero()) contract.emit(FeeReturned{id, amount});
    return amount;
}

std::map<Address, u256> flows(const Contract& contract) {
    std::map<Address, u256> out;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto posted = FeePosted::decode(log))
            out[currency(contract, std::get<0>(*posted))] += std::get<1>(*posted);
        else if (const auto staked = AppealStaked::decode(log))
            out[currency(contract, std::get<0>(*staked))] += std::get<3>(*staked);
        else if (const auto earned = FeeEarned::decode(log))
            out[currency(contract, std::get<0>(*earned))] -= std::get<3>(*earned);
        else if (const auto returned = StakeReturned::decode(log))
            out[currency(contract, std::get<0>(*returned))] -= std::get<3>(*returned);
        else if (const auto unearned = FeeReturned::decode(log))
            out[currency(contract, std::get<0>(*unearned))] -= std::get<1>(*unearned);
    }
    return out;
}

namespace {

/// The disputes that the transaction's events name.
std::vector<u256> touched(const Contract& contract) {
    std::vector<u256> out;
    const auto note = [&out](const u256& id) {
        if (std::ranges::find(out, id) == out.end()) out.push_back(id);
    };
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto vote = VoteRevealed::decode(log)) note(std::get<0>(*vote));
        if (const auto tallied = RoundTallied::decode(log)) note(std::get<0>(*tallied));
        if (const auto earned = FeeEarned::decode(log)) note(std::get<0>(*earned));
        if (const auto staked = AppealStaked::decode(log)) note(std::get<0>(*staked));
        if (const auto returned = StakeReturned::decode(log)) note(std::get<0>(*returned));
        if (const auto unearned = FeeReturned::decode(log)) note(std::get<0>(*unearned));
    }
    return out;
}

/// What the events say was paid to the jurors of a round.
u256 earned_now(const Contract& contract, const u256& id, uint64_t index) {
    u256 sum;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        const auto earned = FeeEarned::decode(log);
        if (earned && std::get<0>(*earned) == id && std::get<1>(*earned) == u256{index})
            sum += std::get<3>(*earned);
    }
    return sum;
}

}  // namespace

std::optional<std::string> broken_invariant(const Contract& contract) {
    for (const u256& id : touched(contract)) {
        const Record record = record_of(contract, id);
        const std::string name = "dispute " + to_decimal(id);
        const u256 final_ruling = contract.get(record.ruling());
        if (final_ruling > contract.get(record.choices()))
            return "X-5: the ruling of " + name + " is none of its choices";
        const bool was_solved = Stage{contract.before(record.stage())} == Stage::solved;
        if (was_solved && (stage(contract, id) != Stage::solved ||
                           final_ruling != contract.before(record.ruling())))
            return "X-5: " + name + " was solved and has changed";
        if (contract.before(record.is_delivered()) && !contract.get(record.is_delivered()))
            return "X-5: the ruling of " + name + " was taken back";
        const uint64_t known = contract.before(record.rounds().length()).low64();
        for (uint64_t i = 0; i < known; ++i) {
            const Round round = record.rounds()[i];
            const u256 left = contract.get(round.pot());
            const u256 earned = earned_now(contract, id, i);
            const bool went_back = left.is_zero() && earned.is_zero() &&
                                   stage(contract, id) == Stage::solved &&
                                   !is_earned(contract, record, round);
            if (left + earned != contract.before(round.pot()).number && !went_back)
                return "X-4: the fees of " + name + " did not move as its events say";
        }
    }
    return std::nullopt;
}

}  // namespace plume::disputes
