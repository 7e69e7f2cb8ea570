// The Arbitrator's disputes against a plain model: two jurors below three, votes and silences,
// stakes on either side, and every unit accounted for.
#include <map>

#include "contracts/arbitrator.hpp"
#include "contracts/dispute_records.hpp"
#include "support/arbitration.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::person;

// Arbitrators with one step wrong.

/// The first juror who asks has all of the pot.
class PaysTheFirst : public Arbitrator {
public:
    using Arbitrator::Arbitrator;
    u256 collect_fee_wrongly(u256 id, u256 index, Address juror) {
        const auto round = disputes::detail::round_of(*this, id, index);
        const uint8_t votes = get(round.votes()[disputes::ruling(*this, id)]);
        if (votes > 1) set(round.paid(), static_cast<uint8_t>(votes - 1));
        return collect_fee(id, index, juror);
    }
    static constexpr auto abi =
        Arbitrator::abi +
        Methods<Method<"collectFee(uint256 disputeID, uint256 round, address juror) returns "
                       "(uint256 amount)",
                       &PaysTheFirst::collect_fee_wrongly>>{};
};
/// A single vote rules.
class ForgetsQuorum : public Arbitrator {
public:
    using Arbitrator::Arbitrator;
    void advance_wrongly(u256 id) {
        const auto round =
            disputes::detail::last_round(*this, disputes::detail::record_of(*this, id));
        const uint8_t revealed = get(round.revealed());
        const bool is_voted_on = disputes::stage(*this, id) == disputes::Stage::voting;
        if (is_voted_on && is_due(id) && revealed > 0) {
            set(round.revealed(), uint8_t{32});
            set(round.committed(), uint8_t{32});
            set(round.commit_end(), now() - 1);
        }
        advance(id);
    }
    static constexpr auto abi =
        Arbitrator::abi +
        Methods<Method<"advance(uint256 disputeID)", &ForgetsQuorum::advance_wrongly>>{};
};
/// Appeals are never too late.
class TakesLateStakes : public Arbitrator {
public:
    using Arbitrator::Arbitrator;
    void stake_late(u256 id, u256 side, u256 amount) {
        const auto round =
            disputes::detail::last_round(*this, disputes::detail::record_of(*this, id));
        if (get(round.appeal_end()) != 0) set(round.appeal_end(), now());
        stake_appeal(id, side, amount);
    }
    static constexpr auto abi =
        Arbitrator::abi +
        Methods<Method<"stakeAppeal(uint256 disputeID, uint256 side, uint256 amount)",
                       &TakesLateStakes::stake_late>>{};
};
/// The loser of an appeal has his stake back, at the winner's cost.
class PaysTheLoser : public Arbitrator {
public:
    using Arbitrator::Arbitrator;
    u256 collect_stake_wrongly(u256 id, u256 index, u256 side, Address account) {
        const auto round = disputes::detail::round_of(*this, id, index);
        if (get(round.ruling()) == disputes::ruling(*this, id))
            set(round.raised()[get(round.ruling())], u128{});
        return collect_stake(id, index, side, account);
    }
    static constexpr auto abi =
        Arbitrator::abi +
        Methods<Method<"collectStake(uint256 disputeID, uint256 round, uint256 side, address "
                       "account) returns (uint256 amount)",
                       &PaysTheLoser::collect_stake_wrongly>>{};
};

const std::vector<NativeType>& types() {
    static const std::vector<NativeType> all{
        native_type<PaysTheFirst>(60'020, 1, "PaysTheFirst"),
        native_type<ForgetsQuorum>(60'021, 1, "ForgetsQuorum"),
        native_type<TakesLateStakes>(60'022, 1, "TakesLateStakes"),
        native_type<PaysTheLoser>(60'023, 1, "PaysTheLoser"),
    };
    return all;
}

enum class Act : uint8_t {
    commit,
    reveal,
    advance,
    execute,
    stake,
    collect_fee,
    collect_stake,
    reclaim,
    wait,
    count
};
constexpr std::array act_names{"commit",      "reveal",        "advance", "execute", "stake",
                               "collect fee", "collect stake", "reclaim", "wait"};

struct Operation {
    Act act = Act::wait;
    uint64_t who = 0;     ///< one of three jurors or stakers
    uint64_t ruling = 0;  ///< or side
    uint64_t number = 0;  ///< an amount, a round, or minutes to wait
};

struct Model {
    static constexpr uint64_t period = ArbitrationWorld::period;
    struct Round {
        std::array<int, 3> committed{-1, -1, -1};  // the ruling; -1: none
        std::array<int, 3> revealed{-1, -1, -1};
        std::array<bool, 3> paid{};
        uint64_t jurors = 0, quorum = 0, pot = 0;
        uint64_t commit_end = 0, reveal_end = 0, appeal_end = 0;
        uint64_t ruling = 0;
        int challenger = -1;
        std::map<uint64_t, uint64_t> raised;
        std::map<std::pair<uint64_t, uint64_t>, uint64_t> stakes;  // side and staker
        bool is_pool_open = false;
        uint64_t pool = 0, weight = 0;

        static uint64_t count(const std::array<int, 3>& votes) {
            uint64_t out = 0;
            for (const int vote : votes) out += vote >= 0;
            return out;
        }
        uint64_t votes_for(uint64_t ruling_of) const {
            uint64_t out = 0;
            for (const int vote : revealed) out += vote == static_cast<int>(ruling_of);
            return out;
        }
        bool is_commit_over(uint64_t now) const {
            return now > commit_end || count(committed) == jurors;
        }
        bool is_over(uint64_t now) const {
            return now > reveal_end || (is_commit_over(now) && count(revealed) == count(committed));
        }

        friend bool operator==(const Round&, const Round&) = default;
    };
    static constexpr uint64_t choices = 2;
    static constexpr uint64_t low_cost = 2 * 5, high_cost = 3 * 5, full = 2 * high_cost;
    std::vector<Round> rounds;
    enum { voting, tallied, solved } stage = voting;
    uint64_t ruling = 0, now = 0, locked = 0;
    bool is_refunded = false;
    std::map<uint64_t, uint64_t> due_juror, due_senior, due_staker;

    void begin_round() {
        Round round;
        const bool is_first = rounds.empty();
        round.jurors = is_first ? 2 : 3;
        round.quorum = 2;
        round.pot = is_first ? low_cost : high_cost;
        round.commit_end = now + period;
        round.reveal_end = now + 2 * period;
        rounds.push_back(round);
        stage = voting;
    }
    bool apply(const Operation& operation) {
        Round& round = rounds.back();
        const int vote = static_cast<int>(operation.ruling);
        switch (operation.act) {
            case Act::commit:
                if (stage != voting || operation.who >= round.jurors) return false;
                if (now > round.commit_end || round.committed[operation.who] >= 0) return false;
                round.committed[operation.who] = vote;
                return true;
            case Act::reveal:
                if (stage != voting || !round.is_commit_over(now) || now > round.reveal_end)
                    return false;
                if (round.committed[operation.who] != vote || round.revealed[operation.who] >= 0)
                    return false;
                if (operation.ruling > choices) return false;
                round.revealed[operation.who] = vote;
                return true;
            case Act::advance:
                return advance();
            case Act::execute:
                return execute();
            case Act::stake:
                return stake(operation);
            case Act::collect_fee:
                return collect_fee(operation);
            case Act::collect_stake:
                return collect_stake(operation);
            case Act::reclaim:
                if (stage != solved) return false;
                if (rounds[0].votes_for(ruling) == 0 && !is_refunded) locked -= low_cost;
                is_refunded = true;
                return true;
            default:
                return true;
        }
    }
    void tally() {
        Round& round = rounds.back();
        uint64_t best = 0, most = 0, second = 0;
        for (uint64_t choice = 0; choice <= choices; ++choice) {
            const uint64_t votes = round.votes_for(choice);
            if (votes > most) {
                second = most;
                most = votes;
                best = choice;
            } else {
                second = std::max(second, votes);
            }
        }
        if (Round::count(round.revealed) >= round.quorum && most > second) ruling = best;
        round.ruling = ruling;
        stage = tallied;
        if (rounds.size() == 1) round.appeal_end = now + period;
    }
    bool advance() {
        Round& round = rounds.back();
        if (stage == voting) {
            if (!round.is_over(now)) return false;
            tally();
            return true;
        }
        if (stage == solved || round.challenger < 0 || now <= round.appeal_end) return false;
        begin_round();
        return true;
    }
    bool execute() {
        if (stage == voting) {
            // A first round leaves time for an appeal.
            if (!rounds.back().is_over(now) || rounds.size() == 1) return false;
            tally();
        }
        if (stage == tallied) {
            if (rounds.back().challenger >= 0 || now <= rounds.back().appeal_end) return false;
            stage = solved;
        }
        return true;
    }
    bool stake(const Operation& operation) {
        Round& round = rounds.back();
        const uint64_t side = operation.ruling;
        if (side > choices || rounds.size() != 1 || stage != tallied) return false;
        if (now > round.appeal_end) return false;
        const uint64_t missing = full - round.raised[side];
        if (operation.number == 0 || operation.number > missing) return false;
        const bool is_challenged = round.challenger >= 0;
        if ((side == round.ruling) != is_challenged) return false;
        round.raised[side] += operation.number;
        round.stakes[{side, operation.who}] += operation.number;
        locked += operation.number;
        if (operation.number != missing) return true;
        if (side == round.ruling)
            begin_round();
        else
            round.challenger = static_cast<int>(side);
        return true;
    }
    bool collect_fee(const Operation& operation) {
        if (stage != solved || operation.number >= rounds.size()) return false;
        Round& round = rounds[operation.number];
        const uint64_t who = operation.who;
        if (round.revealed[who] != static_cast<int>(ruling) || round.paid[who]) return false;
        uint64_t left = round.votes_for(ruling);
        for (const bool paid : round.paid) left -= paid;
        const uint64_t amount = round.pot / left;
        round.pot -= amount;
        round.paid[who] = true;
        locked -= amount;
        (operation.number == 0 ? due_juror : due_senior)[who] += amount;
        return true;
    }
    bool collect_stake(const Operation& operation) {
        if (stage != solved) return false;
        Round& round = rounds[0];
        const auto found = round.stakes.find({operation.ruling, operation.who});
        if (found == round.stakes.end() || found->second == 0) return false;
        uint64_t amount = found->second;
        const auto side = static_cast<int>(operation.ruling);
        if (rounds.size() > 1 && (side == round.challenger || operation.ruling == round.ruling)) {
            const uint64_t defence = round.raised[round.ruling];
            const bool challenger_won = static_cast<int>(ruling) == round.challenger;
            const bool defender_won = ruling == round.ruling;
            const bool to_challenger = challenger_won || !defender_won || defence == 0;
            const bool to_defender = !challenger_won && defence > 0;
            if (!(side == round.challenger ? to_challenger : to_defender)) return false;
            if (!round.is_pool_open) {
                round.is_pool_open = true;
                const bool is_earned = rounds[1].votes_for(ruling) > 0;
                round.pool = full + defence - (is_earned ? high_cost : 0);
                round.weight = (to_challenger ? full : 0) + (to_defender ? defence : 0);
            }
            amount = round.pool * found->second / round.weight;
            round.pool -= amount;
            round.weight -= found->second;
        }
        found->second = 0;
        locked -= amount;
        due_staker[operation.who] += amount;
        return true;
    }

    friend bool operator==(const Model&, const Model&) = default;
};

template <class Fault>
struct ArbitratorTrial {
    using Operation = plume::Operation;

    /// One world for all trials, with people who have enough.
    struct Shared {
        Shared() : world(types()) {
            if (!Fault::name.empty())
                world.use_arbitrator(
                    world.create(world.founder(), Fault::name, {}).template value<Address>());
            Panel high = world.panel(0);
            high.fee = {5_u256};
            for (uint16_t i = 0; i < 3; ++i) high.jurors.push_back(world.senior(i));
            const u256 above = world.create_panel(high).template value<u256>();
            Panel low = world.appealable_panel(above);
            low.fee = {5_u256};
            low.jurors = {world.juror(0), world.juror(1)};
            panel = world.create_panel(low).template value<u256>();
            for (uint16_t i = 0; i < 3; ++i) {
                world.give(staker(i), u256{1u} << 60);
                world.approve(staker(i), world.arbitrator());
            }
            world.give(arbitrable(), u256{1u} << 60);
            world.expect_broken_invariants();
            begin = world.block().timestamp;
        }
        ArbitrationWorld world;
        u256 panel;
        uint64_t begin = 0;
    };
    /// One for each life: what former lives leave behind would make every look longer.
    static Shared& shared(bool is_new = false) {
        static std::unique_ptr<Shared> out;
        if (is_new) out = std::make_unique<Shared>();
        return *out;
    }
    static Address staker(uint64_t n) { return person(static_cast<uint16_t>(71 + n)); }
    static Address arbitrable() { return person(81); }

    ArbitratorTrial() : world(shared(true).world) {
        world.block().timestamp = shared().begin;
        locked_before = world.locked();
        for (uint64_t i = 0; i < 3; ++i) before[i] = dues(i);
        id = world.create_dispute(arbitrable(), shared().panel, 2_u256, 10_u256)
                 .template value<u256>();
        model.now = world.block().timestamp;
        model.locked = Model::low_cost;
        model.begin_round();
    }

    static Operation draw(model::Random& random) {
        Operation out{static_cast<Act>(random() % static_cast<uint64_t>(Act::count)), random() % 3,
                      random() % 3, 0};
        if (random() % 16 == 0) out.ruling = 3;
        if (out.act == Act::stake) out.number = random() % 3 == 0 ? 30 : random() % 32;
        if (out.act == Act::collect_fee) out.number = random() % 3;
        if (out.act == Act::wait) out.number = random() % 3 == 0 ? 61 : random() % 40;
        return out;
    }
    static std::vector<Operation> alphabet() {
        return {{Act::commit, 0, 1, 0}, {Act::commit, 1, 1, 0},      {Act::reveal, 0, 1, 0},
                {Act::reveal, 1, 1, 0}, {Act::advance, 0, 0, 0},     {Act::execute, 0, 0, 0},
                {Act::stake, 0, 2, 30}, {Act::collect_fee, 0, 0, 0}, {Act::reclaim, 0, 0, 0},
                {Act::wait, 0, 0, 61}};
    }
    static std::string show(const Operation& operation) {
        return std::string(act_names[static_cast<size_t>(operation.act)]) + " " +
               std::to_string(operation.who) + " " + std::to_string(operation.ruling) + " " +
               std::to_string(operation.number);
    }

    auto parts() { return std::tie(world, model); }

    std::optional<std::string> apply(const Operation& operation) {
        const bool is_first = model.rounds.size() == 1;
        const bool expected = model.apply(operation);
        const test::Outcome out = act(operation, is_first);
        if (!out.broken.empty()) return out.broken;
        if (out.ok() != expected) return expected ? "should have been taken" : "was taken";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        if (world.ruling(id) != u256{model.ruling}) return "the ruling differs";
        if (world.locked() - locked_before != u256{model.locked}) return "what is locked differs";
        for (uint64_t i = 0; i < 3; ++i) {
            const auto now = dues(i);
            if (now[0] - before[i][0] != u256{model.due_juror[i]}) return "a juror's due differs";
            if (now[1] - before[i][1] != u256{model.due_senior[i]}) return "a senior's due differs";
            if (now[2] - before[i][2] != u256{model.due_staker[i]}) return "a staker's due differs";
        }
        const Model::Round& round = model.rounds.back();
        const bool is_open = model.stage == Model::tallied && model.now <= round.appeal_end;
        const bool is_solved = model.stage == Model::solved ||
                               (model.stage == Model::tallied && !is_open && round.challenger < 0);
        if (world.status(id) != (is_solved ? 2 : is_open ? 1 : 0)) return "the status differs";
        return std::nullopt;
    }

private:
    test::Outcome act(const Operation& operation, bool is_first) {
        const auto n = static_cast<uint16_t>(operation.who);
        const Address juror = is_first ? world.juror(n) : world.senior(n);
        switch (operation.act) {
            case Act::commit:
                return world.commit(juror, id, u256{operation.ruling});
            case Act::reveal:
                return world.reveal(juror, id, u256{operation.ruling});
            case Act::advance:
                return world.advance_dispute(id);
            case Act::execute:
                return world.execute(id);
            case Act::stake:
                return world.template send<"stakeAppeal(uint256,uint256,uint256)">(
                    staker(n), world.arbitrator(), id, u256{operation.ruling},
                    u256{operation.number});
            case Act::collect_fee:
                return world.collect_fee(id, operation.number,
                                         operation.number == 0 ? world.juror(n) : world.senior(n));
            case Act::collect_stake:
                return world.collect_stake(id, 0, operation.ruling, staker(n));
            case Act::reclaim:
                return world.template send<"reclaimFee(uint256)">(arbitrable(), world.arbitrator(),
                                                                  id);
            default:
                world.advance(operation.number * 60);
                model.now += operation.number * 60;
                return {{Status::success, 0, {}}, {}, 0, {}};
        }
    }
    std::array<u256, 3> dues(uint64_t n) {
        const auto i = static_cast<uint16_t>(n);
        return {world.due(world.juror(i)), world.due(world.senior(i)), world.due(staker(n))};
    }
    ArbitrationWorld& world;
    Model model;
    u256 id, locked_before;
    std::array<std::array<u256, 3>, 3> before;
};

struct Right {
    static constexpr std::string_view name = "";
};
struct First {
    static constexpr std::string_view name = "PaysTheFirst";
};
struct Quorum {
    static constexpr std::string_view name = "ForgetsQuorum";
};
struct Late {
    static constexpr std::string_view name = "TakesLateStakes";
};
struct Loser {
    static constexpr std::string_view name = "PaysTheLoser";
};

TEST(ArbitratorModel, random_lives_are_as_the_model_says) {
    model::expect_random<ArbitratorTrial<Right>>({.operations = 8'000, .life = 120});
}

TEST(ArbitratorModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<ArbitratorTrial<Right>>(6, 8);
}

TEST(ArbitratorModel, planted_faults_are_found) {
    const model::Plan plan{.operations = 60'000, .life = 200};
    model::expect_caught<ArbitratorTrial<First>>(plan, 3);
    model::expect_caught<ArbitratorTrial<Quorum>>(plan, 3);
    model::expect_caught<ArbitratorTrial<Late>>(plan, 3);
    model::expect_caught<ArbitratorTrial<Loser>>(plan, 3);
}

}  // namespace
}  // namespace plume
