// A world with a mission, a currency, panels of jurors and an escrow, and short ways to act in it.
#pragma once

#include "base/result.hpp"
#include "contracts/arbitrator.hpp"
#include "contracts/escrow.hpp"
#include "contracts/token.hpp"
#include "support/records.hpp"

namespace plume::test {

/// The founder is person 1, who has all of the currency; jurors are 31, 32, ..., those of the panel
/// above 41, 42, ...
class ArbitrationWorld : public World {
public:
    static constexpr uint64_t period = 3'600;
    static constexpr uint64_t juror_fee = 10;

    explicit ArbitrationWorld(std::span<const NativeType> more = {}) : World(more) {
        mission_ = found_mission(*this, founder());
        currency_ = create(founder(), "AssetToken", {},
                           TokenParams{.name = "Community dollar",
                                       .symbol = "cUSD",
                                       .decimals = 6,
                                       .record = mission_,
                                       .issuer = founder(),
                                       .initial_supply = u256{1u} << 100,
                                       .mintable = true})
                        .value<Address>();
    }

    static Address founder() { return person(1); }
    static Address juror(uint16_t n) { return person(static_cast<uint16_t>(31 + n)); }
    static Address senior(uint16_t n) { return person(static_cast<uint16_t>(41 + n)); }
    static Address anyone() { return person(99); }
    const Hash& mission() const { return mission_; }
    const Address& currency() const { return currency_; }
    const Address& arbitrator() const { return arbitrator_; }
    /// From now on another instance than that of genesis.
    void use_arbitrator(const Address& instance) { arbitrator_ = instance; }

    Panel panel(uint16_t jurors = 3, uint8_t quorum = 2) const {
        Panel out{.name = "Guild",
                  .currency = currency_,
                  .fee = {u256{juror_fee}},
                  .quorum = quorum,
                  .commit_seconds = period,
                  .reveal_seconds = period,
                  .appeal_seconds = 0,
                  .appeal_panel = {},
                  .jurors = {}};
        for (uint16_t i = 0; i < jurors; ++i) out.jurors.push_back(juror(i));
        return out;
    }
    /// Five seniors, to whom an appeal goes.
    Panel senior_panel() const {
        Panel out = panel(0, 3);
        for (uint16_t i = 0; i < 5; ++i) out.jurors.push_back(senior(i));
        return out;
    }
    Panel appealable_panel(const u256& above) const {
        Panel out = panel();
        out.appeal_seconds = period;
        out.appeal_panel = above;
        return out;
    }
    static constexpr FixedText panel_text =
        "createPanel((string,address,uint128,uint8,uint64,uint64,uint64,uint256,address[]))";
    Outcome create_panel(const Panel& panel) {
        return send<panel_text>(founder(), arbitrator_, panel);
    }

    void give(const Address& to, const u256& amount) {
        send<"transfer(address,uint256)">(founder(), currency_, to, amount);
    }
    void approve(const Address& owner, const Address& spender) {
        send<"approve(address,uint256)">(owner, currency_, spender, u256_max);
    }
    u256 money_of(const Address& owner) {
        return ask<"balanceOf(address)">(currency_, owner).value<u256>();
    }

    static Bytes encoded(const u256& number) { return abi::encode(number); }
    static Hash salt_of(const Address& juror) { return keccak256(juror); }

    /// Opens a dispute in the name of `arbitrable`.
    Outcome create_dispute(const Address& arbitrable, const u256& panel, const u256& choices,
                           const u256& fee) {
        approve(arbitrable, arbitrator_);
        return send<"createDispute(uint256,bytes,address,uint256)">(
            arbitrable, arbitrator_, choices, encoded(panel), currency_, fee);
    }
    Outcome commit(const Address& juror, const u256& id, const u256& ruling) {
        const Hash commitment = ask<"commitment(uint256,address,uint256,bytes32)">(
                                    arbitrator_, id, juror, ruling, salt_of(juror))
                                    .value<Hash>();
        return send<"commit(uint256,bytes32)">(juror, arbitrator_, id, commitment);
    }
    Outcome reveal(const Address& juror, const u256& id, const u256& ruling) {
        return send<"reveal(uint256,uint256,bytes32)">(juror, arbitrator_, id, ruling,
                                                       salt_of(juror));
    }
    /// These jurors vote so; all of the others are silent, until the voting is over.
    void vote(const u256& id, const std::vector<std::pair<Address, uint64_t>>& votes) {
        for (const auto& [juror, ruling] : votes)
            check(commit(juror, id, u256{ruling}).ok(), "a juror of a test may commit");
        advance(period + 1);
        for (const auto& [juror, ruling] : votes)
            check(reveal(juror, id, u256{ruling}).ok(), "a juror of a test may reveal");
        advance(period + 1);
    }
    Outcome advance_dispute(const u256& id) {
        return send<"advance(uint256)">(anyone(), arbitrator_, id);
    }
    Outcome execute(const u256& id) {
        return send<"executeRuling(uint256)">(anyone(), arbitrator_, id);
    }
    Outcome stake(const Address& by, const u256& id, uint64_t side, uint64_t amount) {
        approve(by, arbitrator_);
        return send<"stakeAppeal(uint256,uint256,uint256)">(by, arbitrator_, id, u256{side},
                                                            u256{amount});
    }
    Outcome collect_fee(const u256& id, uint64_t round, const Address& juror) {
        return send<"collectFee(uint256,uint256,address)">(anyone(), arbitrator_, id, u256{round},
                                                           juror);
    }
    Outcome collect_stake(const u256& id, uint64_t round, uint64_t side, const Address& account) {
        return send<"collectStake(uint256,uint256,uint256,address)">(
            anyone(), arbitrator_, id, u256{round}, u256{side}, account);
    }
    u256 due(const Address& account) {
        return ask<"due(address,address)">(arbitrator_, currency_, account).value<u256>();
    }
    u256 locked() { return ask<"locked(address)">(arbitrator_, currency_).value<u256>(); }
    u256 ruling(const u256& id) {
        return ask<"currentRuling(uint256)">(arbitrator_, id).value<u256>();
    }
    uint8_t status(const u256& id) {
        return ask<"disputeStatus(uint256)">(arbitrator_, id).value<uint8_t>();
    }

private:
    Hash mission_;
    Address currency_;
    Address arbitrator_ = contracts::arbitrator;
};

}  // namespace plume::test
