// Claims of a milestone vault and their disputes against a plain model: claims with and without a
// bond, rulings, silence and rulings too late, cancellations in the middle, and where every unit of
// fees and bonds goes.
#include <gtest/gtest.h>

#include <array>

#include "contracts/addresses.hpp"
#include "contracts/arbitrator.hpp"
#include "contracts/claims.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using claims::Stage;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;

constexpr uint64_t period = 600;
constexpr uint64_t challenge = 500;
constexpr uint64_t day = 86'400;
constexpr uint64_t fee = 30;
constexpr uint64_t bond = 40;
constexpr uint64_t cancel_switch = 50;
constexpr size_t tranche_count = 2;
constexpr std::array<uint64_t, tranche_count> amounts{61, 32};
/// The two payees, two who challenge, and a stranger.
constexpr size_t people_count = 5;

Address someone(size_t n) {
    return n < 2 ? VaultWorld::teacher(static_cast<uint16_t>(n))
                 : person(static_cast<uint16_t>(49 + n));
}

struct Step {
    enum class Kind : uint8_t {
        claim,
        dispute,
        rule,
        silence,
        recover,
        release,
        reclaim,
        return_bond,
        withdraw,
        turn,
        cancel,
        wait
    };
    Kind kind = Kind::wait;
    uint8_t by = 0;
    uint8_t id = 0;       ///< a tranche; or a dispute, counted from the newest
    uint64_t number = 0;  ///< a ruling, or seconds
};

struct Model {
    struct Part {
        uint64_t deadline = 0, claimed = 0, until = 0, ended_at = 0, dispute = 0, bond = 0;
        uint32_t rejections = 0;
        uint8_t state = 0;  // open, released, reclaimed
        Stage stage = Stage::none;
        std::optional<uint8_t> claimant;
        bool on = false, cancelled = false;

        friend bool operator==(const Part&, const Part&) = default;
    };
    struct Dispute {
        uint8_t tranche = 0, challenger = 0;
        uint64_t opened_at = 0;
        bool is_solved = false, is_delivered = false, is_fee_back = false;

        friend bool operator==(const Dispute&, const Dispute&) = default;
    };

    std::array<Part, tranche_count> parts;
    std::vector<Dispute> disputes;  // the Arbitrator counts them from 1
    std::array<uint64_t, people_count> paid{}, due{}, got{};
    uint64_t now = 0;

    friend bool operator==(const Model&, const Model&) = default;

    bool is_active() const {
        return std::ranges::any_of(parts, [](const Part& part) { return part.state == 0; });
    }
    Stage stage(const Part& part) const {
        return part.stage == Stage::open && now > part.until ? Stage::stands : part.stage;
    }
    uint64_t ended_at(const Part& part) const {
        return part.ended_at == 0 && stage(part) == Stage::stands ? part.until : part.ended_at;
    }
    uint64_t last_second(const Part& part) const {
        if (part.stage == Stage::none || part.stage == Stage::rejected) return part.deadline;
        const uint64_t end = part.ended_at == 0 ? part.until : part.ended_at;
        return std::max(part.deadline, end + claims::grace_seconds);
    }
    bool claim(Part& part, uint8_t by) {
        if (!is_active() || part.state != 0 || by > 1 || part.claimed != 0) return false;
        if (now > part.deadline - challenge) return false;
        part.bond = part.rejections > 0 ? bond : 0;
        paid[by] += part.bond;
        part.claimed = now;
        part.claimant = by;
        part.stage = Stage::none;
        return true;
    }
    bool dispute(uint8_t id, uint8_t by) {
        Part& part = parts[id];
        if (!is_active() || part.state != 0 || part.claimed == 0) return false;
        if (part.stage != Stage::none || now >= part.claimed + challenge) return false;
        paid[by] += fee;
        disputes.push_back({.tranche = id, .challenger = by, .opened_at = now});
        part.dispute = disputes.size();
        part.stage = Stage::open;
        part.until = now + claims::arbitration_max_seconds;
        part.ended_at = 0;
        return true;
    }
    bool rule(uint64_t number, uint64_t ruling) {
        if (number == 0 || number > disputes.size() || ruling > 2) return false;
        const Dispute& about = disputes[number - 1];
        Part& part = parts[about.tranche];
        if (stage(part) != Stage::open || part.dispute != number) return false;
        part.ended_at = now;
        part.stage = ruling == 2 ? Stage::rejected : Stage::stands;
        if (ruling != 2) return true;
        ++part.rejections;
        part.claimed = 0;
        due[about.challenger] += std::exchange(part.bond, 0);
        return true;
    }
    /// No juror votes: the Arbitrator has nothing to say, and says so.
    bool silence(uint64_t number) {
        if (number == 0 || number > disputes.size()) return false;
        Dispute& about = disputes[number - 1];
        if (about.is_delivered || (!about.is_solved && now <= about.opened_at + period))
            return false;
        about.is_solved = true;
        about.is_delivered = rule(number, 0);
        return true;
    }
    bool recover(uint64_t number) {
        if (number == 0 || number > disputes.size()) return false;
        Dispute& about = disputes[number - 1];
        if (!about.is_solved || about.is_fee_back) return false;
        about.is_fee_back = true;
        due[about.challenger] += fee;
        return true;
    }
    bool release(uint8_t id) {
        Part& part = parts[id];
        if (!is_active() || part.state != 0 || now > last_second(part) || !part.on) return false;
        if (stage(part) == Stage::open) return false;
        const bool is_unchallenged = part.claimed != 0 && now >= part.claimed + challenge;
        if (stage(part) != Stage::stands && !is_unchallenged) return false;
        part.state = 1;
        got[0] += amounts[id] - amounts[id] / 3;
        got[1] += amounts[id] / 3;
        return true;
    }
    bool reclaim(uint8_t id) {
        Part& part = parts[id];
        if (!is_active() || part.state != 0) return false;
        if (now <= last_second(part) && !part.cancelled) return false;
        part.state = 2;
        return true;
    }
    bool return_bond(Part& part) {
        if (part.state == 0 || stage(part) == Stage::open || part.bond == 0) return false;
        due[*part.claimant] += std::exchange(part.bond, 0);
        return true;
    }
    bool withdraw(uint8_t who) {
        got[who] += due[who];
        return std::exchange(due[who], 0) > 0;
    }
};

template <class Contract>
struct ClaimsTrial {
    using Operation = Step;

    ClaimsTrial() : world({native_type<Contract>(60'083, 1, "Tried")}) {
        const Panel panel{.name = "Guild",
                          .currency = world.currency(),
                          .fee = {10_u256},
                          .quorum = 2,
                          .commit_seconds = period,
                          .reveal_seconds = period,
                          .appeal_seconds = 0,
                          .appeal_panel = {},
                          .jurors = {person(31), person(32), person(33)}};
        const u256 number =
            world
                .template send<
                    "createPanel((string,address,uint128,uint8,uint64,uint64,uint64,"
                    "uint256,address[]))">(world.steward(), contracts::arbitrator, panel)
                .template value<u256>();
        std::vector<Tranche> plan;
        for (uint8_t id = 0; id < tranche_count; ++id) {
            Tranche tranche = world.tranche(id, u256{amounts[id]});
            tranche.challenge = challenge;
            tranche.deadline += id == 0 ? 5'000 : 200 * day;
            tranche.cancel = world.when_on(cancel_switch + id);
            model.parts[id].deadline = tranche.deadline;
            plan.push_back(tranche);
            world.turn(cancel_switch + id, Switchboard::off);
        }
        check(world.create_vault(world.terms(), plan, false, "Tried").ok(), "the plan is valid");
        check(world
                  .template send<"setPanel(bytes,uint128)">(world.steward(), world.vault(),
                                                            abi::encode(number), u128{u256{bond}})
                  .ok(),
              "the panel is there");
        world.template send<"open()">(world.steward(), world.vault());
        check(world.contribute(VaultWorld::donor(0), u256{amounts[0] + amounts[1]}).ok(),
              "the goal is reached");
        for (size_t n = 0; n < people_count; ++n)
            world.endow(someone(n), u256{start}, world.currency());
        model.now = world.block().timestamp;
        world.expect_broken_invariants();
    }

    static Step draw(model::Random& random) {
        using Kind = Step::Kind;
        static constexpr std::array kinds{
            Kind::claim,   Kind::claim,   Kind::claim,   Kind::dispute,     Kind::dispute,
            Kind::dispute, Kind::rule,    Kind::rule,    Kind::silence,     Kind::recover,
            Kind::release, Kind::reclaim, Kind::wait,    Kind::return_bond, Kind::withdraw,
            Kind::turn,    Kind::wait,    Kind::dispute, Kind::rule};
        static constexpr std::array<uint64_t, 7> waits{1,     challenge - 1, challenge, period + 1,
                                                       5'000, day,           91 * day};
        Step out{.kind = kinds[random() % kinds.size()],
                 .by = static_cast<uint8_t>(random() % people_count),
                 .id = static_cast<uint8_t>(random() % tranche_count)};
        if (out.kind == Kind::claim && random() % 6 != 0) out.by %= 2;
        if (out.kind == Kind::rule) out.number = random() % 8 == 0 ? 3 : random() % 4 == 0 ? 1 : 2;
        if (out.kind >= Kind::rule && out.kind <= Kind::recover && random() % 3 != 0) out.id = 0;
        if (out.kind == Kind::wait)
            out.number = waits[random() % (random() % 5 == 0 ? waits.size() : 4)];
        // What ends a life is rare.
        if (out.kind == Kind::turn && random() % 8 == 0) out.kind = Kind::cancel;
        if (out.kind == Kind::release && random() % 2 == 0) out.kind = Kind::dispute;
        return out;
    }
    static std::vector<Step> alphabet() {
        using Kind = Step::Kind;
        return {
            {Kind::claim, 0, 0, 0},   {Kind::dispute, 2, 0, 0},     {Kind::rule, 0, 0, 2},
            {Kind::rule, 0, 0, 1},    {Kind::silence, 0, 0, 0},     {Kind::recover, 0, 0, 0},
            {Kind::release, 0, 0, 0}, {Kind::reclaim, 0, 0, 0},     {Kind::return_bond, 0, 0, 0},
            {Kind::turn, 0, 0, 0},    {Kind::cancel, 0, 0, 0},      {Kind::wait, 0, 0, period},
            {Kind::wait, 0, 0, 1},    {Kind::wait, 0, 0, 91 * day}, {Kind::withdraw, 2, 0, 0}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"claim",    "dispute", "rule",    "silence",
                                          "recover",  "release", "reclaim", "return bond",
                                          "withdraw", "turn",    "cancel",  "wait"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " by " +
               std::to_string(step.by) + " id " + std::to_string(step.id) + " number " +
               std::to_string(step.number);
    }

    auto parts() { return std::tie(world, model); }

    std::optional<std::string> apply(const Step& step) {
        Model::Part& part = model.parts[step.id];
        switch (step.kind) {
            case Step::Kind::wait:
                world.advance(step.number);
                model.now += step.number;
                return std::nullopt;
            case Step::Kind::turn:
            case Step::Kind::cancel: {
                bool& flag = step.kind == Step::Kind::turn ? part.on : part.cancelled;
                flag = !flag;
                world.turn((step.kind == Step::Kind::turn ? 0 : cancel_switch) + step.id,
                           flag ? Switchboard::on : Switchboard::off);
                return std::nullopt;
            }
            default:
                break;
        }
        // Of disputes, the newest is 0.
        const uint64_t number =
            model.disputes.size() - std::min<size_t>(step.id, model.disputes.size());
        const bool expected = predict(step, number);
        const Outcome out = act(step, u256{number});
        if (!out.broken.empty()) return "broken: " + out.broken;
        if (out.ok() != expected) return expected ? "refused" : "not refused";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        uint64_t escrowed = 0;
        uint64_t bonds = 0;
        for (uint8_t id = 0; id < tranche_count; ++id) {
            const Model::Part& part = model.parts[id];
            escrowed += part.state == 0 ? amounts[id] : 0;
            bonds += part.bond;
            if (auto different = compare_claim(id, part)) return different;
        }
        if (world.escrowed() != u256{escrowed}) return "what is escrowed";
        if (world.template number<"bonds()">() != u256{bonds}) return "the bonds";
        for (size_t n = 0; n < people_count; ++n) {
            if (world.template number<"due(address)">(someone(n)) != u256{model.due[n]})
                return "what is due";
            if (world.money_of(someone(n)) != u256{start + model.got[n] - model.paid[n]})
                return "somebody's money";
        }
        return std::nullopt;
    }

private:
    static constexpr uint64_t start = 100'000;

    std::optional<std::string> compare_claim(uint8_t id, const Model::Part& part) {
        const u256 number{id};
        const auto tranche = abi::decode<Tranche, uint8_t, uint64_t>(
            world.template ask<"tranche(uint256)">(world.vault(), number).result.output);
        if (std::get<1>(*tranche) != part.state) return "the state of a tranche";
        if (std::get<2>(*tranche) != part.claimed) return "when it was claimed";
        const Address challenger =
            part.dispute == 0 ? Address{} : someone(model.disputes[part.dispute - 1].challenger);
        const Bytes expected =
            abi::encode(u256{part.dispute}, static_cast<uint8_t>(model.stage(part)), challenger,
                        part.until, model.ended_at(part), part.rejections,
                        part.claimant ? someone(*part.claimant) : Address{}, u128{u256{part.bond}});
        if (world.template ask<"disputeOf(uint256)">(world.vault(), number).result.output !=
            expected)
            return "a dispute";
        if (world.template number<"bondOf(uint256)">(number) !=
            u256{part.rejections > 0 ? bond : 0})
            return "what a claim would cost";
        return std::nullopt;
    }

    bool predict(const Step& step, uint64_t dispute) {
        Model::Part& part = model.parts[step.id];
        switch (step.kind) {
            case Step::Kind::claim:
                return model.claim(part, step.by);
            case Step::Kind::dispute:
                return model.dispute(step.id, step.by);
            case Step::Kind::rule:
                return model.rule(dispute, step.number);
            case Step::Kind::silence:
                return model.silence(dispute);
            case Step::Kind::recover:
                return model.recover(dispute);
            case Step::Kind::release:
                return model.release(step.id);
            case Step::Kind::reclaim:
                return model.reclaim(step.id);
            case Step::Kind::return_bond:
                return model.return_bond(part);
            default:
                return model.withdraw(step.by);
        }
    }
    Outcome act(const Step& step, const u256& dispute) {
        const Address by = someone(step.by);
        const Address anyone = person(99);
        const Address& vault = world.vault();
        const u256 id{step.id};
        switch (step.kind) {
            case Step::Kind::claim:
                return world.claim(by, step.id);
            case Step::Kind::dispute:
                return world.template send<"dispute(uint256)">(by, vault, id);
            case Step::Kind::rule:
                return world.template send<"rule(uint256,uint256)">(contracts::arbitrator, vault,
                                                                    dispute, u256{step.number});
            case Step::Kind::silence:
                return world.template send<"executeRuling(uint256)">(anyone, contracts::arbitrator,
                                                                     dispute);
            case Step::Kind::recover:
                return world.template send<"recoverFee(uint256)">(anyone, vault, dispute);
            case Step::Kind::release:
                return world.release(step.id);
            case Step::Kind::reclaim:
                return world.reclaim(step.id);
            case Step::Kind::return_bond:
                return world.template send<"returnBond(uint256)">(anyone, vault, id);
            default:
                return world.template send<"withdrawDue(address)">(anyone, vault, by);
        }
    }

    VaultWorld world;
    Model model;
};

TEST(ClaimsModel, random_lives_are_as_the_model_says) {
    model::expect_random<ClaimsTrial<Vault>>({.operations = 6'000, .life = 80});
}
TEST(ClaimsModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<ClaimsTrial<Vault>>(5, 8);
}

// Planted faults.

/// A claim that stood can be disputed again.
class DisputesAgain : public Vault {
public:
    using Vault::Vault;
    u256 dispute_again(u256 id) {
        const TrancheId which{id.low64()};
        const claims::Status status = claims::status(*this, which);
        if (status.stage == Stage::stands)
            claims::begin(*this, which, status.claimant, status.bond.number);
        return dispute(id);
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"dispute(uint256 id) returns (uint256 disputeID)",
                                    &DisputesAgain::dispute_again>>{};
};

/// The payer of a disputed claim does not wait for the ruling.
class PaysInDispute : public Vault {
public:
    using Vault::Vault;
    void release_in_dispute(u256 id) {
        const TrancheId which{id.low64()};
        if (claims::is_open(*this, which)) claims::end(*this, which, Stage::stands);
        release(id);
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"release(uint256 id)", &PaysInDispute::release_in_dispute>>{};
};

/// A bond is the claimant's again while the claim is in dispute.
class ReturnsEarly : public Vault {
public:
    using Vault::Vault;
    void return_early(u256 id) {
        const TrancheId which{id.low64()};
        if (!claims::is_open(*this, which)) return return_bond(id);
        const Address claimant = claims::status(*this, which).claimant;
        const u256 amount = claims::take_bond(*this, which);
        require(!amount.is_zero(), NothingToWithdraw{claimant});
        emit(BondReturned{id, claimant, amount});
        purse::credit(*this, asset(), claimant, amount);
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"returnBond(uint256 id)", &ReturnsEarly::return_early>>{};
};

/// A claim after a rejected one costs nothing.
class ForgetsRejections : public Vault {
public:
    using Vault::Vault;
    void claim_for_nothing(u256 id, Hash evidence) {
        claim(id, evidence);
        const u256 amount = claims::take_bond(*this, TrancheId{id.low64()});
        if (amount.is_zero()) return;
        emit(BondReturned{id, sender(), amount});
        purse::credit(*this, asset(), sender(), amount);
    }
    static constexpr auto abi =
        Vault::abi +
        Methods<
            Method<"claim(uint256 id, bytes32 evidence)", &ForgetsRejections::claim_for_nothing>>{};
};

constexpr model::Plan planted{.operations = 20'000, .life = 80};

TEST(ClaimsModel, a_second_dispute_of_a_claim_is_caught) {
    model::expect_caught<ClaimsTrial<DisputesAgain>>(planted, 3);
}
TEST(ClaimsModel, a_payment_in_dispute_is_caught) {
    model::expect_caught<ClaimsTrial<PaysInDispute>>(planted, 3);
}
TEST(ClaimsModel, a_bond_returned_in_dispute_is_caught) {
    model::expect_caught<ClaimsTrial<ReturnsEarly>>(planted, 3);
}
TEST(ClaimsModel, a_bond_that_nobody_gives_is_caught) {
    model::expect_caught<ClaimsTrial<ForgetsRejections>>(planted, 3);
}

}  // namespace
}  // namespace plume
