// A pool with requests against plain integers and a plain line: random lives, every short life, and
// pools with a fault planted in them, which must be found.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "support/model.hpp"
#include "support/queued_pools.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::QueuedPoolWorld;

constexpr size_t people = 3;
constexpr uint64_t principal_max = 20;

Address someone(size_t n) {
    return person(static_cast<uint16_t>(2 + n));
}

struct Step {
    enum class Kind : uint8_t {
        ask_deposit,
        ask_redeem,
        answer_deposits,
        answer_redeems,
        let_answer,  ///< redemptions, by somebody
        deposit,
        mint,
        withdraw,
        redeem,
        cancel_deposit,
        cancel_redeem,
        have_assets_back,
        have_shares_back,
        choose,  ///< an operator, or dismiss him
        approve,
        give,
        wait,
        lend,
        repay,
        impair,
        write_off
    };
    static constexpr size_t kinds = 21;
    Kind kind;
    size_t who = 0;
    size_t owner = 0;     ///< or for whom; or the interest of a repayment
    uint64_t amount = 0;  ///< of assets; or how many days to wait
    uint64_t shares = 0;
};

/// Wide enough for shares times assets of many steps.
using Wide = unsigned __int128;

struct Waiting {
    size_t who = 0;
    Wide amount = 0;
    uint64_t time = 0;
    bool is_cancelled = false;

    friend bool operator==(const Waiting&, const Waiting&) = default;
};

struct Side {
    std::vector<Waiting> line;  ///< from the first that is not done with
    std::array<Wide, people> pending{};
    std::array<Wide, people> returned{};
    std::array<Wide, people> brought{};
    std::array<Wide, people> due{};

    friend bool operator==(const Side&, const Side&) = default;

    void ask(size_t who, Wide amount, uint64_t time) {
        line.push_back({who, amount, time});
        pending[who] += amount;
    }
    bool cancel(size_t who) {
        if (pending[who] == 0) return false;
        returned[who] += pending[who];
        pending[who] = 0;
        for (Waiting& one : line)
            if (one.who == who) one.is_cancelled = true;
        return true;
    }
    void pass() { line.erase(line.begin()); }
    void fulfill(Wide part, Wide paid) {
        Waiting& first = line.front();
        pending[first.who] -= part;
        brought[first.who] += part;
        due[first.who] += paid;
        first.amount -= part;
        if (first.amount == 0) pass();
    }
    void give_back() {
        const Waiting first = line.front();
        pending[first.who] -= first.amount;
        returned[first.who] += first.amount;
        pass();
    }
    static Wide sum(const std::array<Wide, people>& of) { return of[0] + of[1] + of[2]; }
};

struct Books {
    uint64_t now = 0;
    uint64_t answers_from = 0;
    Wide cash = 0;
    Wide principal = 0;
    Wide loss = 0;
    Side deposits;
    Side redeems;
    std::array<Wide, people> shares{};
    std::array<std::array<Wide, people>, people> allowed{};
    std::array<std::array<bool, people>, people> chosen{};
    std::array<Wide, people> euros{1'000'000'000, 1'000'000'000, 1'000'000'000};

    friend bool operator==(const Books&, const Books&) = default;

    Wide kept() const {
        return Side::sum(redeems.pending) + Side::sum(redeems.returned) + Side::sum(deposits.due);
    }
    Wide supply() const { return Side::sum(shares) + kept(); }
    Wide total() const { return cash + principal; }
    Wide reserved() const {
        return Side::sum(deposits.pending) + Side::sum(deposits.returned) + Side::sum(redeems.due);
    }
    static Wide down(Wide a, Wide b, Wide d) { return a * b / d; }
    static Wide up(Wide a, Wide b, Wide d) { return (a * b + d - 1) / d; }
    bool may_act(size_t who, size_t owner) const { return who == owner || chosen[owner][who]; }

    void answer_deposits(Wide most) {
        if (now < answers_from) return;
        const Wide given = supply() + 1'000'000;
        const Wide taken = total() + 1;
        Wide paid = 0;
        for (uint64_t i = 0; i < QueuedPool::fulfill_max && !deposits.line.empty(); ++i) {
            const Waiting first = deposits.line.front();
            if (first.time >= now) break;
            if (first.is_cancelled) {
                deposits.pass();
                continue;
            }
            const Wide part = std::min(first.amount, most - paid);
            const Wide bought = down(part, given, taken);
            if (bought == 0 && part < first.amount) break;
            if (bought == 0) {
                deposits.give_back();
                continue;
            }
            const Wide cost = up(bought, taken, given);
            deposits.fulfill(cost, bought);
            paid += cost;
        }
        cash += paid;
    }
    void answer_redeems(Wide most, uint64_t age) {
        if (now < answers_from) return;
        const Wide given = total() - loss + 1;
        const Wide taken = supply() + 1'000'000;
        Wide sold = 0;
        Wide paid = 0;
        for (uint64_t i = 0; i < QueuedPool::fulfill_max && !redeems.line.empty(); ++i) {
            const Waiting first = redeems.line.front();
            if (now - first.time < age) break;
            if (first.is_cancelled) {
                redeems.pass();
                continue;
            }
            Wide part = std::min(first.amount, most - sold);
            // By halving, where the contract computes.
            Wide low = 0;
            while (down(part, given, taken) > cash - paid && low < part) {
                const Wide middle = part - (part - low) / 2;
                if (down(middle, given, taken) <= cash - paid)
                    low = middle;
                else
                    part = middle - 1;
            }
            const Wide worth = down(part, given, taken);
            if (worth == 0 && (part < first.amount || down(part, total() + 1, taken) > 0)) break;
            if (worth == 0) {
                redeems.give_back();
                continue;
            }
            if (part < first.amount) part = up(worth, taken, given);
            redeems.fulfill(part, worth);
            sold += part;
            paid += worth;
        }
        cash -= paid;
    }
};

/// Planted: nobody is asked whose shares they are.
class AsksNobody : public QueuedPool {
public:
    using QueuedPool::QueuedPool;
    u256 take(u256 shares, Address receiver, Address controller) {
        const u256 assets = request_queue::claim_due(*this, deposits_, controller, shares);
        move_between(self(), receiver, shares);
        emit(Deposit{controller, receiver, assets, shares});
        return assets;
    }
    static constexpr auto abi =
        QueuedPool::abi +
        Methods<Method<"mint(uint256 shares, address receiver, address controller) returns "
                       "(uint256 assets)",
                       &AsksNobody::take>>{};
};

/// Planted: what is asked for is in the price before it is answered.
class CountsRequests : public QueuedPool {
public:
    using QueuedPool::QueuedPool;
    u256 ask(u256 assets, Address controller, Address owner) {
        require_may_act_for(owner);
        require(!assets.is_zero(), NothingRequested{});
        pull(owner, assets);
        set_cash(cash() + assets);
        emit(Repaid{u256{}, assets});
        request_queue::add(*this, deposits_, controller, u256{});
        emit(DepositRequest{controller, owner, request_id, sender(), u256{}});
        return request_id;
    }
    static constexpr auto abi =
        QueuedPool::abi + Methods<Method<"requestDeposit(uint256 assets, address controller, "
                                         "address owner) returns (uint256 requestId)",
                                         &CountsRequests::ask>>{};
};

/// Planted: what is taken back keeps its place in the line.
class KeepsTheLine : public QueuedPool {
public:
    using QueuedPool::QueuedPool;
    void cancel(u256 id, Address controller) {
        cancel_deposit(id, controller);
        const auto generation = deposits_.controllers()[controller].generation();
        set(generation, get(generation) - 1);
    }
    static constexpr auto abi =
        QueuedPool::abi +
        Methods<Method<"cancelDepositRequest(uint256 requestId, address controller)",
                       &KeepsTheLine::cancel>>{};
};

/// Planted: whoever leaves bears nothing of a feared loss.
class LetsThemLeave : public QueuedPool {
public:
    using QueuedPool::QueuedPool;
    u256 pay_well(u256 most) {
        require_operator();
        const auto first = request_queue::first(*this, redeems_);
        if (!first || first->time >= now()) return {};
        const u256 part = std::min(most, first->amount);
        const u256 assets =
            mul_div_down(part, total_assets() + virtual_assets, total_supply() + virtual_shares);
        if (assets.is_zero() || assets > cash()) return {};
        request_queue::fulfill(*this, redeems_, part, assets);
        emit(RedeemFulfilled{first->controller, part, assets});
        set_cash(cash() - assets);
        move(self(), {}, part);
        return part;
    }
    static constexpr auto abi =
        QueuedPool::abi + Methods<Method<"fulfillRedeems(uint256 most) returns (uint256 shares)",
                                         &LetsThemLeave::pay_well>>{};
};

template <class P>
class QueuedPoolTrial {
public:
    using Operation = Step;

    QueuedPoolTrial() : world_({native_type<P>(60'152, 1, "ModelPool")}) {
        world_.expect_broken_invariants();
        PoolTerms terms = world_.terms();
        terms.principal_max = u128{u256{principal_max}};
        pool_ = world_.make_queued(terms, QueuedPool::patience_min_seconds, "ModelPool")
                    .template value<Address>();
        for (size_t i = 0; i <= people; ++i)
            world_.template send<"approve(address,uint256)">(someone(i), world_.euro(), pool_,
                                                             u256_max);
        books_.now = world_.block().timestamp;
    }

    static Step draw(model::Random& random) {
        static constexpr std::array<uint64_t, 5> crumbs{0, 1, 999'999, 500'000, 3};
        return {static_cast<Step::Kind>(random() % Step::kinds), random() % people,
                random() % people, random() % 8,
                random() % 8 * 1'000'000 + crumbs[random() % crumbs.size()]};
    }
    static std::vector<Step> alphabet() {
        using enum Step::Kind;
        return {{ask_deposit, 0, 0, 7, 0},
                {ask_deposit, 1, 0, 3, 0},
                {answer_deposits, 0, 0, 5, 0},
                {mint, 0, 0, 0, 2'000'001},
                {ask_redeem, 0, 0, 0, 1'500'000},
                {answer_redeems, 0, 0, 0, 1'200'000},
                {let_answer, 0, 0, 0, 9'000'000},
                {withdraw, 0, 0, 1, 0},
                {cancel_deposit, 0, 0, 0, 0},
                {have_assets_back, 0, 0, 0, 0},
                {wait, 0, 0, 0, 0},
                {wait, 0, 0, 1, 0},
                {lend, 0, 0, 4, 0},
                {impair, 0, 0, 3, 0}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array<std::string_view, Step::kinds> names{"ask to deposit",
                                                                         "ask to redeem",
                                                                         "answer deposits",
                                                                         "answer redemptions",
                                                                         "let answer",
                                                                         "deposit",
                                                                         "mint",
                                                                         "withdraw",
                                                                         "redeem",
                                                                         "cancel deposit",
                                                                         "cancel redemption",
                                                                         "assets back",
                                                                         "shares back",
                                                                         "choose",
                                                                         "approve",
                                                                         "give",
                                                                         "wait",
                                                                         "lend",
                                                                         "repay",
                                                                         "fear",
                                                                         "write off"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " who " +
               std::to_string(step.who) + " owner " + std::to_string(step.owner) + " assets " +
               std::to_string(step.amount) + " shares " + std::to_string(step.shares);
    }

    auto parts() { return std::tie(world_, books_, what_); }

    std::optional<std::string> apply(const Step& step) {
        Books after = books_;
        const bool is_expected = step_of(after, step);
        if (is_expected) books_ = after;
        const Outcome out = perform(step);
        if (!out.broken.empty()) return "broken invariant: " + out.broken;
        if (out.ok() != is_expected)
            return out.ok() ? "done, though refused by the model" : "refused";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        what_.reset();
        same<"totalSupply()">(books_.supply());
        same<"cash()">(books_.cash);
        same<"principalOut()">(books_.principal);
        same<"lossUnrealized()">(books_.loss);
        same<"totalAssets()">(books_.total());
        same<"reservedAssets()">(books_.reserved());
        same<"reservedShares()">(books_.kept());
        same<"balanceOf(address)">(books_.kept(), pool_);
        if (world_.money(world_.euro(), pool_) !=
            u256{static_cast<uint64_t>(books_.cash + books_.reserved())})
            what_ = "the pool's euros";
        for (size_t i = 0; i < people; ++i) compare_person(i);
        return what_;
    }

private:
    static bool step_of(Books& b, const Step& step) {
        using enum Step::Kind;
        switch (step.kind) {
            case ask_deposit:
                if (step.amount == 0 || !b.may_act(step.who, step.owner)) return false;
                b.euros[step.owner] -= step.amount;
                b.deposits.ask(step.owner, step.amount, b.now);
                return true;
            case ask_redeem:
                return ask_to_redeem(b, step);
            case answer_deposits:
                b.answer_deposits(step.amount);
                return true;
            case answer_redeems:
                b.answer_redeems(step.shares, 1);
                return true;
            case let_answer:
                b.answer_redeems(step.shares, QueuedPool::patience_min_seconds);
                return true;
            case choose:
                b.chosen[step.who][step.owner] = step.amount % 2 == 0;
                return true;
            case approve:
                b.allowed[step.who][step.owner] = step.shares;
                return true;
            case give:
                if (b.shares[step.who] < step.shares) return false;
                b.shares[step.who] -= step.shares;
                b.shares[step.owner] += step.shares;
                return true;
            case wait:
                b.now += step.amount * 86'400 / 2 + 1;
                return true;
            case lend:
            case repay:
            case impair:
            case write_off:
                return operate(b, step);
            default:
                return b.may_act(step.who, step.owner) && settle(b, step);
        }
    }
    static bool ask_to_redeem(Books& b, const Step& step) {
        const Wide shares = step.shares;
        if (shares == 0 || b.shares[step.owner] < shares) return false;
        if (!b.may_act(step.who, step.owner)) {
            if (b.allowed[step.owner][step.who] < shares) return false;
            b.allowed[step.owner][step.who] -= shares;
        }
        b.shares[step.owner] -= shares;
        b.redeems.ask(step.owner, shares, b.now);
        return true;
    }
    /// Claims go to who makes them.
    static bool settle(Books& b, const Step& step) {
        using enum Step::Kind;
        Side& side = step.kind == withdraw || step.kind == redeem || step.kind == cancel_redeem ||
                             step.kind == have_shares_back
                         ? b.redeems
                         : b.deposits;
        Wide& brought = side.brought[step.owner];
        Wide& due = side.due[step.owner];
        Wide& returned = side.returned[step.owner];
        Wide taken_brought = 0;
        Wide taken_due = 0;
        switch (step.kind) {
            case cancel_deposit:
            case cancel_redeem:
                return side.cancel(step.owner);
            case have_assets_back:
            case have_shares_back:
                if (returned == 0) return false;
                (step.kind == have_assets_back ? b.euros : b.shares)[step.who] += returned;
                returned = 0;
                return true;
            case deposit:
            case redeem:
                taken_brought = step.kind == deposit ? Wide{step.amount} : Wide{step.shares};
                if (taken_brought > brought) return false;
                taken_due = brought == 0 ? 0 : taken_brought * due / brought;
                break;
            default:
                taken_due = step.kind == withdraw ? Wide{step.amount} : Wide{step.shares};
                if (taken_due > due) return false;
                taken_brought = due == 0 ? 0 : taken_due * brought / due;
        }
        brought -= taken_brought;
        due -= taken_due;
        (&side == &b.deposits ? b.shares : b.euros)[step.who] += taken_due;
        return true;
    }
    static bool operate(Books& b, const Step& step) {
        using enum Step::Kind;
        const Wide amount = step.amount;
        switch (step.kind) {
            case lend:
                if (!b.redeems.line.empty() &&
                    b.now - b.redeems.line.front().time >= QueuedPool::patience_min_seconds)
                    return false;
                if (amount > b.cash || b.principal + amount > principal_max) return false;
                b.cash -= amount;
                b.principal += amount;
                return true;
            case repay:
                if (amount > b.principal || (step.owner > 0 && b.supply() == 0)) return false;
                b.principal -= amount;
                b.cash += amount + step.owner;
                b.loss = std::min(b.loss, b.principal);
                return true;
            case impair:
                if (b.loss + amount > b.principal) return false;
                b.loss += amount;
                if (amount > 0) b.answers_from = b.now + QueuedPool::notice_seconds;
                return true;
            default:
                if (amount > b.loss) return false;
                b.loss -= amount;
                b.principal -= amount;
                return true;
        }
    }

    template <FixedText signature, class... T>
    Outcome call(const Address& who, const T&... arguments) {
        return world_.template send<signature>(who, pool_, arguments...);
    }
    Outcome perform(const Step& step) {
        using enum Step::Kind;
        const Address who = someone(step.who);
        const Address owner = someone(step.owner);
        const Address lender = QueuedPoolWorld::operator_account();
        const u256 amount{step.amount};
        const u256 shares{step.shares};
        switch (step.kind) {
            case answer_deposits:
                return call<"fulfillDeposits(uint256)">(lender, amount);
            case answer_redeems:
                return call<"fulfillRedeems(uint256)">(lender, shares);
            case let_answer:
                return call<"fulfillRedeems(uint256)">(who, shares);
            case wait: {
                world_.advance(step.amount * 86'400 / 2 + 1);
                return call<"approve(address,uint256)">(lender, lender, u256{});
            }
            case choose:
                return call<"setOperator(address,bool)">(who, owner, step.amount % 2 == 0);
            case approve:
                return call<"approve(address,uint256)">(who, owner, shares);
            case give:
                return call<"transfer(address,uint256)">(who, owner, shares);
            case lend:
                return call<"fund(address,uint256,bytes32)">(lender, person(80), amount, Hash{});
            case repay:
                return call<"repay(uint256,uint256)">(lender, amount, u256{uint64_t{step.owner}});
            case impair:
                return call<"impair(uint256)">(lender, amount);
            case write_off:
                return call<"writeOff(uint256)">(lender, amount);
            default:
                return act(step.kind, who, owner, amount, shares);
        }
    }
    Outcome act(Step::Kind kind, const Address& who, const Address& owner, const u256& amount,
                const u256& shares) {
        using enum Step::Kind;
        switch (kind) {
            case ask_deposit:
                return call<"requestDeposit(uint256,address,address)">(who, amount, owner, owner);
            case ask_redeem:
                return call<"requestRedeem(uint256,address,address)">(who, shares, owner, owner);
            case deposit:
                return call<"deposit(uint256,address,address)">(who, amount, who, owner);
            case mint:
                return call<"mint(uint256,address,address)">(who, shares, who, owner);
            case withdraw:
                return call<"withdraw(uint256,address,address)">(who, amount, who, owner);
            case redeem:
                return call<"redeem(uint256,address,address)">(who, shares, who, owner);
            case cancel_deposit:
                return call<"cancelDepositRequest(uint256,address)">(who, u256{}, owner);
            case cancel_redeem:
                return call<"cancelRedeemRequest(uint256,address)">(who, u256{}, owner);
            case have_assets_back:
                return call<"claimCancelDepositRequest(uint256,address,address)">(who, u256{}, who,
                                                                                  owner);
            default:
                return call<"claimCancelRedeemRequest(uint256,address,address)">(who, u256{}, who,
                                                                                 owner);
        }
    }

    template <FixedText signature, class... T>
    void same(Wide expected, const T&... arguments) {
        const u256 said =
            world_.template ask<signature>(pool_, arguments...).template value<u256>();
        if (said != u256{static_cast<uint64_t>(expected)})
            what_ = std::string(signature.view()) + " is " + to_hex(to_word(said)) + ", not " +
                    to_hex(to_word(u256{static_cast<uint64_t>(expected)}));
    }
    void compare_person(size_t i) {
        const Address who = someone(i);
        const Address next = someone((i + 1) % people);
        same<"balanceOf(address)">(books_.shares[i], who);
        same<"allowance(address,address)">(books_.allowed[i][(i + 1) % people], who, next);
        same<"maxDeposit(address)">(books_.deposits.brought[i], who);
        same<"maxMint(address)">(books_.deposits.due[i], who);
        same<"maxWithdraw(address)">(books_.redeems.due[i], who);
        same<"maxRedeem(address)">(books_.redeems.brought[i], who);
        same<"pendingDepositRequest(uint256,address)">(books_.deposits.pending[i], u256{}, who);
        same<"pendingRedeemRequest(uint256,address)">(books_.redeems.pending[i], u256{}, who);
        same<"claimableCancelDepositRequest(uint256,address)">(books_.deposits.returned[i], u256{},
                                                               who);
        same<"claimableCancelRedeemRequest(uint256,address)">(books_.redeems.returned[i], u256{},
                                                              who);
        if (world_.euros(who) != u256{static_cast<uint64_t>(books_.euros[i])})
            what_ = "the euros of " + std::to_string(i);
    }

    QueuedPoolWorld world_;
    Address pool_;
    Books books_;
    std::optional<std::string> what_;
};

TEST(QueuedPoolModel, random_lives_are_as_the_model_says) {
    model::expect_random<QueuedPoolTrial<QueuedPool>>({.operations = 8'000, .life = 150});
}
TEST(QueuedPoolModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<QueuedPoolTrial<QueuedPool>>(3, 6);
}
TEST(QueuedPoolModel, claiming_for_another_is_caught) {
    model::expect_caught<QueuedPoolTrial<AsksNobody>>();
}
TEST(QueuedPoolModel, a_request_that_counts_is_caught) {
    model::expect_caught<QueuedPoolTrial<CountsRequests>>();
}
TEST(QueuedPoolModel, a_cancelled_request_in_the_line_is_caught) {
    model::expect_caught<QueuedPoolTrial<KeepsTheLine>>();
}
TEST(QueuedPoolModel, leaving_without_a_feared_loss_is_caught) {
    model::expect_caught<QueuedPoolTrial<LetsThemLeave>>();
}

}  // namespace
}  // namespace plume
