// Agents against a plain model: what everybody has, is owed and is thought of, after any steps.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/result.hpp"
#include "contracts/agents.hpp"
#include "support/agents.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::agents;
using test::AgentsWorld;
using test::Outcome;
using test::person;

constexpr int64_t stake = 100;
constexpr int64_t bounty = 901;
constexpr int64_t band = 2;

enum class Step : uint8_t {
    ask,
    commit,
    reveal,
    settle,
    challenge,
    rule,
    expire,
    finalize,
    collect,
    unstake,
    leave,
    rate,
    pass,
};

struct Operation {
    Step step = Step::ask;
    uint16_t who = 0;      ///< an owner
    uint64_t number = 0;   ///< a value, a ruling, an amount, seconds: what the step takes
    uint64_t request = 0;  ///< counted back from the last
};

/// What should be, in plain numbers.
struct Model {
    struct Seat {
        size_t owner = 0;
        int64_t value = 0;  ///< what was committed
        SeatState state = SeatState::committed;
        bool rated = false;

        friend bool operator==(const Seat&, const Seat&) = default;
    };
    struct Request {
        size_t quorum = 0;
        size_t seat_max = 0;
        uint64_t commit_until = 0;
        uint64_t reveal_until = 0;
        uint64_t until = 0;
        RequestState state = RequestState::open;
        int64_t answer = 0;
        int64_t proposed = 0;
        int64_t reward = 0;
        uint64_t dispute = ~uint64_t{0};  ///< without one: a number that no dispute has
        std::vector<Seat> seats;

        bool is_open() const {
            return state == RequestState::open || state == RequestState::settled ||
                   state == RequestState::disputed;
        }
        size_t revealed() const {
            return static_cast<size_t>(std::ranges::count_if(
                seats, [](const Seat& seat) { return seat.state != SeatState::committed; }));
        }
        bool commits_over(uint64_t now) const {
            return now > commit_until || seats.size() == seat_max;
        }

        friend bool operator==(const Request&, const Request&) = default;
    };
    struct Person {
        int64_t staked = 10'000;
        int64_t locked = 0;
        int64_t cooling = 0;
        uint64_t ready_at = 0;
        int64_t owed = 0;
        int64_t score = 0;
        uint64_t period = 0;
        uint64_t outcomes = 0;

        friend bool operator==(const Person&, const Person&) = default;
    };

    static constexpr size_t requester = AgentsWorld::owner_count;
    static constexpr size_t challenger = requester + 1;

    std::vector<Person> people = std::vector<Person>(challenger + 1);
    std::vector<Request> requests;
    uint64_t disputes = 0;
    uint64_t now = 0;

    Model() { people[requester].staked = people[challenger].staked = 0; }

    void note(size_t who, int64_t change) {
        Person& person = people[who];
        person.score = score(who) + change;
        person.period = now / reputation::halving_seconds;
        ++person.outcomes;
    }
    int64_t score(size_t who) const {
        int64_t out = people[who].score;
        for (uint64_t i = people[who].period; i < now / reputation::halving_seconds && out != 0;
             ++i)
            out /= 2;
        return out;
    }
    int64_t shown_score(size_t who) const {
        return std::min(score(who), people[who].staked - people[who].cooling);
    }

    bool commit(Request& request, size_t who, int64_t value) {
        Person& person = people[who];
        const bool is_seated =
            std::ranges::any_of(request.seats, [&](const Seat& seat) { return seat.owner == who; });
        if (request.state != RequestState::open || request.commits_over(now) || is_seated)
            return false;
        if (person.staked - person.locked - person.cooling < stake) return false;
        person.locked += stake;
        request.seats.push_back({who, value});
        return true;
    }
    bool reveal(Request& request, size_t who) {
        if (request.state != RequestState::open || !request.commits_over(now)) return false;
        if (request.seats.size() < request.quorum || now > request.reveal_until) return false;
        for (Seat& seat : request.seats) {
            if (seat.owner != who || seat.state != SeatState::committed) continue;
            seat.state = SeatState::revealed;
            return true;
        }
        return false;
    }
    bool settle(Request& request) {
        if (request.state != RequestState::open || !request.commits_over(now)) return false;
        const bool had_chance = request.seats.size() >= request.quorum;
        if (had_chance && request.revealed() < request.seats.size() && now <= request.reveal_until)
            return false;
        const size_t revealed = request.revealed();
        std::vector<int64_t> values;
        for (Seat& seat : request.seats) {
            if (seat.state == SeatState::revealed) {
                values.push_back(seat.value);
                continue;
            }
            people[seat.owner].locked -= stake;
            seat.state = had_chance ? SeatState::missing : SeatState::released;
            if (!had_chance) continue;
            people[seat.owner].staked -= stake / 5;
            people[requester].owed += stake / 5;
            note(seat.owner, -2 * stake);
        }
        if (revealed < request.quorum) {
            release(request);
            people[requester].owed += bounty;
            request.state = RequestState::failed;
            return true;
        }
        std::ranges::sort(values);
        request.answer = values[(values.size() - 1) / 2];
        request.until = now + AgentsWorld::challenge_seconds;
        request.state = RequestState::settled;
        return true;
    }
    void release(Request& request) {
        for (Seat& seat : request.seats) {
            if (seat.state != SeatState::revealed) continue;
            people[seat.owner].locked -= stake;
            seat.state = SeatState::released;
        }
    }
    bool challenge(Request& request, int64_t value) {
        if (request.state != RequestState::settled || now > request.until) return false;
        if (std::abs(value - request.answer) <= band) return false;
        request.proposed = value;
        request.until = now + Agents::arbitration_max_seconds;
        request.dispute = disputes++;
        request.state = RequestState::disputed;
        return true;
    }
    /// A ruling of 0 to 3, or 4: none was asked for.
    void end(Request& request, uint64_t ruling) {
        const bool stands = ruling == 1 || ruling == 4;
        const bool is_void = ruling == 0 || ruling == 3;
        const int64_t bond = ruling == 4 ? 0 : stake;  // The bounty's tenth is less.
        const int64_t measure = ruling == 2 ? request.proposed : request.answer;
        int64_t lost = 0;
        int64_t within = 0;
        for (Seat& seat : request.seats) {
            if (seat.state != SeatState::revealed) continue;
            const bool is_near = std::abs(seat.value - measure) <= band;
            people[seat.owner].locked -= stake;
            const bool is_slashed = (ruling == 2 && !is_near) || (ruling == 3 && is_near);
            if (is_slashed) {
                people[seat.owner].staked -= stake;
                lost += stake;
                note(seat.owner, -4 * stake);
                seat.state = SeatState::slashed;
            } else if (is_void) {
                seat.state = SeatState::released;
            } else {
                within += is_near ? 1 : 0;
                note(seat.owner, (ruling == 2 ? 2 : 1) * (is_near ? stake : -stake));
                seat.state = is_near ? SeatState::within : SeatState::outside;
            }
        }
        if (ruling == 1 || ruling == 3) note(challenger, -stake);
        if (ruling == 2) note(challenger, stake);
        if (ruling == 2) people[challenger].owed += bond + lost;
        if (ruling == 0) people[challenger].owed += bond;
        if (ruling == 3) people[requester].owed += bond + lost;
        const int64_t pool = bounty + (stands ? bond : 0);
        request.reward = is_void || within == 0 ? 0 : pool / within;
        for (const Seat& seat : request.seats)
            if (seat.state == SeatState::within) people[seat.owner].owed += request.reward;
        people[requester].owed += pool - request.reward * within;
        request.answer = measure;
        request.state = is_void ? RequestState::voided : RequestState::final;
    }
    bool rate(Request& request, size_t who, uint64_t value) {
        for (Seat& seat : request.seats) {
            if (seat.owner != who || seat.state != SeatState::within || seat.rated) continue;
            if (request.state != RequestState::final || value > 100) return false;
            seat.rated = true;
            const int64_t weight = std::min(request.reward, stake);
            const int64_t distance = std::abs(static_cast<int64_t>(value) - 50);
            note(who, (value >= 50 ? 1 : -1) * (weight * distance / 50));
            return true;
        }
        return false;
    }
    bool unstake(size_t who, int64_t amount) {
        Person& person = people[who];
        if (amount == 0 || amount > person.staked - person.locked - person.cooling) return false;
        person.cooling += amount;
        person.ready_at = now + agent_books::cooldown_seconds;
        return true;
    }
    bool leave(size_t who) {
        Person& person = people[who];
        if (person.cooling == 0 || now < person.ready_at) return false;
        person.staked -= person.cooling;
        person.cooling = 0;
        return true;
    }
    bool collect(size_t who) {
        if (people[who].owed == 0) return false;
        people[who].owed = 0;
        return true;
    }

    friend bool operator==(const Model&, const Model&) = default;
};

/// One request, or several, of five owners, a requester and a challenger.
class Trial {
public:
    using Operation = plume::Operation;

    explicit Trial(std::vector<NativeType> more = {}, std::string_view type = "Agents")
        : world_(std::move(more), type) {
        world_.expect_broken_invariants();
        model_.now = world_.block().timestamp;
        world_.endow(address(Model::challenger));
    }

    static Operation draw(model::Random& random) {
        constexpr std::array steps{Step::ask,     Step::commit,  Step::commit,   Step::commit,
                                   Step::commit,  Step::reveal,  Step::reveal,   Step::reveal,
                                   Step::reveal,  Step::settle,  Step::settle,   Step::challenge,
                                   Step::rule,    Step::expire,  Step::finalize, Step::rate,
                                   Step::collect, Step::unstake, Step::leave,    Step::pass,
                                   Step::pass};
        Operation out{.step = steps[random() % steps.size()],
                      .who = static_cast<uint16_t>(random() % AgentsWorld::owner_count),
                      .number = random() % 8,
                      .request = random() % 4 == 0 ? random() % 3 : 0};
        if (out.step == Step::pass) {
            constexpr std::array<uint64_t, 6> times{0, 500, 1'001, 2'001, 4'001, 8'000'000};
            out.number = times[random() % times.size()];
        }
        if (out.step == Step::unstake) out.number = random() % 3 * 4'000;
        if (out.step == Step::rate) out.number = random() % 104;
        return out;
    }
    static std::vector<Operation> alphabet() {
        return {{Step::commit, 0, 0},   {Step::commit, 1, 7}, {Step::reveal, 0, 0},
                {Step::reveal, 1, 0},   {Step::settle, 0, 0}, {Step::challenge, 0, 7},
                {Step::finalize, 0, 0}, {Step::rule, 0, 2},   {Step::pass, 0, 4'001}};
    }
    static std::string show(const Operation& operation) {
        constexpr std::array names{"ask",   "commit", "reveal",   "settle",  "challenge",
                                   "rule",  "expire", "finalize", "collect", "unstake",
                                   "leave", "rate",   "pass"};
        return std::string(names[static_cast<size_t>(operation.step)]) + " who " +
               std::to_string(operation.who) + " number " + std::to_string(operation.number) +
               " request -" + std::to_string(operation.request);
    }

    auto parts() { return std::tie(world_, model_); }

    std::optional<std::string> apply(const Operation& operation) {
        if (operation.step == Step::pass) {
            world_.advance(operation.number);
            model_.now += operation.number;
            return std::nullopt;
        }
        if (operation.step == Step::ask) return ask(operation);
        if (operation.request >= model_.requests.size()) return std::nullopt;
        const size_t index = model_.requests.size() - 1 - operation.request;
        const auto [out, expected] = act(operation, u256{index + 1}, model_.requests[index]);
        if (!out.broken.empty()) return out.broken;
        if (out.ok() != expected) return expected ? "is refused" : "is not refused";
        return std::nullopt;
    }

    std::optional<std::string> compare() {
        for (size_t who = 0; who < model_.people.size(); ++who) {
            const Model::Person& expected = model_.people[who];
            const std::string name = "person " + std::to_string(who) + ": ";
            if (world_.staked(address(who)) != u256{static_cast<uint64_t>(expected.staked)})
                return name + "stake";
            if (world_.locked(address(who)) != u256{static_cast<uint64_t>(expected.locked)})
                return name + "lock";
            if (world_.owed(address(who)) != u256{static_cast<uint64_t>(expected.owed)})
                return name + "owed";
            if (model_.requests.empty()) continue;  // No topic yet: no stake caps it.
            if (world_.score(address(who)) != i256::of(model_.shown_score(who)))
                return name + "score";
            if (world_.outcomes(address(who)) != expected.outcomes) return name + "outcomes";
        }
        for (size_t i = 0; i < model_.requests.size(); ++i) {
            const Model::Request& expected = model_.requests[i];
            const u256 id{i + 1};
            if (world_.request_state(id) != expected.state) return "state of a request";
            const bool has_answer =
                expected.state != RequestState::open && expected.state != RequestState::failed;
            if (has_answer && world_.answer(id) != i256::of(expected.answer)) return "answer";
        }
        return std::nullopt;
    }

private:
    static Address address(size_t who) {
        if (who == Model::requester) return AgentsWorld::requester();
        if (who == Model::challenger) return person(77);
        return AgentsWorld::owner(static_cast<uint16_t>(who));
    }

    std::optional<std::string> ask(const Operation& operation) {
        // Most requests are seen to their end before another begins.
        const bool is_open = !model_.requests.empty() && model_.requests.back().is_open();
        if (is_open && operation.number != 0) return std::nullopt;
        const auto quorum = static_cast<uint8_t>(2 + operation.number % 2);
        const auto seats = static_cast<uint8_t>(quorum + operation.who % 3);
        Question question = world_.question(quorum, seats);
        question.bounty = {u256{static_cast<uint64_t>(bounty)}};
        question.band = u256{static_cast<uint64_t>(band)};
        if (!world_.ask_outcome(question).ok()) return "a question is refused";
        model_.requests.push_back({.quorum = quorum,
                                   .seat_max = seats,
                                   .commit_until = question.commit_until,
                                   .reveal_until = question.reveal_until});
        return std::nullopt;
    }

    /// What came of it, and whether it should have been taken.
    std::pair<Outcome, bool> act(const Operation& operation, const u256& id,
                                 Model::Request& request) {
        const uint16_t who = operation.who;
        const auto value = static_cast<int64_t>(operation.number);
        switch (operation.step) {
            case Step::commit:
                return {world_.commit(id, who, value), model_.commit(request, who, value)};
            case Step::reveal:
                return {world_.reveal(id, who, committed(request, who)),
                        model_.reveal(request, who)};
            case Step::settle:
                return {world_.settle(id), model_.settle(request)};
            case Step::challenge:
                return {world_.challenge(id, address(Model::challenger), value),
                        model_.challenge(request, value)};
            case Step::rule: {
                const bool is_due = request.state == RequestState::disputed;
                const uint64_t ruling = operation.number % 4;
                Outcome out = world_.rule(request.dispute, ruling);
                if (!is_due) return {std::move(out), false};
                model_.end(request, ruling);
                return {std::move(out), true};
            }
            case Step::expire: {
                const bool is_due =
                    request.state == RequestState::disputed && model_.now > request.until;
                if (is_due) model_.end(request, 0);
                return {world_.expire(id), is_due};
            }
            case Step::finalize: {
                const bool is_due =
                    request.state == RequestState::settled && model_.now > request.until;
                if (is_due) model_.end(request, 4);
                return {world_.finalize(id), is_due};
            }
            case Step::rate:
                return {world_.rate(id, who, static_cast<uint8_t>(operation.number)),
                        model_.rate(request, who, operation.number)};
            case Step::collect:
                return {world_.collect(address(operation.number)),
                        operation.number <= Model::challenger && model_.collect(operation.number)};
            case Step::unstake:
                return {world_.begin_unstake(address(who), u256{operation.number}),
                        model_.unstake(who, value)};
            default:
                return {world_.finish_unstake(address(who)), model_.leave(who)};
        }
    }

    static int64_t committed(const Model::Request& request, size_t who) {
        for (const Model::Seat& seat : request.seats)
            if (seat.owner == who) return seat.value;
        return 0;
    }

protected:
    AgentsWorld world_;
    Model model_;
};

TEST(AgentsModel, agents_do_what_the_model_does) {
    model::expect_random<Trial>({.operations = 6'000, .life = 150});
}

/// Begins with a request for two answers out of two seats.
class SmallTrial : public Trial {
public:
    SmallTrial() { check(!apply({Step::ask, 0, 0, 0}).has_value(), "a question is taken"); }
};

TEST(AgentsModel, all_short_lives_of_a_small_request) {
    model::expect_exhaustive<SmallTrial>(6, 8);
}

// Planted faults.

/// Pays all within the band of the highest answer.
class TakesTheHighest : public Agents {
public:
    using Agents::Agents;
    void settle_wrong(u256 id) {
        settle(id);
        const detail::AgentRequestPlace place = requests_[id];
        i256 best = get(place.value());
        for (uint64_t i = 0; i < length(place.seats()); ++i)
            best = std::max(best, get(place.seats()[i].value()));
        set(place.value(), best);
    }
    static constexpr auto abi =
        Agents::abi +
        Methods<Method<"settle(uint256 requestId)", &TakesTheHighest::settle_wrong>>{};
};

/// Takes a ruling for the challenger as one for the answer.
class MixesUpRulings : public Agents {
public:
    using Agents::Agents;
    void rule_wrong(u256 dispute, u256 ruling) {
        rule(dispute, ruling == 2_u256 ? 1_u256 : ruling);
    }
    static constexpr auto abi =
        Agents::abi +
        Methods<Method<"rule(uint256 disputeId, uint256 ruling)", &MixesUpRulings::rule_wrong>>{};
};

/// Gives back the stake of whoever reveals.
class UnlocksAtReveal : public Agents {
public:
    using Agents::Agents;
    void reveal_wrong(u256 id, Address owner, i256 value, Hash salt) {
        reveal(id, owner, value, salt);
        agent_books::unlock(*this, id, owner, get(requests_[id].stake()));
    }
    static constexpr auto abi =
        Agents::abi +
        Methods<Method<"reveal(uint256 requestId, address owner, int256 value, bytes32 salt)",
                       &UnlocksAtReveal::reveal_wrong>>{};
};

/// Counts a rating twice.
class RatesTwice : public Agents {
public:
    using Agents::Agents;
    void rate_wrong(u256 id, Address owner, uint8_t value) {
        rate(id, owner, value);
        const detail::AgentRequestPlace place = requests_[id];
        reputation::record(*this, owner,
                           topic_of(agent_books::currency_of(*this, id), get(place.indicator())),
                           1_u256, true);
    }
    static constexpr auto abi =
        Agents::abi + Methods<Method<"rate(uint256 requestId, address owner, uint8 value)",
                                     &RatesTwice::rate_wrong>>{};
};

/// Lets a stake leave at once.
class SkipsTheCooldown : public Agents {
public:
    using Agents::Agents;
    void begin_wrong(Address currency, u256 amount) {
        begin_unstake(currency, amount);
        emit(agent_books::Unstaked{sender(), currency, amount});
        erc20::try_transfer(*this, currency, sender(), amount);
    }
    static constexpr auto abi =
        Agents::abi + Methods<Method<"beginUnstake(address currency, uint256 amount)",
                                     &SkipsTheCooldown::begin_wrong>>{};
};

template <class Faulty>
class FaultyTrial : public Trial {
public:
    FaultyTrial() : Trial({native_type<Faulty>(60'105, 1, "Faulty")}, "Faulty") {}
};

TEST(AgentsModel, planted_faults_are_caught) {
    const model::Plan plan{.operations = 40'000, .life = 150};
    model::expect_caught<FaultyTrial<TakesTheHighest>>(plan);
    model::expect_caught<FaultyTrial<MixesUpRulings>>(plan);
    model::expect_caught<FaultyTrial<UnlocksAtReveal>>(plan);
    model::expect_caught<FaultyTrial<RatesTwice>>(plan);
    model::expect_caught<FaultyTrial<SkipsTheCooldown>>(plan);
}

}  // namespace
}  // namespace plume
