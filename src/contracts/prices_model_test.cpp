// Price feeds against a plain model: reporters who come and go, prices that are late, wide, wild or
// replaced within a block, bands that change, feeds that are held and armed again.
#include <gtest/gtest.h>

#include <array>

#include "support/feeds.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;

constexpr size_t reporter_count = 3;
constexpr uint64_t heartbeat = 3'600;
constexpr uint64_t age_max = 7'200;

struct Step {
    enum class Kind : uint8_t { pass, report, allow, dismiss, band, hold, rearm };
    Kind kind = Kind::pass;
    uint16_t by = 0;       ///< a reporter
    uint64_t seconds = 0;  ///< to pass, how long ago a price was seen, or a band's healthy interval
    uint64_t low = 0;      ///< or how far a price may fall, in hundreds of basis points
    uint64_t spread = 0;   ///< from low to high, or how far it may rise
};

/// What a feed should be.
struct Model {
    struct Report {
        uint64_t low = 0, high = 0, at = 0;

        friend bool operator==(const Report&, const Report&) = default;
    };
    struct Round {
        uint64_t low = 0, high = 0, at = 0, block = 0;

        uint64_t middle() const { return low + (high - low) / 2; }
        friend bool operator==(const Round&, const Round&) = default;
    };

    uint64_t quorum = 1;
    std::array<std::optional<Report>, reporter_count> reporters{Report{}, Report{}, Report{}};
    std::vector<Round> rounds;
    uint64_t lower = 1'000, upper = 1'000, window = 3'600, healthy = 3'600;
    uint64_t anchor = 0, anchor_at = 0;
    uint64_t agree_since = 0, agreeing = 0;  ///< rounds that agree with one another
    std::optional<uint64_t> opened;          ///< in which block
    bool is_held = false;
    uint64_t now = 0, block = 0;

    friend bool operator==(const Model&, const Model&) = default;

    bool is_within(uint64_t price) const {
        return 10'000 * price >= anchor * (10'000 - lower) &&
               10'000 * price <= anchor * (10'000 + upper);
    }
    void close(uint64_t price) {
        opened.reset();
        anchor = price;
        anchor_at = agree_since = now;
        agreeing = 1;
    }
    bool report(uint16_t by, uint64_t low, uint64_t high, uint64_t age) {
        auto& own = reporters[by];
        if (!own || low == 0 || age > age_max || now - age <= own->at) return false;
        own = {low, high, now - age};
        std::vector<uint64_t> lows, highs, times;
        for (const auto& each : reporters) {
            if (!each || each->at == 0 || now - each->at > heartbeat) continue;
            lows.push_back(each->low);
            highs.push_back(each->high);
            times.push_back(each->at);
        }
        if (lows.empty() || lows.size() < quorum) return true;
        for (auto* all : {&lows, &highs, &times}) std::ranges::sort(*all);
        const size_t lower_half = (lows.size() - 1) / 2;
        record({lows[lower_half], highs[lows.size() / 2], times[lower_half], block});
        return true;
    }
    void record(const Round& round) {
        const bool replaces = !rounds.empty() && rounds.back().block == block;
        const uint64_t before = rounds.empty() ? 0 : rounds.back().middle();
        if (replaces)
            rounds.back() = round;
        else
            rounds.push_back(round);
        const uint64_t price = round.middle();
        const bool is_first = rounds.size() == 1;
        const bool began_here = replaces && agree_since == now && agreeing == 1;
        if (is_first || began_here) return close(price);
        if (!replaces && now - anchor_at >= window) {
            anchor = before;
            anchor_at = now;
        }
        if (!is_within(price)) return close(price);
        if (!replaces) ++agreeing;
        const bool is_healthy = agreeing > 1 && now - agree_since >= healthy;
        if (!opened && !is_held && is_healthy) opened = block;
    }
    bool rearm() {
        if (rounds.empty() || agreeing < 2 || now - rounds.back().at > heartbeat) return false;
        is_held = false;
        anchor = rounds.back().middle();
        anchor_at = now;
        opened = block;
        return true;
    }
    bool set_band(uint64_t fall, uint64_t rise, uint64_t healthy_seconds) {
        if (fall == 0 || fall > 10'000 || rise == 0 || healthy_seconds < heartbeat) return false;
        lower = fall;
        upper = rise;
        healthy = healthy_seconds;
        if (!rounds.empty() && !is_within(rounds.back().middle())) close(rounds.back().middle());
        return true;
    }

    /// The rounds of blocks before this one.
    std::vector<Round> settled() const {
        std::vector<Round> out = rounds;
        if (!out.empty() && out.back().block == block) out.pop_back();
        return out;
    }
    FeedStatus status() const {
        const std::vector<Round> all = settled();
        if (!opened || *opened == block || all.empty()) return FeedStatus::closed;
        const Round& last = all.back();
        if (now - last.at > age_max) return FeedStatus::closed;
        const bool is_wide = 10'000 * (last.high - last.low) > last.low * (lower + upper);
        return is_wide || now - last.at > heartbeat ? FeedStatus::iffy : FeedStatus::sound;
    }
};

template <class Contract, uint8_t quorum>
struct PricesTrial {
    using Operation = Step;

    PricesTrial() : world({native_type<Contract>(60'050, 1, "Tried")}) {
        world.expect_broken_invariants();
        world.stand_at(world.create(test::person(1), "Tried", {}).template value<Address>());
        FeedParams params = world.feed_params();
        params.base_decimals = params.quote_decimals = 2;
        params.decimals = 3;
        params.quorum = quorum;
        params.reporters = {};
        for (uint16_t n = 0; n < reporter_count; ++n)
            params.reporters.push_back(FeedsWorld::reporter(n));
        feed = world.create_feed(params);
        model.quorum = quorum;
        follow_time();
    }

    static Step draw(model::Random& random) {
        using Kind = Step::Kind;
        static constexpr std::array kinds{Kind::pass,    Kind::pass,   Kind::report, Kind::report,
                                          Kind::report,  Kind::report, Kind::report, Kind::allow,
                                          Kind::dismiss, Kind::band,   Kind::hold,   Kind::rearm};
        Step out{.kind = kinds[random() % kinds.size()],
                 .by = static_cast<uint16_t>(random() % reporter_count)};
        // Most of the time nobody is dismissed, and nothing changed.
        if (out.kind >= Kind::dismiss && random() % 3 != 0) out.kind = Kind::report;
        if (out.kind == Kind::pass)
            out.seconds = random() % (random() % 6 == 0 ? 9'000 : random() % 2 == 0 ? 2'000 : 3);
        if (out.kind == Kind::report) {
            out.low = random() % 12 == 0 ? random() % 3'000 : 960 + random() % 80;
            out.spread = random() % 16 == 0 ? random() % 400 : random() % 6;
            out.seconds = random() % 5 == 0 ? random() % 8'000 : 0;
        }
        if (out.kind == Kind::band) {
            out.low = random() % 102;
            out.spread = random() % 60;
            out.seconds = heartbeat - 1 + random() % 2'000;
        }
        return out;
    }
    static std::vector<Step> alphabet() {
        using Kind = Step::Kind;
        return {{.kind = Kind::pass, .seconds = 1},
                {.kind = Kind::pass, .seconds = heartbeat},
                {.kind = Kind::report, .by = 0, .low = 1'000},
                {.kind = Kind::report, .by = 0, .low = 1'101},
                {.kind = Kind::report, .by = 1, .seconds = 1, .low = 1'050, .spread = 3},
                {.kind = Kind::dismiss, .by = 0},
                {.kind = Kind::band, .seconds = 4'000, .low = 4, .spread = 4},
                {.kind = Kind::hold},
                {.kind = Kind::rearm}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"pass", "report", "allow", "dismiss",
                                          "band", "hold",   "rearm"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " by " +
               std::to_string(step.by) + " seconds " + std::to_string(step.seconds) + " low " +
               std::to_string(step.low) + " spread " + std::to_string(step.spread);
    }

    auto parts() { return std::tie(world, model); }

    std::optional<std::string> apply(const Step& step) {
        if (step.kind == Step::Kind::pass) {
            world.advance(step.seconds);
            follow_time();
            return std::nullopt;
        }
        const bool expected = predict(step);
        const Outcome out = act(step);
        if (!out.broken.empty()) return "broken: " + out.broken;
        if (out.ok() != expected) return expected ? "refused" : "not refused";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        const std::vector<Model::Round> rounds = model.settled();
        const uint8_t status = static_cast<uint8_t>(model.status());
        const bool is_sound = model.status() == FeedStatus::sound;
        if (world.feed_status(feed) != model.status()) return "the status";
        const Outcome sound = ask<"soundPrice(bytes32)">(feed);
        if (sound.ok() != is_sound) return "whether the price is sound";
        const Outcome price = ask<"priceOf(bytes32)">(feed);
        if (price.ok() == rounds.empty()) return "whether there is a price";
        const Outcome next = ask<"roundAt(bytes32,uint256)">(feed, u256{rounds.size() + 1});
        if (next.ok()) return "a round that is not there yet";
        if (rounds.empty()) return std::nullopt;
        const Model::Round& last = rounds.back();
        const u256 low{last.low};
        const u256 high{last.high};
        if (price.result.output != abi::encode(low, high, last.at, status)) return "the price";
        if (ask<"latestRound(bytes32)">(feed).result.output !=
            abi::encode(u256{rounds.size()}, low, high, last.at))
            return "the latest round";
        const Model::Round& some = rounds[model.now % rounds.size()];
        if (ask<"roundAt(bytes32,uint256)">(feed, u256{model.now % rounds.size() + 1})
                .result.output != abi::encode(u256{some.low}, u256{some.high}, some.at))
            return "a round of the past";
        if (ask<"fresh(bytes32,uint64)">(feed, uint64_t{500}).template value<bool>() !=
            (model.now - last.at <= 500))
            return "whether the price is fresh";
        return is_sound ? compare_quotes(last) : std::nullopt;
    }

private:
    template <FixedText text, class... T>
    Outcome ask(const T&... arguments) {
        return world.template ask<text>(world.feeds(), arguments...);
    }
    /// 100 hundredths of the base at the low price in thousandths, and back at the high one.
    std::optional<std::string> compare_quotes(const Model::Round& last) {
        constexpr FixedText text = "quote(bytes32,uint256,address,address)";
        const FeedParams params = world.feed_params();
        const auto out = [&](const Address& from, const Address& to) {
            return ask<text>(feed, 123'456_u256, from, to).template value<u256>();
        };
        if (out(params.base, params.quote) != u256{123'456 * last.low / 1'000}) return "a quote";
        if (out(params.quote, params.base) != u256{123'456'000 / last.high})
            return "a quote the other way";
        return std::nullopt;
    }
    void follow_time() {
        model.now = world.now();
        model.block = world.block().number;
    }

    bool predict(const Step& step) {
        std::optional<Model::Report>& own = model.reporters[step.by];
        switch (step.kind) {
            case Step::Kind::report:
                return model.report(step.by, step.low, step.low + step.spread, step.seconds);
            case Step::Kind::allow:
                if (own) return false;
                own = Model::Report{};
                return true;
            case Step::Kind::dismiss:
                if (!own) return false;
                own.reset();
                return true;
            case Step::Kind::band:
                return model.set_band(100 * step.low, 100 * step.spread, step.seconds);
            case Step::Kind::hold:
                model.is_held = true;
                model.opened.reset();
                return true;
            default:
                return model.rearm();
        }
    }
    Outcome act(const Step& step) {
        const Address owner = FeedsWorld::owner();
        const Address& feeds = world.feeds();
        const Address reporter = FeedsWorld::reporter(step.by);
        switch (step.kind) {
            case Step::Kind::report:
                return world.template send<"reportPrice(bytes32,uint128,uint128,uint64)">(
                    reporter, feeds, feed, u128{u256{step.low}}, u128{u256{step.low + step.spread}},
                    world.now() - step.seconds);
            case Step::Kind::allow:
            case Step::Kind::dismiss:
                return world.template send<"setReporter(bytes32,address,bool)">(
                    owner, feeds, feed, reporter, step.kind == Step::Kind::allow);
            case Step::Kind::band:
                return world.template send<"setBand(bytes32,uint16,uint16,uint32,uint32)">(
                    owner, feeds, feed, static_cast<uint16_t>(100 * step.low),
                    static_cast<uint16_t>(100 * step.spread), static_cast<uint32_t>(model.window),
                    static_cast<uint32_t>(step.seconds));
            case Step::Kind::hold:
                return world.template send<"hold(bytes32)">(owner, feeds, feed);
            default:
                return world.template send<"rearm(bytes32)">(owner, feeds, feed);
        }
    }

    FeedsWorld world;
    Hash feed;
    Model model;
};

TEST(PricesModel, random_lives_are_as_the_model_says) {
    model::expect_random<PricesTrial<Feeds, 1>>({.operations = 4'000, .life = 120});
}
TEST(PricesModel, random_lives_of_a_quorum_are_as_the_model_says) {
    model::expect_random<PricesTrial<Feeds, 2>>({.operations = 4'000, .life = 120});
}
TEST(PricesModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<PricesTrial<Feeds, 1>>(4, 6);
}

// Planted faults.

/// What replaces a price within its block is not looked at.
class LooksOnce : public Feeds {
public:
    using Feeds::Feeds;

protected:
    void judge(const Hash& feed, const Round& round, bool is_new) override {
        if (is_new) Feeds::judge(feed, round, is_new);
    }
};

/// Who is dismissed and called back speaks with what he said before.
class RemembersTheDismissed : public Feeds {
public:
    using Feeds::Feeds;
    void set_reporter_again(Hash feed, Address reporter, bool allowed) {
        const auto place = feeds_[feed].reports()[reporter];
        const auto low = get(place.low());
        const auto high = get(place.high());
        const uint64_t at = get(place.at());
        set_reporter(feed, reporter, allowed);
        set(place.low(), low);
        set(place.high(), high);
        set(place.at(), at);
    }
    static constexpr auto abi =
        Feeds::abi + Methods<Method<"setReporter(bytes32 feed, address reporter, bool allowed)",
                                    &RemembersTheDismissed::set_reporter_again>>{};
};

/// A held feed opens again by itself.
class HoldsForAMoment : public Feeds {
public:
    using Feeds::Feeds;
    void hold_briefly(Hash feed) {
        hold(feed);
        set(feeds_[feed].held(), false);
    }
    static constexpr auto abi =
        Feeds::abi + Methods<Method<"hold(bytes32 feed)", &HoldsForAMoment::hold_briefly>>{};
};

/// A price moves its own anchor: many small steps go any way.
class FollowsThePrice : public Feeds {
public:
    using Feeds::Feeds;

protected:
    void judge(const Hash& feed, const Round& round, bool is_new) override {
        Feeds::judge(feed, round, is_new);
        set(feeds_[feed].anchor(), u128{round.middle()});
    }
};

constexpr model::Plan planted{.operations = 6'000, .life = 120};

TEST(PricesModel, a_price_nobody_looked_at_is_caught) {
    model::expect_caught<PricesTrial<LooksOnce, 1>>(planted, 3);
}
TEST(PricesModel, the_word_of_the_dismissed_is_caught) {
    model::expect_caught<PricesTrial<RemembersTheDismissed, 1>>(planted, 3);
}
TEST(PricesModel, a_feed_held_for_a_moment_is_caught) {
    model::expect_caught<PricesTrial<HoldsForAMoment, 1>>(planted, 3);
}
TEST(PricesModel, an_anchor_that_drifts_is_caught) {
    model::expect_caught<PricesTrial<FollowsThePrice, 1>>(planted, 3);
}

}  // namespace
}  // namespace plume
