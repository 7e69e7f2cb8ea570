// The stream of payments against a list of instalments: the model knows no sum of payments. It has
// each instalment with its date and what is missing of it, fills the oldest first, and counts
// interest second by second. What holders have earned are exact fractions: the supply is fixed.
#include <gtest/gtest.h>

#include "contracts/revenue_stream.hpp"
#include "support/model.hpp"
#include "support/revenue.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::RevenueWorld;

constexpr size_t people_count = 3;
constexpr uint64_t supply = 12;
constexpr uint64_t period = 10;
constexpr uint64_t grace = 3;
constexpr uint64_t patience = 12;
constexpr uint64_t payment = 7;
constexpr uint64_t payment_bps = 5'000;
constexpr uint64_t principal_bps = 10'200;

/// The issuer is also the obligor.
Address someone(size_t n) {
    return n == 0 ? RevenueWorld::issuer() : person(static_cast<uint16_t>(20 + n));
}

struct Step {
    enum class Kind : uint8_t { pay, distribute, wait, give, claim, mark, redeem };
    Kind kind;
    size_t who = 0;
    size_t to = 0;
    uint64_t amount = 0;
};

/// What the stream should be.
struct Book {
    struct Instalment {
        uint64_t due;
        uint64_t interest;   ///< missing of the payment
        uint64_t principal;  ///< missing of the principal
        uint64_t missing() const { return interest + principal; }

        friend bool operator==(const Instalment&, const Instalment&) = default;
    };
    std::vector<Instalment> instalments;
    std::array<uint64_t, people_count> shares{supply, 0, 0};
    std::array<uint64_t, people_count> earned{};  // in twelfths
    std::array<uint64_t, people_count> taken{};
    uint64_t now = 0;
    uint64_t paid = 0;
    uint64_t marked_at = 0;
    bool is_redeemed = false;

    uint64_t left() const {
        uint64_t out = 0;
        for (const Instalment& each : instalments) out += each.missing();
        return is_redeemed ? 0 : out;
    }
    uint64_t arrears() const {
        uint64_t out = 0;
        for (const Instalment& each : instalments)
            if (each.due <= now) out += each.missing();
        return is_redeemed ? 0 : out;
    }
    /// What was earned of the running instalment and is not among what was paid of it already.
    uint64_t accrued() const {
        for (const Instalment& each : instalments) {
            if (is_redeemed || each.due <= now) continue;
            uint64_t seconds = 0;
            for (uint64_t t = each.due - period; t < now; ++t) ++seconds;
            const uint64_t earned_of_it = payment * seconds / period;
            const uint64_t paid_of_it = payment - each.interest;
            return earned_of_it > paid_of_it ? earned_of_it - paid_of_it : 0;
        }
        return 0;
    }
    uint64_t redemption_price() const {
        if (is_redeemed) return 0;
        uint64_t interest = 0;
        uint64_t principal = 0;
        for (const Instalment& each : instalments) {
            if (each.due <= now) continue;
            interest += each.interest;
            principal += each.principal;
        }
        const auto part = [](uint64_t amount, uint64_t bps) {
            return amount * bps / 10'000 + (amount * bps % 10'000 == 0 ? 0 : 1);
        };
        return arrears() + accrued() + part(interest - accrued(), payment_bps) +
               part(principal, principal_bps);
    }
    const Instalment* oldest() const {
        for (const Instalment& each : instalments)
            if (!is_redeemed && each.missing() > 0) return &each;
        return nullptr;
    }
    uint32_t count_left() const {
        uint32_t out = 0;
        for (const Instalment& each : instalments)
            if (!is_redeemed && each.missing() > 0) ++out;
        return out;
    }
    bool is_in_default() const { return oldest() != nullptr && now > oldest()->due + patience; }
    uint8_t status() const {
        if (oldest() == nullptr) return 3;
        if (marked_at != 0 || is_in_default()) return 2;
        return now > oldest()->due + grace ? 1 : 0;
    }

    void share(uint64_t amount) {
        paid += amount;
        for (size_t i = 0; i < people_count; ++i) earned[i] += amount * shares[i];
    }
    void settle(uint64_t amount) {
        share(amount);
        for (Instalment& each : instalments) {
            for (uint64_t* part : {&each.interest, &each.principal}) {
                const uint64_t taken_of_it = std::min(*part, amount);
                *part -= taken_of_it;
                amount -= taken_of_it;
            }
        }
    }
    uint64_t claimable(size_t who) const { return earned[who] / supply - taken[who]; }

    friend bool operator==(const Book&, const Book&) = default;
};

/// Planted: a payment is shared out and settles nothing.
class Unbooked : public RevenueStream {
public:
    using RevenueStream::RevenueStream;

protected:
    void take_in(const Address& currency, const u256& amount) override {
        share_out(currency, amount);
    }
};

/// Planted: a unit of each payment stays behind.
class Greedy : public RevenueStream {
public:
    using RevenueStream::RevenueStream;

protected:
    void take_in(const Address& currency, const u256& amount) override {
        RevenueStream::take_in(currency, amount - u256{1u});
    }
};

/// Planted: what was paid ahead is interest once more.
class Doubling : public RevenueStream {
public:
    using RevenueStream::RevenueStream;
    u256 accrued_anew() const {
        const PaymentSchedule terms = payments();
        return is_redeemed() ? u256{} : schedule::accrued(terms, now(), {});
    }
    static constexpr auto abi =
        RevenueStream::abi +
        Methods<Method<"accrued() view returns (uint256)", &Doubling::accrued_anew>>{};
};

/// Planted: a default that was marked is over with the next payment.
class Forgiving : public RevenueStream {
public:
    using RevenueStream::RevenueStream;
    uint8_t status_now() const {
        if (is_redeemed()) return status();
        return static_cast<uint8_t>(schedule::status(payments(), now(), paid()));
    }
    static constexpr auto abi =
        RevenueStream::abi +
        Methods<Method<"status() view returns (uint8)", &Forgiving::status_now>>{};
};

/// Planted: the obligor leaves for a unit less.
class Cheap : public RevenueStream {
public:
    using RevenueStream::RevenueStream;
    u256 redeem_cheaply(u256 at_most) {
        require(sender() == obligor() && !amount_left().is_zero(), NotObligor{sender()});
        const u256 price = redemption_price();
        require(price <= at_most, PriceTooHigh{price, at_most});
        const u256 less = erc20::pull(*this, currency(), sender(), price - u256{1u});
        share_out(currency(), less);
        end_by(less);
        return less;
    }
    static constexpr auto abi =
        RevenueStream::abi +
        Methods<
            Method<"redeem(uint256 atMost) returns (uint256 received)", &Cheap::redeem_cheaply>>{};
};

template <class Stream, uint64_t principal>
class StreamTrial {
public:
    using Operation = Step;

    StreamTrial() : world_({native_type<Stream>(60'118, 1, "Model")}) {
        world_.expect_broken_invariants();
        book_.now = world_.block().timestamp;
        const uint64_t first = book_.now + period;
        for (uint64_t i = 0; i < 3; ++i)
            book_.instalments.push_back({first + i * period, payment, i == 2 ? principal : 0});
        TokenParams params = world_.params(u256{supply});
        params.mintable = false;
        const StreamTerms terms{.currency = world_.euro(),
                                .obligor = someone(0),
                                .schedule = {.first_due = first,
                                             .period_seconds = period,
                                             .count = 3,
                                             .payment = {u256{payment}},
                                             .principal = {u256{principal}},
                                             .grace_seconds = grace,
                                             .default_seconds = patience},
                                .payment_bps = payment_bps,
                                .principal_bps = principal_bps};
        token_ = world_.create(someone(0), "Model", world_.next_salt(), params, terms)
                     .template value<Address>();
        for (size_t i = 0; i < people_count; ++i) {
            world_.give(world_.euro(), someone(0), someone(i), u256{1'000u});
            world_.template send<"approve(address,uint256)">(someone(i), world_.euro(), token_,
                                                             u256_max);
        }
        world_.next_block();
    }

    static Step draw(model::Random& random) {
        using enum Step::Kind;
        static constexpr std::array kinds{pay,  pay,   pay,  distribute, wait,  wait,
                                          give, claim, mark, mark,       redeem};
        Step out{kinds[random() % kinds.size()], random() % people_count, random() % people_count,
                 random() % 8};
        if (out.kind == redeem) out.amount = random() % 60;
        return out;
    }
    static std::vector<Step> alphabet() {
        using enum Step::Kind;
        return {{pay, 1, 0, 7},  {pay, 0, 0, 3},  {distribute, 2, 0, 7},
                {wait, 0, 0, 4}, {wait, 0, 0, 7}, {give, 0, 1, 5},
                {claim, 1},      {mark},          {redeem, 0, 0, 60}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"pay",   "distribute", "wait",  "give",
                                          "claim", "mark",       "redeem"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " who " +
               std::to_string(step.who) + " to " + std::to_string(step.to) + " amount " +
               std::to_string(step.amount);
    }

    auto parts() { return std::tie(world_, book_, broken_); }

    std::optional<std::string> apply(const Step& step) {
        broken_.clear();
        const bool is_expected = predict(step);
        const std::optional<bool> happened = perform(step);
        // Each step has a block of its own: revenue_model_test.cpp has what one block does.
        world_.next_block();
        if (!broken_.empty()) return "broken invariant: " + broken_;
        if (happened && *happened != is_expected)
            return *happened ? "done, though refused by the model" : "refused";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        if (auto difference = compare_money()) return difference;
        return compare_standing();
    }

private:
    /// Does the step to the model; whether it is allowed.
    bool predict(const Step& step) {
        using enum Step::Kind;
        switch (step.kind) {
            case pay:
                if (step.amount == 0 || book_.left() == 0) return false;
                book_.settle(std::min(step.amount, book_.left()));
                return true;
            case distribute:
                if (step.amount == 0 || book_.left() < step.amount) return false;
                book_.settle(step.amount);
                return true;
            case wait:
                book_.now += step.amount;
                return true;
            case give:
                if (book_.shares[step.who] < step.amount) return false;
                book_.shares[step.who] -= step.amount;
                book_.shares[step.to] += step.amount;
                return true;
            case claim: {
                const uint64_t due = book_.claimable(step.who);
                book_.taken[step.who] += due;
                return due > 0;
            }
            case mark:
                if (book_.marked_at != 0 || !book_.is_in_default()) return false;
                book_.marked_at = book_.now;
                return true;
            case redeem:
                if (step.who != 0 || book_.left() == 0) return false;
                if (book_.redemption_price() > step.amount) return false;
                book_.share(book_.redemption_price());
                book_.is_redeemed = true;
                return true;
        }
        return false;
    }

    /// Does the step to the stream; whether it was done.
    std::optional<bool> perform(const Step& step) {
        using enum Step::Kind;
        const Address who = someone(step.who);
        const u256 amount{step.amount};
        switch (step.kind) {
            case pay:
                return done(world_.template send<"pay(uint256)">(who, token_, amount));
            case distribute:
                return done(world_.template send<"distribute(address,uint256)">(
                    who, token_, world_.euro(), amount));
            case wait:
                world_.advance(step.amount);
                return std::nullopt;
            case give:
                return done(world_.give(token_, who, someone(step.to), amount));
            case claim:
                return done(world_.claim(token_, world_.euro(), who));
            case mark:
                return done(world_.template send<"markDefault()">(who, token_));
            case redeem:
                return done(world_.template send<"redeem(uint256)">(who, token_, amount));
        }
        return std::nullopt;
    }
    bool done(const Outcome& out) {
        broken_ = out.broken;
        return out.ok();
    }

    template <FixedText text>
    uint64_t number() {
        return world_.template ask<text>(token_).template value<u256>().low64();
    }
    static std::optional<std::string> differ(std::string_view what, uint64_t is, uint64_t should) {
        if (is == should) return std::nullopt;
        return std::string(what) + " is " + std::to_string(is) + ", not " + std::to_string(should);
    }

    std::optional<std::string> compare_money() {
        for (size_t i = 0; i < people_count; ++i) {
            const u256 due = world_.claimable(token_, world_.euro(), someone(i));
            if (auto found = differ("claimable", due.low64(), book_.claimable(i))) return found;
        }
        if (auto found = differ("paid", number<"paid()">(), book_.paid)) return found;
        const uint64_t shared = world_.template ask<"distributed(address)">(token_, world_.euro())
                                    .template value<u256>()
                                    .low64();
        if (auto found = differ("distributed", shared, book_.paid)) return found;
        if (auto found = differ("left", number<"amountLeft()">(), book_.left())) return found;
        if (auto found = differ("arrears", number<"arrears()">(), book_.arrears())) return found;
        if (auto found = differ("accrued", number<"accrued()">(), book_.accrued())) return found;
        return differ("price", number<"redemptionPrice()">(), book_.redemption_price());
    }
    std::optional<std::string> compare_standing() {
        const auto answer = world_.template ask<"schedule()">(token_).result.output;
        const auto [next, amount, every, left] =
            abi::decode<uint64_t, u128, uint32_t, uint32_t>(answer).value();
        const Book::Instalment* oldest = book_.oldest();
        if (auto found = differ("next", next, oldest ? oldest->due : 0)) return found;
        const uint64_t missing = oldest ? oldest->missing() : 0;
        if (auto found = differ("amount", u256{amount}.low64(), missing)) return found;
        if (auto found = differ("period", every, period)) return found;
        if (auto found = differ("instalments", left, book_.count_left())) return found;
        const uint8_t status = world_.template ask<"status()">(token_).template value<uint8_t>();
        if (auto found = differ("status", status, book_.status())) return found;
        const auto is = [](const Outcome& out) { return uint64_t{out.value<bool>()}; };
        const uint64_t current = is(world_.template ask<"isCurrent()">(token_));
        if (auto found = differ("current", current, status == 0 || status == 3)) return found;
        const uint64_t defaulted = is(world_.template ask<"isDefaulted()">(token_));
        if (auto found = differ("defaulted", defaulted, status == 2)) return found;
        const auto marked_at =
            world_.template ask<"defaultedAt()">(token_).template value<uint64_t>();
        return differ("defaulted at", marked_at, book_.marked_at);
    }

    RevenueWorld world_;
    Address token_;
    Book book_;
    std::string broken_;
};

TEST(StreamModel, random_lives_of_a_bond_are_as_its_instalments_say) {
    model::expect_random<StreamTrial<RevenueStream, 25>>({.operations = 10'000, .life = 40});
}
TEST(StreamModel, random_lives_of_a_lease_are_as_its_instalments_say) {
    model::expect_random<StreamTrial<RevenueStream, 0>>({.operations = 10'000, .life = 40});
}
TEST(StreamModel, every_short_life_is_as_its_instalments_say) {
    model::expect_exhaustive<StreamTrial<RevenueStream, 5>>(4, 6);
}
TEST(StreamModel, a_payment_that_settles_nothing_is_caught) {
    model::expect_caught<StreamTrial<Unbooked, 25>>({.life = 40});
}
TEST(StreamModel, a_unit_that_stays_behind_is_caught) {
    model::expect_caught<StreamTrial<Greedy, 25>>({.life = 40});
}
TEST(StreamModel, interest_that_was_paid_ahead_and_accrues_again_is_caught) {
    model::expect_caught<StreamTrial<Doubling, 25>>({.life = 40});
}
TEST(StreamModel, a_marked_default_that_is_forgiven_is_caught) {
    model::expect_caught<StreamTrial<Forgiving, 25>>({.life = 40});
}
TEST(StreamModel, a_redemption_for_a_unit_less_is_caught) {
    model::expect_caught<StreamTrial<Cheap, 25>>({.life = 40});
}

}  // namespace
}  // namespace plume
