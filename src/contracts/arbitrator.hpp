// Arbitrator: panels of jurors decide what contracts and people disagree about (ERC-792), and
// statements count as true unless somebody disputes them (the shape of UMA's optimistic oracle v3).
//
// Its parts are panels.hpp (who decides, for how much), disputes.hpp (how: votes, appeals, fees),
// assertions.hpp (statements) and purse.hpp (the money). One contract stands on every chain from
// genesis on; nobody owns it, and every step but a juror's vote is open to anyone.
//
// An arbitrable is a contract with `rule(uint256 disputeID, uint256 ruling)`. It opens a dispute by
// `createDispute`, with the panel's number as `extraData` (abi.encode(uint256)), and pays exactly
// `arbitrationCost`: in coin along with the call, or in the panel's token, which it has approved.
// When the ruling is final, `executeRuling` calls it, once. An arbitrable that refuses is no
// obstacle to anyone: the dispute is solved, the jurors are paid, the refusal is recorded, and
// anyone may try again. What its jurors have not earned it fetches by `reclaimFee`.
//
// While it is called, an arbitrable cannot call back: methods and views are refused, as in every
// native contract that has written.
//
// Invariants, held after every transaction; arbitrator_invariants_test.cpp breaks each once: those
// of the parts, and
//   V-12 what is locked moves as disputes and assertions say, to the unit.
#pragma once

#include "contracts/assertions.hpp"
#include "contracts/condition.hpp"
#include "contracts/disputes.hpp"
#include "contracts/purse.hpp"

namespace plume {

class Arbitrator : public Contract {
public:
    using Contract::Contract;

    /// What an arbitrable may use for its part of a ruling, and a callback's recipient.
    static constexpr uint64_t callback_gas_max = 1'000'000;

    using Ruling =
        Event<"Ruling(address indexed arbitrable, uint256 indexed disputeID, uint256 ruling)",
              Address, u256, u256>;
    using RulingUndelivered =
        Event<"RulingUndelivered(address indexed arbitrable, uint256 indexed disputeID)", Address,
              u256>;
    using CallbackFailed =
        Event<"CallbackFailed(bytes32 indexed assertionId, address indexed recipient)", Hash,
              Address>;

    /// `extraData` is no panel's number.
    using ExtraDataInvalid = CustomError<"ExtraDataInvalid()">;
    /// The panel has another currency.
    using FeeTokenDiffers =
        CustomError<"FeeTokenDiffers(address token, address needed)", Address, Address>;
    using FeeWrong = CustomError<"FeeWrong(uint256 amount, uint256 cost)", u256, u256>;
    using AlreadyDelivered = CustomError<"AlreadyDelivered(uint256 disputeID)", u256>;
    using NotArbitrable =
        CustomError<"NotArbitrable(uint256 disputeID, address caller)", u256, Address>;

    /// A genesis contract: nothing to construct.
    void construct() {}

    // Panels.
    u256 create_panel(Panel panel) { return panels::create(*this, panel); }
    u256 panel_count() const { return panels::count(*this); }
    Panel panel(u256 id) const { return panels::terms(*this, id); }

    // ERC-792, and what version 2 of it adds for tokens.
    u256 create_dispute(u256 choices, Bytes extra_data);
    u256 create_dispute_for_token(u256 choices, Bytes extra_data, Address token, u256 amount);
    u256 arbitration_cost(Bytes extra_data) const;
    u256 arbitration_cost_in(Bytes extra_data, Address token) const;
    /// Stakes the coin sent along on the choice that `extraData` encodes.
    void appeal(u256 id, Bytes extra_data);
    /// What that choice still needs.
    u256 appeal_cost(u256 id, Bytes extra_data) const;
    std::tuple<u256, u256> appeal_period(u256 id) const;
    uint8_t dispute_status(u256 id) const;
    u256 current_ruling(u256 id) const { return disputes::ruling(*this, id); }
    bool supports_interface(Selector id) const;

    // Disputes.
    /// The same in the panel's token, which the caller has approved.
    void stake_appeal(u256 id, u256 side, u256 amount) { disputes::stake(*this, id, side, amount); }
    Hash commitment(u256 id, Address juror, u256 ruling, Hash salt) const {
        return disputes::commitment(*this, id, juror, ruling, salt);
    }
    void commit(u256 id, Hash commitment) { disputes::commit(*this, id, commitment); }
    void reveal(u256 id, u256 ruling, Hash salt) { disputes::reveal(*this, id, ruling, salt); }
    void advance(u256 id) { disputes::advance(*this, id); }
    bool is_due(u256 id) const { return disputes::is_due(*this, id); }
    /// By anyone: brings what is due to its end and tells the arbitrable. Returns whether it took
    /// the ruling.
    bool execute_ruling(u256 id);
    u256 collect_fee(u256 id, u256 round, Address juror) {
        return disputes::collect_fee(*this, id, round, juror);
    }
    u256 collect_stake(u256 id, u256 round, u256 side, Address account) {
        return disputes::collect_stake(*this, id, round, side, account);
    }
    /// By the arbitrable: has what its dispute's jurors have not earned sent to itself; 0 when they
    /// have, or it was.
    u256 reclaim_fee(u256 id);

    u256 dispute_count() const { return disputes::count(*this); }
    /// Arbitrable, choices, stage, rounds, whether the ruling was delivered, and the currency.
    std::tuple<Address, u256, uint8_t, u256, bool, Address> dispute(u256 id) const;
    std::tuple<u256, uint64_t, uint64_t, uint8_t, uint8_t, u256> round(u256 id, u256 index) const {
        return disputes::round(*this, id, index);
    }

    // Assertions.
    Hash open_domain(AssertionDomain domain) { return assertions::open_domain(*this, domain); }
    AssertionDomain domain(Hash id) const { return assertions::domain(*this, id); }
    u256 least_bond(Hash domain_id) const { return assertions::least_bond(*this, domain_id); }
    Hash assert_truth(Bytes claim, Address asserter, Address callback_recipient,
                      Address escalation_manager, uint64_t liveness, Address currency, u256 bond,
                      Hash identifier, Hash domain_id);
    void dispute_assertion(Hash id, Address disputer);
    void settle_assertion(Hash id);
    bool settle_and_get_assertion_result(Hash id);
    bool get_assertion_result(Hash id) const { return assertions::result(*this, id); }
    Assertion get_assertion(Hash id) const { return assertions::get(*this, id); }
    /// For conditions: they are written before the assertion is made.
    bool is_asserted(Hash domain_id, Hash claim) const {
        return assertions::is_asserted(*this, domain_id, claim);
    }

    // Money. By anyone, to the one it belongs to; or by him, to where he wants it.
    u256 withdraw(Address currency, Address account) {
        return purse::withdraw(*this, currency, account, account);
    }
    u256 withdraw_to(Address currency, Address to) {
        return purse::withdraw(*this, currency, sender(), to);
    }
    u256 due(Address currency, Address account) const {
        return purse::due(*this, currency, account);
    }
    u256 locked(Address currency) const { return purse::locked(*this, currency); }
    u256 held(Address currency) const { return purse::held(*this, currency); }

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<"constructor()", &Arbitrator::construct>{};
    static constexpr auto abi = Methods<
        Method<"createPanel((string name, address currency, uint128 fee, uint8 quorum, uint64 "
               "commitSeconds, uint64 revealSeconds, uint64 appealSeconds, uint256 appealPanel, "
               "address[] jurors) panel) returns (uint256 id)",
               &Arbitrator::create_panel>,
        Method<"panelCount() view returns (uint256)", &Arbitrator::panel_count>,
        Method<"panel(uint256 id) view returns ((string name, address currency, uint128 fee, uint8 "
               "quorum, uint64 commitSeconds, uint64 revealSeconds, uint64 appealSeconds, uint256 "
               "appealPanel, address[] jurors) panel)",
               &Arbitrator::panel>,
        Method<"createDispute(uint256 choices, bytes extraData) payable returns (uint256 "
               "disputeID)",
               &Arbitrator::create_dispute>,
        Method<"createDispute(uint256 choices, bytes extraData, address feeToken, uint256 "
               "feeAmount) returns (uint256 disputeID)",
               &Arbitrator::create_dispute_for_token>,
        Method<"arbitrationCost(bytes extraData) view returns (uint256 cost)",
               &Arbitrator::arbitration_cost>,
        Method<"arbitrationCost(bytes extraData, address feeToken) view returns (uint256 cost)",
               &Arbitrator::arbitration_cost_in>,
        Method<"appeal(uint256 disputeID, bytes extraData) payable", &Arbitrator::appeal>,
        Method<"appealCost(uint256 disputeID, bytes extraData) view returns (uint256 cost)",
               &Arbitrator::appeal_cost>,
        Method<"appealPeriod(uint256 disputeID) view returns (uint256 start, uint256 end)",
               &Arbitrator::appeal_period>,
        Method<"disputeStatus(uint256 disputeID) view returns (uint8 status)",
               &Arbitrator::dispute_status>,
        Method<"currentRuling(uint256 disputeID) view returns (uint256 ruling)",
               &Arbitrator::current_ruling>,
        Method<"supportsInterface(bytes4 id) view returns (bool)", &Arbitrator::supports_interface>,
        Method<"stakeAppeal(uint256 disputeID, uint256 side, uint256 amount)",
               &Arbitrator::stake_appeal>,
        Method<"commitment(uint256 disputeID, address juror, uint256 ruling, bytes32 salt) view "
               "returns (bytes32)",
               &Arbitrator::commitment>,
        Method<"commit(uint256 disputeID, bytes32 commitment)", &Arbitrator::commit>,
        Method<"reveal(uint256 disputeID, uint256 ruling, bytes32 salt)", &Arbitrator::reveal>,
        Method<"advance(uint256 disputeID)", &Arbitrator::advance>,
        Method<"isDue(uint256 disputeID) view returns (bool)", &Arbitrator::is_due>,
        Method<"executeRuling(uint256 disputeID) returns (bool delivered)",
               &Arbitrator::execute_ruling>,
        Method<"collectFee(uint256 disputeID, uint256 round, address juror) returns (uint256 "
               "amount)",
               &Arbitrator::collect_fee>,
        Method<"collectStake(uint256 disputeID, uint256 round, uint256 side, address account) "
               "returns (uint256 amount)",
               &Arbitrator::collect_stake>,
        Method<"reclaimFee(uint256 disputeID) returns (uint256 amount)", &Arbitrator::reclaim_fee>,
        Method<"disputeCount() view returns (uint256)", &Arbitrator::dispute_count>,
        Method<"dispute(uint256 disputeID) view returns (address arbitrable, uint256 choices, "
               "uint8 stage, uint256 rounds, bool delivered, address currency)",
               &Arbitrator::dispute>,
        Method<"round(uint256 disputeID, uint256 index) view returns (uint256 panel, uint64 "
               "commitEnd, uint64 revealEnd, uint8 committed, uint8 revealed, uint256 pot)",
               &Arbitrator::round>,
        Method<"openDomain((uint256 panel, uint128 value, uint128 floor, uint32 bondShare, address "
               "beneficiary, uint64 liveness, uint64 closesAt) domain) returns (bytes32 domainId)",
               &Arbitrator::open_domain>,
        Method<"domain(bytes32 domainId) view returns ((uint256 panel, uint128 value, uint128 "
               "floor, uint32 bondShare, address beneficiary, uint64 liveness, uint64 closesAt) "
               "domain)",
               &Arbitrator::domain>,
        Method<"leastBond(bytes32 domainId) view returns (uint256)", &Arbitrator::least_bond>,
        Method<"assertTruth(bytes claim, address asserter, address callbackRecipient, address "
               "escalationManager, uint64 liveness, address currency, uint256 bond, bytes32 "
               "identifier, bytes32 domainId) returns (bytes32 assertionId)",
               &Arbitrator::assert_truth>,
        Method<"disputeAssertion(bytes32 assertionId, address disputer)",
               &Arbitrator::dispute_assertion>,
        Method<"settleAssertion(bytes32 assertionId)", &Arbitrator::settle_assertion>,
        Method<"settleAndGetAssertionResult(bytes32 assertionId) returns (bool)",
               &Arbitrator::settle_and_get_assertion_result>,
        Method<"getAssertionResult(bytes32 assertionId) view returns (bool)",
               &Arbitrator::get_assertion_result>,
        Method<"getAssertion(bytes32 assertionId) view returns ((address asserter, address "
               "disputer, address callbackRecipient, uint128 bond, uint64 assertedAt, uint64 "
               "expiresAt, uint8 outcome, uint256 disputeID, bytes32 domainId, bytes32 claim) "
               "assertion)",
               &Arbitrator::get_assertion>,
        Method<"isAsserted(bytes32 domainId, bytes32 claim) view returns (bool)",
               &Arbitrator::is_asserted>,
        Method<"withdraw(address currency, address account) returns (uint256 amount)",
               &Arbitrator::withdraw>,
        Method<"withdrawTo(address currency, address to) returns (uint256 amount)",
               &Arbitrator::withdraw_to>,
        Method<"due(address currency, address account) view returns (uint256)", &Arbitrator::due>,
        Method<"locked(address currency) view returns (uint256)", &Arbitrator::locked>,
        Method<"held(address currency) view returns (uint256)", &Arbitrator::held>>{};
    static constexpr auto declarations =
        Declarations<Ruling, RulingUndelivered, CallbackFailed, ExtraDataInvalid, FeeTokenDiffers,
                     FeeWrong, AlreadyDelivered, NotArbitrable, InsufficientGas>{} +
        panels::declarations + disputes::declarations + assertions::declarations +
        purse::declarations;

private:
    u256 encoded_number(BytesView extra_data) const;
    /// The panel that `extra_data` names, whose currency must be `currency`.
    u256 panel_in(BytesView extra_data, const Address& currency) const;
    u256 open_dispute(const u256& choices, BytesView extra_data, const Address& currency,
                      const u256& amount);
    /// Calls with exactly `callback_gas_max`; whether it went well.
    bool call_back(const Address& target, BytesView data);
    assertions::Outcome settle(const Hash& id);
};

}  // namespace plume
