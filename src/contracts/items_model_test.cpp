// Items against a plain model of them: maps, and loops over all of them. Every step is predicted,
// and what it touches compared.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "contracts/items.hpp"
#include "support/items.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ItemsWorld;
using test::Outcome;
using test::person;

constexpr uint16_t people = 4;
constexpr uint64_t item_count = 2;  // 1: many, up to 40; 2: a single one, up to 2
const Address meter = person(50);
const Hash role = keccak256("Operate()");

uint64_t less(uint64_t a, uint64_t b) {
    return a > b ? a - b : 0;
}

/// Who holds what, with all rights on it. People are numbers; `escrow` is the contract itself.
struct Model {
    static constexpr int escrow = -1;
    struct Record {
        uint64_t id;
        int owner;
        uint64_t amount;
        int user;
        uint64_t expiry;
        uint64_t left;     // 0: not metered
        uint64_t arrived;  // when it came to its owner
        friend bool operator==(const Record&, const Record&) = default;
    };
    struct RolePlace {
        int grantee;  // -1: free
        uint64_t expiry;
        bool revocable;
        friend bool operator==(const RolePlace&, const RolePlace&) = default;
    };
    struct Commitment {
        uint64_t id;
        int grantor;
        uint64_t amount;
        uint64_t arrived;
        std::vector<RolePlace> roles;
        friend bool operator==(const Commitment&, const Commitment&) = default;
    };

    std::map<std::pair<uint64_t, int>, uint64_t> balances, frozen;
    std::map<uint64_t, uint64_t> caps, latest;
    std::map<uint64_t, bool> paused;
    std::map<uint64_t, std::map<int, uint64_t>> tokens;  // by item: who has how much of its token
    std::map<uint64_t, Record> records;
    std::map<uint64_t, Commitment> commitments;
    std::map<std::pair<int, int>, bool> approvals;
    uint64_t now = 0, record_count = 0, commitment_count = 0, arrivals = 0;

    uint64_t supply(uint64_t id) {
        uint64_t sum = 0;
        for (const auto& [key, value] : balances)
            if (key.first == id) sum += value;
        return sum;
    }
    bool runs(const Record& record) const { return now < record.expiry; }
    uint64_t let_by(int who, uint64_t id) const {
        uint64_t sum = 0;
        for (const auto& [number, record] : records)
            if (record.id == id && record.owner == who && runs(record)) sum += record.amount;
        return sum;
    }
    uint64_t let_to(int who, uint64_t id) const {
        uint64_t sum = 0;
        for (const auto& [number, record] : records)
            if (record.id == id && record.user == who && runs(record)) sum += record.amount;
        return sum;
    }
    uint64_t committed(int who, uint64_t id) const {
        uint64_t sum = 0;
        for (const auto& [number, commitment] : commitments)
            if (commitment.id == id && commitment.grantor == who) sum += commitment.amount;
        return sum;
    }
    uint64_t free_of_rights(int who, uint64_t id) {
        return balances[{id, who}] - let_by(who, id) - committed(who, id);
    }
    uint64_t spendable(int who, uint64_t id) {
        return less(less(balances[{id, who}], frozen[{id, who}]), committed(who, id));
    }
    uint64_t free(int who, uint64_t id) { return less(spendable(who, id), let_by(who, id)); }
    uint64_t usable(int who, uint64_t id) { return free_of_rights(who, id) + let_to(who, id); }

    template <class Things>
    static std::vector<uint64_t> by_arrival(const Things& things) {
        std::vector<std::pair<uint64_t, uint64_t>> order;
        for (const auto& [number, thing] : things) order.push_back({thing.arrived, number});
        std::ranges::sort(order);
        std::vector<uint64_t> out;
        for (const auto& [arrived, number] : order) out.push_back(number);
        return out;
    }
    void forget(uint64_t number) {
        const uint64_t id = records.at(number).id;
        if (latest[id] == number) latest[id] = 0;
        records.erase(number);
    }
    void prune(uint64_t id, int owner, int user) {
        for (const uint64_t number : by_arrival(records)) {
            const Record& record = records.at(number);
            if (record.id == id && !runs(record) && (record.owner == owner || record.user == user))
                forget(number);
        }
    }
    bool carry(int from, int to, uint64_t id, uint64_t rest, bool by_force) {
        bool is_first = true;
        for (const uint64_t number : by_arrival(records)) {
            if (!records.contains(number)) continue;  // Forgotten to make room.
            Record& record = records.at(number);
            if (record.id != id || record.owner != from || !runs(record)) continue;
            if (record.amount > rest) continue;
            if (is_first) prune(id, to, -2);
            is_first = false;
            uint64_t held = 0;
            for (const auto& [other, each] : records)
                held += each.id == id && each.owner == to ? 1 : 0;
            if (held >= usage::owner_records_max) return false;
            record.owner = to;
            record.arrived = ++arrivals;
            rest -= record.amount;
        }
        if (!by_force) return rest == 0;
        for (const uint64_t number : by_arrival(commitments)) {
            Commitment& commitment = commitments.at(number);
            if (commitment.id != id || commitment.grantor != from || commitment.amount > rest)
                continue;
            uint64_t held = 0;
            for (const auto& [other, each] : commitments)
                held += each.id == id && each.grantor == to ? 1 : 0;
            if (held >= commitments::commitments_max) return false;
            commitment.grantor = to;
            commitment.arrived = ++arrivals;
            rest -= commitment.amount;
        }
        return rest == 0;
    }
    bool shift(int from, int to, uint64_t id, uint64_t amount, uint64_t unbound, bool by_force) {
        const uint64_t rest = less(amount, unbound);
        if (from != to && rest > 0 && !carry(from, to, id, rest, by_force)) return false;
        balances[{id, from}] -= amount;
        balances[{id, to}] += amount;
        return true;
    }

    bool give(int caller, int from, int to, uint64_t id, uint64_t amount) {
        if (caller != from && !approvals[{from, caller}]) return false;
        if (paused[id] || amount > spendable(from, id)) return false;
        return shift(from, to, id, amount, free(from, id), false);
    }
    bool mint(int to, uint64_t id, uint64_t amount) {
        if (paused[id] || tokens.contains(id) || supply(id) + amount > caps[id]) return false;
        balances[{id, to}] += amount;
        return true;
    }
    bool burn(int who, uint64_t id, uint64_t amount) {
        if (paused[id] || amount > free(who, id)) return false;
        balances[{id, who}] -= amount;
        return true;
    }
    bool force(int from, int to, uint64_t id, uint64_t amount) {
        const uint64_t balance = balances[{id, from}];
        if (from == to || amount > balance) return false;
        const uint64_t unfrozen = less(balance, frozen[{id, from}]);
        frozen[{id, from}] -= less(amount, unfrozen);
        return shift(from, to, id, amount, free_of_rights(from, id), true);
    }
    bool let(int owner, int user, uint64_t id, uint64_t amount, uint64_t seconds, uint64_t units) {
        if (paused[id] || amount > free(owner, id) || amount == 0 || seconds == 0) return false;
        prune(id, owner, user);
        uint64_t owned = 0;
        uint64_t used = 0;
        for (const auto& [number, record] : records) {
            owned += record.id == id && record.owner == owner ? 1 : 0;
            used += record.id == id && record.user == user ? 1 : 0;
        }
        if (owned >= usage::owner_records_max || used >= usage::user_records_max) return false;
        records[++record_count] = {id, owner, amount, user, now + seconds, units, ++arrivals};
        latest[id] = record_count;
        return true;
    }
    bool end(int caller, uint64_t number) {
        if (!records.contains(number)) return false;
        const Record& record = records.at(number);
        if (record.user != caller && runs(record)) return false;
        forget(number);
        return true;
    }
    bool consume(uint64_t number, uint64_t amount) {
        if (!records.contains(number)) return false;
        Record& record = records.at(number);
        if (!runs(record) || record.left == 0 || amount > record.left) return false;
        record.left -= amount;
        if (record.left == 0) forget(number);
        return true;
    }
    bool set_user(int caller, int user, uint64_t id, uint64_t seconds) {
        if (supply(id) != 1 || balances[{id, caller}] != 1) return false;
        const auto found = records.find(latest[id]);
        if (found == records.end() || !runs(found->second))
            return let(caller, user, id, 1, seconds, 0);
        if (user != found->second.user || now + seconds < found->second.expiry) return false;
        found->second.expiry = now + seconds;
        return true;
    }
    bool commit(int who, uint64_t id, uint64_t amount) {
        uint64_t held = 0;
        for (const auto& [number, each] : commitments)
            held += each.id == id && each.grantor == who ? 1 : 0;
        if (amount == 0 || amount > free(who, id) || held >= commitments::commitments_max)
            return false;
        commitments[++commitment_count] = {id, who, amount, ++arrivals, {}};
        return true;
    }
    bool binds(const RolePlace& place) const {
        return place.grantee >= 0 && !place.revocable && now < place.expiry;
    }
    bool release(int caller, uint64_t number) {
        if (!commitments.contains(number) || commitments.at(number).grantor != caller) return false;
        for (const RolePlace& place : commitments.at(number).roles)
            if (binds(place)) return false;
        commitments.erase(number);
        return true;
    }
    bool grant(int caller, uint64_t number, int grantee, uint64_t seconds, bool revocable) {
        if (!commitments.contains(number) || commitments.at(number).grantor != caller) return false;
        if (seconds == 0) return false;
        auto& roles = commitments.at(number).roles;
        auto place = std::ranges::find(roles, grantee, &RolePlace::grantee);
        if (place == roles.end())
            place = std::ranges::find_if(roles, [&](const RolePlace& each) {
                return each.grantee < 0 || each.expiry <= now;
            });
        if (place == roles.end()) place = roles.insert(place, {-1, 0, true});
        if (place->grantee == grantee && binds(*place)) return false;
        *place = {grantee, now + seconds, revocable};
        return true;
    }
    bool revoke(int caller, uint64_t number, int grantee) {
        if (!commitments.contains(number)) return false;
        Commitment& commitment = commitments.at(number);
        const auto place = std::ranges::find(commitment.roles, grantee, &RolePlace::grantee);
        if (place == commitment.roles.end()) return false;
        if (caller != grantee && (caller != commitment.grantor || binds(*place))) return false;
        *place = {-1, 0, true};
        return true;
    }
    bool fractionalize(int who, uint64_t id, uint64_t shares) {
        const uint64_t whole = supply(id);
        if (tokens.contains(id) || whole == 0 || shares == 0) return false;
        if (balances[{id, who}] != whole || paused[id] || whole > spendable(who, id)) return false;
        if (!shift(who, escrow, id, whole, free(who, id), false)) return false;
        tokens[id] = {{who, shares}};
        return true;
    }
    bool pay(int from, int to, uint64_t id, uint64_t shares) {
        if (!tokens.contains(id) || tokens[id][from] < shares) return false;
        tokens[id][from] -= shares;
        tokens[id][to] += shares;
        return true;
    }
    bool redeem(int who, uint64_t id) {
        if (!tokens.contains(id)) return false;
        for (const auto& [holder, shares] : tokens[id])
            if (holder != who && shares > 0) return false;
        tokens.erase(id);
        return shift(escrow, who, id, supply(id), free_of_rights(escrow, id), true);
    }

    friend bool operator==(const Model&, const Model&) = default;
};

enum class Do : uint8_t {
    give,
    give_for,
    approve,
    mint,
    burn,
    freeze,
    force,
    pause,
    let,
    let_metered,
    end,
    consume,
    set_user,
    commit,
    release,
    grant,
    revoke,
    fractionalize,
    pay,
    redeem,
    wait,
    count
};

struct Step {
    Do what;
    int a, b;  // people
    uint64_t id;
    uint64_t amount;
    uint64_t number;  // of a record or commitment, counted back from the latest
    uint64_t seconds;
    bool flag;
};

/// `type` names the contract that is held against the model.
template <class Type>
struct ItemsTrial {
    using Operation = Step;

    ItemsTrial() : world(Type::name, Type::more()) {
        world.define(1, 40_u256);
        world.define(2, 2_u256);
        model.caps = {{1, 40}, {2, 2}};
        world.mint(who(0), 1, 6_u256);
        world.mint(who(1), 1, 3_u256);
        world.mint(who(0), 2, 1_u256);
        model.balances = {{{1, 0}, 6}, {{1, 1}, 3}, {{2, 0}, 1}};
        world.expect_broken_invariants();
    }

    static Step draw(model::Random& random) {
        const auto below = [&](uint64_t n) { return random() % n; };
        Step out{.what = Do{static_cast<uint8_t>(below(static_cast<uint64_t>(Do::count)))},
                 .a = static_cast<int>(below(people)),
                 .b = static_cast<int>(below(people)),
                 .id = below(4) == 0 ? 2u : 1u,
                 .amount = below(8),
                 .number = below(4),
                 .seconds = below(3) * 50,
                 .flag = below(2) == 0};
        // Else most of a life would be paused, or be spent behind a token.
        if (out.what == Do::pause) out.flag = below(4) == 0;
        if (out.what == Do::freeze && below(2) == 0) out.amount = 0;
        if (out.what == Do::fractionalize && below(2) == 0) out.id = 2;
        return out;
    }
    static std::vector<Step> alphabet() {
        std::vector<Step> out;
        for (const uint64_t amount : {0, 1, 3, 7}) {
            out.push_back({Do::give, 0, 1, 1, amount, 0, 0, false});
            out.push_back({Do::force, 0, 2, 1, amount, 0, 0, false});
            out.push_back({Do::let, 0, 2, 1, amount, 0, 50, false});
        }
        out.push_back({Do::give, 0, 1, 1, 5, 0, 0, false});
        out.push_back({Do::give, 1, 0, 1, 2, 0, 0, false});
        out.push_back({Do::burn, 0, 0, 1, 4, 0, 0, false});
        out.push_back({Do::freeze, 0, 0, 1, 4, 0, 0, false});
        out.push_back({Do::let, 0, 1, 1, 2, 0, 100, false});
        out.push_back({Do::let_metered, 0, 2, 1, 2, 0, 50, false});
        out.push_back({Do::end, 2, 0, 1, 0, 0, 0, false});
        out.push_back({Do::consume, 0, 0, 1, 5, 0, 0, false});
        out.push_back({Do::commit, 0, 0, 1, 2, 0, 0, false});
        out.push_back({Do::release, 0, 0, 1, 0, 0, 0, false});
        out.push_back({Do::grant, 0, 2, 1, 0, 0, 50, false});
        out.push_back({Do::set_user, 0, 2, 2, 0, 0, 50, false});
        out.push_back({Do::fractionalize, 0, 0, 2, 5, 0, 0, false});
        out.push_back({Do::redeem, 0, 0, 2, 0, 0, 0, false});
        out.push_back({Do::wait, 0, 0, 1, 0, 0, 50, false});
        return out;
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{
            "give",    "give_for", "approve", "mint",     "burn",    "freeze",   "force",
            "pause",   "let",      "meter",   "end",      "consume", "set_user", "commit",
            "release", "grant",    "revoke",  "fraction", "pay",     "redeem",   "wait"};
        return std::string(names[static_cast<size_t>(step.what)]) + " a=" + std::to_string(step.a) +
               " b=" + std::to_string(step.b) + " id=" + std::to_string(step.id) +
               " amount=" + std::to_string(step.amount) + " number=" + std::to_string(step.number) +
               " seconds=" + std::to_string(step.seconds) + (step.flag ? " flag" : "");
    }

    auto parts() { return std::tie(world, model, token); }

    std::optional<std::string> apply(const Step& step) {
        Model next = model;
        next.now = world.now();
        const bool expected = predict(next, step);
        const Outcome out = perform(step);
        if (!out.broken.empty()) return "broken: " + out.broken;
        if (out.ok() != expected)
            return std::string(expected ? "refused what is right" : "did what is wrong") + " " +
                   to_hex(out.result.output);
        if (expected) model = std::move(next);
        model.now = world.now();
        if (step.what == Do::fractionalize && expected) token[step.id] = out.value<Address>();
        return compare(step.id, {step.a, step.b});
    }
    std::optional<std::string> compare() {
        for (uint64_t id = 1; id <= item_count; ++id)
            if (auto no = compare(id, {0, 1, 2, 3})) return no;
        return compare_records();
    }

private:
    static Address who(int n) {
        return n == Model::escrow ? Address{} : ItemsWorld::owner(static_cast<uint16_t>(n));
    }
    uint64_t record_at(const Step& step) const { return less(model.record_count, step.number); }
    uint64_t commitment_at(const Step& step) const {
        return less(model.commitment_count, step.number);
    }

    bool predict(Model& next, const Step& step) const {
        const auto& [what, a, b, id, amount, number, seconds, flag] = step;
        switch (what) {
            case Do::give:
                return next.give(a, a, b, id, amount);
            case Do::give_for:
                return next.give(a, b, a, id, amount);
            case Do::approve:
                next.approvals[{a, b}] = flag;
                return true;
            case Do::mint:
                return next.mint(a, id, amount);
            case Do::burn:
                return next.burn(a, id, amount);
            case Do::freeze:
                next.frozen[{id, a}] = amount;
                return true;
            case Do::force:
                return next.force(a, b, id, amount);
            case Do::pause:
                next.paused[id] = flag;
                return true;
            case Do::let:
                return next.let(a, b, id, amount, seconds, 0);
            case Do::let_metered:
                return next.let(a, b, id, amount, seconds, 7);
            case Do::end:
                return next.end(a, record_at(step));
            case Do::consume:
                return next.consume(record_at(step), amount);
            case Do::set_user:
                return next.set_user(a, b, id, seconds);
            case Do::commit:
                return next.commit(a, id, amount);
            case Do::release:
                return next.release(a, commitment_at(step));
            case Do::grant:
                return next.grant(a, commitment_at(step), b, seconds, flag);
            case Do::revoke:
                return next.revoke(a, commitment_at(step), b);
            case Do::fractionalize:
                return next.fractionalize(a, id, amount);
            case Do::pay:
                return next.pay(a, b, id, amount);
            case Do::redeem:
                return next.redeem(a, id);
            default:
                return true;
        }
    }
    Outcome perform(const Step& step) {
        const Address a = who(step.a);
        const Address b = who(step.b);
        const auto& [what, a_number, b_number, id, amount, number, seconds, flag] = step;
        switch (what) {
            case Do::give:
                return world.give(a, b, id, u256{amount});
            case Do::give_for:
                return world.give_by(a, b, a, id, u256{amount});
            case Do::approve:
                return world.approve(a, b, flag);
            case Do::mint:
                return world.mint(a, id, u256{amount});
            case Do::burn:
                return world.burn(a, id, u256{amount});
            case Do::freeze:
                return world.freeze(a, id, u256{amount});
            case Do::force:
                return world.force(a, b, id, u256{amount});
            case Do::pause:
                return world.pause(id, flag);
            case Do::let:
                return world.let(a, b, id, amount, seconds);
            case Do::let_metered:
                return world.let_metered(a, b, id, amount, seconds, meter, 7);
            case Do::end:
                return world.end(a, record_at(step));
            case Do::consume:
                return world.consume(meter, record_at(step), amount);
            case Do::set_user:
                return world.send<"setUser(uint256,address,uint64)">(a, world.items(), u256{id}, b,
                                                                     world.now() + seconds);
            case Do::commit:
                return world.commit(a, id, amount);
            case Do::release:
                return world.release(a, commitment_at(step));
            case Do::grant:
                return world.grant(a, commitment_at(step), role, b, world.now() + seconds, flag);
            case Do::revoke:
                return world.revoke_role(a, commitment_at(step), role, b);
            case Do::fractionalize:
                return world.fractionalize(a, id, amount);
            case Do::pay:
                return pay(a, b, id, amount);
            case Do::redeem:
                world.send<"approve(address,uint256)">(a, token[id], world.items(), u256_max);
                return world.redeem(a, id, a);
            default:
                world.advance(seconds);
                return {.result = {Status::success, 0, {}}};
        }
    }
    Outcome pay(const Address& a, const Address& b, uint64_t id, uint64_t amount) {
        if (!model.tokens.contains(id)) return {.result = {Status::revert, 0, {}}};
        return world.send<"transfer(address,uint256)">(a, token[id], b, u256{amount});
    }

    std::optional<std::string> compare(uint64_t id, const std::vector<int>& of) {
        const auto differ = [&](const std::string& what, const u256& got, uint64_t expected) {
            return got == u256{expected}
                       ? std::optional<std::string>{}
                       : what + " of item " + std::to_string(id) + " is " + to_decimal(got) +
                             ", not " + std::to_string(expected);
        };
        if (auto no = differ("supply", world.supply(id), model.supply(id))) return no;
        for (const int n : of) {
            const Address account = who(n);
            const std::string name = " of " + std::to_string(n);
            if (auto no =
                    differ("balance" + name, world.balance(account, id), model.balances[{id, n}]))
                return no;
            if (auto no = differ("let" + name, world.let_by(account, id), model.let_by(n, id)))
                return no;
            if (auto no = differ("usable" + name, world.usable(account, id), model.usable(n, id)))
                return no;
            if (auto no = differ(
                    "frozen" + name,
                    world.template read<"getFrozenTokens(address,uint256)">(account, u256{id}),
                    model.frozen[{id, n}]))
                return no;
        }
        return std::nullopt;
    }
    std::optional<std::string> compare_records() {
        for (uint64_t number = less(model.record_count, 5); number <= model.record_count;
             ++number) {
            const UserRecord got = world.user_record(number);
            const auto found = model.records.find(number);
            const bool is_same = found == model.records.end()
                                     ? got.amount == 0
                                     : got.amount == found->second.amount &&
                                           got.expiry == found->second.expiry &&
                                           got.user == who(found->second.user) &&
                                           (found->second.owner == Model::escrow
                                                ? got.owner == world.items()
                                                : got.owner == who(found->second.owner));
            if (!is_same) return "record " + std::to_string(number) + " is another";
        }
        return std::nullopt;
    }

    ItemsWorld world;
    Model model;
    std::map<uint64_t, Address> token;
};

struct Right {
    static constexpr std::string_view name = "AssetItems";
    static std::vector<NativeType> more() { return {}; }
};

/// A faulty type beside the right one.
template <class Faulty>
struct Wrong {
    static constexpr std::string_view name = "Faulty";
    static std::vector<NativeType> more() { return {native_type<Faulty>(60'110, 1, "Faulty")}; }
};

TEST(ItemsModel, random_lives_are_as_the_model_says) {
    model::expect_random<ItemsTrial<Right>>({.operations = 20'000, .life = 300});
}

TEST(ItemsModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<ItemsTrial<Right>>(3, 6);
}

/// Does not keep what is let from being let again: the record is made past the check.
class LetsTwice : public AssetItems {
public:
    using AssetItems::AssetItems;
    u256 let_unchecked(Address owner, Address user, u256 id, uint64_t amount, uint64_t expiry) {
        require(amount <= balance_of(owner, id).low64(), UnknownItem{id});
        return usage::create(
            *this,
            {.token_id = id, .owner = owner, .amount = amount, .user = user, .expiry = expiry}, {});
    }
    static constexpr auto abi =
        AssetItems::abi +
        Methods<Method<"createUserRecord(address owner, address user, uint256 tokenId, uint64 "
                       "amount, uint64 expiry) returns (uint256)",
                       &LetsTwice::let_unchecked>>{};
};

/// Leaves the records behind with the seller.
class EvictsNobodyButForgets : public AssetItems {
public:
    using AssetItems::AssetItems;
    void give(Address from, Address to, u256 id, u256 value, Bytes) {
        require(balance_of(from, id) >= value && spendable_for(from, id) >= value, UnknownItem{id});
        require(!get(items_[id].is_paused()), ItemPaused{id});
        set(balances_[id][from], balance_of(from, id) - value);
        set(balances_[id][to], balance_of(to, id) + value);
        emit(TransferSingle{sender(), from, to, id, value});
    }
    u256 spendable_for(const Address& from, const u256& id) const {
        const u256 bound = frozen_tokens(from, id) + commitments::committed(*this, from, id);
        const u256 balance = balance_of(from, id);
        return balance > bound ? balance - bound : u256{};
    }
    static constexpr auto abi =
        AssetItems::abi +
        Methods<Method<"safeTransferFrom(address from, address to, uint256 id, uint256 value, "
                       "bytes data)",
                       &EvictsNobodyButForgets::give>>{};
};

/// Takes by force without lowering what is frozen.
class KeepsFrozen : public AssetItems {
public:
    using AssetItems::AssetItems;
    bool take(Address from, Address to, u256 id, u256 amount) {
        require(from != to, SelfTransfer{from});
        const u256 frozen = frozen_tokens(from, id);
        move(from, to, {id}, {amount}, Cause::force);
        set(frozen_[id][from], frozen);
        emit(ForcedTransfer{from, to, id, amount});
        return true;
    }
    static constexpr auto abi =
        AssetItems::abi +
        Methods<Method<"forcedTransfer(address from, address to, uint256 tokenId, uint256 amount) "
                       "returns (bool result)",
                       &KeepsFrozen::take>>{};
};

/// A meter that may count below nothing left, by ending the record there.
class CountsPastTheEnd : public AssetItems {
public:
    using AssetItems::AssetItems;
    void count(u256 record_id, u256 amount) {
        const u256 left{usage::meter_of(*this, record_id).left};
        consume(record_id, amount > left ? left : amount);
    }
    static constexpr auto abi =
        AssetItems::abi +
        Methods<Method<"consume(uint256 recordId, uint256 amount)", &CountsPastTheEnd::count>>{};
};

/// Gives the item back for half of the token.
class RedeemsForLess : public AssetItems {
public:
    using AssetItems::AssetItems;
    void give_back(u256 id, Address to) {
        const Address token = get(items_[id].token());
        require(token != Address{}, NotFractionalized{id});
        using TotalSupply = Remote<"totalSupply() view returns (uint256)", u256>;
        const u256 held = erc20::BalanceOf::read(*this, token, sender());
        require(held + held >= TotalSupply::read(*this, token), NotWhole{id, held, held});
        set(items_[id].token(), {});
        move(self(), to, {id}, {total_supply_of(id)}, Cause::redeem);
    }
    static constexpr auto abi =
        AssetItems::abi +
        Methods<Method<"redeem(uint256 id, address to)", &RedeemsForLess::give_back>>{};
};

TEST(ItemsModel, planted_faults_are_found) {
    model::expect_caught<ItemsTrial<Wrong<LetsTwice>>>({.operations = 20'000, .life = 300});
    model::expect_caught<ItemsTrial<Wrong<EvictsNobodyButForgets>>>(
        {.operations = 20'000, .life = 300});
    model::expect_caught<ItemsTrial<Wrong<KeepsFrozen>>>({.operations = 20'000, .life = 300});
    model::expect_caught<ItemsTrial<Wrong<CountsPastTheEnd>>>({.operations = 20'000, .life = 300});
    model::expect_caught<ItemsTrial<Wrong<RedeemsForLess>>>({.operations = 20'000, .life = 300});
}

}  // namespace
}  // namespace plume
