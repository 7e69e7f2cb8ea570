// A public-goods vault against a plain model of it: every step predicted, every book compared.
#include <array>
#include <set>

#include "native/math.hpp"
#include "support/goods.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using spend_lines::Split;
using test::GoodsWorld;
using test::Outcome;
using test::person;
using test::Switchboard;
using Account = PublicGoods::Account;
using Phase = PublicGoods::Phase;

constexpr uint8_t backer_count = 3;
constexpr uint8_t recipient_count = 3;
constexpr uint8_t line_count = 3;
constexpr uint64_t soft_cap = 40;
constexpr uint64_t hard_cap = 5'000;
constexpr uint64_t epoch_cap = 25;  // of the first currency
constexpr std::array<uint64_t, 2> weights{1, 2};
constexpr std::array<uint64_t, line_count> shares{3'000, 2'000, 4'000};  // fixed, equal, matched

enum class Act : uint8_t {
    give,
    give_to,
    transfer,
    accept,
    end,
    release,
    pay,
    close,
    take,
    turn,
    wait
};

struct Step {
    Act act;
    uint8_t who = 0;
    uint8_t other = 0;
    uint8_t asset = 0;
    uint64_t amount = 0;
};

/// What a vault should be, written for reading: no storage, no index, no running totals.
struct Model {
    struct Pot {
        uint64_t raised = 0;
        uint64_t made_over = 0;
        uint64_t returned = 0;
        std::array<uint64_t, backer_count> stakes{};

        friend bool operator==(const Pot&, const Pot&) = default;
    };

    uint64_t funding_deadline = 0;
    uint64_t line_deadline = 0;
    Phase phase = Phase::funding;
    std::array<std::array<Pot, 2>, 2> pots;  // by asset; the pool and the gifts
    std::array<uint64_t, backer_count> balances{};
    std::array<std::array<uint64_t, 2>, recipient_count> gifts{};
    std::array<std::array<uint64_t, backer_count>, recipient_count> voices{};
    std::array<std::array<uint64_t, 2>, backer_count> received{};
    std::vector<uint8_t> accepted;
    std::array<bool, line_count> on{};
    std::array<bool, line_count> released{};
    std::array<size_t, line_count> recipients_then{};
    /// By line, payee (two of the fixed line, or a recipient) and asset.
    std::array<std::array<std::array<uint64_t, 2>, recipient_count>, line_count> paid{};
    std::array<std::map<uint64_t, uint64_t>, 2> spent;  // by epoch

    uint64_t supply() const {
        uint64_t sum = 0;
        for (const uint64_t balance : balances) sum += balance;
        return sum;
    }
    bool is_accepted(uint8_t recipient) const {
        return std::ranges::find(accepted, recipient) != accepted.end();
    }
    static uint64_t root(uint64_t value) {
        uint64_t out = 0;
        while ((out + 1) * (out + 1) <= value) ++out;
        return out;
    }
    uint64_t weight(uint8_t recipient) const {
        uint64_t roots = 0;
        uint64_t sum = 0;
        for (const uint64_t c : voices[recipient]) {
            roots += root(c);
            sum += c;
        }
        return roots * roots > sum ? roots * roots - sum : 0;
    }
    uint64_t line_amount(uint8_t line, uint8_t asset) const {
        return pots[asset][0].raised * shares[line] / 10'000;
    }
    uint64_t line_value(uint8_t line) const {
        return line_amount(line, 0) * weights[0] + line_amount(line, 1) * weights[1];
    }
    uint64_t match_divisor() const {
        uint64_t sum = 0;
        for (uint8_t r = 0; r < recipient_count; ++r) sum += weight(r);
        return std::max(sum, line_value(2));
    }
    uint64_t match(uint8_t recipient) const {
        const uint64_t own = weight(recipient);
        return own == 0 ? 0 : line_value(2) * own / match_divisor();
    }
    /// Of the pool only.
    uint64_t entitled(uint8_t line, uint8_t asset, uint8_t payee, size_t accepted_then) const {
        const uint64_t amount = line_amount(line, asset);
        if (line == 0) return payee < 2 ? amount * (payee == 0 ? 2 : 1) / 3 : 0;
        if (!is_accepted(payee)) return 0;
        if (line == 1) return amount / accepted_then;
        return weight(payee) == 0 ? 0 : amount * weight(payee) / match_divisor();
    }

    bool give(uint8_t who, uint8_t asset, uint64_t amount, uint64_t now, const uint8_t* to) {
        const uint64_t value = amount * weights[asset];
        if (phase != Phase::funding || now > funding_deadline || amount == 0) return false;
        if (value > hard_cap - supply() || (to != nullptr && !is_accepted(*to))) return false;
        Pot& pot = pots[asset][to == nullptr ? 0 : 1];
        pot.raised += amount;
        pot.stakes[who] += amount;
        balances[who] += value;
        if (to == nullptr) return true;
        gifts[*to][asset] += amount;
        voices[*to][who] += value;
        return true;
    }
    bool transfer(uint8_t from, uint8_t to, uint64_t amount) {
        if (amount > balances[from]) return false;
        if (from == to || amount == 0) return true;
        for (auto& of_asset : pots) {
            for (Pot& pot : of_asset) {
                const uint64_t part = pot.stakes[from] * amount / balances[from];
                pot.stakes[from] -= part;
                pot.stakes[to] += part;
            }
        }
        balances[from] -= amount;
        balances[to] += amount;
        return true;
    }
    bool accept(uint8_t recipient, uint64_t now) {
        if (phase != Phase::funding || now > funding_deadline || is_accepted(recipient))
            return false;
        accepted.push_back(recipient);
        return true;
    }
    void return_rest() {
        for (auto& of_asset : pots)
            for (Pot& pot : of_asset) pot.returned = pot.raised - pot.made_over;
    }
    bool end(uint64_t now) {
        if (phase != Phase::funding) return false;
        if (now <= funding_deadline && supply() != hard_cap) return false;
        phase = supply() >= soft_cap ? Phase::active : Phase::failed;
        if (phase == Phase::failed) return_rest();
        return true;
    }
    bool release(uint8_t line, uint64_t now) {
        if (phase != Phase::active || released[line] || now > line_deadline || !on[line])
            return false;
        if (line == 1 && accepted.empty()) return false;
        released[line] = true;
        recipients_then[line] = accepted.size();
        for (uint8_t asset = 0; asset < 2; ++asset) {
            for (uint8_t payee = 0; payee < recipient_count; ++payee)
                pots[asset][0].made_over += entitled(line, asset, payee, accepted.size());
            if (line == 2) pots[asset][1].made_over = pots[asset][1].raised;
        }
        return true;
    }
    bool pay(uint8_t line, uint8_t asset, uint8_t payee, uint64_t now) {
        if (!released[line]) return false;
        uint64_t all = entitled(line, asset, payee, recipients_then[line]);
        if (line == 2) all += gifts[payee][asset];
        uint64_t& got = paid[line][payee][asset];
        uint64_t& used = spent[asset][now / GoodsWorld::epoch_seconds];
        const uint64_t left = asset == 0 ? epoch_cap - used : ~0ull;
        const uint64_t amount = std::min(all - got, left);
        if (amount == 0) return false;
        got += amount;
        used += amount;
        return true;
    }
    bool close(uint64_t now) {
        if (phase != Phase::active) return false;
        for (const bool is_released : released)
            if (!is_released && now <= line_deadline) return false;
        phase = Phase::closed;
        return_rest();
        return true;
    }
    uint64_t withdrawable(uint8_t who, uint8_t asset) const {
        uint64_t sum = 0;
        for (const Pot& pot : pots[asset])
            if (pot.raised > 0) sum += pot.stakes[who] * pot.returned / pot.raised;
        return sum;
    }
    bool take(uint8_t who, uint8_t asset) {
        const uint64_t amount = withdrawable(who, asset);
        if (amount == 0) return false;
        received[who][asset] += amount;
        for (Pot& pot : pots[asset])
            if (pot.returned > 0) pot.stakes[who] = 0;
        return true;
    }

    friend bool operator==(const Model&, const Model&) = default;
};

/// A vault of type `kind`.
template <FixedText kind>
class GoodsTrial {
public:
    using Operation = Step;

    GoodsTrial();
    static Step draw(model::Random& random);
    static std::vector<Step> alphabet();
    static std::string show(const Step& step);
    std::optional<std::string> apply(const Step& step);
    std::optional<std::string> compare() const;
    auto parts() { return std::tie(world(), model_, start_, start_payees_); }

private:
    /// One for each life: what former lives leave behind would make every look longer.
    static GoodsWorld& world(bool is_new = false);
    static const Address& asset_of(uint8_t asset) {
        return asset == 0 ? world().currency() : world().other();
    }
    static Address backer(uint8_t n) { return GoodsWorld::donor(n); }
    static Address payee(uint8_t line, uint8_t n) {
        if (line == 0) return person(static_cast<uint16_t>(31 + n));
        return GoodsWorld::teacher(n);
    }
    Outcome act(const Step& step, bool& expected);
    std::optional<std::string> difference_of_backers() const;

    Model model_;
    std::array<std::array<u256, 2>, backer_count> start_;
    std::array<std::array<u256, 2>, 2 * recipient_count> start_payees_;
};

/// A step wrong in each.
class PaysTwice : public PublicGoods {
public:
    using PublicGoods::PublicGoods;
    void pay(u256 id, Address asset, Address to) {
        const u256 before = get(paid_[id][asset][to]);
        PublicGoods::pay(id, asset, to);
        set(paid_[id][asset][to], before);
    }
    static constexpr auto abi =
        PublicGoods::abi +
        Methods<Method<"pay(uint256 id, address asset, address to)", &PaysTwice::pay>>{};
};

class KeepsStake : public PublicGoods {
public:
    using PublicGoods::PublicGoods;
    void withdraw_returned(Address holder, Address asset) {
        const auto [pool, gifts] = stake_of(holder, asset);
        PublicGoods::withdraw_returned(holder, asset);
        set(stakes_[asset][holder].pool(), checked_u128(pool));
    }
    static constexpr auto abi =
        PublicGoods::abi + Methods<Method<"withdrawReturned(address holder, address asset)",
                                          &KeepsStake::withdraw_returned>>{};
};

/// Moves receipts without what they stand for.
class ForgetsStake : public PublicGoods {
public:
    using PublicGoods::PublicGoods;

protected:
    void on_move(const Address&, const Address&, const u256&) override {}
};

/// Lets each gift count as another contributor's.
class SplitsVoices : public PublicGoods {
public:
    using PublicGoods::PublicGoods;
    u256 contribute_to(Address recipient, Address asset, u256 assets, Address receiver, Hash ref) {
        const u256 made = PublicGoods::contribute_to(recipient, asset, assets, receiver, ref);
        const u256 voices = journal_count() + u256{1'000u};
        matching::voice(*this, recipient, *Address::from(BytesView(to_word(voices)).last(20)),
                        u256{1u});
        return made;
    }
    static constexpr auto abi =
        PublicGoods::abi +
        Methods<Method<"contributeTo(address recipient, address asset, uint256 assets, address "
                       "receiver, bytes32 ref) returns (uint256 shares)",
                       &SplitsVoices::contribute_to>>{};
};

/// Counts nothing towards the epoch's cap.
class ForgetsEpoch : public PublicGoods {
public:
    using PublicGoods::PublicGoods;
    void pay(u256 id, Address asset, Address to) {
        PublicGoods::pay(id, asset, to);
        set(spent_[asset].amount(), {});
    }
    static constexpr auto abi =
        PublicGoods::abi +
        Methods<Method<"pay(uint256 id, address asset, address to)", &ForgetsEpoch::pay>>{};
};

template <FixedText kind>
GoodsWorld& GoodsTrial<kind>::world(bool is_new) {
    static std::unique_ptr<GoodsWorld> one;
    if (is_new)
        one = std::make_unique<GoodsWorld>(
            std::vector{native_type<PaysTwice>(60'041, 1, "PaysTwice"),
                        native_type<KeepsStake>(60'042, 1, "KeepsStake"),
                        native_type<ForgetsStake>(60'043, 1, "ForgetsStake"),
                        native_type<SplitsVoices>(60'044, 1, "SplitsVoices"),
                        native_type<ForgetsEpoch>(60'045, 1, "ForgetsEpoch")});
    return *one;
}

template <FixedText kind>
GoodsTrial<kind>::GoodsTrial() {
    GoodsWorld& w = world(true);
    w.expect_broken_invariants();
    w.block().timestamp = w.funding_deadline() - GoodsWorld::funding_seconds;
    GoodsTerms terms = w.goods_terms();
    terms.soft_cap = {u256{soft_cap}};
    terms.hard_cap = {u256{hard_cap}};
    auto currencies = w.two_currencies();
    currencies[0].epoch_cap = {u256{epoch_cap}};
    std::vector<SpendLine> plan;
    for (uint8_t n = 0; n < line_count; ++n) {
        plan.push_back(w.line(n, static_cast<uint16_t>(shares[n]), Split{n}));
        w.turn(n, Switchboard::off);
    }
    check(w.create_goods(terms, currencies, plan, true, kind.view()).ok(), "the plan is valid");
    model_.funding_deadline = w.funding_deadline();
    model_.line_deadline = w.line_deadline();
    for (uint8_t asset = 0; asset < 2; ++asset) {
        for (uint8_t n = 0; n < backer_count; ++n)
            start_[n][asset] = w.money_of(backer(n), asset_of(asset));
        for (uint8_t n = 0; n < recipient_count; ++n) {
            start_payees_[n][asset] = w.money_of(payee(0, n), asset_of(asset));
            start_payees_[recipient_count + n][asset] = w.money_of(payee(1, n), asset_of(asset));
        }
    }
}

template <FixedText kind>
Step GoodsTrial<kind>::draw(model::Random& random) {
    Step out{};
    const auto draw_below = [&](uint64_t n) { return static_cast<uint8_t>(random() % n); };
    static constexpr std::array acts{
        Act::give,   Act::give,  Act::give_to, Act::give_to, Act::give_to, Act::transfer,
        Act::accept, Act::end,   Act::release, Act::release, Act::pay,     Act::pay,
        Act::pay,    Act::close, Act::take,    Act::take,    Act::turn,    Act::wait};
    out.act = acts[random() % acts.size()];
    out.who = draw_below(3);
    out.other = draw_below(3);
    out.asset = draw_below(2);
    out.amount = random() % (random() % 3 == 0 ? 400 : 8);
    if (out.act == Act::wait) out.amount = random() % 240;
    return out;
}

/// All that three backers may do with 0 to 7 units, in a vault that is funded or fails.
template <FixedText kind>
std::vector<Step> GoodsTrial<kind>::alphabet() {
    return {{Act::give, 0, 0, 0, 7},     {Act::give, 1, 0, 1, 50},   {Act::accept, 0, 0, 0, 0},
            {Act::give_to, 0, 0, 0, 5},  {Act::give_to, 1, 0, 0, 4}, {Act::transfer, 0, 2, 0, 3},
            {Act::wait, 0, 0, 0, 1'001}, {Act::end, 0, 0, 0, 0},     {Act::turn, 2, 0, 0, 0},
            {Act::release, 2, 0, 0, 0},  {Act::pay, 0, 2, 0, 0},     {Act::close, 0, 0, 0, 0},
            {Act::take, 0, 0, 0, 0}};
}

template <FixedText kind>
std::string GoodsTrial<kind>::show(const Step& step) {
    static constexpr std::array names{"give", "give_to", "transfer", "accept", "end", "release",
                                      "pay",  "close",   "take",     "turn",   "wait"};
    return std::string(names[static_cast<size_t>(step.act)]) + " who " + std::to_string(step.who) +
           " other " + std::to_string(step.other) + " asset " + std::to_string(step.asset) +
           " amount " + std::to_string(step.amount);
}

template <FixedText kind>
Outcome GoodsTrial<kind>::act(const Step& step, bool& expected) {
    GoodsWorld& w = world();
    const uint64_t now = w.block().timestamp;
    const auto give = [&](const uint8_t* to) {
        expected = model_.give(step.who, step.asset, step.amount, now, to);
        const Outcome out = to == nullptr
                                ? w.give(backer(step.who), asset_of(step.asset), u256{step.amount})
                                : w.give_to(payee(1, *to), backer(step.who), asset_of(step.asset),
                                            u256{step.amount});
        // What was supplied and refused stays with him.
        if (!expected) start_[step.who][step.asset] += u256{step.amount};
        return out;
    };
    switch (step.act) {
        case Act::give:
            return give(nullptr);
        case Act::give_to:
            return give(&step.other);
        case Act::transfer:
            expected = model_.transfer(step.who, step.other, step.amount);
            return w.send<"transfer(address,uint256)">(backer(step.who), w.goods(),
                                                       backer(step.other), u256{step.amount});
        case Act::accept:
            expected = model_.accept(step.other, now);
            w.send<"registerRecipient(bytes32)">(payee(1, step.other), w.goods(), Hash{});
            return w.review(payee(1, step.other), true);
        case Act::end:
            expected = model_.end(now);
            return w.end_funding();
        case Act::release:
            expected = model_.release(step.who, now);
            return w.release_line(step.who);
        case Act::pay:
            expected = model_.pay(step.other, step.asset, step.who, now);
            return w.pay(step.other, asset_of(step.asset), payee(step.other, step.who));
        case Act::close:
            expected = model_.close(now);
            return w.close_goods();
        default:
            expected = model_.take(step.who, step.asset);
            return w.take_back(backer(step.who), asset_of(step.asset));
    }
}

template <FixedText kind>
std::optional<std::string> GoodsTrial<kind>::apply(const Step& step) {
    if (step.act == Act::wait) {
        world().advance(step.amount);
        return std::nullopt;
    }
    if (step.act == Act::turn) {
        model_.on[step.who] = !model_.on[step.who];
        world().turn(step.who, model_.on[step.who] ? Switchboard::on : Switchboard::off);
        return std::nullopt;
    }
    bool expected = false;
    const Outcome out = act(step, expected);
    if (!out.broken.empty()) return out.broken;
    if (out.ok() != expected) return expected ? "refused" : "not refused";
    return std::nullopt;
}

template <FixedText kind>
std::optional<std::string> GoodsTrial<kind>::compare() const {
    GoodsWorld& w = world();
    if (w.goods_phase() != model_.phase) return "the phase";
    for (uint8_t asset = 0; asset < 2; ++asset) {
        u256 payable;
        for (uint8_t line = 0; line < line_count; ++line) {
            if (!model_.released[line]) continue;
            for (uint8_t n = 0; n < recipient_count; ++n) {
                const uint64_t all = model_.entitled(line, asset, n, model_.recipients_then[line]) +
                                     (line == 2 ? model_.gifts[n][asset] : 0);
                payable += u256{all - model_.paid[line][n][asset]};
            }
        }
        if (w.account(asset_of(asset), Account::payable) != payable) return "payable";
        if (w.account(asset_of(asset), Account::cash) != w.money_of(w.goods(), asset_of(asset)))
            return "cash";
        for (uint8_t n = 0; n < recipient_count; ++n) {
            const u256 fixed{model_.paid[0][n][asset]};
            const u256 shared{model_.paid[1][n][asset] + model_.paid[2][n][asset]};
            if (w.money_of(payee(0, n), asset_of(asset)) - start_payees_[n][asset] != fixed ||
                w.money_of(payee(1, n), asset_of(asset)) -
                        start_payees_[recipient_count + n][asset] !=
                    shared)
                return "what payee " + std::to_string(n) + " got";
        }
    }
    for (uint8_t n = 0; n < recipient_count; ++n)
        if (w.match_of(payee(1, n)) != u256{model_.match(n)})
            return "the match of " + std::to_string(n);
    return difference_of_backers();
}

template <FixedText kind>
std::optional<std::string> GoodsTrial<kind>::difference_of_backers() const {
    GoodsWorld& w = world();
    for (uint8_t n = 0; n < backer_count; ++n) {
        if (w.goods_number<"balanceOf(address)">(backer(n)) != u256{model_.balances[n]})
            return "the receipts of " + std::to_string(n);
        for (uint8_t asset = 0; asset < 2; ++asset) {
            if (w.withdrawable_of(backer(n), asset_of(asset)) !=
                u256{model_.withdrawable(n, asset)})
                return "what is due to " + std::to_string(n);
            if (w.money_of(backer(n), asset_of(asset)) - start_[n][asset] !=
                u256{model_.received[n][asset]})
                return "what backer " + std::to_string(n) + " has";
        }
    }
    return std::nullopt;
}

TEST(GoodsModel, random_lives_are_as_the_model_says) {
    model::expect_random<GoodsTrial<"PublicGoods">>({.operations = 6'000, .life = 150});
}

TEST(GoodsModel, every_short_sequence_is_as_the_model_says) {
    model::expect_exhaustive<GoodsTrial<"PublicGoods">>(4, 8);
}

TEST(GoodsModel, planted_faults_are_caught) {
    model::expect_caught<GoodsTrial<"PaysTwice">>({.operations = 20'000, .life = 150});
    model::expect_caught<GoodsTrial<"KeepsStake">>({.operations = 20'000, .life = 150});
    model::expect_caught<GoodsTrial<"ForgetsStake">>({.operations = 20'000, .life = 150});
    model::expect_caught<GoodsTrial<"SplitsVoices">>({.operations = 20'000, .life = 150});
    model::expect_caught<GoodsTrial<"ForgetsEpoch">>({.operations = 20'000, .life = 150});
}

}  // namespace
}  // namespace plume
