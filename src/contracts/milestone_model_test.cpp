// Tranches that are paid by rules and amended, against a plain model of them: a stream, instalments
// and a measured amount in one vault, every step predicted, every book compared.
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

constexpr uint64_t day = 86'400;
constexpr uint64_t span = 20 * day;
constexpr uint64_t extension = 10 * day;

enum class Act : uint8_t {
    release,
    draw,
    reclaim,
    quote,
    turn,
    cancel,
    set_level,
    wait,
    approach,
    withdraw,
    propose,
    agree,
    agree_payee,
    disagree,
    accept,
    leave,
    put_out,
    enact,
    give,
    collect
};

struct Step {
    Act act;
    uint8_t which = 0;
    uint64_t amount = 0;  ///< units, seconds to wait, or seconds before a deadline
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

        friend bool operator==(const Part&, const Part&) = default;
    };

    using Donors = std::array<uint64_t, donor_count>;

    std::array<uint64_t, tranche_count> deadline{};
    std::array<Part, tranche_count> parts;
    std::array<uint64_t, tranche_count> live = amounts;
    Donors shares{amounts[0] + amounts[1] + amounts[2] - 3, 1, 2};
    Donors agreeing{};
    Donors owed{};
    Donors collected{};
    std::array<bool, 2> payees_agree{};
    uint8_t stage = 0;  // 0 none, 1 proposed, 2 accepted, 3 in force
    uint64_t number = 0;
    uint8_t amended = 0;
    uint64_t amended_deadline = 0;
    uint64_t until = 0;
    uint64_t accepted_at = 0;
    uint64_t level = 0;
    uint64_t quoted = 0;
    uint64_t quote_block = 0;
    uint64_t returned = 0;

    bool is_active() const { return escrowed() > 0; }
    static uint64_t sum(const Donors& each) { return each[0] + each[1] + each[2]; }
    bool is_pending(uint64_t now, bool accepted) const {
        return is_active() && now <= until && (stage == 2 || (stage == 1 && !accepted));
    }
    bool propose(uint8_t id, uint64_t now) {
        if (!is_active() || parts[id].state != 0 || is_pending(now, true)) return false;
        if (deadline[id] + extension <= now) return false;
        stage = 1;
        ++number;
        amended = id;
        amended_deadline = deadline[id] + extension;
        until = now + amendments::proposal_seconds;
        agreeing = {};
        payees_agree = {};
        return true;
    }
    bool agree(uint8_t who, uint64_t now, bool agrees) {
        if (!is_pending(now, false)) return false;
        agreeing[who] = agrees ? shares[who] : 0;
        return true;
    }
    bool agree_payee(uint8_t who, uint64_t now) {
        if (!is_pending(now, false)) return false;
        payees_agree[who] = true;
        return true;
    }
    bool accept(uint64_t now) {
        const bool do_payees = payees_agree[0] && payees_agree[1];
        const bool do_shares = 2 * sum(agreeing) > sum(shares);
        if (stage != 1 || !is_pending(now, false) || !do_payees || !do_shares) return false;
        if (parts[amended].state != 0) return false;
        stage = 2;
        until = now + amendments::acceptance_seconds;
        accepted_at = now;
        return true;
    }
    void take_shares(uint8_t who, uint64_t amount, uint64_t now) {
        shares[who] -= amount;
        if (is_pending(now, false)) agreeing[who] = std::min(agreeing[who], shares[who]);
    }
    bool let_leave(uint8_t who, uint64_t amount, uint64_t now) {
        const uint64_t supply = sum(shares);
        if (amount == 0 || amount == supply) return false;
        uint64_t seen = 0;
        uint64_t part = 0;
        for (uint8_t id = 0; id < tranche_count; ++id) {
            if (parts[id].state != 0) continue;
            seen += live[id];
            const uint64_t next = seen * amount / supply;
            live[id] -= next - part;
            part = next;
        }
        owed[who] += part;
        take_shares(who, amount, now);
        return true;
    }
    bool leave(uint8_t who, uint64_t now) {
        return is_pending(now, true) && let_leave(who, shares[who], now);
    }
    bool put_out(uint8_t who, uint64_t now) {
        if (!is_pending(now, true) || now < accepted_at + amendments::notice_seconds) return false;
        const bool is_paying =
            std::ranges::any_of(parts, [](const Part& part) { return part.state == 4; });
        return !is_paying && let_leave(who, shares[who] - agreeing[who], now);
    }
    bool enact(uint64_t now) {
        if (!is_pending(now, true) || sum(agreeing) != sum(shares)) return false;
        if (parts[amended].state != 0 || amended_deadline <= now) return false;
        stage = 3;
        deadline[amended] = amended_deadline;
        return true;
    }
    bool give(uint8_t from, uint8_t to, uint64_t amount, uint64_t now) {
        if (amount > shares[from]) return false;
        if (from == to) return true;
        take_shares(from, amount, now);
        shares[to] += amount;
        return true;
    }
    bool collect(uint8_t who) {
        const uint64_t amount = std::exchange(owed[who], 0);
        collected[who] += amount;
        return amount > 0;
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
        const uint64_t now = std::min({level, cap, live[2]});
        if (!is_active() || parts[2].state != 0 || now == 0) return false;
        if (quote_block == 0 || quoted != now) quote_block = block;
        quoted = now;
        return true;
    }
    bool release(uint8_t id, uint64_t now, uint64_t block) {
        Part& part = parts[id];
        if (!is_active() || part.state != 0 || !part.on || now > deadline[id]) return false;
        if (id == 2) {
            if (quote_block == 0 || quote_block >= block ||
                quoted != std::min({level, cap, live[2]}) || quoted == 0)
                return false;
        }
        part.granted = id == 2 ? quoted : live[id];
        part.started_at = now;
        part.state = 4;
        returned += live[id] - part.granted;
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
        if (!is_active()) return false;
        if (part.state == 0 && (now > deadline[id] || part.cancelled)) {
            part.state = 2;
            returned += live[id];
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
            if (parts[id].state == 0) sum += live[id];
            if (parts[id].state == 4) sum += parts[id].granted - parts[id].paid;
        }
        return sum;
    }

    friend bool operator==(const Model&, const Model&) = default;
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

/// Takes those for agreeing who are silent.
class HearsTheSilent : public Vault {
public:
    using Vault::Vault;
    void enact(u256 number) {
        amendments::set_agreement(*this, person(666), true,
                                  total_supply() - amendments::status(*this).agreeing);
        Vault::enact(number);
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"enact(uint256 number)", &HearsTheSilent::enact>>{};
};

/// Pays who leaves a unit too much of the first tranche.
class PaysLeavers : public Vault {
public:
    using Vault::Vault;
    u256 leave() {
        const u256 out = Vault::leave();
        const u256 amount = tranches::amount(*this, TrancheId{0});
        if (tranches::state(*this, TrancheId{0}) != TrancheState::open || amount <= u256{1u})
            return out;
        tranches::set_amount(*this, TrancheId{0}, amount - u256{1u});
        set(escrowed_, u128{escrowed() - u256{1u}});
        set(held_, u128{held() - u256{1u}});
        set(owed_, u128{owed() + u256{1u}});
        set(owed_to_[sender()], owed_to(sender()) + u256{1u});
        emit(Reduced{u256{}, u256{1u}});
        emit(Left{sender(), u256{}, u256{1u}});
        return out + u256{1u};
    }
    static constexpr auto abi =
        Vault::abi + Methods<Method<"leave() returns (uint256 amount)", &PaysLeavers::leave>>{};
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
    std::optional<std::string> compare() const;
    auto parts() { return std::tie(scene().world, model_); }

private:
    struct Scene {
        VaultWorld world{{native_type<Level>(60'060, 1, "Level"),
                          native_type<DrawsTwice>(60'061, 1, "DrawsTwice"),
                          native_type<StopsStreams>(60'062, 1, "StopsStreams"),
                          native_type<HastyQuotes>(60'063, 1, "HastyQuotes"),
                          native_type<HearsTheSilent>(60'064, 1, "HearsTheSilent"),
                          native_type<PaysLeavers>(60'065, 1, "PaysLeavers")}};
        Address level = world.create(person(9), "Level", {}).template value<Address>();
    };
    /// One for each life: what former lives leave behind would make every look longer.
    static Scene& scene(bool is_new = false) {
        static std::unique_ptr<Scene> one;
        if (is_new) one = std::make_unique<Scene>();
        return *one;
    }
    static PayoutRules rules(uint8_t id);
    Outcome act(const Step& step, bool& expected);
    Outcome act_jointly(const Step& step, bool& expected);

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
    VaultWorld& w = scene(true).world;
    w.expect_broken_invariants();
    w.block().timestamp = w.funding_deadline() - VaultWorld::funding_seconds;
    w.send<"setLevel(uint256)">(person(9), scene().level, u256{});
    check(w.create_vault(w.terms(), {}, false, kind.view()).ok(), "the terms are valid");
    for (uint8_t id = 0; id < tranche_count; ++id) {
        w.turn(id, Switchboard::off);
        w.turn(cancel_switch + id, Switchboard::off);
        Tranche tranche = w.tranche(id, u256{amounts[id]});
        tranche.cancel = w.when_on(cancel_switch + id);
        tranche.deadline += span;
        model_.deadline[id] = tranche.deadline;
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
    static constexpr std::array joint{Act::propose, Act::agree,  Act::agree,       Act::agree,
                                      Act::accept,  Act::leave,  Act::agree_payee, Act::agree_payee,
                                      Act::enact,   Act::enact,  Act::put_out,     Act::disagree,
                                      Act::give,    Act::collect};
    if (random() % 3 == 0) {
        Step out{joint[random() % joint.size()], static_cast<uint8_t>(random() % 3), random() % 3};
        if (out.act == Act::give) out.amount += 3 * (random() % 40);
        return out;
    }
    Step out{acts[random() % acts.size()], static_cast<uint8_t>(random() % 3), 0};
    if (out.act == Act::set_level) out.amount = random() % 60;
    if (out.act == Act::wait) out.amount = random() % 20 == 0 ? random() % 12 * day : random() % 9;
    // What begins in time goes on past the deadline: for that it must begin shortly before.
    if (out.act == Act::wait && random() % 8 == 0)
        out = {Act::approach, out.which, random() % stream_seconds};
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
    static constexpr std::array names{"release", "draw",      "reclaim",     "quote",    "turn",
                                      "cancel",  "set_level", "wait",        "approach", "withdraw",
                                      "propose", "agree",     "agree_payee", "disagree", "accept",
                                      "leave",   "put_out",   "enact",       "give",     "collect"};
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
        case Act::withdraw:
            expected = !w.withdrawable(w.donor(step.which)).is_zero();
            return w.withdraw(w.donor(step.which));
        default:
            return act_jointly(step, expected);
    }
}

template <FixedText kind>
Outcome MilestoneTrial<kind>::act_jointly(const Step& step, bool& expected) {
    constexpr FixedText propose_text =
        "proposeAmendment(uint256,(uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,"
        "(address,bytes),(address,bytes)))";
    VaultWorld& w = scene().world;
    const uint64_t now = w.block().timestamp;
    const u256 number{model_.number};
    const Address anyone = person(99);
    const Address donor = w.donor(step.which);
    switch (step.act) {
        case Act::propose: {
            Tranche terms = std::get<0>(*abi::decode<Tranche, uint8_t, uint64_t>(
                w.ask<"tranche(uint256)">(w.vault(), u256{step.which}).result.output));
            terms.deadline += extension;
            expected = model_.propose(step.which, now);
            return w.send<propose_text>(w.teacher(step.which % 2), w.vault(), u256{step.which},
                                        terms);
        }
        case Act::agree:
            expected = model_.agree(step.which, now, true);
            return w.send<"agree(uint256)">(donor, w.vault(), number);
        case Act::disagree:
            expected = model_.agree(step.which, now, false);
            return w.send<"disagree(uint256)">(donor, w.vault(), number);
        case Act::agree_payee:
            expected = model_.agree_payee(step.which % 2, now);
            return w.send<"agree(uint256)">(w.teacher(step.which % 2), w.vault(), number);
        case Act::accept:
            expected = model_.accept(now);
            return w.send<"acceptAmendment(uint256)">(anyone, w.vault(), number);
        case Act::leave:
            expected = model_.leave(step.which, now);
            return w.send<"leave()">(donor, w.vault());
        case Act::put_out:
            expected = model_.put_out(step.which, now);
            return w.send<"putOut(address)">(anyone, w.vault(), donor);
        case Act::enact:
            expected = model_.enact(now);
            return w.send<"enact(uint256)">(anyone, w.vault(), number);
        case Act::collect:
            expected = model_.collect(step.which);
            return w.send<"collect(address)">(anyone, w.vault(), donor);
        default: {
            const uint8_t to = static_cast<uint8_t>(step.amount % donor_count);
            expected = model_.give(step.which, to, step.amount, now);
            return w.give_shares(donor, w.donor(to), u256{step.amount});
        }
    }
}

template <FixedText kind>
std::optional<std::string> MilestoneTrial<kind>::apply(const Step& step) {
    VaultWorld& w = scene().world;
    switch (step.act) {
        case Act::wait:
            w.advance(step.amount);
            return std::nullopt;
        case Act::approach: {
            const uint64_t to = model_.deadline[step.which] - step.amount;
            w.advance(std::max(to, w.block().timestamp) - w.block().timestamp);
            return std::nullopt;
        }
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
    return std::nullopt;
}

template <FixedText kind>
std::optional<std::string> MilestoneTrial<kind>::compare() const {
    VaultWorld& w = scene().world;
    if ((w.phase() == Phase::active) != model_.is_active()) return "the phase";
    const u256 owed{Model::sum(model_.owed)};
    const u256 collected{Model::sum(model_.collected)};
    // A cancelled payout owes the payees what was vested.
    if (w.paid() + w.owed() != u256{model_.paid()} + collected + owed) return "what was paid";
    for (uint8_t n = 0; n < donor_count; ++n) {
        if (w.shares_of(w.donor(n)) != u256{model_.shares[n]}) return "the shares of a donor";
        if (w.number<"owedTo(address)">(w.donor(n)) != u256{model_.owed[n]})
            return "what a donor is owed";
    }
    for (uint8_t id = 0; id < tranche_count; ++id)
        if (w.number<"liveAmount(uint256)">(u256{id}) != u256{model_.live[id]})
            return "what is left of a tranche";
    if (w.returned() != u256{model_.returned}) return "what came back";
    if (w.escrowed() != u256{model_.escrowed()}) return "what is escrowed";
    if (w.held() != w.escrowed() + w.returned() - w.withdrawn()) return "what is held";
    if (w.money_of(w.vault()) != w.held() + w.owed()) return "the money of the vault";
    if (w.money_of(w.teacher(0)) + w.money_of(w.teacher(1)) - start_ + collected != w.paid())
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
    model::expect_caught<MilestoneTrial<"HearsTheSilent">>({.operations = 20'000, .life = 100});
    model::expect_caught<MilestoneTrial<"PaysLeavers">>({.operations = 20'000, .life = 100});
}

}  // namespace
}  // namespace plume
