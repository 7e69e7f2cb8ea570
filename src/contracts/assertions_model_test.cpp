// Assertions against a plain model: three people who assert and dispute with bonds of all sizes,
// one of whom would gain by it, before three jurors who vote, are silent, or do not agree.
#include <gtest/gtest.h>

#include <array>

#include "contracts/assertions.hpp"
#include "contracts/purse.hpp"
#include "support/arbitration.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::Outcome;
using test::person;

constexpr uint64_t hour = 3'600;
constexpr uint64_t day = 24 * hour;
constexpr size_t people_count = 3;  // the last of them is the beneficiary
constexpr size_t juror_count = 3;
constexpr size_t claim_count = 2;
constexpr uint64_t value_at_stake = 100;
constexpr uint64_t floor_bond = 35;
constexpr uint64_t cost = juror_count * ArbitrationWorld::juror_fee;

Address someone(size_t n) {
    return person(static_cast<uint16_t>(61 + n));
}

struct Step {
    enum class Kind : uint8_t { make, dispute, commit, reveal, settle, wait };
    Kind kind = Kind::wait;
    uint16_t by = 0;      ///< who pays; or a juror
    uint16_t for_ = 0;    ///< who is named
    uint64_t number = 0;  ///< a bond, a vote, how far off the right one is, or seconds to wait
    uint64_t which = 0;   ///< a claim; or an assertion, counted from the newest
    uint64_t liveness = 3 * day;
};

struct Model {
    /// An assertion.
    struct Case {
        Hash id;
        uint64_t claim = 0, bond = 0, expires_at = 0;
        uint16_t asserter = 0;
        std::optional<uint16_t> disputer;
        uint8_t outcome = 0;  // pending, true, false, unresolved
        // Its dispute.
        uint64_t number = 0, commit_end = 0, reveal_end = 0;
        std::array<std::optional<uint64_t>, juror_count> committed, revealed;
        bool is_fee_earned = false;

        friend bool operator==(const Case&, const Case&) = default;

        bool are_all(const std::array<std::optional<uint64_t>, juror_count>& votes) const {
            return std::ranges::all_of(votes, [](const auto& vote) { return vote.has_value(); });
        }
        bool is_commit_over(uint64_t now) const { return now > commit_end || are_all(committed); }
        bool is_voted(uint64_t now) const {
            bool are_revealed = true;
            for (size_t i = 0; i < juror_count; ++i)
                are_revealed = are_revealed && revealed[i].has_value() == committed[i].has_value();
            return now > reveal_end || (is_commit_over(now) && are_revealed);
        }
        uint64_t votes_for(uint64_t ruling) const {
            return static_cast<uint64_t>(std::ranges::count(revealed, std::optional(ruling)));
        }
        /// What two jurors at least have said, if no other ruling has as many votes.
        uint64_t ruling() const {
            for (uint64_t of = 0; of < 3; ++of)
                if (votes_for(of) >= 2) return of;
            return 0;
        }
        uint64_t locked() const {
            if (outcome != 0) return is_fee_earned ? cost : 0;
            return disputer ? 2 * bond : bond;
        }
    };

    std::vector<Case> cases;
    std::array<uint64_t, people_count> paid{}, due{};
    uint64_t disputes = 0, now = 0, closes_at = 0;

    friend bool operator==(const Model&, const Model&) = default;

    Case* newest(uint64_t back) {
        return back < cases.size() ? &cases[cases.size() - 1 - back] : nullptr;
    }
    const Case* last_of(uint64_t claim) const {
        for (auto it = cases.rbegin(); it != cases.rend(); ++it)
            if (it->claim == claim) return &*it;
        return nullptr;
    }
    bool make(const Step& step) {
        const bool is_whole = step.number >= value_at_stake;
        const bool is_gaining = std::max(step.by, step.for_) + 1u == people_count;
        if (now > closes_at || step.number < floor_bond) return false;
        if (step.liveness < (is_whole ? hour : 3 * day) || step.liveness > 365 * day) return false;
        if (is_gaining && step.number <= value_at_stake) return false;
        const Case* earlier = last_of(step.which);
        if (earlier != nullptr && earlier->outcome < 2) return false;
        paid[step.by] += step.number;
        Case made;
        made.claim = step.which;
        made.bond = step.number;
        made.expires_at = now + step.liveness;
        made.asserter = step.for_;
        cases.push_back(made);
        return true;
    }
    bool dispute(Case& about, const Step& step) {
        if (about.disputer || about.outcome != 0 || now >= about.expires_at) return false;
        paid[step.by] += about.bond;
        about.disputer = step.for_;
        about.number = ++disputes;
        about.commit_end = now + ArbitrationWorld::period;
        about.reveal_end = now + 2 * ArbitrationWorld::period;
        return true;
    }
    bool commit(Case& about, uint16_t juror, uint64_t vote) const {
        if (!about.disputer || about.outcome != 0 || now > about.commit_end) return false;
        if (about.committed[juror]) return false;
        about.committed[juror] = vote;
        return true;
    }
    bool reveal(Case& about, uint16_t juror, uint64_t vote) const {
        if (!about.disputer || about.outcome != 0 || now > about.reveal_end) return false;
        if (!about.is_commit_over(now) || about.revealed[juror]) return false;
        if (about.committed[juror] != vote) return false;
        about.revealed[juror] = vote;
        return true;
    }
    bool settle(Case& about) {
        if (about.outcome != 0) return false;
        if (!about.disputer) {
            if (now < about.expires_at) return false;
            about.outcome = 1;
            due[about.asserter] += about.bond;
            return true;
        }
        if (!about.is_voted(now)) return false;
        const uint64_t ruling = about.ruling();
        about.is_fee_earned = about.votes_for(ruling) > 0;
        const uint64_t rest = 2 * about.bond - (about.is_fee_earned ? cost : 0);
        about.outcome = ruling == 0 ? 3 : static_cast<uint8_t>(ruling);
        const uint64_t to_asserter = ruling == 1 ? rest : ruling == 2 ? 0 : rest / 2;
        due[about.asserter] += to_asserter;
        due[*about.disputer] += rest - to_asserter;
        return true;
    }
};

template <class Contract>
struct AssertionsTrial {
    using Operation = Step;

    AssertionsTrial() : world({&type(), 1}) {
        world.use_arbitrator(world.create(world.founder(), "Tried", {}).template value<Address>());
        for (size_t n = 0; n < people_count; ++n) {
            world.give(someone(n), u256{start});
            world.approve(someone(n), world.arbitrator());
        }
        const u256 panel = world.create_panel(world.panel(juror_count)).template value<u256>();
        model.now = world.block().timestamp;
        model.closes_at = model.now + 30 * day;
        const AssertionDomain terms{.panel = panel,
                                    .value = {u256{value_at_stake}},
                                    .floor = {u256{floor_bond}},
                                    .bond_share = 500,
                                    .beneficiary = someone(people_count - 1),
                                    .liveness = 0,
                                    .closes_at = model.closes_at};
        domain = world
                     .template send<
                         "openDomain((uint256,uint128,uint128,uint32,address,uint64,uint64))">(
                         world.founder(), world.arbitrator(), terms)
                     .template value<Hash>();
        world.expect_broken_invariants();
    }
    static const NativeType& type() {
        static const NativeType one = native_type<Contract>(60'024, 1, "Tried");
        return one;
    }

    static Step draw(model::Random& random) {
        using Kind = Step::Kind;
        static constexpr std::array kinds{Kind::make,   Kind::make,   Kind::dispute, Kind::commit,
                                          Kind::commit, Kind::commit, Kind::commit,  Kind::reveal,
                                          Kind::reveal, Kind::reveal, Kind::reveal,  Kind::settle,
                                          Kind::settle, Kind::wait,   Kind::wait};
        static constexpr std::array<uint64_t, 8> bonds{0, 34, 35, 41, 99, 100, 101, 777};
        static constexpr std::array<uint64_t, 5> lives{0, hour - 1, hour, 3 * day - 1, 400 * day};
        static constexpr std::array<uint64_t, 4> waits{1'000, hour, hour + 1, 3 * day};
        const auto one_of = [&random](const auto& all) { return all[random() % all.size()]; };
        Step out{.kind = one_of(kinds), .by = static_cast<uint16_t>(random() % people_count)};
        out.for_ = static_cast<uint16_t>(random() % people_count);
        // Most votes are of one mind, and most are opened as they were cast.
        out.number = random() % 2 == 0 ? 1 : random() % 2 == 0 ? 2 : random() % 4;
        if (out.kind == Kind::reveal) out.number = random() % 8 == 0;
        if (out.kind == Kind::make) out.number = one_of(bonds);
        if (out.kind == Kind::wait) out.number = one_of(waits);
        out.which = random() % (out.kind == Kind::make || random() % 6 == 0 ? claim_count : 1);
        if (random() % 4 == 0) out.liveness = one_of(lives);
        return out;
    }
    static std::vector<Step> alphabet() {
        using Kind = Step::Kind;
        return {{.kind = Kind::make, .by = 0, .for_ = 0, .number = 41},
                {.kind = Kind::make, .by = 2, .for_ = 1, .number = 101, .liveness = hour},
                {.kind = Kind::dispute, .by = 1, .for_ = 1},
                {.kind = Kind::commit, .by = 0, .number = 2},
                {.kind = Kind::commit, .by = 1, .number = 2},
                {.kind = Kind::reveal, .by = 0},
                {.kind = Kind::reveal, .by = 1},
                {.kind = Kind::settle},
                {.kind = Kind::wait, .number = hour + 1},
                {.kind = Kind::wait, .number = 3 * day}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"make", "dispute", "commit", "reveal", "settle", "wait"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " by " +
               std::to_string(step.by) + " for " + std::to_string(step.for_) + " number " +
               std::to_string(step.number) + " which " + std::to_string(step.which) + " liveness " +
               std::to_string(step.liveness);
    }

    auto parts() { return std::tie(world, model); }

    std::optional<std::string> apply(const Step& step) {
        if (step.kind == Step::Kind::wait) {
            world.advance(step.number);
            model.now += step.number;
            return std::nullopt;
        }
        const auto [out, expected] = step.kind == Step::Kind::make ? make(step) : act(step);
        if (!out.broken.empty()) return "broken: " + out.broken;
        if (out.ok() != expected) return expected ? "refused" : "not refused";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        uint64_t locked = 0;
        for (const Model::Case& about : model.cases) {
            locked += about.locked();
            const Outcome said =
                world.template ask<"getAssertionResult(bytes32)">(world.arbitrator(), about.id);
            const bool is_known = about.outcome == 1 || about.outcome == 2;
            if (said.ok() != is_known) return "whether there is a result";
            if (is_known && said.template value<bool>() != (about.outcome == 1)) return "a result";
        }
        if (world.locked() != u256{locked}) return "what is locked";
        for (size_t n = 0; n < people_count; ++n) {
            if (world.money_of(someone(n)) != u256{start - model.paid[n]}) return "money";
            if (world.due(someone(n)) != u256{model.due[n]}) return "what is due";
        }
        for (uint64_t claim = 0; claim < claim_count; ++claim) {
            const Outcome said = world.template ask<"isAsserted(bytes32,bytes32)">(
                world.arbitrator(), domain, keccak256(text(claim)));
            const Model::Case* last = model.last_of(claim);
            const bool is_known = last != nullptr && (last->outcome == 1 || last->outcome == 2);
            if (said.ok() != is_known) return "whether a claim is decided";
            if (is_known && said.template value<bool>() != (last->outcome == 1)) return "a claim";
        }
        return std::nullopt;
    }

private:
    static constexpr uint64_t start = 1'000'000;
    static Bytes text(uint64_t claim) { return {static_cast<uint8_t>('a' + claim)}; }

    std::pair<Outcome, bool> make(const Step& step) {
        const bool expected = model.make(step);
        Outcome out = world.template send<
            "assertTruth(bytes,address,address,address,uint64,address,uint256,bytes32,bytes32)">(
            someone(step.by), world.arbitrator(), text(step.which), someone(step.for_), Address{},
            Address{}, step.liveness, world.currency(), u256{step.number}, Hash{}, domain);
        if (expected && out.ok()) model.cases.back().id = out.template value<Hash>();
        return {std::move(out), expected};
    }
    /// What is done to an assertion. Without one there is nothing to do, and nobody refuses.
    std::pair<Outcome, bool> act(const Step& step) {
        Model::Case* about = model.newest(step.which);
        if (about == nullptr) return {{{Status::revert, 0, {}}, {}, 0, {}}, false};
        const Address juror = world.juror(step.by);
        const u256 number{about->number};
        switch (step.kind) {
            case Step::Kind::dispute:
                return {world.template send<"disputeAssertion(bytes32,address)">(
                            someone(step.by), world.arbitrator(), about->id, someone(step.for_)),
                        model.dispute(*about, step)};
            case Step::Kind::commit:
                return {world.commit(juror, number, u256{step.number}),
                        model.commit(*about, step.by, step.number)};
            case Step::Kind::reveal: {
                const uint64_t vote = about->committed[step.by].value_or(0) + step.number;
                return {world.reveal(juror, number, u256{vote}),
                        vote < 3 && model.reveal(*about, step.by, vote)};
            }
            default:
                return {world.template send<"settleAssertion(bytes32)">(
                            world.anyone(), world.arbitrator(), about->id),
                        model.settle(*about)};
        }
    }

    ArbitrationWorld world;
    Hash domain;
    Model model;
};

TEST(AssertionsModel, random_lives_are_as_the_model_says) {
    model::expect_random<AssertionsTrial<Arbitrator>>({.operations = 6'000, .life = 120});
}
TEST(AssertionsModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<AssertionsTrial<Arbitrator>>(6, 8);
}

// Planted faults.

/// What a panel has not decided counts as untrue.
class AnswersUnresolved : public Arbitrator {
public:
    using Arbitrator::Arbitrator;
    bool answer(Hash id) const {
        const auto outcome = static_cast<assertions::Outcome>(get_assertion(id).outcome);
        return outcome != assertions::Outcome::unresolved && get_assertion_result(id);
    }
    static constexpr auto abi =
        Arbitrator::abi +
        Methods<Method<"getAssertionResult(bytes32 assertionId) view returns (bool)",
                       &AnswersUnresolved::answer>>{};
};

/// Who pays for another is taken for him.
class TakesThePayer : public Arbitrator {
public:
    using Arbitrator::Arbitrator;
    void dispute_for_oneself(Hash id, Address) { dispute_assertion(id, sender()); }
    static constexpr auto abi =
        Arbitrator::abi + Methods<Method<"disputeAssertion(bytes32 assertionId, address disputer)",
                                         &TakesThePayer::dispute_for_oneself>>{};
};

/// The asserter has a unit of what others have locked.
class PaysAUnitMore : public Arbitrator {
public:
    using Arbitrator::Arbitrator;
    void settle_for_more(Hash id) {
        settle_assertion(id);
        const Address currency = panels::currency(*this, domain(get_assertion(id).domain).panel);
        if (purse::locked(*this, currency).is_zero()) return;
        emit(assertions::BondReturned{id, currency, get_assertion(id).asserter, u256{1u}});
        purse::credit(*this, currency, get_assertion(id).asserter, u256{1u});
    }
    static constexpr auto abi =
        Arbitrator::abi +
        Methods<Method<"settleAssertion(bytes32 assertionId)", &PaysAUnitMore::settle_for_more>>{};
};

constexpr model::Plan planted{.operations = 20'000, .life = 120};

TEST(AssertionsModel, an_answer_nobody_gave_is_caught) {
    model::expect_caught<AssertionsTrial<AnswersUnresolved>>(planted, 3);
}
TEST(AssertionsModel, a_payer_taken_for_the_disputer_is_caught) {
    model::expect_caught<AssertionsTrial<TakesThePayer>>(planted, 2);
}
TEST(AssertionsModel, a_unit_of_others_is_caught) {
    model::expect_caught<AssertionsTrial<PaysAUnitMore>>(planted, 3);
}

}  // namespace
}  // namespace plume
