#include "contracts/arbitrator.hpp"

#include "contracts/types.hpp"
#include "native/erc165.hpp"

namespace plume {

namespace {

using Rule = Remote<"rule(uint256 disputeID, uint256 ruling)", void, u256, u256>;
using AssertionResolved =
    Remote<"assertionResolvedCallback(bytes32 assertionId, bool assertedTruthfully)", void, Hash,
           bool>;
using AssertionDisputed = Remote<"assertionDisputedCallback(bytes32 assertionId)", void, Hash>;

}  // namespace

u256 Arbitrator::encoded_number(BytesView extra_data) const {
    const auto number = abi::decode_one<u256>(extra_data);
    require(number.has_value(), ExtraDataInvalid{});
    return *number;
}

u256 Arbitrator::panel_in(BytesView extra_data, const Address& currency) const {
    const u256 panel = encoded_number(extra_data);
    const Address needed = panels::currency(*this, panel);
    require(currency == needed, FeeTokenDiffers{currency, needed});
    return panel;
}

u256 Arbitrator::open_dispute(const u256& choices, BytesView extra_data, const Address& currency,
                              const u256& amount) {
    const u256 panel = panel_in(extra_data, currency);
    const u256 cost = panels::cost(*this, panel);
    require(amount == cost, FeeWrong{amount, cost});
    purse::lock(*this, currency, sender(), cost);
    return disputes::create(*this, sender(), choices, panel);
}

u256 Arbitrator::create_dispute(u256 choices, Bytes extra_data) {
    return open_dispute(choices, extra_data, {}, value());
}

u256 Arbitrator::create_dispute_for_token(u256 choices, Bytes extra_data, Address token,
                                          u256 amount) {
    require(token != Address{},
            FeeTokenDiffers{token, panels::currency(*this, encoded_number(extra_data))});
    return open_dispute(choices, extra_data, token, amount);
}

u256 Arbitrator::arbitration_cost(Bytes extra_data) const {
    return panels::cost(*this, panel_in(extra_data, {}));
}

u256 Arbitrator::arbitration_cost_in(Bytes extra_data, Address token) const {
    return panels::cost(*this, panel_in(extra_data, token));
}

void Arbitrator::appeal(u256 id, Bytes extra_data) {
    disputes::stake(*this, id, encoded_number(extra_data), value());
}

u256 Arbitrator::appeal_cost(u256 id, Bytes extra_data) const {
    return disputes::missing_stake(*this, id, encoded_number(extra_data));
}

std::tuple<u256, u256> Arbitrator::appeal_period(u256 id) const {
    const auto [start, end] = disputes::appeal_period(*this, id);
    return {u256{start}, u256{end}};
}

uint8_t Arbitrator::dispute_status(u256 id) const {
    return static_cast<uint8_t>(disputes::status(*this, id));
}

bool Arbitrator::supports_interface(Selector id) const {
    // IArbitrator of ERC-792.
    constexpr Selector arbitrator =
        interface_id<"createDispute(uint256,bytes)", "arbitrationCost(bytes)",
                     "appeal(uint256,bytes)", "appealCost(uint256,bytes)", "appealPeriod(uint256)",
                     "disputeStatus(uint256)", "currentRuling(uint256)">();
    static_assert(arbitrator == Selector{{0x2e, 0xf5, 0xe4, 0x58}});
    return erc165::supports(id, {arbitrator});
}

bool Arbitrator::execute_ruling(u256 id) {
    if (disputes::stage(*this, id) == disputes::Stage::voting) disputes::advance(*this, id);
    const bool is_first = disputes::stage(*this, id) != disputes::Stage::solved;
    const u256 ruling = disputes::solve(*this, id);
    require(!disputes::is_delivered(*this, id), AlreadyDelivered{id});
    const Address arbitrable = disputes::arbitrable(*this, id);
    if (is_first) emit(Ruling{arbitrable, id, ruling});
    // An assertion of our own takes its ruling when it is settled.
    const bool delivered =
        arbitrable == self() || call_back(arbitrable, Rule::calldata(id, ruling));
    if (delivered)
        disputes::set_delivered(*this, id);
    else
        emit(RulingUndelivered{arbitrable, id});
    return delivered;
}

/// Gas is asked for beforehand: nobody makes a callee fail by being sparing.
bool Arbitrator::call_back(const Address& target, BytesView data) {
    constexpr uint64_t needed =
        gas::cold_account_access + callback_gas_max + callback_gas_max / 63 + 1;
    require(gas_left() >= needed, InsufficientGas{u256{gas_left()}, u256{needed}});
    return has_code(target) && call(target, data, {}, callback_gas_max).success;
}

u256 Arbitrator::reclaim_fee(u256 id) {
    require(disputes::arbitrable(*this, id) == sender(), NotArbitrable{id, sender()});
    require(sender() != self(), NotArbitrable{id, sender()});
    const u256 amount = disputes::take_unearned_fee(*this, id);
    if (amount.is_zero()) return {};
    const Address currency = disputes::currency(*this, id);
    purse::book_spent(*this, currency, sender(), amount);
    purse::send(*this, currency, sender(), amount);
    return amount;
}

std::tuple<Address, u256, uint8_t, u256, bool, Address> Arbitrator::dispute(u256 id) const {
    return {disputes::arbitrable(*this, id),
            disputes::choices(*this, id),
            static_cast<uint8_t>(disputes::stage(*this, id)),
            u256{disputes::round_count(*this, id)},
            disputes::is_delivered(*this, id),
            disputes::currency(*this, id)};
}

Hash Arbitrator::assert_truth(Bytes claim, Address asserter, Address callback_recipient,
                              Address escalation_manager, uint64_t liveness, Address currency,
                              u256 bond, Hash identifier, Hash domain_id) {
    require(escalation_manager == Address{}, assertions::EscalationUnsupported{escalation_manager});
    return assertions::make(*this, {.text = std::move(claim),
                                    .asserter = asserter,
                                    .callback_recipient = callback_recipient,
                                    .liveness = liveness,
                                    .currency = currency,
                                    .bond = bond,
                                    .identifier = identifier,
                                    .domain = domain_id});
}

void Arbitrator::dispute_assertion(Hash id, Address disputer) {
    assertions::dispute(*this, id, disputer);
    const Address recipient = assertions::get(*this, id).callback_recipient;
    if (recipient == Address{}) return;
    if (!call_back(recipient, AssertionDisputed::calldata(id))) emit(CallbackFailed{id, recipient});
}

void Arbitrator::settle_assertion(Hash id) {
    settle(id);
}

bool Arbitrator::settle_and_get_assertion_result(Hash id) {
    if (assertions::get(*this, id).outcome == 0) settle(id);
    return assertions::result(*this, id);
}

assertions::Outcome Arbitrator::settle(const Hash& id) {
    const Assertion stands = assertions::get(*this, id);
    const bool is_voted_on = !stands.dispute.is_zero() && stands.outcome == 0;
    if (is_voted_on && disputes::stage(*this, stands.dispute) != disputes::Stage::solved)
        execute_ruling(stands.dispute);
    const assertions::Outcome outcome = assertions::settle(*this, id);
    const Address& recipient = stands.callback_recipient;
    if (recipient == Address{}) return outcome;
    const bool is_true = outcome == assertions::Outcome::truth;
    if (!call_back(recipient, AssertionResolved::calldata(id, is_true)))
        emit(CallbackFailed{id, recipient});
    return outcome;
}

std::optional<std::string> Arbitrator::broken_invariant() const {
    if (auto broken = purse::broken_invariant(*this)) return broken;
    if (auto broken = disputes::broken_invariant(*this)) return broken;
    if (auto broken = assertions::broken_invariant(*this)) return broken;
    // The panel's fee of an assertion leaves it and enters its dispute: both tell of it.
    std::map<Address, u256> moved = disputes::flows(*this);
    for (const auto& [currency, amount] : assertions::flows(*this)) moved[currency] += amount;
    for (const auto& [currency, amount] : purse::locked_gains(*this)) moved[currency] -= amount;
    for (const auto& [currency, amount] : moved)
        if (!amount.is_zero())
            return "V-12: what is locked of " + to_hex(currency) +
                   " did not move as disputes and assertions say";
    return std::nullopt;
}

NativeType arbitrator_type() {
    return native_type<Arbitrator>(9, 1, "Arbitrator");
}

}  // namespace plume
