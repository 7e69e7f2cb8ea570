// Pools against a plain model: whole numbers in a few lines, with each rounding written out as a
// fraction of small integers. All balances, books, previews and maxima are compared at each step.
#include <gtest/gtest.h>

#include "native/math.hpp"
#include "support/model.hpp"
#include "support/pools.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::PoolWorld;

constexpr size_t people = 3;
constexpr uint64_t principal_max = 20;

Address someone(size_t n) {
    return person(static_cast<uint16_t>(2 + n));
}

struct Step {
    enum class Kind : uint8_t {
        deposit,
        mint,
        withdraw,
        redeem,
        approve,
        give,
        donate,
        lend,
        repay,
        impair,
        unimpair,
        write_off
    };
    Kind kind;
    size_t who = 0;
    size_t owner = 0;     ///< or to whom; or the interest of a repayment
    uint64_t amount = 0;  ///< of assets
    uint64_t shares = 0;
};

/// The model. Wide enough for shares times assets of many steps.
using Wide = unsigned __int128;

struct Books {
    Wide cash = 0;
    Wide principal = 0;
    Wide loss = 0;
    std::array<Wide, people> shares{};
    std::array<std::array<Wide, people>, people> allowed{};
    std::array<Wide, people> euros{1'000'000'000, 1'000'000'000, 1'000'000'000};

    Wide supply() const { return shares[0] + shares[1] + shares[2]; }
    Wide total() const { return cash + principal; }
    static Wide down(Wide a, Wide b, Wide d) { return a * b / d; }
    static Wide up(Wide a, Wide b, Wide d) { return (a * b + d - 1) / d; }
    Wide shares_bought(Wide assets) const {
        return down(assets, supply() + 1'000'000, total() + 1);
    }
    Wide assets_charged(Wide n) const { return up(n, total() + 1, supply() + 1'000'000); }
    Wide shares_burned(Wide assets) const {
        return up(assets, supply() + 1'000'000, total() - loss + 1);
    }
    Wide assets_paid(Wide n) const { return down(n, total() - loss + 1, supply() + 1'000'000); }
    bool spend(size_t owner, size_t spender, Wide n) {
        if (owner == spender) return true;
        if (allowed[owner][spender] < n) return false;
        allowed[owner][spender] -= n;
        return true;
    }

    friend bool operator==(const Books&, const Books&) = default;
};

/// Planted: a withdrawal takes shares rounded down.
class RoundsDown : public Pool {
public:
    using Pool::Pool;
    u256 take_less(u256 assets, Address receiver, Address owner) {
        require(assets <= max_withdraw(owner), ErrorString{"too much"});
        const u256 shares =
            mul_div_down(assets, total_supply() + virtual_shares, net_assets() + virtual_assets);
        if (sender() != owner) spend_allowance(owner, sender(), shares);
        take(assets, shares, receiver, owner);
        return shares;
    }
    static constexpr auto abi =
        Pool::abi + Methods<Method<"withdraw(uint256 assets, address receiver, address owner) "
                                   "returns (uint256 shares)",
                                   &RoundsDown::take_less>>{};
};

/// Planted: what was given away counts when shares are sold.
class CountsGifts : public Pool {
public:
    using Pool::Pool;
    u256 sell(u256 assets, Address receiver) {
        const u256 all = erc20::BalanceOf::read(*this, asset(), self()) + principal_out();
        const u256 shares =
            mul_div_down(assets, total_supply() + virtual_shares, all + virtual_assets);
        bring(assets, shares, receiver);
        return shares;
    }
    static constexpr auto abi =
        Pool::abi +
        Methods<Method<"deposit(uint256 assets, address receiver) returns (uint256 shares)",
                       &CountsGifts::sell>>{};
};

/// Planted: an allowance is not asked for.
class AsksNobody : public Pool {
public:
    using Pool::Pool;
    u256 redeem_freely(u256 shares, Address receiver, Address owner) {
        require(shares <= max_redeem(owner), ErrorString{"too much"});
        const u256 assets = preview_redeem(shares);
        take(assets, shares, receiver, owner);
        return assets;
    }
    static constexpr auto abi =
        Pool::abi + Methods<Method<"redeem(uint256 shares, address receiver, address owner) "
                                   "returns (uint256 assets)",
                                   &AsksNobody::redeem_freely>>{};
};

/// Planted: who leaves bears nothing of a feared loss.
class LetsThemLeave : public Pool {
public:
    using Pool::Pool;
    u256 redeem_at_total(u256 shares, Address receiver, Address owner) {
        require(shares <= max_redeem(owner), ErrorString{"too much"});
        const u256 assets =
            mul_div_down(shares, total_assets() + virtual_assets, total_supply() + virtual_shares);
        if (sender() != owner) spend_allowance(owner, sender(), shares);
        take(assets, shares, receiver, owner);
        return assets;
    }
    static constexpr auto abi =
        Pool::abi + Methods<Method<"redeem(uint256 shares, address receiver, address owner) "
                                   "returns (uint256 assets)",
                                   &LetsThemLeave::redeem_at_total>>{};
};

template <class P>
class PoolTrial {
public:
    using Operation = Step;

    PoolTrial() : world_({native_type<P>(60'141, 1, "ModelPool")}, "ModelPool") {
        world_.expect_broken_invariants();
        PoolTerms terms = world_.terms();
        terms.principal_max = u128{u256{principal_max}};
        pool_ = world_.make(terms, "ModelPool").template value<Address>();
        for (size_t i = 0; i <= people; ++i)
            world_.template send<"approve(address,uint256)">(someone(i), world_.euro(), pool_,
                                                             u256_max);
    }

    static Step draw(model::Random& random) {
        static constexpr std::array<uint64_t, 5> crumbs{0, 1, 999'999, 500'000, 3};
        return {static_cast<Step::Kind>(random() % 12), random() % people, random() % people,
                random() % 8, random() % 8 * 1'000'000 + crumbs[random() % crumbs.size()]};
    }
    static std::vector<Step> alphabet() {
        using enum Step::Kind;
        return {{deposit, 0, 0, 7, 0},  {deposit, 1, 1, 3, 0},        {mint, 2, 0, 0, 1'500'001},
                {withdraw, 0, 0, 2, 0}, {redeem, 1, 0, 0, 2'500'000}, {approve, 0, 1, 0, 3'000'000},
                {donate, 2, 0, 5, 0},   {lend, 0, 0, 4, 0},           {repay, 0, 2, 3, 0},
                {impair, 0, 0, 3, 0},   {write_off, 0, 0, 2, 0}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"deposit", "mint", "withdraw", "redeem",
                                          "approve", "give", "donate",   "lend",
                                          "repay",   "fear", "hope",     "write off"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " who " +
               std::to_string(step.who) + " owner " + std::to_string(step.owner) + " assets " +
               std::to_string(step.amount) + " shares " + std::to_string(step.shares);
    }

    auto parts() { return std::tie(world_, books_, what_); }

    std::optional<std::string> apply(const Step& step) {
        const bool is_expected = predict(step);
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
        same<"totalAssets()">(books_.cash + books_.principal);
        same<"previewDeposit(uint256)">(books_.shares_bought(5), 5_u256);
        same<"previewMint(uint256)">(books_.assets_charged(1'234'567), 1'234'567_u256);
        same<"previewWithdraw(uint256)">(books_.shares_burned(5), 5_u256);
        same<"previewRedeem(uint256)">(books_.assets_paid(1'234'567), 1'234'567_u256);
        for (size_t i = 0; i < people; ++i) {
            const Wide owned = books_.shares[i];
            same<"balanceOf(address)">(owned, someone(i));
            same<"maxWithdraw(address)">(std::min(books_.cash, books_.assets_paid(owned)),
                                         someone(i));
            same<"maxRedeem(address)">(most_redeemable(owned), someone(i));
            const size_t next = (i + 1) % people;
            same<"allowance(address,address)">(books_.allowed[i][next], someone(i), someone(next));
            if (world_.euros(someone(i)) != u256{static_cast<uint64_t>(books_.euros[i])})
                what_ = "the euros of " + std::to_string(i);
        }
        return what_;
    }

private:
    /// Does the step to the model, whole or not at all; whether it is allowed.
    bool predict(const Step& step) {
        Books after = books_;
        if (!step_of(after, step)) return false;
        books_ = after;
        return true;
    }
    static bool step_of(Books& b, const Step& step) {
        using enum Step::Kind;
        const Wide amount = step.amount;
        switch (step.kind) {
            case deposit: {
                const Wide shares = b.shares_bought(amount);
                return (shares > 0 || amount == 0) && come(b, step, amount, shares);
            }
            case mint:
                return come(b, step, b.assets_charged(step.shares), step.shares);
            case withdraw:
                return go(b, step, amount, b.shares_burned(amount));
            case redeem:
                return go(b, step, b.assets_paid(step.shares), step.shares);
            case approve:
                b.allowed[step.who][step.owner] = step.shares;
                return true;
            case give:
                if (b.shares[step.who] < step.shares) return false;
                b.shares[step.who] -= step.shares;
                b.shares[step.owner] += step.shares;
                return true;
            case donate:
                b.euros[step.who] -= amount;
                return true;
            default:
                return operate(b, step);
        }
    }
    static bool come(Books& b, const Step& step, Wide assets, Wide shares) {
        b.euros[step.who] -= assets;
        b.cash += assets;
        b.shares[step.owner] += shares;
        return true;
    }
    static bool go(Books& b, const Step& step, Wide assets, Wide shares) {
        if (assets > b.cash || shares > b.shares[step.owner]) return false;
        if (!b.spend(step.owner, step.who, shares)) return false;
        b.shares[step.owner] -= shares;
        b.cash -= assets;
        b.euros[step.who] += assets;
        return true;
    }
    static bool operate(Books& b, const Step& step) {
        using enum Step::Kind;
        const Wide amount = step.amount;
        switch (step.kind) {
            case lend:
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
                return true;
            default:
                if (amount > b.loss) return false;
                b.loss -= amount;
                if (step.kind == write_off) b.principal -= amount;
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
        const Address lender = PoolWorld::operator_account();
        const u256 amount{step.amount};
        const u256 shares{step.shares};
        switch (step.kind) {
            case deposit:
                return call<"deposit(uint256,address)">(who, amount, owner);
            case mint:
                return call<"mint(uint256,address)">(who, shares, owner);
            case withdraw:
                return call<"withdraw(uint256,address,address)">(who, amount, who, owner);
            case redeem:
                return call<"redeem(uint256,address,address)">(who, shares, who, owner);
            case approve:
                return call<"approve(address,uint256)">(who, owner, shares);
            case give:
                return call<"transfer(address,uint256)">(who, owner, shares);
            case donate:
                return world_.give(world_.euro(), who, pool_, amount);
            case lend:
                return call<"fund(address,uint256,bytes32)">(lender, person(80), amount, Hash{});
            case repay:
                return call<"repay(uint256,uint256)">(lender, amount, u256{uint64_t{step.owner}});
            case impair:
                return call<"impair(uint256)">(lender, amount);
            case unimpair:
                return call<"unimpair(uint256)">(lender, amount);
            case write_off:
                return call<"writeOff(uint256)">(lender, amount);
        }
        return {};
    }

    template <FixedText signature, class... T>
    void same(Wide expected, const T&... arguments) {
        const u256 said =
            world_.template ask<signature>(pool_, arguments...).template value<u256>();
        if (said != u256{static_cast<uint64_t>(expected)})
            what_ = std::string(signature.view()) + " is " + to_hex(to_word(said)) + ", not " +
                    to_hex(to_word(u256{static_cast<uint64_t>(expected)}));
    }
    /// By halving, where the contract computes.
    Wide most_redeemable(Wide owned) const {
        Wide low = 0;
        Wide high = owned;
        while (low < high) {
            const Wide middle = high - (high - low) / 2;
            if (books_.assets_paid(middle) <= books_.cash)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    PoolWorld world_;
    Address pool_;
    Books books_;
    std::optional<std::string> what_;
};

TEST(PoolModel, random_lives_are_as_the_model_says) {
    model::expect_random<PoolTrial<Pool>>({.operations = 15'000, .life = 100});
}
TEST(PoolModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<PoolTrial<Pool>>(4, 6);
}
TEST(PoolModel, a_withdrawal_rounded_down_is_caught) {
    model::expect_caught<PoolTrial<RoundsDown>>();
}
TEST(PoolModel, a_gift_that_counts_is_caught) {
    model::expect_caught<PoolTrial<CountsGifts>>();
}
TEST(PoolModel, an_allowance_not_asked_for_is_caught) {
    model::expect_caught<PoolTrial<AsksNobody>>();
}
TEST(PoolModel, leaving_without_a_feared_loss_is_caught) {
    model::expect_caught<PoolTrial<LetsThemLeave>>();
}

}  // namespace
}  // namespace plume
