// Revenue against exact fractions: the model knows no index. It adds to each holder's account what
// his shares were worth at each distribution, as a number of 720,720ths of a unit, which every
// supply from 1 to 16 divides.
//
// Until the supply first changes, the contract must say exactly what the model says. After that a
// holder may be short by a fraction of 2^-127 for each step, which shows only where the model has a
// whole number: there the contract may say one less, until that fraction is made up for.
#include <gtest/gtest.h>

#include "support/model.hpp"
#include "support/revenue.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::RevenueWorld;

constexpr uint64_t unit = 720'720;
constexpr uint64_t supply_max = 16;
constexpr size_t people_count = 4;
constexpr size_t currency_count = 2;

Address someone(size_t n) {
    return n == 0 ? RevenueWorld::issuer() : person(static_cast<uint16_t>(20 + n));
}

struct Step {
    enum class Kind : uint8_t {
        give,
        distribute,
        claim,
        mint,
        burn,
        next_block,
        exclude,
        include,
        flash,
        recover
    };
    Kind kind;
    size_t who = 0;
    size_t to = 0;
    uint64_t amount = 0;
    size_t currency = 0;
};

/// What the token should be.
struct Ledger {
    std::array<uint64_t, people_count> shares{supply_max / 2, 0, 0, 0};
    std::array<bool, people_count> is_excluded{};
    std::array<std::array<uint64_t, people_count>, currency_count> earned{};  // 720,720ths
    std::array<std::array<uint64_t, people_count>, currency_count> taken{};   // units
    std::array<uint64_t, currency_count> waiting{};
    bool moved = false;
    bool is_exact = true;

    uint64_t supply() const { return shares[0] + shares[1] + shares[2] + shares[3]; }
    uint64_t sharing() const {
        uint64_t sum = 0;
        for (size_t i = 0; i < people_count; ++i) sum += is_excluded[i] ? 0 : shares[i];
        return sum;
    }
    void share(size_t currency, uint64_t amount) {
        for (size_t i = 0; i < people_count; ++i)
            if (!is_excluded[i]) earned[currency][i] += amount * unit / sharing() * shares[i];
    }
    void end_block() {
        moved = false;
        if (sharing() == 0) return;
        for (size_t c = 0; c < currency_count; ++c) {
            share(c, waiting[c]);
            waiting[c] = 0;
        }
    }

    friend bool operator==(const Ledger&, const Ledger&) = default;
};

/// A token that passes shares on and takes them back around a distribution, and lets a key be lost.
class ModelShares : public AssetToken {
public:
    using AssetToken::AssetToken;
    void flash(Address lender, Address borrower, u256 shares, Address currency, u256 amount) {
        move(lender, borrower, shares);
        distribute(currency, amount);
        move(borrower, lender, shares);
    }
    void recover(Address lost, Address heir) {
        recover_revenue(lost, heir);
        move(lost, heir, balance_of(lost));
    }
    static constexpr auto abi =
        AssetToken::abi +
        Methods<Method<"flash(address lender, address borrower, uint256 shares, "
                       "address currency, uint256 amount)",
                       &ModelShares::flash>,
                Method<"recover(address lost, address heir)", &ModelShares::recover>>{};
};

/// Planted: shares move without their past.
class Forgetful : public ModelShares {
public:
    using ModelShares::ModelShares;

protected:
    void follow_shares(const Address& from, const Address& to, const u256& shares) override {
        if (from == Address{} || to == Address{}) ModelShares::follow_shares(from, to, shares);
    }
};

/// Planted: no notice is taken of shares that are made.
class Blind : public ModelShares {
public:
    using ModelShares::ModelShares;

protected:
    void follow_shares(const Address& from, const Address& to, const u256& shares) override {
        if (from != Address{}) ModelShares::follow_shares(from, to, shares);
    }
};

/// Planted: who claims gets a unit more, with an event to match.
class Generous : public ModelShares {
public:
    using ModelShares::ModelShares;
    u256 overclaim(Address account, Address currency) {
        const u256 amount = claim_for(account, currency);
        emit(RevenueClaimed{account, currency, account, u256{1u}});
        erc20::try_transfer(*this, currency, account, u256{1u});
        return amount;
    }
    static constexpr auto abi =
        ModelShares::abi +
        Methods<Method<"claimFor(address account, address currency) returns (uint256 amount)",
                       &Generous::overclaim>>{};
};

/// Planted: the heir gets the shares, and not what they have earned.
class Careless : public ModelShares {
public:
    using ModelShares::ModelShares;
    void recover_shares_only(Address lost, Address heir) { move(lost, heir, balance_of(lost)); }
    static constexpr auto abi =
        ModelShares::abi +
        Methods<Method<"recover(address lost, address heir)", &Careless::recover_shares_only>>{};
};

template <class Token>
class RevenueTrial {
public:
    using Operation = Step;

    RevenueTrial() : world_({native_type<Token>(60'110, 1, "Model")}) {
        world_.expect_broken_invariants();
        token_ = world_.make_token("Model", u256{supply_max / 2});
        currencies_ = {world_.euro(), world_.dollar()};
        for (const Address& currency : currencies_) {
            world_.list(token_, currency);
            world_.template send<"approve(address,uint256)">(someone(0), currency, token_,
                                                             u256_max);
        }
        world_.next_block();
    }

    static Step draw(model::Random& random) {
        using enum Step::Kind;
        static constexpr std::array kinds{give,    give,    distribute, distribute, claim,
                                          mint,    burn,    flash,      next_block, next_block,
                                          recover, exclude, include};
        return {kinds[random() % kinds.size()], random() % people_count, random() % people_count,
                random() % 8, random() % currency_count};
    }
    static std::vector<Step> alphabet() {
        using enum Step::Kind;
        return {{give, 0, 1, 3}, {give, 1, 2, 7},   {distribute, 0, 0, 7}, {claim, 1, 0, 0},
                {mint, 0, 1, 1}, {burn, 1, 0, 2},   {next_block},          {flash, 0, 2, 5},
                {recover, 1, 2}, {exclude, 0, 0, 0}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"give", "distribute", "claim",   "mint",  "burn",
                                          "next", "exclude",    "include", "flash", "recover"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " who " +
               std::to_string(step.who) + " to " + std::to_string(step.to) + " amount " +
               std::to_string(step.amount) + " currency " + std::to_string(step.currency);
    }

    auto parts() { return std::tie(world_, ledger_, broken_); }

    std::optional<std::string> apply(const Step& step) {
        broken_.clear();
        const bool is_expected = predict(step);
        const std::optional<bool> happened = perform(step);
        if (!broken_.empty()) return "broken invariant: " + broken_;
        if (happened && *happened != is_expected)
            return *happened ? "done, though refused by the model" : "refused";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        for (size_t c = 0; c < currency_count; ++c) {
            for (size_t i = 0; i < people_count; ++i) {
                const uint64_t due = world_.claimable(token_, currencies_[c], someone(i)).low64();
                const uint64_t said = due + ledger_.taken[c][i];
                const uint64_t earned = ledger_.earned[c][i];
                const bool may_be_short = !ledger_.is_exact && earned % unit == 0;
                if (said == earned / unit || (may_be_short && said + 1 == earned / unit)) continue;
                return "holder " + std::to_string(i) + " has " + std::to_string(said) + ", not " +
                       std::to_string(earned) + " / 720720";
            }
        }
        return std::nullopt;
    }

private:
    /// Does the step to the model; whether it is allowed.
    bool predict(const Step& step) {
        using enum Step::Kind;
        auto& from = ledger_.shares[step.who];
        switch (step.kind) {
            case give:
                return give_shares(step.who, step.to, step.amount);
            case distribute:
                if (ledger_.sharing() == 0 || step.amount == 0) return false;
                return share(step);
            case claim:
                return is_claimable(step);
            case mint:
                if (ledger_.supply() + step.amount > supply_max) return false;
                ledger_.shares[step.to] += step.amount;
                return changed(step.amount);
            case burn:
                if (from < step.amount) return false;
                from -= step.amount;
                return changed(step.amount);
            case next_block:
                ledger_.end_block();
                return true;
            case exclude:
            case include:
                if (ledger_.is_excluded[step.who] == (step.kind == exclude)) return true;
                ledger_.is_excluded[step.who] = step.kind == exclude;
                ledger_.is_exact = false;
                ledger_.moved = true;
                return true;
            case flash:
                if (from < step.amount || step.amount == 0) return false;
                if (sharing_within(step) == 0) return false;
                ledger_.moved = ledger_.moved || step.who != step.to;
                return share(step);
            case recover:
                return recover_all(step.who, step.to);
        }
        return false;
    }
    bool give_shares(size_t who, size_t to, uint64_t amount) {
        if (ledger_.shares[who] < amount) return false;
        ledger_.shares[who] -= amount;
        ledger_.shares[to] += amount;
        if (who != to && amount > 0) ledger_.moved = true;
        if (ledger_.is_excluded[who] != ledger_.is_excluded[to]) ledger_.is_exact = false;
        return true;
    }
    /// The shares that take part while they are lent.
    uint64_t sharing_within(const Step& step) const {
        const uint64_t lent = ledger_.is_excluded[step.who] ? 0 : step.amount;
        const uint64_t borrowed = ledger_.is_excluded[step.to] ? 0 : step.amount;
        return ledger_.sharing() - lent + borrowed;
    }
    bool changed(uint64_t amount) {
        if (amount == 0) return true;
        ledger_.moved = true;
        ledger_.is_exact = false;
        return true;
    }
    bool share(const Step& step) {
        if (ledger_.moved) {
            ledger_.waiting[step.currency] += step.amount;
        } else {
            ledger_.share(step.currency, step.amount);
        }
        return true;
    }
    bool is_claimable(const Step& step) {
        const u256 due = world_.claimable(token_, currencies_[step.currency], someone(step.who));
        ledger_.taken[step.currency][step.who] += due.low64();
        return !due.is_zero();
    }
    bool recover_all(size_t lost, size_t heir) {
        if (lost == heir) return true;
        for (size_t c = 0; c < currency_count; ++c) {
            const uint64_t untaken = ledger_.earned[c][lost] - ledger_.taken[c][lost] * unit;
            ledger_.earned[c][lost] -= untaken;
            ledger_.earned[c][heir] += untaken;
        }
        return give_shares(lost, heir, ledger_.shares[lost]);
    }

    /// Does the step to the token; whether it was done.
    std::optional<bool> perform(const Step& step) {
        using enum Step::Kind;
        const Address who = someone(step.who);
        const Address to = someone(step.to);
        const Address currency = currencies_[step.currency];
        const u256 amount{step.amount};
        switch (step.kind) {
            case give:
                return done(world_.give(token_, who, to, amount));
            case distribute:
                return done(world_.template send<"distribute(address,uint256)">(someone(0), token_,
                                                                                currency, amount));
            case claim:
                return done(world_.claim(token_, currency, who));
            case mint:
                if (total_supply() + step.amount > supply_max) return std::nullopt;
                return done(
                    world_.template send<"mint(address,uint256)">(someone(0), token_, to, amount));
            case burn:
                return done(world_.template send<"burn(uint256)">(who, token_, amount));
            case next_block:
                world_.next_block();
                return std::nullopt;
            case exclude:
            case include:
                return done(world_.template send<"setExcluded(address,bool)">(
                    someone(0), token_, who, step.kind == exclude));
            case flash:
                return done(world_.template send<"flash(address,address,uint256,address,uint256)">(
                    someone(0), token_, who, to, amount, currency, amount));
            case recover:
                return done(
                    world_.template send<"recover(address,address)">(someone(0), token_, who, to));
        }
        return std::nullopt;
    }
    bool done(const Outcome& out) {
        broken_ = out.broken;
        return out.ok();
    }
    uint64_t total_supply() {
        return world_.template ask<"totalSupply()">(token_).template value<u256>().low64();
    }

    RevenueWorld world_;
    Address token_;
    std::array<Address, currency_count> currencies_;
    Ledger ledger_;
    std::string broken_;
};

TEST(RevenueModel, random_lives_are_as_exact_fractions_say) {
    model::expect_random<RevenueTrial<ModelShares>>({.operations = 20'000, .life = 150});
}
TEST(RevenueModel, every_short_life_is_as_exact_fractions_say) {
    model::expect_exhaustive<RevenueTrial<ModelShares>>(4, 6);
}
TEST(RevenueModel, shares_that_move_without_their_past_are_caught) {
    model::expect_caught<RevenueTrial<Forgetful>>();
}
TEST(RevenueModel, shares_that_are_made_unnoticed_are_caught) {
    model::expect_caught<RevenueTrial<Blind>>();
}
TEST(RevenueModel, a_claim_of_a_unit_more_is_caught) {
    model::expect_caught<RevenueTrial<Generous>>();
}
TEST(RevenueModel, a_recovery_without_earnings_is_caught) {
    model::expect_caught<RevenueTrial<Careless>>();
}

}  // namespace
}  // namespace plume
