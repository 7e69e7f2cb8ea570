// The disputes of an escrow vault: what a side and an arbitrator must do, and by when.
#include "contracts/escrow.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

using ArbitrationCost =
    Remote<"arbitrationCost(bytes extraData, address feeToken) view returns (uint256)", u256, Bytes,
           Address>;
using CreateDispute = Remote<
    "createDispute(uint256 choices, bytes extraData, address feeToken, uint256 feeAmount) returns "
    "(uint256)",
    u256, u256, Bytes, Address, u256>;
using ReclaimFee = Remote<"reclaimFee(uint256 disputeID) returns (uint256)", u256, u256>;

}  // namespace

void EscrowVault::dispute(u256 id) {
    const Tranche terms = require_undisputed(id);
    require(sender() == payer(), NotPayer{sender()});
    const uint64_t claimed = tranches::claimed_at(*this, TrancheId{id.low64()});
    require(claimed != 0, NotClaimed{id});
    require(now() < claimed + terms.challenge, ChallengeOver{id, claimed + terms.challenge});
    const u256 fee = ArbitrationCost::read(*this, arbitrator(), extra_data(), asset());
    require(fee <= fee_max(), FeeTooHigh{fee, fee_max()});
    const DisputeRecord record = disputes_[id];
    set(record.arbitrator(), arbitrator());
    set(record.extra_data(), extra_data());
    set(record.fee(), checked_u128(fee));
    set(record.stage(), static_cast<uint8_t>(DisputeStage::paid_by_payer));
    set(record.until(), now() + get(fee_seconds_));
    set(deposits_, checked_u128(checked_add(deposits(), fee)));
    emit(FeeDeposited{id, sender(), fee});
    purse::lock(*this, asset(), sender(), fee);
}

void EscrowVault::deposit_fee(u256 id) {
    require_step(id, DisputeStage::paid_by_payer);
    require(sender() == payee(), NotPayee{sender()});
    const DisputeRecord record = disputes_[id];
    const uint64_t until = get(record.until());
    // After its deadline the deposit is the payer's reason to have everything back.
    require(now() <= until, StepOver{id, until});
    const u256 fee = get(record.fee());
    set(record.stage(), static_cast<uint8_t>(DisputeStage::paid_by_both));
    set(record.until(), now() + get(fee_seconds_));
    set(deposits_, checked_u128(checked_add(deposits(), fee)));
    emit(FeeDeposited{id, sender(), fee});
    purse::lock(*this, asset(), sender(), fee);
}

/// A step of its own, so that an arbitrator who refuses cannot keep the payee from paying in time.
u256 EscrowVault::open_dispute(u256 id) {
    require_step(id, DisputeStage::paid_by_both);
    const DisputeRecord record = disputes_[id];
    const uint64_t until = get(record.until());
    require(now() <= until, StepOver{id, until});
    const Address judge = get(record.arbitrator());
    const u256 fee = get(record.fee());
    set(record.stage(), static_cast<uint8_t>(DisputeStage::opened));
    set(record.until(), now() + get(ruling_seconds_));
    set(deposits_, checked_u128(checked_sub(deposits(), fee)));
    purse::book_spent(*this, asset(), judge, fee);
    // It is given leave for the fee it has posted, and must have taken exactly that.
    const u256 before = erc20::BalanceOf::read(*this, asset(), self());
    require(erc20::try_approve(*this, asset(), judge, fee),
            erc20::SafeERC20FailedOperation{asset()});
    const u256 number =
        CreateDispute::call(*this, judge, u256{2u}, get(record.extra_data()), asset(), fee);
    const u256 after = erc20::BalanceOf::read(*this, asset(), self());
    require(after <= before && before - after == fee, DisputeNotOpened{id});
    require(get(tranche_of_[judge][number]).is_zero(), DisputeNotOpened{id});
    set(record.number(), number);
    set(tranche_of_[judge][number], id + u256{1u});
    emit(Disputed{id, number});
    emit(Dispute{judge, number, u256{}, id});
    return number;
}

void EscrowVault::rule(u256 dispute_id, u256 ruling) {
    const u256 index = get(tranche_of_[sender()][dispute_id]);
    require(!index.is_zero(), UnknownDispute{sender(), dispute_id});
    require(ruling <= u256{ruling_payee}, RulingInvalid{ruling});
    const u256 id = index - u256{1u};
    require_step(id, DisputeStage::opened);
    const u256 fee = get(disputes_[id].fee());
    const u256 half = fee >> 1;
    emit(Ruling{sender(), dispute_id, ruling});
    if (ruling == u256{ruling_payer})
        end_dispute(id, ruling, fee, {});
    else if (ruling == u256{ruling_payee})
        end_dispute(id, ruling, {}, fee);
    else
        end_dispute(id, ruling, fee - half, half);
}

void EscrowVault::expire(u256 id) {
    const DisputeRecord record = disputes_[id];
    const auto stage = DisputeStage{get(record.stage())};
    const bool is_running = stage != DisputeStage::none && stage != DisputeStage::over;
    require(is_running, WrongDisputeStage{id, static_cast<uint8_t>(stage),
                                          static_cast<uint8_t>(DisputeStage::opened)});
    const uint64_t until = get(record.until());
    require(now() > until, StepNotOver{id, until});
    const u256 fee = get(record.fee());
    const u256 half = fee >> 1;
    if (stage == DisputeStage::paid_by_payer)
        end_dispute(id, u256{ruling_payer}, fee, {});
    else if (stage == DisputeStage::paid_by_both)
        end_dispute(id, u256{}, fee, fee);
    else
        end_dispute(id, u256{}, fee - half, half);
}

/// Settles the tranche as ruled; the two refunds are all that is deposited for it.
void EscrowVault::end_dispute(const u256& id, const u256& ruling, const u256& refund_payer,
                              const u256& refund_payee) {
    const DisputeRecord record = disputes_[id];
    set(record.stage(), static_cast<uint8_t>(DisputeStage::over));
    set(record.ruling(), static_cast<uint8_t>(ruling.low64()));
    set(deposits_, checked_u128(checked_sub(deposits(), refund_payer + refund_payee)));
    const u256 amount = tranches::amount(*this, TrancheId{id.low64()});
    const u256 payee_part = ruling == u256{ruling_payer}   ? u256{}
                            : ruling == u256{ruling_payee} ? amount
                                                           : amount >> 1;
    const TrancheState state = ruling == u256{ruling_payer}   ? TrancheState::reclaimed
                               : ruling == u256{ruling_payee} ? TrancheState::released
                                                              : TrancheState::split;
    settle(id, state);
    give_back(id, state, amount - payee_part, payee_part);
    refund(id, payer(), refund_payer);
    refund(id, payee(), refund_payee);
}

void EscrowVault::recover_fee(u256 id) {
    require_step(id, DisputeStage::over);
    const DisputeRecord record = disputes_[id];
    const Address judge = get(record.arbitrator());
    const u256 number = get(record.number());
    const bool was_opened = get(tranche_of_[judge][number]) == id + u256{1u};
    require(was_opened, NothingToRecover{id});
    const u256 before = erc20::BalanceOf::read(*this, asset(), self());
    ReclaimFee::call(*this, judge, number);
    const u256 after = erc20::BalanceOf::read(*this, asset(), self());
    require(after > before, NothingToRecover{id});
    const u256 amount = after - before;
    purse::lock_received(*this, asset(), judge, amount);
    const uint64_t ruling = get(record.ruling());
    const u256 payee_part = ruling == ruling_payer   ? amount
                            : ruling == ruling_payee ? u256{}
                                                     : amount >> 1;
    refund(id, payer(), amount - payee_part);
    refund(id, payee(), payee_part);
}

void EscrowVault::require_step(const u256& id, DisputeStage needed) const {
    const uint8_t stage = get(disputes_[id].stage());
    require(stage == static_cast<uint8_t>(needed),
            WrongDisputeStage{id, stage, static_cast<uint8_t>(needed)});
}

std::tuple<Address, u256, u256, uint8_t, uint64_t, uint8_t> EscrowVault::dispute_of(u256 id) const {
    const DisputeRecord record = disputes_[id];
    return {get(record.arbitrator()), get(record.number()), get(record.fee()),
            get(record.stage()),      get(record.until()),  get(record.ruling())};
}

}  // namespace plume
