// The disputes of a milestone vault: how a claim is challenged before the Arbitrator, and where the
// bonds and what is left of the fees go.
#include "contracts/addresses.hpp"
#include "contracts/vault.hpp"
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

constexpr uint64_t choices = 2;
constexpr uint64_t ruling_rejected = 2;

TrancheId tranche_id(const u256& id) {
    return TrancheId{id.fits_uint64() ? id.low64() : ~uint64_t{0}};
}

}  // namespace

void Vault::set_panel(Bytes extra_data, u128 bond) {
    require(sender() == steward(), NotSteward{sender()});
    require_phase(Phase::draft);
    require(!bond.number.is_zero(), AmountZero{});
    claims::set_panel(*this, extra_data, bond);
    // The Arbitrator refuses what names no panel, or one that is paid in another currency.
    ArbitrationCost::read(*this, contracts::arbitrator, extra_data, asset());
    set(plan_hash_, tranches::hash_of_all(*this, claims::plan_base(*this, terms_hash())));
    emit(PanelSet{extra_data, bond});
}

std::tuple<Bytes, u128> Vault::panel() const {
    return {claims::panel(*this), claims::bond(*this)};
}

u256 Vault::dispute(u256 id) {
    const TrancheId which = tranche_id(id);
    const Tranche terms = tranches::terms(*this, which);
    require_phase(Phase::active);
    require_open(id);
    require(!claims::bond(*this).number.is_zero(), PanelMissing{});
    const uint64_t claimed = tranches::claimed_at(*this, which);
    require(claimed != 0, NotClaimed{id});
    const claims::Status status = claims::status(*this, which);
    require(status.stage == claims::Stage::none, AlreadyDisputed{id, status.dispute});
    require(now() < claimed + terms.challenge, ChallengeOver{id, claimed + terms.challenge});

    const Address judge = contracts::arbitrator;
    const Bytes extra_data = claims::panel(*this);
    const u256 fee = ArbitrationCost::read(*this, judge, extra_data, asset());
    purse::lock(*this, asset(), sender(), fee);
    purse::book_spent(*this, asset(), judge, fee);
    const u256 before = erc20::BalanceOf::read(*this, asset(), self());
    erc20::approve(*this, asset(), judge, fee);
    const u256 number = CreateDispute::call(*this, judge, u256{choices}, extra_data, asset(), fee);
    const u256 after = erc20::BalanceOf::read(*this, asset(), self());
    require(after <= before && before - after == fee, DisputeNotOpened{id});
    require(!claims::origin(*this, number), DisputeNotOpened{id});
    claims::open(*this, which, number, sender());
    emit(Disputed{id, sender(), number, fee});
    emit(Dispute{judge, number, u256{}, id});
    return number;
}

void Vault::rule(u256 dispute_id, u256 ruling) {
    require(sender() == contracts::arbitrator, NotArbitrator{sender()});
    const auto origin = claims::origin(*this, dispute_id);
    require(origin.has_value(), UnknownDispute{dispute_id});
    require(ruling <= u256{choices}, RulingInvalid{ruling});
    const claims::Status status = claims::status(*this, origin->tranche);
    const bool is_open = status.stage == claims::Stage::open && status.dispute == dispute_id;
    require(is_open, DisputeOver{dispute_id});
    const u256 id{static_cast<uint64_t>(origin->tranche)};
    emit(Ruling{sender(), dispute_id, ruling});
    if (ruling != u256{ruling_rejected}) {
        claims::end(*this, origin->tranche, claims::Stage::stands);
        return;
    }
    const u256 bond = claims::reject(*this, origin->tranche);
    emit(ClaimRejected{id, dispute_id, bond});
    purse::credit(*this, asset(), origin->challenger, bond);
}

void Vault::return_bond(u256 id) {
    const TrancheId which = tranche_id(id);
    const bool is_waiting =
        tranches::state(*this, which) == TrancheState::open || claims::is_open(*this, which);
    require(!is_waiting, BondNeeded{id});
    const Address claimant = claims::status(*this, which).claimant;
    const u256 bond = claims::take_bond(*this, which);
    require(!bond.is_zero(), NothingToWithdraw{claimant});
    emit(BondReturned{id, claimant, bond});
    purse::credit(*this, asset(), claimant, bond);
}

u256 Vault::recover_fee(u256 dispute_id) {
    const auto origin = claims::origin(*this, dispute_id);
    require(origin.has_value(), UnknownDispute{dispute_id});
    const u256 before = erc20::BalanceOf::read(*this, asset(), self());
    ReclaimFee::call(*this, contracts::arbitrator, dispute_id);
    const u256 after = erc20::BalanceOf::read(*this, asset(), self());
    require(after > before, NothingToWithdraw{origin->challenger});
    const u256 amount = after - before;
    purse::lock_received(*this, asset(), contracts::arbitrator, amount);
    purse::credit(*this, asset(), origin->challenger, amount);
    return amount;
}

u256 Vault::withdraw_due(Address account) {
    return purse::withdraw(*this, asset(), account, account);
}

u256 Vault::bond_of(u256 id) const {
    tranches::state(*this, tranche_id(id));  // Refuses an unknown id.
    return claims::bond_needed(*this, tranche_id(id));
}

std::tuple<u256, uint8_t, Address, uint64_t, uint64_t, uint32_t, Address, u128> Vault::dispute_of(
    u256 id) const {
    tranches::state(*this, tranche_id(id));
    const claims::Status now = claims::status(*this, tranche_id(id));
    return {now.dispute,    static_cast<uint8_t>(now.stage),
            now.challenger, now.until,
            now.ended_at,   now.rejections,
            now.claimant,   now.bond};
}

}  // namespace plume
