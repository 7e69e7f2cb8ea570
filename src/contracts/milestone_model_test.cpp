// Tranches that are paid by rules against a plain model of them: a stream, instalments and a
// measured amount in one vault, every step predicted, every book compared.
#include <array>

#include "native/math.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using payouts::Pace;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;
using Phase = Vault::Phase;

constexpr uint8_t tranche_count = 3;
constexpr uint8_t donor_count = 3;
constexpr std::array<uint64_t, tranche_count> amounts{97, 64, 50};
constexpr uint64_t stream_seconds = 40;
constexpr uint64_t cliff_seconds = 7;
constexpr uint64_t part_count = 4;
constexpr uint64_t cap = 45;
constexpr uint64_t cancel_switch = 100;  // of tranche 0; the next ones' follow

enum class Act : uint8_t { release, draw, reclaim, quote, turn, cancel, set_level, wait, withdraw };

struct Step {
    Act act;
    uint8_t which = 0;
    uint64_t amount = 0;
};

/// A contract with a number that anybody sets.
class Level : public Contract {
public:
    using Contract::Contract;
    void construct() {}
    void set_level(u256 to) { set(level_, to); }
    u256 level() const { return get(level_); }
    static constexpr auto constructor = Method<"constructor()", &Level::construct>{};
    static constexpr auto abi = Methods<Method<"setLevel(uint256 to)", &Level::set_level>,
                                        Method<"level() view returns (uint256)", &Level::level>>{};

private:
    static constexpr Slot<u256> level_{0};
};

struct Model {
    struct Part {
        uint8_t state = 0;  // 0 open, 1 released, 2 reclaimed, 4 being paid
        uint64_t granted = 0;
        uint64_t started_at = 0;
        uint64_t paid = 0;
        uint64_t drawn = 0;
        bool on = false;
        bool cancelled = false;
    };

    uint64_t deadline = 0;
    std::array<Part, tranche_count> parts;
    uint64_t level = 0;
    uint64_t quoted = 0;
    uint64_t quote_block = 0;
    uint64_t returned = 0;

    bool is_active() const {
        return std::ranges::any_of(parts, [](const Part& p) { return p.state % 4 == 0; });
    }
    uint64_t vested(uint8_t id, uint64_t now) const {
        const Part& part = parts[id];
        const uint64_t elapsed = now - part.started_at;
        if (id == 0) {
            if (elapsed < cliff_seconds) return 0;
            return part.granted * std::min(elapsed, stream_seconds) / stream_seconds;
        }
        if (id == 1) {
            const uint64_t due = 1 + elapsed * part_count / stream_seconds;
            return part.granted * std::min(due, part_count) / part_count;
        }
        return part.granted;
    }
    /// What the two payees have of `units` of a tranche, a third of which is the second's.
    static uint64_t split(uint8_t id, uint64_t units) {
        const uint64_t third = amounts[id] / 3;
        return (amounts[id] - third) * units / amounts[id] + third * units / amounts[id];
    }
    void draw_now(uint8_t id, uint64_t now) {
        Part& part = parts[id];
        part.drawn = vested(id, now);
        part.paid = split(id, part.drawn);
        if (part.drawn != part.granted) return;
        part.state = 1;
        returned += part.granted - part.paid;
    }
    bool quote(uint64_t block) {
        const uint64_t now = std::min(level, cap);
        if (!is_active() || parts[2].state != 0 || now == 0) return false;
        if (quote_block == 0 || quoted != now) quote_block = block;
        quoted = now;
        return true;
    }
    bool release(uint8_t id, uint64_t now, uint64_t block) {
        Part& part = parts[id];
        if (part.state != 0 || !part.on || now > deadline) return false;
        if (id == 2) {
            if (quote_block == 0 || quote_block >= block || quoted != std::min(level, cap))
                return false;
        }
        part.granted = id == 2 ? quoted : amounts[id];
        part.started_at = now;
        part.state = 4;
        returned += amounts[id] - part.granted;
        draw_now(id, now);
        return true;
    }
    bool draw(uint8_t id, uint64_t now) {
        if (parts[id].state != 4 || vested(id, now) == parts[id].drawn) return false;
        draw_now(id, now);
        return true;
    }
    bool reclaim(uint8_t id, uint64_t now) {
        Part& part = parts[id];
        if (part.state == 0 && (now > deadline || part.cancelled)) {
            part.state = 2;
            returned += amounts[id];
            return true;
        }
        if (part.state != 4 || !part.cancelled) return false;
        part.drawn = vested(id, now);
        part.paid = split(id, part.drawn);
        part.state = 2;
        returned += part.granted - part.paid;
        return true;
    }
    uint64_t paid() const {
        uint64_t sum = 0;
        for (const Part& part : parts) sum += part.paid;
        return sum;
    }
    uint64_t escrowed() const {
        uint64_t sum = 0;
        for (uint8_t id = 0; id < tranche_count; ++id) {
            if (parts[id].state == 0) sum += amounts[id];
            if (parts[id].state == 4) sum += parts[id].granted - parts[id].paid;
        }
        return sum;
    }
};

/// Books a draw twice.
class DrawsTwice : public Vault {
public:
    using Vault::Vault;
    void draw(u256 id) {
        Vault::draw(id);
        erc20::try_transfer(*this, asset(), person(666), u256{1u});
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"draw(uint256 id)", &DrawsTwice::draw>>{};
};

/// Forgets that the deadline does not end a stream.
class StopsStreams : public Vault {
public:
    using Vault::Vault;
    void draw(u256 id) {
        require(now() <= std::get<0>(tranche(id)).deadline, NothingVested{id});
        Vault::draw(id);
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"draw(uint256 id)", &StopsStreams::draw>>{};
};

/// Takes a quote of the same block.
class HastyQuotes : public Vault {
public:
    using Vault::Vault;
    void release(u256 id) {
        if (id == u256{2u} && payouts::quoted(*this, TrancheId{2}).block == block_number())
            set(Slot<uint64_t>{quote_position(), 24}, block_number() - 1);
        Vault::release(id);
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"release(uint256 id)", &HastyQuotes::release>>{};

private:
    static u256 quote_position() {
        const Map<uint64_t, u256> records{{namespace_slot("plume.payouts")}};
        return records[2].position + u256{1u};
    }
};

template <FixedText kind>
class MilestoneTrial {
public:
    using Operation = Step;

    MilestoneTrial();
    static Step draw(model::Random& random);
    static std::vector<Step> alphabet();
    static std::string show(const Step& step);
    std::optional<std::string> apply(const Step& step);
    auto parts() { return std::tie(scene().world, model_); }

private:
    struct Scene {
        VaultWorld world{{native_type<Level>(60'060, 1, "Level"),
                          native_type<DrawsTwice>(60'061, 1, "DrawsTwice"),
                          native_type<StopsStreams>(60'062, 1, "StopsStreams"),
                          native_type<HastyQuotes>(60'063, 1, "HastyQuotes")}};
        Address level = world.create(person(9), "Level", {}).template value<Address>();
    };
    static Scene& scene() {
        static Scene one;
        return one;
    }
    static PayoutRules rules(uint8_t id);
    Outcome act(const Step& step, bool& expected);
    std::optional<std::string> difference() const;

    Model model_;
    u256 start_;
};

template <FixedText kind>
PayoutRules MilestoneTrial<kind>::rules(uint8_t id) {
    PayoutRules out;
    if (id == 0)
        out.schedule = {static_cast<uint8_t>(Pace::stream), 0, stream_seconds, cliff_seconds};
    if (id == 1)
        out.schedule = {static_cast<uint8_t>(Pace::instalments), part_count, stream_seconds, 0};
    if (id == 2) out.payout = {scene().level, test::World::calldata<"level()">(), u256{cap}};
    return out;
}

template <FixedText kind>
MilestoneTrial<kind>::MilestoneTrial() {
    constexpr FixedText add_text =
        "addTranche((uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,(address,bytes),"
        "(address,bytes)),((uint8,uint32,uint64,uint64),(address,bytes,uint256)))";
    VaultWorld& w = scene().world;
    w.expect_broken_invariants();
    w.block().timestamp = w.funding_deadline() - VaultWorld::funding_seconds;
    w.send<"setLevel(uint256)">(person(9), scene().level, u256{});
    check(w.create_vault(w.terms(), {}, false, kind.view()).ok(), "the terms are valid");
    for (uint8_t id = 0; id < tranche_count; ++id) {
        w.turn(id, Switchboard::off);
        w.turn(cancel_switch + id, Switchboard::off);
        Tranche tranche = w.tranche(id, u256{amounts[id]});
        tranche.cancel = w.when_on(cancel_switch + id);
        model_.deadline = tranche.deadline;
        check(w.send<add_text>(w.steward(), w.vault(), tranche, rules(id)).ok(), "so is the plan");
    }
    w.send<"open()">(w.steward(), w.vault());
    start_ = w.money_of(w.teacher(0)) + w.money_of(w.teacher(1));
    const uint64_t all = amounts[0] + amounts[1] + amounts[2];
    for (uint8_t n = 0; n < donor_count; ++n)
        check(w.contribute(w.donor(n), u256{n == 0 ? all - 3 : n}).ok(), "the goal is reached");
}

template <FixedText kind>
Step MilestoneTrial<kind>::draw(model::Random& random) {
    static constexpr std::array acts{Act::release, Act::release, Act::draw,      Act::draw,
                                     Act::draw,    Act::reclaim, Act::quote,     Act::turn,
                                     Act::cancel,  Act::wait,    Act::set_level, Act::withdraw};
    Step out{acts[random() % acts.size()], static_cast<uint8_t>(random() % 3), 0};
    if (out.act == Act::set_level) out.amount = random() % 60;
    if (out.act == Act::wait) out.amount = random() % 40 == 0 ? 1'990 : random() % 9;
    if (out.act == Act::cancel && random() % 4 != 0) out.act = Act::wait;
    return out;
}

template <FixedText kind>
std::vector<Step> MilestoneTrial<kind>::alphabet() {
    return {{Act::turn, 0},         {Act::release, 0}, {Act::draw, 0},    {Act::wait, 0, 7},
            {Act::wait, 0, 33},     {Act::cancel, 0},  {Act::reclaim, 0}, {Act::turn, 2},
            {Act::set_level, 0, 7}, {Act::quote, 0},   {Act::release, 2}, {Act::withdraw, 0}};
}

template <FixedText kind>
std::string MilestoneTrial<kind>::show(const Step& step) {
    static constexpr std::array names{"release", "draw",      "reclaim", "quote",   "turn",
                                      "cancel",  "set_level", "wait",    "withdraw"};
    return std::string(names[static_cast<size_t>(step.act)]) + " " + std::to_string(step.which) +
           " amount " + std::to_string(step.amount);
}

template <FixedText kind>
Outcome MilestoneTrial<kind>::act(const Step& step, bool& expected) {
    VaultWorld& w = scene().world;
    const uint64_t now = w.block().timestamp;
    const u256 id{step.which};
    switch (step.act) {
        case Act::release:
            expected = model_.release(step.which, now, w.block().number);
            return w.release(step.which);
        case Act::draw:
            expected = model_.draw(step.which, now);
            return w.send<"draw(uint256)">(person(99), w.vault(), id);
        case Act::reclaim:
            expected = model_.reclaim(step.which, now);
            return w.reclaim(step.which);
        case Act::quote:
            expected = model_.quote(w.block().number);
            return w.send<"quote(uint256)">(person(99), w.vault(), u256{2u});
        default:
            expected = !w.withdrawable(w.donor(step.which)).is_zero();
            return w.withdraw(w.donor(step.which));
    }
}

template <FixedText kind>
std::optional<std::string> MilestoneTrial<kind>::apply(const Step& step) {
    VaultWorld& w = scene().world;
    switch (step.act) {
        case Act::wait:
            w.advance(step.amount);
            return std::nullopt;
        case Act::turn:
        case Act::cancel: {
            Model::Part& part = model_.parts[step.which];
            bool& flag = step.act == Act::turn ? part.on : part.cancelled;
            flag = !flag;
            w.turn((step.act == Act::turn ? 0 : cancel_switch) + step.which,
                   flag ? Switchboard::on : Switchboard::off);
            return std::nullopt;
        }
        case Act::set_level:
            model_.level = step.amount;
            w.send<"setLevel(uint256)">(person(9), scene().level, u256{step.amount});
            return std::nullopt;
        default:
            break;
    }
    bool expected = false;
    const Outcome out = act(step, expected);
    if (!out.broken.empty()) return out.broken;
    if (out.ok() != expected) return expected ? "refused" : "not refused";
    return difference();
}

template <FixedText kind>
std::optional<std::string> MilestoneTrial<kind>::difference() const {
    VaultWorld& w = scene().world;
    if ((w.phase() == Phase::active) != model_.is_active()) return "the phase";
    if (w.paid() + w.owed() != u256{model_.paid()}) return "what was paid";
    if (w.returned() != u256{model_.returned}) return "what came back";
    if (w.escrowed() != u256{model_.escrowed()}) return "what is escrowed";
    if (w.held() != w.escrowed() + w.returned() - w.withdrawn()) return "what is held";
    if (w.money_of(w.vault()) != w.held() + w.owed()) return "the money of the vault";
    if (w.money_of(w.teacher(0)) + w.money_of(w.teacher(1)) - start_ != w.paid())
        return "the money of the payees";
    return std::nullopt;
}

TEST(MilestoneModel, random_lives_are_as_the_model_says) {
    model::expect_random<MilestoneTrial<"Vault">>({.operations = 6'000, .life = 100});
}

TEST(MilestoneModel, every_short_sequence_is_as_the_model_says) {
    model::expect_exhaustive<MilestoneTrial<"Vault">>(3, 6);
}

TEST(MilestoneModel, planted_faults_are_caught) {
    model::expect_caught<MilestoneTrial<"DrawsTwice">>({.operations = 20'000, .life = 100});
    model::expect_caught<MilestoneTrial<"StopsStreams">>({.operations = 20'000, .life = 100});
    model::expect_caught<MilestoneTrial<"HastyQuotes">>({.operations = 20'000, .life = 100});
}

}  // namespace
}  // namespace plume
