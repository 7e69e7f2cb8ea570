// A vault that shares revenue against a plain model of it: the waterfall, the shares' part, record
// dates, withholding and pushes over payees who cannot be paid, every step predicted, every book
// compared.
#include <array>

#include "contracts/revenue_vault.hpp"
#include "support/model.hpp"
#include "support/revenue.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;
using test::RevenueWorld;

constexpr uint8_t holder_count = 3;
constexpr uint64_t supply = 12;
constexpr uint64_t week = 7ull * 86'400;
constexpr uint64_t one = RevenueVault::bps_one;
constexpr uint64_t manager_bps = 1'500;
constexpr uint64_t senior_bps = 5'000;
constexpr uint64_t senior_cap = 30;
/// Who is paid by `collect`.
enum Payee : uint8_t { manager, senior, treasury, beneficiary, payee_count };

struct Step {
    enum Kind : uint8_t {
        give,
        distribute,
        donate,
        receive,
        claim,
        announce,
        claim_announced,
        expire,
        collect,
        push,
        rate,
        block,
        wait,
        kind_count
    };
    Kind kind = wait;
    uint8_t who = 0;
    uint8_t to = 0;
    uint64_t amount = 0;
    uint64_t other = 0;  ///< of an announcement: seconds to the record date, and its end
};

struct Model {
    using Shares = std::array<uint64_t, holder_count>;
    struct Announcement {
        uint64_t amount = 0;
        uint64_t record_time = 0;
        uint64_t expires = 0;
        uint64_t left = 0;
        bool is_over = false;
        std::array<bool, holder_count> claimed{};

        friend bool operator==(const Announcement&, const Announcement&) = default;
    };

    uint64_t now = 0;
    Shares shares{supply, 0, 0};
    std::vector<std::pair<uint64_t, Shares>> history;
    std::vector<uint8_t> order{0};  ///< holders, in the order in which they came
    size_t cursor = 0;
    Shares numerators{};  ///< what each has earned, in units / supply
    Shares taken{};
    Shares got{};
    std::array<uint64_t, payee_count> owed{};
    std::array<uint64_t, payee_count> collected{};
    uint64_t senior_had = 0;
    uint64_t gift = 0;  ///< arrived, and in no book yet
    uint64_t shared = 0;
    std::vector<Announcement> announcements;
    std::array<uint64_t, holder_count> rates{};
    std::array<bool, holder_count> blocked{};

    uint64_t due(uint8_t who) const { return numerators[who] / supply - taken[who]; }
    uint64_t held() const {
        uint64_t out = shared;
        for (const uint64_t each : taken) out -= each;
        return out;
    }
    uint64_t announced() const {
        uint64_t out = 0;
        for (const Announcement& each : announcements) out += each.left;
        return out;
    }
    void take_in(uint64_t amount) {
        const uint64_t first = amount * manager_bps / one;
        owed[manager] += first;
        amount -= first;
        const uint64_t second = std::min(amount * senior_bps / one, senior_cap - senior_had);
        owed[senior] += second;
        senior_had += second;
        amount -= second;
        shared += amount;
        for (uint8_t i = 0; i < holder_count; ++i) numerators[i] += amount * shares[i];
    }
    void pay(uint8_t who, uint64_t gross) {
        const uint64_t tax = gross * rates[who] / one;
        owed[treasury] += tax;
        got[who] += gross - tax;
    }
    bool claim(uint8_t who) {
        const uint64_t gross = due(who);
        if (gross == 0 || blocked[who]) return false;
        taken[who] += gross;
        pay(who, gross);
        return true;
    }
    bool give(uint8_t from, uint8_t to, uint64_t amount) {
        if (shares[from] < amount) return false;
        if (amount == 0 || from == to) return true;
        shares[from] -= amount;
        shares[to] += amount;
        history.push_back({now, shares});
        if (std::ranges::find(order, to) == order.end()) order.push_back(to);
        return true;
    }
    uint64_t shares_at(uint8_t who, uint64_t time) const {
        uint64_t out = 0;
        for (const auto& [since, then] : history)
            if (since <= time) out = then[who];
        return out;
    }
    bool claim_announced(uint64_t id, uint8_t who) {
        if (id >= announcements.size()) return false;
        Announcement& it = announcements[id];
        const bool is_late = it.is_over || (it.expires != 0 && now > it.expires);
        if (now <= it.record_time || it.claimed[who] || is_late || blocked[who]) return false;
        const uint64_t gross = it.amount * shares_at(who, it.record_time) / supply;
        if (gross == 0) return false;
        it.claimed[who] = true;
        it.left -= gross;
        pay(who, gross);
        return true;
    }
    bool expire(uint64_t id) {
        if (id >= announcements.size()) return false;
        Announcement& it = announcements[id];
        if (it.is_over || it.expires == 0 || now <= it.expires) return false;
        it.is_over = true;
        owed[beneficiary] += it.left;
        it.left = 0;
        return true;
    }
    bool push(uint64_t count) {
        if (count == 0 || count > RevenueVault::push_max) return false;
        for (uint64_t i = 0; i < std::min<uint64_t>(count, order.size()); ++i) {
            if (cursor >= order.size()) cursor = 0;
            claim(order[cursor++]);
        }
        return true;
    }

    friend bool operator==(const Model&, const Model&) = default;
};

// Each is wrong in one step.

/// The tax is rounded up.
class TaxesMore : public RevenueVault {
public:
    using RevenueVault::RevenueVault;

protected:
    u256 withheld_from(const Address& account, const u256& gross) const override {
        const u256 tax = RevenueVault::withheld_from(account, gross);
        return tax.is_zero() || tax == gross ? tax : tax + u256{1u};
    }
};
/// The tax is kept from the holder and in no book.
class LosesTax : public RevenueVault {
public:
    using RevenueVault::RevenueVault;

protected:
    void withhold(const Address&, const Address&, const u256&) override {}
};
/// A small movement is not noted for the record dates.
class ForgetsMoves : public RevenueVault {
public:
    using RevenueVault::RevenueVault;

protected:
    void follow_shares(const Address& from, const Address& to, const u256& shares) override {
        if (shares == u256{1u})
            AssetToken::follow_shares(from, to, shares);
        else
            RevenueVault::follow_shares(from, to, shares);
    }
};
/// What arrived by a plain transfer does not run down the waterfall.
class SkipsLines : public RevenueVault {
public:
    using RevenueVault::RevenueVault;
    u256 distribute_received(Address currency) {
        const u256 known = held(currency) + owed(currency) + announced(currency);
        const u256 there = erc20::BalanceOf::read(*this, currency, self());
        require(there > known, NothingReceived{currency});
        share_out(currency, there - known);
        return there - known;
    }
    static constexpr auto abi =
        RevenueVault::abi +
        Methods<Method<"distributeReceived(address currency) returns (uint256 received)",
                       &SkipsLines::distribute_received>>{};
};

template <FixedText kind>
class RevenueVaultTrial {
public:
    using Operation = Step;

    RevenueVaultTrial()
        : world_({native_type<TaxesMore>(60'110, 1, "TaxesMore"),
                  native_type<LosesTax>(60'111, 1, "LosesTax"),
                  native_type<ForgetsMoves>(60'112, 1, "ForgetsMoves"),
                  native_type<SkipsLines>(60'113, 1, "SkipsLines")}),
          euro_(world_.euro()) {
        world_.expect_broken_invariants();
        const RevenueTerms terms{.currencies = {euro_},
                                 .lines = {{payee(manager), manager_bps, {}},
                                           {payee(senior), senior_bps, {u256{senior_cap}}}},
                                 .beneficiary = payee(beneficiary),
                                 .tax_authority = person(80),
                                 .tax_payee = payee(treasury)};
        vault_ = world_
                     .create(RevenueWorld::issuer(), kind.view(), Hash{{7}},
                             world_.params(u256{supply}), terms)
                     .template value<Address>();
        world_.template send<"transfer(address,uint256)">(RevenueWorld::issuer(), euro_, payer(),
                                                          u256{1u} << 60);
        world_.template send<"approve(address,uint256)">(payer(), euro_, vault_, u256_max);
        world_.template send<"approve(address,uint256)">(RevenueWorld::issuer(), euro_, vault_,
                                                         u256_max);
        model_.now = world_.block().timestamp;
        model_.history.push_back({model_.now, model_.shares});
        world_.next_block();
    }

    static Step draw(model::Random& random) {
        Step out{static_cast<Step::Kind>(random() % Step::kind_count),
                 static_cast<uint8_t>(random() % holder_count),
                 static_cast<uint8_t>(random() % holder_count), random() % 8, random() % 4};
        if (out.kind == Step::give && random() % 3 == 0) out.amount = 1;
        if (out.kind == Step::distribute || out.kind == Step::donate) out.amount = random() % 40;
        if (out.kind == Step::announce) out.amount = random() % 30;
        if (out.kind == Step::wait && random() % 4 == 0) out.amount = week;
        if (out.kind == Step::push && random() % 20 == 0) out.amount = RevenueVault::push_max + 1;
        if (out.kind == Step::rate) out.amount = random() % 6'000;
        return out;
    }
    static std::vector<Step> alphabet() {
        return {{Step::give, 0, 1, 5},
                {Step::give, 1, 2, 1},
                {Step::distribute, 0, 0, 7},
                {Step::announce, 0, 0, 7, 1},
                {Step::wait, 0, 0, 2},
                {Step::claim_announced, 1, 0, 0},
                {Step::claim, 1},
                {Step::push, 0, 0, 2},
                {Step::rate, 1, 0, 2'500},
                {Step::block, 1}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{
            "give",   "distribute", "donate", "receive", "claim", "announce", "claim announced",
            "expire", "collect",    "push",   "rate",    "block", "wait"};
        return std::string(names[step.kind]) + " who " + std::to_string(step.who) + " to " +
               std::to_string(step.to) + " amount " + std::to_string(step.amount) + " other " +
               std::to_string(step.other);
    }
    auto parts() { return std::tie(world_, model_); }

    std::optional<std::string> apply(const Step& step) {
        const bool expected = predict(step);
        const Outcome out = act(step);
        if (!out.broken.empty()) return out.broken;
        if (out.ok() != expected) return expected ? "refused" : "not refused";
        world_.advance(step.kind == Step::wait ? step.amount : 0);
        model_.now = world_.block().timestamp;
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        for (uint8_t i = 0; i < holder_count; ++i) {
            const std::string name = std::to_string(i);
            if (number<"balanceOf(address)">(holder(i)) != model_.shares[i])
                return "the shares of " + name;
            if (number<"claimable(address,address)">(holder(i), euro_) != model_.due(i))
                return "what " + name + " can claim";
            if (i > 0 && world_.money(euro_, holder(i)) != u256{model_.got[i]})
                return "the money of " + name;
        }
        uint64_t owed = 0;
        for (uint8_t i = 0; i < payee_count; ++i) {
            owed += model_.owed[i];
            if (number<"owedTo(address,address)">(payee(i), euro_) != model_.owed[i])
                return "what payee " + std::to_string(i) + " is owed";
            if (world_.money(euro_, payee(i)) != u256{model_.collected[i]})
                return "the money of payee " + std::to_string(i);
        }
        if (number<"held(address)">(euro_) != model_.held()) return "what is held";
        if (number<"announced(address)">(euro_) != model_.announced()) return "what is announced";
        const uint64_t all = model_.held() + owed + model_.announced() + model_.gift;
        if (world_.money(euro_, vault_) != u256{all}) return "the money of the vault";
        return std::nullopt;
    }

private:
    static Address holder(uint8_t n) { return n == 0 ? RevenueWorld::issuer() : person(30 + n); }
    static Address payee(uint8_t n) { return person(40 + n); }
    static Address payer() { return person(60); }
    static uint64_t expires(const Step& step, uint64_t now) {
        // Never, as soon as it may, a little later, or too soon.
        if (step.to == 0) return 0;
        return now + step.other + week + (step.to == 1 ? 0 : 3) - (step.amount % 7 == 6 ? 4 : 0);
    }

    bool predict(const Step& step) {
        switch (step.kind) {
            case Step::give:
                return model_.give(step.who, step.to, step.amount);
            case Step::distribute:
                if (step.amount > 0) model_.take_in(step.amount);
                return step.amount > 0;
            case Step::donate:
                model_.gift += step.amount;
                return true;
            case Step::receive: {
                const uint64_t gift = std::exchange(model_.gift, 0);
                if (gift > 0) model_.take_in(gift);
                return gift > 0;
            }
            case Step::claim:
                return model_.claim(step.who);
            case Step::announce: {
                const uint64_t record_time = model_.now + step.other;
                const uint64_t end = expires(step, model_.now);
                if (step.amount == 0 || (end != 0 && end < record_time + week)) return false;
                model_.announcements.push_back(
                    {step.amount, record_time, end, step.amount, false, {}});
                return true;
            }
            case Step::claim_announced:
                return model_.claim_announced(step.amount, step.who);
            case Step::expire:
                return model_.expire(step.amount);
            case Step::collect: {
                const uint64_t owed = std::exchange(model_.owed[step.amount % payee_count], 0);
                model_.collected[step.amount % payee_count] += owed;
                return owed > 0;
            }
            case Step::push:
                return model_.push(step.amount);
            case Step::rate:
                if (step.amount > RevenueVault::tax_max_bps) return false;
                model_.rates[step.who] = step.amount;
                return true;
            case Step::block:
                model_.blocked[step.who] = !model_.blocked[step.who];
                return true;
            default:
                return true;
        }
    }

    Outcome act(const Step& step) {
        const Address anyone = person(99);
        const u256 amount{step.amount};
        switch (step.kind) {
            case Step::give:
                return call<"transfer(address,uint256)">(holder(step.who), holder(step.to), amount);
            case Step::distribute:
                return call<"distribute(address,uint256)">(payer(), euro_, amount);
            case Step::donate:
                return world_.template send<"transfer(address,uint256)">(payer(), euro_, vault_,
                                                                         amount);
            case Step::receive:
                return call<"distributeReceived(address)">(anyone, euro_);
            case Step::claim:
                return call<"claimFor(address,address)">(anyone, holder(step.who), euro_);
            case Step::announce:
                return call<"announce(address,uint256,uint64,uint64)">(
                    RevenueWorld::issuer(), euro_, amount, world_.block().timestamp + step.other,
                    expires(step, world_.block().timestamp));
            case Step::claim_announced:
                return call<"claimAnnounced(uint256,address)">(anyone, amount, holder(step.who));
            case Step::expire:
                return call<"expire(uint256)">(anyone, amount);
            case Step::collect:
                return call<"collect(address,address)">(
                    anyone, payee(static_cast<uint8_t>(step.amount % payee_count)), euro_);
            case Step::push:
                return call<"pushNext(address,uint256)">(anyone, euro_, amount);
            case Step::rate:
                return call<"setTaxRate(address,uint16)">(person(80), holder(step.who),
                                                          static_cast<uint16_t>(step.amount));
            case Step::block:
                return world_.template send<"block(address,bool)">(anyone, euro_, holder(step.who),
                                                                   model_.blocked[step.who]);
            default:
                return {{Status::success, 0, {}}, {}, 0, {}};
        }
    }

    template <FixedText text, class... T>
    Outcome call(const Address& by, const T&... arguments) {
        return world_.template send<text>(by, vault_, arguments...);
    }
    template <FixedText text, class... T>
    uint64_t number(const T&... arguments) {
        return world_.template ask<text>(vault_, arguments...).template value<u256>().low64();
    }

    RevenueWorld world_;
    Address euro_;
    Address vault_;
    Model model_;
};

constexpr model::Plan planted{.operations = 20'000, .life = 100};

TEST(RevenueVaultModel, random_lives_are_as_the_model_says) {
    model::expect_random<RevenueVaultTrial<"RevenueShare">>({.operations = 8'000, .life = 100});
}
TEST(RevenueVaultModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<RevenueVaultTrial<"RevenueShare">>(3, 6);
}
TEST(RevenueVaultModel, a_tax_rounded_up_is_caught) {
    model::expect_caught<RevenueVaultTrial<"TaxesMore">>(planted);
}
TEST(RevenueVaultModel, a_tax_in_no_book_is_caught) {
    model::expect_caught<RevenueVaultTrial<"LosesTax">>(planted);
}
TEST(RevenueVaultModel, a_movement_without_a_record_is_caught) {
    model::expect_caught<RevenueVaultTrial<"ForgetsMoves">>(planted);
}
TEST(RevenueVaultModel, a_gift_past_the_waterfall_is_caught) {
    model::expect_caught<RevenueVaultTrial<"SkipsLines">>(planted);
}

}  // namespace
}  // namespace plume
